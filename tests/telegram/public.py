"""Groups and channels as the stand-in keeps them, and what people do with the bot there."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Self

from typing_extensions import override

from bot.rehearsal.places import RIGHTS_TO_MANAGE
from bot.rehearsal.rules import DeniedError
from tests.telegram.chats import Chat, as_json

if TYPE_CHECKING:
    from tests.telegram.person import Person
    from tests.telegram.standin import Standin

LEFT: Final = {"status": "left"}
KICKED: Final = {"status": "kicked", "until_date": 0}
MEMBER: Final = {"status": "member"}
_FREEDOMS: Final = (
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def administrator(*, can_post: bool = True) -> dict[str, Any]:
    """Return the membership of an administrator; only in channels posting is a right."""
    rights = dict.fromkeys(RIGHTS_TO_MANAGE, False)
    return {"status": "administrator", **rights, "can_post_messages": can_post}


def restricted(*, can_send: bool) -> dict[str, Any]:
    """Return the membership of somebody who may or may not write in a group."""
    freedoms = dict.fromkeys(_FREEDOMS, False)
    return {
        "status": "restricted",
        "is_member": True,
        "until_date": 0,
        **freedoms,
        "can_send_messages": can_send,
    }


@dataclass(slots=True)
class PublicChat(Chat):
    """A group, supergroup or channel."""

    title: str = ""
    kind: str = "supergroup"
    membership: dict[str, Any] = field(default_factory=lambda: dict(LEFT))
    """What the bot is there."""
    moved_to: int | None = None

    @classmethod
    def new(cls, number: int, title: str, kind: str) -> Self:
        """Return a chat without the bot; its number is below zero."""
        return cls({"id": number}, title=title, kind=kind)

    @override
    def described(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.kind, "title": self.title}

    @property
    def texts(self) -> list[str]:
        """What the bot wrote there, oldest first."""
        return [
            message.content.get("text", message.content.get("caption", ""))
            for message in self.messages.values()
            if message.from_bot
        ]

    def admit(self) -> None:
        """Let the bot write; raise `DeniedError` where Telegram would not."""
        if self.moved_to is not None:
            message = "Bad Request: group chat was upgraded to a supergroup chat"
            raise DeniedError(message, moved_to=self.moved_to)
        if self.membership["status"] == "kicked":
            message = f"Forbidden: bot was kicked from the {self.kind} chat"
            raise DeniedError(message, HTTPStatus.FORBIDDEN)
        if self.membership["status"] == "left":
            message = f"Forbidden: bot is not a member of the {self.kind} chat"
            raise DeniedError(message, HTTPStatus.FORBIDDEN)
        if self.kind == "channel" and not self.membership.get("can_post_messages"):
            message = "Bad Request: need administrator rights in the channel chat"
            raise DeniedError(message)
        if self.membership.get("can_send_messages") is False:
            message = "Bad Request: not enough rights to send text messages to the chat"
            raise DeniedError(message)

    # What people do there.

    def makes_bot(
        self,
        telegram: "Standin",
        by: "Person",
        membership: dict[str, Any],
        *,
        quietly: bool = False,
    ) -> None:
        """Change what the bot is there; `quietly` the bot does not get to hear of it."""
        before, self.membership = self.membership, membership
        if quietly:
            return
        bot = telegram.methods.bot
        change = {
            "chat": self.described(),
            "from": by.chat.user,
            "date": telegram.methods.now(),
            "old_chat_member": {"user": bot, **before},
            "new_chat_member": {"user": bot, **membership},
        }
        telegram.methods.arrivals.put("my_chat_member", change)

    def hears(self, telegram: "Standin", by: "Person", content: dict[str, Any]) -> None:
        """Let a member send something."""
        message = telegram.methods.new_message(self, content, from_bot=False)
        described = as_json(message, self, telegram.methods.bot)
        telegram.methods.arrivals.put("message", {**described, "from": by.chat.user})

    def becomes(self, telegram: "Standin", by: "Person", *, quietly: bool = False) -> "PublicChat":
        """Give a group the number of a supergroup; return the supergroup."""
        grown = telegram.public(self.title)
        grown.membership, self.moved_to = dict(self.membership), grown.id
        if not quietly:
            self.hears(telegram, by, {"migrate_to_chat_id": grown.id})
        return grown
