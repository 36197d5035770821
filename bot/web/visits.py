"""Who is on the page: a signed cookie that stands for a contact of the web chat."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web
from itsdangerous import BadData, URLSafeSerializer

from civic.ports import Randomness
from storage.repositories.webchat import SqlWebChats, Visitor

_KEPT: Final = timedelta(days=400)
"""The longest that browsers keep a cookie; it is renewed by every visit."""
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Visit:
    """A person whose browser showed a valid cookie."""

    visitor: Visitor
    token: str


class Visits:
    """Reads and gives the cookie."""

    def __init__(self, chats: SqlWebChats, randomness: Randomness, *, secure: bool) -> None:
        """Find people in `chats`; with `secure` the cookie travels over https only."""
        self._chats = chats
        self._randomness = randomness
        self._secure = secure
        self._name = "__Host-dauys" if secure else "dauys"
        self._signer = URLSafeSerializer(randomness.keyed_hash("webchat-cookie"), salt="session")

    async def of(self, request: web.Request) -> Visit | None:
        """Return who sent the request; None for a newcomer or a cookie that is not ours."""
        cookie = request.cookies.get(self._name)
        if cookie is None:
            return None
        try:
            token = self._signer.loads(cookie)
        except BadData:
            return None
        return await self.by_token(str(token))

    async def by_token(self, token: str) -> Visit | None:
        """Return the person who holds the session's secret."""
        visitor = await self._chats.visitor(self.address(token))
        return None if visitor is None else Visit(visitor, token)

    def new_token(self, nonce: str | None) -> str:
        """Return the secret of a new session; the same form (`nonce`) gets the same one again."""
        if nonce is None:
            return self._randomness.token(_TOKEN_BYTES)
        return self._randomness.keyed_hash("webchat-session", nonce)

    def address(self, token: str) -> str:
        """Return the contact's address: who reads the database cannot take the session over."""
        return self._randomness.keyed_hash("webchat-address", token)

    def remember(self, response: web.StreamResponse, token: str) -> None:
        """Give the browser the cookie, or renew it."""
        response.set_cookie(
            self._name,
            str(self._signer.dumps(token)),
            max_age=int(_KEPT.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )
