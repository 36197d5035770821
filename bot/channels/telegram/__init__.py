"""Telegram: updates by long polling or webhook, replies that are not lost, a localised profile.

Conversations are held in private chats; groups and channels are only told news. A person's address
is their user id as text, and the integer aiogram knows them by is the same number.
"""

from typing import Final

CHANNEL: Final = "telegram"
