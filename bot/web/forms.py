"""Forms that only our own pages can send, and that are known again when sent twice."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from itsdangerous import BadData, URLSafeSerializer

from civic.ports import Clock, Randomness

FORMS_LAST: Final = timedelta(days=7)
"""How long a page may stay open before its forms are refused."""
_NONCE_BYTES: Final = 9


class FormSeals:
    """Makes the hidden field of a form, and reads it back."""

    def __init__(self, clock: Clock, randomness: Randomness) -> None:
        """Sign with a key of the service."""
        self._clock = clock
        self._randomness = randomness
        self._signer = URLSafeSerializer(randomness.keyed_hash("webchat-forms"), salt="form")

    def seal(self, owner: str) -> str:
        """Return a new field for a form of `owner`: a session, or "" for newcomers."""
        moment = int(self._clock.now().timestamp())
        sealed = self._signer.dumps(
            [self._owned(owner), self._randomness.token(_NONCE_BYTES), moment]
        )
        return str(sealed)

    def nonce(self, sealed: str, owner: str) -> str | None:
        """Return what tells this form from others; None when it is not theirs, or too old."""
        try:
            of, nonce, moment = self._signer.loads(sealed)
        except (BadData, TypeError, ValueError):
            return None
        age = self._clock.now().timestamp() - moment
        if of != self._owned(owner) or age > FORMS_LAST.total_seconds():
            return None
        return str(nonce)

    def _owned(self, owner: str) -> str:
        return self._randomness.keyed_hash("webchat-form-owner", owner)[:16]


def is_from_elsewhere(request: web.Request, public_url: str | None) -> bool:
    """Tell whether the browser says that a page of somebody else sent this form.

    Browsers say it by `Sec-Fetch-Site`, older ones by `Origin`; "null" is what our own pages send
    because they send no referrer, so it says nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin", "null")
    if origin == "null":
        return False
    here = request.host if public_url is None else urlsplit(public_url).netloc
    return urlsplit(origin).netloc != here


def is_surely_ours(request: web.Request, public_url: str | None) -> bool:
    """Tell whether the browser says that our own page sent this form."""
    said = "Sec-Fetch-Site" in request.headers or request.headers.get("Origin", "null") != "null"
    return said and not is_from_elsewhere(request, public_url)
