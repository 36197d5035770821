"""What a chat is told when another one was joined to it."""

from dialogs.kit.channels import channel_name
from dialogs.kit.text import Markup, _, fill


def chat_joined(channel: str) -> Markup:
    """Return it, in the language being spoken; the chat that was joined is on `channel`."""
    return fill(
        _(
            "<b>A chat was joined to yours: {channel}.</b> Whoever writes there is you to us: "
            "they read what you read and vote with your ballot.\n\n"
            "If it was not you, separate it now: Settings → My chats → Separate a chat."
        ),
        {"channel": channel_name(channel)},
    )
