"""A Telegram of one's own: a real HTTP server on this machine that plays the Bot API.

It checks every call against the published description and the documented limits, keeps chats as
Telegram does, and lets tests act as people. Faults happen on request.

    async with Standin() as telegram:
        bot = Bot(telegram.token, AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))
        aigul = telegram.person(language_code="kk")
        await aigul.says("/start")
        assert "Дауыс" in aigul.screen.text
        assert telegram.violations == []
"""

import asyncio
import inspect
import itertools
import json
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import parse_qsl

from aiohttp import web

from bot.rehearsal.rules import MOST_UPLOAD, DeniedError, broken
from tests.telegram.api import BotApi, UnknownMethodError, WrongTypeError, published
from tests.telegram.chats import Chat
from tests.telegram.faults import Drop, Fault, Faults
from tests.telegram.methods import Call, Methods, Upload
from tests.telegram.person import Person
from tests.telegram.public import PublicChat

TOKEN: Final = "4242:stand-in_of_telegram_for_tests"
SOME_MOMENT: Final = 1_767_258_000
"""When messages are sent unless a test brings a clock: 1 January 2026, 14:00 in Almaty."""
QUIET_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 60.0
REMEMBERED_CALLS: Final = 20_000
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Made:
    """A call that the bot made."""

    method: str
    chat_id: int | None
    status: int
    """0 when the connection was broken instead of an answer."""


class Standin:
    """The server, its people and its faults."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        now: Callable[[], int] = lambda: SOME_MOMENT,
        most_per_second: int | None = None,
        api: BotApi | None = None,
    ) -> None:
        """Prepare; the server runs between `start` and `close`, or in an `async with`.

        Args:
            token: the bot's token; any other is answered with 401.
            now: Unix time for the dates of messages.
            most_per_second: above that many sends in a second, 429; None for no limit.
            api: the published description, by default the one beside the project.
        """
        self.token = token
        self.methods = Methods(now)
        self.faults = Faults()
        self.violations: list[str] = []
        """Every call that broke the description or a limit, in words."""
        self.calls: deque[Made] = deque(maxlen=REMEMBERED_CALLS)
        self.counts: Counter[str] = Counter()
        """How often each method was called."""
        self.quiet = QUIET_SECONDS
        """How long nothing may happen in a chat before the bot counts as done."""
        self.patience = PATIENCE_SECONDS
        """How long a person waits for an answer."""
        self.idle: Callable[[], Awaitable[None]] | None = None
        """Waits until the bot is done; for tests that can know it instead of waiting for quiet."""
        self._api = api or published()
        self._most_per_second = most_per_second
        self._most_in_chat: tuple[int, float] | None = None
        self._most_in_group: tuple[int, float] | None = None
        self._sends: deque[float] = deque()
        self._sends_to: defaultdict[int, deque[float]] = defaultdict(deque)
        self._people = itertools.count(100_001)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback."""
        application = web.Application(client_max_size=2 * MOST_UPLOAD)
        application.router.add_route("*", "/{tail:.*}", self._answer)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    def permits(
        self, per_second: int, *, in_chat: tuple[int, float], in_group: tuple[int, float]
    ) -> None:
        """Answer 429 from now on to more sends.

        Args:
            per_second: how many in any second may be sent.
            in_chat: how many may be sent to one person in how many seconds.
            in_group: the same for each group and channel.
        """
        self._most_per_second = per_second
        self._most_in_chat, self._most_in_group = in_chat, in_group

    async def close(self) -> None:
        """Stop listening; long polls end, and webhook calls stop."""
        await self.methods.arrivals.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where the bot finds this Telegram; goes into DAUYS_TELEGRAM_API."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def unanswered(self) -> list[str]:
        """Ids of presses that the bot never answered, so that the person's button still spins."""
        return [name for name, query in self.methods.queries.items() if query.answer is None]

    def person(
        self,
        id: int | None = None,  # noqa: A002 - the word people use
        *,
        language_code: str | None = "ru",
        first_name: str = "Айгүл",
        started: bool = False,
    ) -> Person:
        """Return a person, the same for the same id; `started` = wrote to the bot before."""
        number = id if id is not None else next(self._people)
        chat = self.methods.chats.get(number)
        if chat is None:
            user = {"id": number, "is_bot": False, "first_name": first_name}
            if language_code is not None:
                user["language_code"] = language_code
            chat = self.methods.chats[number] = Chat(user, started=started)
        return Person(self, chat)

    def public(self, title: str, kind: str = "supergroup") -> PublicChat:
        """Return a new group, supergroup or channel that the bot is not in yet."""
        chat = PublicChat.new(-1_000_000_000_000 - next(self._people), title, kind)
        self.methods.chats[chat.id] = chat
        return chat

    # Updates.

    def hold_updates(self) -> None:
        """Keep what people do back from the bot until `release_updates`."""
        self.methods.arrivals.hold()

    def release_updates(self, *, reverse: bool = False) -> None:
        """Deliver what was held back, in order or in reverse."""
        self.methods.arrivals.release(reverse=reverse)

    def repeat_next_updates(self, times: int = 1) -> None:
        """Deliver each of the next updates twice."""
        self.methods.arrivals.repeat_next(times)

    def expire_queries(self) -> None:
        """Make every press so far too old to be answered."""
        for query in self.methods.queries.values():
            query.too_old = True

    async def settled(self, chat: Chat) -> None:
        """Wait until the bot is done with the chat."""
        if self.idle is not None:
            await self.idle()
            return
        while True:
            seen = chat.calls
            with suppress(TimeoutError):
                async with asyncio.timeout(self.quiet):
                    await chat.stirred()
            if chat.calls == seen and not chat.in_flight:
                return

    # The server.

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path.startswith(f"/file/bot{self.token}/"):
            return self._file(path.rpartition("/")[2])
        if not path.startswith(f"/bot{self.token}/"):
            known = path.startswith("/bot")
            return _error(DeniedError("Unauthorized", 401) if known else _not_found())
        method = path.removeprefix(f"/bot{self.token}/")
        self.counts[method] += 1
        fields, uploads = await _form(request)
        chat = self._concerned(fields)
        if chat is not None:
            chat.in_flight += 1
        try:
            return await self._call(request, method, fields, uploads)
        finally:
            if chat is not None:
                chat.in_flight -= 1
                chat.calls += 1
                chat.stir()

    async def _call(
        self,
        request: web.Request,
        method: str,
        fields: dict[str, str],
        uploads: dict[str, Upload],
    ) -> web.StreamResponse:
        chat_id = _number(fields.get("chat_id"))
        fault = self.faults.take(method, chat_id)
        if fault is not None and fault.drop is not Drop.AFTER:
            self.calls.append(Made(method, chat_id, fault.status))
            return _fail(request, fault)
        try:
            result = await self._play(method, fields, uploads)
        except DeniedError as denied:
            self._note(method, denied)
            self.calls.append(Made(method, chat_id, denied.status))
            return _error(denied)
        if fault is not None:
            self.calls.append(Made(method, chat_id, 0))
            return _fail(request, fault)
        self.calls.append(Made(method, chat_id, HTTPStatus.OK))
        return web.Response(
            body=json.dumps({"ok": True, "result": result}).encode(),
            content_type="application/json",
        )

    async def _play(
        self, method: str, fields: dict[str, str], uploads: dict[str, Upload]
    ) -> object:
        try:
            values = self._api.read(method, fields, uploads)
        except UnknownMethodError:
            denied = _not_found()
            raise DeniedError(denied.description, denied.status, violation=True) from None
        except WrongTypeError as error:
            message = "message text is empty" if _no_text(method, fields) else str(error)
            raise broken(message) from None
        if method.lower().startswith("send"):
            self._keep_pace(_number(fields.get("chat_id")))
        result = self.methods.play(method, Call(values, uploads))
        return await result if inspect.isawaitable(result) else result

    def _keep_pace(self, chat_id: int | None) -> None:
        paces: list[tuple[deque[float], int, float]] = []
        if self._most_per_second is not None:
            paces.append((self._sends, self._most_per_second, 1.0))
        in_chat = self._most_in_group if (chat_id or 0) < 0 else self._most_in_chat
        if chat_id is not None and in_chat is not None:
            paces.append((self._sends_to[chat_id], *in_chat))
        now = asyncio.get_running_loop().time()
        for sends, most, seconds in paces:
            while sends and sends[0] <= now - seconds:
                sends.popleft()
            if len(sends) >= most:
                message = "Too Many Requests: retry after 1"
                raise DeniedError(message, HTTPStatus.TOO_MANY_REQUESTS, retry_after=1)
        for sends, _most, _seconds in paces:
            sends.append(now)

    def _note(self, method: str, denied: DeniedError) -> None:
        if denied.violation:
            self.violations.append(f"{method}: {denied.description}")

    def _concerned(self, fields: dict[str, str]) -> Chat | None:
        query = self.methods.queries.get(fields.get("callback_query_id", ""))
        number = query.chat_id if query is not None else _number(fields.get("chat_id"))
        return None if number is None else self.methods.chats.get(number)

    def _file(self, name: str) -> web.Response:
        content = self.methods.files.get(name)
        if content is None:
            return _error(_not_found())
        return web.Response(body=content, content_type="application/octet-stream")


