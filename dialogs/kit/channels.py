"""What messengers are called."""

from dialogs.kit.text import _


def channel_name(channel: str) -> str:
    """Return the name of a channel as people know it."""
    return {"telegram": "Telegram", "webchat": _("Web chat")}.get(channel, channel)
