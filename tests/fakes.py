"""Stand-ins for time and chance."""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)
"""10:00 in Almaty, on the tenth of March 2026."""


class FrozenClock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = MORNING) -> None:
        """Stand at `now`."""
        self._now = now

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Move the clock on."""
        self._now += by

    def set(self, now: datetime) -> None:
        """Put the clock to `now`."""
        self._now = now


class CountingRandomness:
    """Chance that repeats itself: tokens are numbered, hashes have a known key."""

    def __init__(self) -> None:
        """Begin with token 1."""
        self._count = 0
        self._keyed = hmac.new(b"test", digestmod="sha256")

    def token(self, size: int) -> str:
        """Return a new string as long as the real one."""
        self._count += 1
        return hashlib.sha256(str(self._count).encode()).hexdigest()[: (size * 4 + 2) // 3]

    def keyed_hash(self, purpose: str, *parts: str | int) -> str:
        """Return a hash as the real one does."""
        message = "\x1f".join([purpose, *(str(part) for part in parts)])
        hashed = self._keyed.copy()
        hashed.update(message.encode())
        return hashed.hexdigest()


@dataclass(frozen=True)
class Steady:
    """Messengers that take so many messages a second, and some so many strangers a day."""

    per_second: float = 30.0
    strangers: Mapping[str, int] = field(default_factory=dict)

    def rates(self, channels: Collection[str]) -> Mapping[str, float]:
        """Return the rate of each channel."""
        return dict.fromkeys(channels, self.per_second)

    def strangers_a_day(self, channel: str) -> int | None:
        """Return the limit of the channel, if it has one."""
        return self.strangers.get(channel)
