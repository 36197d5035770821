"""The chat: a page that works by plain forms, and live pieces of it for its script."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import quote, unquote

from aiohttp import web
from aiohttp.typedefs import LooseHeaders
from aiohttp_sse import EventSourceResponse, sse_response
from limits import RateLimitItem
from multidict import MultiDictProxy

from bot.channels.webchat import CHANNEL
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.inbound import Form, WebChatInbound
from bot.web.forms import FormSeals, is_from_elsewhere, is_surely_ours
from bot.web.languages import preferred
from bot.web.pages import COMMANDS, Pages
from bot.web.rates import Limits, Rates
from bot.web.visits import Visit, Visits
from civic.model.refusal import Refused
from civic.model.resident import Contact, Resident
from civic.model.text import LANGUAGES, in_language
from storage.repositories.webchat import SqlWebChats, StoredMessage

PAGE: Final = 30
"""Places of the chat on a page."""
TEXT_LIMIT: Final = 4096
"""Characters of one message, as on other messengers."""
FILE_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of one file."""
MOST_WATCHERS: Final = 8
"""Live lines of one chat at a time: tabs and devices."""
SINCE: Final = "Dauys-Since"
"""Header by which the script asks for the changes after a revision instead of a page."""

_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PRESS: Final = re.compile(r"(\d{1,18})~(\d{1,18})~(.{1,1000})")
_PING_SECONDS: Final = 20.0


