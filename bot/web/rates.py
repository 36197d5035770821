"""How much one person, and one address, may ask for."""

import ipaddress
import logging
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from civic.ports import Clock, Randomness

_log = logging.getLogger(__name__)
_IPV6_HOME: Final = 64
"""Bits of an IPv6 address that one subscriber shares."""


def parse_limit(text: str) -> RateLimitItem:
    """Return a limit such as "60/minute"; raises `ValueError` for anything else."""
    return parse(text)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed; many people share one address behind a mobile operator."""

    said: RateLimitItem = field(default_factory=lambda: parse_limit("60/minute"))
    """Messages and presses of one person."""
    files: RateLimitItem = field(default_factory=lambda: parse_limit("20/10 minutes"))
    """Files of one person."""
    read: RateLimitItem = field(default_factory=lambda: parse_limit("240/minute"))
    """Pages and files read by one person."""
    newcomers: RateLimitItem = field(default_factory=lambda: parse_limit("60/10 minutes"))
    """New people from one address."""
    address: RateLimitItem = field(default_factory=lambda: parse_limit("1200/minute"))
    """Everything from one address."""


class Rates:
    """Counts what was asked for, in memory or, for several processes, in Redis."""

    def __init__(
        self,
        clock: Clock,
        randomness: Randomness,
        *,
        redis_url: str | None,
        trusted_proxies: int,
    ) -> None:
        """Believe the last `trusted_proxies` entries of `X-Forwarded-For`."""
        self._clock = clock
        self._randomness = randomness
        self._trusted_proxies = trusted_proxies
        self._limiter = FixedWindowRateLimiter(
            MemoryStorage()
            if redis_url is None
            else RedisStorage(f"async+{redis_url}", implementation="redispy", wrap_exceptions=True)
        )

    async def wait(self, limit: RateLimitItem, kind: str, who: str) -> int | None:
        """Count one more; return None when it is allowed, else the seconds until it will be."""
        # Only a keyed hash is kept, also in Redis: an address is personal.
        key = self._randomness.keyed_hash("webchat-rate", kind, who)[:32]
        try:
            if await self._limiter.hit(limit, key):
                return None
            ends_at = (await self._limiter.get_window_stats(limit, key)).reset_time
        except (StorageError, OSError):
            # Without the counter people are still answered.
            _log.exception("rates cannot be counted")
            return None
        left = int(ends_at - self._clock.now().timestamp()) + 1
        return max(1, min(left, limit.get_expiry()))

    def address_of(self, request: web.Request) -> str:
        """Return the network address a request came from, as far as it can be believed."""
        claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        hops = [part for part in claimed if part]
        if self._trusted_proxies and len(hops) >= self._trusted_proxies:
            return _home(hops[-self._trusted_proxies])
        return _home(request.remote or "")


def _home(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:  # noqa: PLR2004 - the protocol's own number
        return str(ipaddress.ip_network((parsed, _IPV6_HOME), strict=False).network_address)
    return str(parsed)