def _no_text(method: str, fields: dict[str, str]) -> bool:
    # A form leaves empty fields out, so that an empty text arrives as a missing one.
    return method.lower() in {"sendmessage", "editmessagetext"} and not fields.get("text")


def _number(value: str | None) -> int | None:
    try:
        return None if value is None else int(value)
    except ValueError:
        return None


def _not_found() -> DeniedError:
    message = "Not Found"
    return DeniedError(message, HTTPStatus.NOT_FOUND)


async def _form(request: web.Request) -> tuple[dict[str, str], dict[str, Upload]]:
    fields = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == _FORM:
        fields |= dict(parse_qsl(await request.text(), keep_blank_values=True))
    elif request.content_type == "application/json" and request.can_read_body:
        values = await request.json()
        fields |= {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    elif request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.file.read())
                value.file.close()
            else:
                fields[name] = str(value)
    return fields, uploads


def _fail(request: web.Request, fault: Fault) -> web.Response:
    if fault.drop is not None:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.page:
        body = f"<html><h1>{fault.status} Bad Gateway</h1></html>"
        return web.Response(status=fault.status, text=body, content_type="text/html")
    return _error(DeniedError(fault.description, fault.status, retry_after=fault.retry_after))


def _error(denied: DeniedError) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": int(denied.status),
        "description": denied.description,
    }
    if denied.retry_after is not None:
        body["parameters"] = {"retry_after": denied.retry_after}
    if denied.moved_to is not None:
        body["parameters"] = {"migrate_to_chat_id": denied.moved_to}
    return web.json_response(body, status=denied.status)