class Meet(Protocol):
    """Finds the person behind an address, or takes them in."""

    async def __call__(
        self, channel: str, address: str, language: str, chat_id: int | None = None
    ) -> tuple[Resident, Contact]:
        """Return the person and the contact; raises `Refused` when there is no town yet."""
        ...


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form that passed every check."""

    visit: Visit
    form: Form
    fields: dict[str, str]
    file: web.FileField | None


class _RefusedForm(Exception):  # noqa: N818 - an answer to a person, not an error of the program
    """A form that cannot be taken; says why, and keeps what was written."""

    def __init__(
        self, problem: str, status: HTTPStatus, text: str = "", headers: LooseHeaders | None = None
    ) -> None:
        super().__init__(status.phrase)
        self.problem = problem
        self.status = status
        self.text = text
        self.headers = headers


@dataclass(frozen=True, slots=True)
class ChatRoutes:
    """What the chat answers to each address."""

    chats: SqlWebChats
    inbound: WebChatInbound
    bell: Bell
    meet: Meet
    pages: Pages
    visits: Visits
    seals: FormSeals
    rates: Rates
    limits: Limits
    public_url: str | None
    poll_seconds: float
    """How often a live line looks for what other processes wrote."""

    def add_to(self, app: web.Application) -> None:
        """Register every address."""
        app.router.add_get("/", self.home)
        app.router.add_post("/start", self.start)
        app.router.add_post("/say", self.say)
        app.router.add_post("/press", self.press)
        app.router.add_post("/open", self.open)
        app.router.add_get("/events", self.events, allow_head=False)
        app.router.add_get("/file/{token}", self.file)

    # Reading.

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Answer with the chat, or with the first page to somebody who is not known."""
        visit = await self.visits.of(request)
        await self._allow_reading(request, visit)
        if visit is None:
            return await self._first_page(request)
        return await self._chat_page(request, visit)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer with a file that a message of the person's chat shows."""
        visit = await self.visits.of(request)
        await self._allow_reading(request, visit)
        token = request.match_info["token"]
        found = None if visit is None else await self.chats.file(token, visit.visitor)
        if found is None:
            raise web.HTTPNotFound
        kept, content = found
        response = web.Response(
            body=content,
            headers={
                "Cache-Control": "private, max-age=31536000, immutable",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Content-Type": kept.media_type,
            },
        )
        if kept.width is None:
            response.headers["Content-Disposition"] = _attachment(kept.name)
        return response

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Keep a line open on which everything new arrives as pieces of the page."""
        visit = await self.visits.of(request)
        if visit is None or self.bell.is_closed:
            # Tells a browser's EventSource not to come back.
            return web.Response(status=HTTPStatus.NO_CONTENT)
        if self.bell.watchers(visit.visitor.chat_id) >= MOST_WATCHERS:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})
        seen = _revision(request.headers.get("Last-Event-ID") or request.query.get("since"))
        async with sse_response(request, ping_interval=_PING_SECONDS) as line:
            with suppress(ConnectionResetError):
                await self._tell_changes(line, visit, seen)
            return line

    async def _tell_changes(self, line: EventSourceResponse, visit: Visit, seen: int) -> None:
        with self.bell.watching(visit.visitor.chat_id) as bell:
            while line.is_connected() and not self.bell.is_closed:
                changed = await self.chats.changes(visit.visitor, seen)
                if changed:
                    seen = changed[-1].revision
                    current = await self.visits.by_token(visit.token) or visit
                    await line.send(self._pieces(current, changed, seen), id=str(seen))
                await bell.wait(self.poll_seconds)

    # Acting.

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Take a newcomer in, in the language of the button, and begin the conversation."""
        language = preferred(request.headers.get("Accept-Language", ""))
        if (visit := await self.visits.of(request)) is not None:
            await self._open(visit, request, await _posted(request))
            return _to_chat()
        fields = await _posted(request)
        chosen = str(fields.get("language", ""))
        if chosen in LANGUAGES:
            language = chosen
        nonce = self.seals.nonce(str(fields.get("form", "")), "")
        if nonce is None or is_from_elsewhere(request, self.public_url):
            return await self._first_page(request)
        await self._allow(request, self.limits.newcomers, "newcomers", self._address(request))
        # Elsewhere a stranger could hand out a form of his own and share the session.
        token = self.visits.new_token(nonce if is_surely_ours(request, self.public_url) else None)
        try:
            await self.meet(CHANNEL, self.visits.address(token), language)
        except Refused:
            return self._problem_page(language, "no_town", HTTPStatus.SERVICE_UNAVAILABLE)
        met = await self.visits.by_token(token)
        if met is None:
            raise web.HTTPInternalServerError
        form = Form(met.visitor, nonce)
        # A command that begins with the language is how a link says which language was chosen.
        link = _payload(fields.get("start"))
        command = f"start {language}" if link is None else f"start {language}-{link}"
        await self.inbound.command(form, command, label=None)
        response = _to_chat()
        self.visits.remember(response, token)
        return response

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Take what the person wrote, or the file that they chose."""

        async def act(sent: _Sent) -> None:
            text = sent.fields.get("text", "").replace("\r\n", "\n").strip()
            language = sent.visit.visitor.language
            if len(text) > TEXT_LIMIT:
                problem = self.pages.sentence("text_long", language).format(
                    length=len(text), limit=TEXT_LIMIT
                )
                raise _RefusedForm(problem, HTTPStatus.UNPROCESSABLE_ENTITY, text)
            if sent.file is not None:
                await self._send_file(request, sent, sent.file, text)
            elif text:
                await self.inbound.say(sent.form, text)
            else:
                raise _RefusedForm(
                    self.pages.sentence("empty", language), HTTPStatus.UNPROCESSABLE_ENTITY
                )

        return await self._act(request, act)

    async def press(self, request: web.Request) -> web.StreamResponse:
        """Take the press of a button in a message, or of one on the page itself."""

        async def act(sent: _Sent) -> None:
            fields = sent.fields
            pressed = _PRESS.fullmatch(fields.get("press", ""))
            command = fields.get("command", "")
            if pressed is not None:
                message_id, revision = int(pressed[1]), int(pressed[2])
                await self.inbound.press(sent.form, message_id, revision, unquote(pressed[3]))
            elif command in COMMANDS:
                label = self.pages.command(command, sent.visit.visitor.language)
                await self.inbound.command(sent.form, command, label)
            elif fields.get("say", "").strip():
                await self.inbound.say(sent.form, fields["say"][:TEXT_LIMIT])

        return await self._act(request, act)

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open what the person's link is about."""

        async def act(sent: _Sent) -> None:
            await self.inbound.command(
                sent.form, _start_command(sent.fields.get("start")), label=None
            )

        return await self._act(request, act)

    async def _open(self, visit: Visit, request: web.Request, fields: MultiDictProxy[Any]) -> None:
        nonce = self.seals.nonce(str(fields.get("form", "")), "")
        if nonce is not None and not is_from_elsewhere(request, self.public_url):
            await self.inbound.command(
                Form(visit.visitor, nonce), _start_command(fields.get("start")), label=None
            )

    async def _send_file(
        self, request: web.Request, sent: _Sent, file: web.FileField, caption: str
    ) -> None:
        await self._allow(
            request, self.limits.files, "files", str(sent.visit.visitor.contact_id), caption
        )
        content = await asyncio.to_thread(file.file.read)
        try:
            await self.inbound.send_file(sent.form, content, file.filename, caption)
        except Refused as refused:
            problem = self.pages.sentence(refused.reason.value, sent.visit.visitor.language)
            raise _RefusedForm(
                problem.format_map(refused.facts), HTTPStatus.UNPROCESSABLE_ENTITY, caption
            ) from refused

    async def _act(
        self, request: web.Request, act: Callable[[_Sent], Awaitable[None]]
    ) -> web.StreamResponse:
        visit = await self.visits.of(request)
        if visit is None:
            return _to_chat()
        try:
            await act(await self._read(request, visit))
        except _RefusedForm as refused:
            return await self._chat_page(request, visit, refused)
        if SINCE in request.headers:
            return await self._changes(request, visit)
        return _to_chat()

    async def _read(self, request: web.Request, visit: Visit) -> _Sent:
        """Return the form; raises `_RefusedForm` when it is too large, not ours or too old."""
        language = visit.visitor.language
        try:
            posted = await _posted(request)
        except web.HTTPRequestEntityTooLarge:
            raise _RefusedForm(
                self.pages.sentence("file_large", language), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            ) from None
        fields = {name: value for name, value in posted.items() if isinstance(value, str)}
        text = fields.get("text", "")
        nonce = self.seals.nonce(fields.get("form", ""), visit.token)
        if nonce is None or is_from_elsewhere(request, self.public_url):
            raise _RefusedForm(
                self.pages.sentence("old_form", language), HTTPStatus.CONFLICT, text
            )
        await self._allow(request, self.limits.said, "said", str(visit.visitor.contact_id), text)
        await self._allow(request, self.limits.address, "address", self._address(request), text)
        chosen = posted.get("file")
        file = chosen if isinstance(chosen, web.FileField) and chosen.filename else None
        form = Form(visit.visitor, f"{nonce}.{fields.get('turn', '')[:20]}")
        return _Sent(visit, form, fields, file)

    # Answering.

    async def _chat_page(
        self, request: web.Request, visit: Visit, refused: _RefusedForm | None = None
    ) -> web.StreamResponse:
        before = _revision(request.query.get("before")) or None
        page = await self.chats.page(visit.visitor, before, PAGE)
        messages = [self.pages.shown(message, visit.visitor) for message in page.messages]
        response = html_response(
            self.pages.render(
                "chat.html",
                visit.visitor.language,
                town=self.pages.town(visit.visitor),
                messages=messages,
                newest=next((m.id for m in reversed(messages) if m.side == "bot"), None),
                earlier=page.earlier,
                live=before is None,
                revision=page.revision,
                start=_payload(request.query.get("start")),
                form=self.seals.seal(visit.token),
                text="" if refused is None else refused.text,
                problem="" if refused is None else refused.problem,
            ),
            HTTPStatus.OK if refused is None else refused.status,
            None if refused is None else refused.headers,
        )
        self.visits.remember(response, visit.token)
        return response

    async def _first_page(self, request: web.Request) -> web.StreamResponse:
        language = preferred(request.headers.get("Accept-Language", ""))
        names = await self.chats.town()
        return html_response(
            self.pages.render(
                "first.html",
                language,
                town=in_language(names or {}, language),
                start=_payload(request.query.get("start")),
                form=self.seals.seal(""),
            )
        )

    async def _changes(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        seen = _revision(request.headers[SINCE])
        # The person may just have chosen another language, or separated this chat.
        current = await self.visits.by_token(visit.token)
        if current is None:
            return _to_chat()
        changed = await self.chats.changes(current.visitor, seen)
        latest = changed[-1].revision if changed else seen
        return html_response(self._pieces(current, changed, latest))

    def _pieces(self, visit: Visit, changed: Sequence[StoredMessage], revision: int) -> str:
        return self.pages.render(
            "changes.html",
            visit.visitor.language,
            messages=[self.pages.shown(message, visit.visitor) for message in changed],
            revision=revision,
        )

    def _problem_page(self, language: str, problem: str, status: HTTPStatus) -> web.Response:
        return html_response(
            self.pages.render(
                "problem.html", language, problem=self.pages.sentence(problem, language)
            ),
            status,
        )

    # Limiting.

    async def _allow_reading(self, request: web.Request, visit: Visit | None) -> None:
        if visit is not None:
            await self._allow(request, self.limits.read, "read", str(visit.visitor.contact_id))
        await self._allow(request, self.limits.address, "address", self._address(request))

    async def _allow(
        self, request: web.Request, limit: RateLimitItem, kind: str, who: str, text: str = ""
    ) -> None:
        seconds = await self.rates.wait(limit, kind, who)
        if seconds is None:
            return
        headers = {"Retry-After": str(seconds)}
        visit = await self.visits.of(request) if request.method == "POST" else None
        if visit is None:
            raise web.HTTPTooManyRequests(headers=headers)
        raise _RefusedForm(
            self.pages.sentence("too_many", visit.visitor.language),
            HTTPStatus.TOO_MANY_REQUESTS,
            text,
            headers,
        )

    def _address(self, request: web.Request) -> str:
        return self.rates.address_of(request)


def html_response(
    html: str, status: HTTPStatus = HTTPStatus.OK, headers: LooseHeaders | None = None
) -> web.Response:
    """Return a compressed page that is not kept anywhere."""
    response = web.Response(
        text=html, status=status, content_type="text/html", charset="utf-8", headers=headers
    )
    response.headers["Cache-Control"] = "no-store"
    response.enable_compression()
    return response


async def _posted(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """Return the fields of a form; raises `HTTPBadRequest` for one that no browser sends."""
    try:
        return await request.post()
    except (ValueError, LookupError) as error:
        # Not in the encoding it claims, or not in pieces as it says.
        raise web.HTTPBadRequest from error


def _to_chat() -> web.Response:
    return web.Response(
        status=HTTPStatus.SEE_OTHER, headers={"Location": "/#end", "Cache-Control": "no-store"}
    )


def _start_command(payload: object) -> str:
    link = _payload(payload)
    return "start" if link is None else f"start {link}"


def _payload(value: object) -> str | None:
    return value if isinstance(value, str) and _PAYLOAD.fullmatch(value) else None


def _revision(value: str | None) -> int:
    return int(value) if value is not None and re.fullmatch(r"\d{1,15}", value) else 0


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
