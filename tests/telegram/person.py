"""A person with Telegram: writes, presses, sends, and looks at what came back."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from tests.telegram.chats import Chat, Message, Screen, ShownButton, as_json, shown
from tests.telegram.methods import Alert, Query

if TYPE_CHECKING:
    from tests.telegram.standin import Standin

_query_ids: Final = itertools.count(7_000_000_001)
_album_ids: Final = itertools.count(9_000_001)
_BOT_BEFORE: Final = {"status": "member"}
_KICKED: Final = {"status": "kicked", "until_date": 0}
SOMEWHERE: Final = (50.2505, 58.4347)
"""Khromtau, latitude and longitude."""


class SilenceError(AssertionError):
    """The bot did not answer the person."""


class NoSuchButtonError(AssertionError):
    """The person sees no button with that label."""


class Person:
    """Acts in a private chat with the bot.

    Every act waits until the bot has answered and is done, unless `wait=False`.
    """

    def __init__(self, telegram: "Standin", chat: Chat) -> None:
        """Act in `chat`."""
        self._telegram = telegram
        self._chat = chat

    @property
    def id(self) -> int:
        """The person's id, and that of the chat."""
        return self._chat.id

    @property
    def chat(self) -> Chat:
        """The chat as the stand-in keeps it."""
        return self._chat

    # What the person sees.

    @property
    def screen(self) -> Screen:
        """The newest message of the bot."""
        newest = self._chat.newest()
        if newest is None:
            message = "the bot has not written yet"
            raise SilenceError(message)
        return shown(newest, self._telegram.methods.files)

    @property
    def history(self) -> list[Screen]:
        """All messages of the bot that are still there, oldest first."""
        return [
            shown(message, self._telegram.methods.files)
            for message in self._chat.messages.values()
            if message.from_bot and not message.deleted
        ]

    @property
    def alerts(self) -> list[Alert]:
        """Answers to the person's presses that said something, oldest first."""
        return [
            query.answer
            for query in self._telegram.methods.queries.values()
            if query.chat_id == self.id and query.answer is not None and query.answer.text
        ]

    # What the person does.

    async def says(self, text: str, *, wait: bool = True) -> None:
        """Write `text`."""
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        await self.sends(content, wait=wait)

    async def sends(self, content: Mapping[str, Any], *, wait: bool = True) -> None:
        """Send a message of any kind; `content` as the Bot API describes it."""
        before = self._chat.shows
        self._arrives(content)
        if wait:
            await self._until(lambda: self._chat.shows > before, "the message")

    async def sends_photo(
        self, content: bytes, caption: str | None = None, *, wait: bool = True
    ) -> None:
        """Send a picture in two sizes, as Telegram does."""
        await self.sends({**self._photo(content), **_captioned(caption)}, wait=wait)

    async def sends_album(self, *contents: bytes, wait: bool = True) -> None:
        """Send several pictures at once; the bot gets one message for each."""
        album = str(next(_album_ids))
        before = self._chat.shows
        for content in contents:
            self._arrives({**self._photo(content), "media_group_id": album})
        if wait:
            await self._until(lambda: self._chat.shows > before, "the album")

    async def sends_document(
        self,
        content: bytes,
        name: str,
        media_type: str = "application/octet-stream",
        *,
        wait: bool = True,
    ) -> None:
        """Send a file."""
        described = self._telegram.methods.new_file(content, "document")
        document = {**described, "file_name": name, "mime_type": media_type}
        await self.sends({"document": document}, wait=wait)

    async def sends_sticker(self, *, wait: bool = True) -> None:
        """Send a sticker."""
        described = self._telegram.methods.new_file(b"RIFF", "sticker")
        sticker = {
            **described,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }
        await self.sends({"sticker": sticker}, wait=wait)

    async def sends_voice(self, *, wait: bool = True) -> None:
        """Send a voice message."""
        described = self._telegram.methods.new_file(b"OggS", "voice")
        await self.sends({"voice": {**described, "duration": 3}}, wait=wait)

    async def sends_location(
        self,
        latitude: float = SOMEWHERE[0],
        longitude: float = SOMEWHERE[1],
        *,
        wait: bool = True,
    ) -> None:
        """Send a place."""
        location = {"latitude": latitude, "longitude": longitude}
        await self.sends({"location": location}, wait=wait)

    async def presses(self, label: str, on: Screen | None = None, *, wait: bool = True) -> Query:
        """Press a button: on the newest message that has it, or on one seen earlier.

        A screen seen earlier keeps its buttons, so that a press can be late, as on a slow phone.

        Raises:
            NoSuchButtonError: there is no such button, or it leads to a web page.
        """
        screen, button = self._find(label, on)
        if button.data is None:
            if button.url is not None:
                message = f"«{label}» opens a web page"
                raise NoSuchButtonError(message)
            await self.says(label, wait=wait)
            return Query(self.id)
        return await self._presses(screen, button.data, wait=wait)

    async def presses_data(self, data: str, *, wait: bool = True) -> Query:
        """Press, on the newest message, a button with `data` whether it is there or not."""
        return await self._presses(self.screen, data, wait=wait)

    async def edits(self, text: str, *, wait: bool = False) -> None:
        """Change the last message the person wrote."""
        mine = [m for m in self._chat.messages.values() if not m.from_bot]
        mine[-1].content["text"] = text
        mine[-1].edits += 1
        before = self._chat.shows
        self._put("edited_message", as_json(mine[-1], self._chat, self._telegram.methods.bot))
        if wait:
            await self._until(lambda: self._chat.shows > before, "the edit")

    def blocks(self) -> None:
        """Block the bot."""
        self._chat.blocked = True
        self._membership(_BOT_BEFORE, _KICKED)

    def unblocks(self) -> None:
        """Let the bot write again."""
        self._chat.blocked = False
        self._membership(_KICKED, _BOT_BEFORE)

    def leaves_telegram(self) -> None:
        """Delete the account."""
        self._chat.deactivated = True

    async def sees(self, words: str) -> Screen:
        """Wait until the newest message holds `words`; for what comes without being asked."""

        def there() -> bool:
            newest = self._chat.newest()
            return newest is not None and words in shown(newest, {}).text

        await self._until(there, f"«{words}»")
        return self.screen

    async def settles(self) -> None:
        """Wait until the bot is done with this chat."""
        await self._telegram.settled(self._chat)

    # How it reaches the bot.

    def _arrives(self, content: Mapping[str, Any]) -> None:
        self._chat.started = True
        message = self._telegram.methods.new_message(self._chat, dict(content), from_bot=False)
        self._put("message", as_json(message, self._chat, self._telegram.methods.bot))

    def _put(self, kind: str, content: Mapping[str, Any]) -> None:
        self._telegram.methods.arrivals.put(kind, content)

    def _membership(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        bot = self._telegram.methods.bot
        self._put(
            "my_chat_member",
            {
                "chat": self._chat.described(),
                "from": self._chat.user,
                "date": self._telegram.methods.now(),
                "old_chat_member": {"user": bot, **before},
                "new_chat_member": {"user": bot, **after},
            },
        )

    def _photo(self, content: bytes) -> dict[str, Any]:
        methods = self._telegram.methods
        small = methods.new_photo(content[: len(content) // 4], (90, 60))
        return {"photo": [*small, *methods.new_photo(content, (1280, 853))]}

    async def _presses(self, screen: Screen, data: str, *, wait: bool) -> Query:
        name = str(next(_query_ids))
        query = self._telegram.methods.queries[name] = Query(self.id)
        self._put(
            "callback_query",
            {
                "id": name,
                "from": self._chat.user,
                "chat_instance": str(-self.id),
                "message": self._pressed(screen.message_id),
                "data": data,
            },
        )
        if wait:
            await self._until(lambda: query.answer is not None, "the press")
        return query

    def _pressed(self, message_id: int) -> dict[str, Any]:
        message: Message = self._chat.messages[message_id]
        if message.deleted:
            return {"chat": self._chat.described(), "message_id": message_id, "date": 0}
        return as_json(message, self._chat, self._telegram.methods.bot)

    def _find(self, label: str, on: Screen | None) -> tuple[Screen, ShownButton]:
        candidates: Sequence[Screen] = [on] if on is not None else self.history[::-1]
        for screen in candidates:
            if (button := screen.button(label)) is not None:
                return screen, button
        seen = ", ".join(candidates[0].buttons) if candidates else "nothing"
        message = f"no button «{label}»; there is: {seen}"
        raise NoSuchButtonError(message)

    async def _until(self, happened: Callable[[], bool], what: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._telegram.patience):
                while not happened():
                    await self._chat.stirred()
        if not happened():
            message = f"the bot did not answer {what}"
            raise SilenceError(message)
        await self.settles()


def _captioned(caption: str | None) -> dict[str, str]:
    return {} if caption is None else {"caption": caption}
