"""The group and the channel of a rehearsed town, to which its organiser adds the service."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiogram.enums import ChatType
from aiogram.types import (
    Chat,
    ChatMemberAdministrator,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberUpdated,
    User,
)

RIGHTS_TO_MANAGE: Final = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
"""What an administrator may be given to do besides writing, and the service is not."""


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A chat that everybody in it reads."""

    number: int
    """As the messenger knows it, below zero."""
    kind: ChatType
    title: str

    @property
    def chat(self) -> Chat:
        """How the messenger describes it."""
        return Chat(id=self.number, type=self.kind, title=self.title)

    def joined(self, service: User, by: User, now: datetime) -> ChatMemberUpdated:
        """Return what the messenger says when somebody adds the service, so that it may write."""
        rights: dict[str, Any] = dict.fromkeys(RIGHTS_TO_MANAGE, False)
        member = (
            ChatMemberAdministrator(user=service, can_post_messages=True, **rights)
            if self.kind is ChatType.CHANNEL
            else ChatMemberMember(user=service)
        )
        return ChatMemberUpdated(
            chat=self.chat,
            from_user=by,
            date=now,
            old_chat_member=ChatMemberLeft(user=service),
            new_chat_member=member,
        )


PLACES: Final = (
    PublicPlace(-1001, ChatType.SUPERGROUP, "Біздің аула"),
    PublicPlace(-1002, ChatType.CHANNEL, "Қала жаңалықтары"),
)
"""Those of every rehearsed town."""
