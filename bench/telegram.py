"""A Telegram that costs little, in a process of its own: it counts, permits so much, and fails.

`python -m bench.telegram PORT RATE FAULTS` plays the Bot API for one bot. People of the crowd only
receive; a few others write and press, and the time until they are answered is measured here. Which
person blocked the bot or meets an error is decided by their number, so that it can be checked.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter, deque
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

CROWD: Final = 10_000_000
"""Numbers above belong to people who only receive."""
ASKING: Final = range(1001, 1011)
"""Numbers of people who press buttons."""
STORM_EVERY: Final = 1_000
STORM_CALLS: Final = 10
"""Of so many calls one in a hundred is answered 429, all of them together."""
PAUSE_SECONDS: Final = 1
"""For which a 429 asks."""
THINK_SECONDS: Final = 0.5
_BOT: Final = {"id": 42, "is_bot": True, "first_name": "Dauys", "username": "dauys_bot"}


def has_blocked(chat_id: int) -> bool:
    """Tell whether this person of the crowd blocked the bot: two in a hundred."""
    return chat_id % 50 == 3


def meets_error(chat_id: int) -> bool:
    """Tell whether the first message to this person meets a 502: one in a hundred."""
    return chat_id % 100 == 7


class Telegram:
    """The Bot API, as far as a broadcast and some conversations need it."""

    def __init__(self, rate: int, *, faults: bool) -> None:
        """Permit `rate` messages to the crowd in any second; 0 = any number."""
        self.rate, self.faults = rate, faults
        self.reached: Counter[int] = Counter()
        self.failed: set[int] = set()
        self.sent_at: list[float] = []
        self.replied_at: list[float] = []
        """Moments of new messages to those who ask, which Telegram counts like all others."""
        self.window: deque[float] = deque()
        self.statuses: Counter[str] = Counter()
        self.storms: list[float] = []
        """Moments of the calls that were answered 429 though they were not too fast."""
        self.called: set[int] = set()
        self.last_called_first = 0.0
        self.storm_left = 0
        self.calls = 0
        self.numbers = itertools.count(1)
        self.updates: deque[dict[str, Any]] = deque()
        self.arrived = asyncio.Event()
        self.markups: dict[int, tuple[int, dict[str, Any]]] = {}
        self.asked_at: dict[str, tuple[int, float]] = {}
        self.answered: dict[int, asyncio.Event] = {number: asyncio.Event() for number in ASKING}
        self.latencies: list[tuple[float, float]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.path.rpartition("/")[2]
        if method == "stats":
            return web.json_response(self.stats())
        fields = dict(parse_qsl(await request.text(), keep_blank_values=True))
        if method == "sendMessage" and int(fields["chat_id"]) > CROWD:
            return self._to_crowd(int(fields["chat_id"]))
        return _ok(await self._reply(method, fields))

    def _to_crowd(self, chat_id: int) -> web.Response:
        self.calls += 1
        now = time.monotonic()
        if self.faults and self.calls % STORM_EVERY == 0:
            self.storm_left = STORM_CALLS
        if chat_id not in self.called:
            self.called.add(chat_id)
            self.last_called_first = now
        if self.storm_left:
            self.storm_left -= 1
            self.storms.append(now)
            return self._deny("storm", 429, retry_after=PAUSE_SECONDS)
        while self.window and self.window[0] <= now - 1:
            self.window.popleft()
        if self.rate and len(self.window) >= self.rate:
            return self._deny("too fast", 429, retry_after=PAUSE_SECONDS)
        self.window.append(now)
        self.sent_at.append(now)
        if self.faults and has_blocked(chat_id):
            return self._deny("blocked", 403)
        if self.faults and meets_error(chat_id) and chat_id not in self.failed:
            self.failed.add(chat_id)
            return self._deny("error", 502)
        self.reached[chat_id] += 1
        self.statuses["sent"] += 1
        return _ok(self._message(chat_id, "-"))

    async def _reply(self, method: str, fields: dict[str, str]) -> object:
        if method == "getUpdates":
            return await self._updates(int(fields.get("offset", "0")))
        if method == "getMe":
            return {**_BOT, "can_join_groups": False, "supports_inline_queries": False}
        if method == "answerCallbackQuery":
            self._note(fields["callback_query_id"])
            return True
        if method not in {"sendMessage", "editMessageText", "sendPhoto", "editMessageMedia"}:
            return {} if method.startswith("get") else True
        chat_id = int(fields["chat_id"])
        markup = json.loads(fields.get("reply_markup", "{}"))
        if method.startswith("send"):
            self.replied_at.append(time.monotonic())
        message = self._message(chat_id, fields.get("text", "-"), fields.get("message_id"))
        if markup.get("inline_keyboard"):
            self.markups[chat_id] = (message["message_id"], markup)
        if (found := self.answered.get(chat_id)) is not None and not self.asked_at:
            found.set()
        return message

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        if not self.updates:
            self.arrived.clear()
            try:
                async with asyncio.timeout(10):
                    await self.arrived.wait()
            except TimeoutError:
                return []
        return list(self.updates)[:100]

    def _message(self, chat_id: int, text: str, number: str | None = None) -> dict[str, Any]:
        return {
            "message_id": int(number or next(self.numbers)),
            "date": 1_767_258_000,
            "chat": {"id": chat_id, "type": "private", "first_name": "A"},
            "from": _BOT,
            "text": text or "-",
        }

    def _put(self, kind: str, content: dict[str, Any]) -> None:
        self.updates.append({"update_id": next(self.numbers), kind: content})
        self.arrived.set()

    def _note(self, query: str) -> None:
        chat_id, asked_at = self.asked_at.pop(query, (0, 0.0))
        if chat_id:
            now = time.monotonic()
            self.latencies.append((now, now - asked_at))
            self.answered[chat_id].set()

    async def ask(self, chat_id: int) -> None:
        """Be somebody who presses one button after another, for ever."""
        person = {"id": chat_id, "is_bot": False, "first_name": "A", "language_code": "ru"}
        chat = {"id": chat_id, "type": "private", "first_name": "A"}
        await asyncio.sleep((chat_id - ASKING.start) * THINK_SECONDS / len(ASKING))
        for step in itertools.count():
            if chat_id not in self.markups or step % 40 == 0:
                text = {"message_id": next(self.numbers), "date": 1, "chat": chat, "from": person}
                self._put("message", {**text, "text": "/menu" if step else "/start"})
                await asyncio.sleep(2)
                continue
            number, markup = self.markups[chat_id]
            keys = [key for row in markup["inline_keyboard"] for key in row]
            data = [key["callback_data"] for key in keys if "callback_data" in key]
            query = str(next(self.numbers))
            self.answered[chat_id].clear()
            self.asked_at[query] = (chat_id, time.monotonic())
            message = {**self._message(chat_id, "-", str(number)), "reply_markup": markup}
            pressed = {"id": query, "from": person, "chat_instance": "1", "message": message}
            self._put("callback_query", {**pressed, "data": data[step % len(data)]})
            try:
                async with asyncio.timeout(15):
                    await self.answered[chat_id].wait()
            except TimeoutError:
                # The service was killed in between.
                self.asked_at.pop(query, None)
                self.markups.pop(chat_id, None)
            await asyncio.sleep(THINK_SECONDS)

    def _deny(self, why: str, status: int, retry_after: int | None = None) -> web.Response:
        self.statuses[why] += 1
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": why}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        return web.json_response(body, status=HTTPStatus(status))

    def stats(self) -> dict[str, Any]:
        """Return everything that was counted; moments by the machine's monotonic clock."""
        return {
            "reached": len(self.reached),
            "twice": {str(chat): n for chat, n in self.reached.items() if n > 1},
            "wrongly": sum(has_blocked(chat) for chat in self.reached) if self.faults else 0,
            "statuses": dict(self.statuses),
            "sent_at": self.sent_at,
            "replied_at": self.replied_at,
            "storms": self.storms,
            "last_called_first": self.last_called_first,
            "latencies": self.latencies,
        }


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def main(port: int, rate: int, *, faults: bool) -> None:
    """Serve until killed."""
    telegram = Telegram(rate, faults=faults)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", telegram.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with asyncio.TaskGroup() as people:
        for chat_id in ASKING:
            people.create_task(telegram.ask(chat_id))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), faults=sys.argv[3] == "yes"))
