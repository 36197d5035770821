"""The web application: every address, the safety of every answer, and kind errors."""

import logging
from http import HTTPStatus
from typing import Final

from aiogram.utils.i18n import I18n
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat.bell import Bell
from bot.channels.webchat.inbound import WebChatInbound
from bot.web.assets import Assets
from bot.web.chat import FILE_LIMIT, ChatRoutes, Meet, html_response
from bot.web.forms import FormSeals
from bot.web.languages import preferred
from bot.web.pages import Pages
from bot.web.rates import Limits, Rates
from bot.web.visits import Visits
from civic.ports import Clock, Randomness
from storage.repositories.webchat import SqlWebChats

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLL_SECONDS: Final = 3.0
_FORM_ROOM: Final = 64 * 1024
"""Bytes of a form beside its file."""
_ROBOTS: Final = "User-agent: *\nAllow: /$\nDisallow: /\n"
_log = logging.getLogger(__name__)


def make_web_app(  # noqa: PLR0913 - whoever wires the program sees all that the pages need
    *,
    chats: SqlWebChats,
    inbound: WebChatInbound,
    bell: Bell,
    meet: Meet,
    i18n: I18n,
    clock: Clock,
    randomness: Randomness,
    public_url: str | None = None,
    redis_url: str | None = None,
    trusted_proxies: int = 0,
    limits: Limits | None = None,
    poll_seconds: float = POLL_SECONDS,
) -> web.Application:
    """Return the web chat; serve it with `bot.web.access_log.AccessLog`.

    Args:
        chats: where messages are kept.
        inbound: takes what people do to the conversations.
        bell: rung for every change made in this process; closed when the application stops.
        meet: takes newcomers in (`civic.actions.meet_resident.MeetResident`).
        i18n: the compiled catalogues.
        clock: tells how old a form is.
        randomness: keys of cookies and forms come from its secret.
        public_url: where people find the service; with https the cookie is for https only.
        redis_url: where rates are counted when there are several processes.
        trusted_proxies: how many entries of `X-Forwarded-For` are believed.
        limits: how much one person and one address may ask for.
        poll_seconds: how often a live line looks for what other processes wrote.
    """
    assets = Assets()
    pages = Pages(i18n, assets, clock)
    secure = public_url is not None and public_url.startswith("https://")
    visits = Visits(chats, randomness, secure=secure)
    routes = ChatRoutes(
        chats=chats,
        inbound=inbound,
        bell=bell,
        meet=meet,
        pages=pages,
        visits=visits,
        seals=FormSeals(clock, randomness),
        rates=Rates(clock, randomness, redis_url=redis_url, trusted_proxies=trusted_proxies),
        limits=limits or Limits(),
        public_url=public_url,
        poll_seconds=poll_seconds,
    )
    app = web.Application(
        middlewares=[_kind_errors(pages, visits)], client_max_size=FILE_LIMIT + _FORM_ROOM
    )
    routes.add_to(app)
    app.router.add_get("/static/{name}", assets.serve)
    app.router.add_get("/healthz", _Health(chats).answer)
    app.router.add_get("/robots.txt", _robots)
    app.on_response_prepare.append(_harden)

    async def stop(_app: web.Application) -> None:
        bell.close()

    app.on_shutdown.append(stop)
    return app


class _Health:
    """Tells whether the service can do its work."""

    def __init__(self, chats: SqlWebChats) -> None:
        self._chats = chats

    async def answer(self, _request: web.Request) -> web.Response:
        try:
            await self._chats.ping()
        except (SQLAlchemyError, OSError):
            _log.exception("the database does not answer")
            return web.Response(
                text="the database does not answer\n", status=HTTPStatus.SERVICE_UNAVAILABLE
            )
        return web.Response(text="ok\n")


async def _robots(_request: web.Request) -> web.Response:
    return web.Response(text=_ROBOTS)


async def _harden(_request: web.Request, response: web.StreamResponse) -> None:
    # The version of a server is of use to nobody but an attacker.
    response.headers["Server"] = "Dauys"
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _kind_errors(pages: Pages, visits: Visits) -> Middleware:
    @web.middleware
    async def answer_kindly(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            language = await _language(request, visits)
            headers = {
                name: error.headers[name]
                for name in ("Allow", "Retry-After")
                if name in error.headers
            }
            return _problem(pages, language, HTTPStatus(error.status), headers)
        except Exception:  # noqa: BLE001 - whatever happens, the person gets a sentence and the log the rest
            _log.exception("a page could not be made")
            language = preferred(request.headers.get("Accept-Language", ""))
            return _problem(pages, language, HTTPStatus.INTERNAL_SERVER_ERROR, {})

    return answer_kindly


async def _language(request: web.Request, visits: Visits) -> str:
    visit = await visits.of(request)
    if visit is not None:
        return visit.visitor.language
    return preferred(request.headers.get("Accept-Language", ""))


def _problem(
    pages: Pages, language: str, status: HTTPStatus, headers: dict[str, str]
) -> web.Response:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        key = "slow_down"
    elif status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        key = "file_large"
    elif status == HTTPStatus.BAD_REQUEST:
        key = "unreadable"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        key = "broken"
    else:
        key = "not_found"
    html = pages.render("problem.html", language, problem=pages.sentence(key, language))
    return html_response(html, status, headers)
