"""The real clock and the real source of chance."""

import hmac
import os
from base64 import urlsafe_b64encode
from datetime import UTC, datetime


class SystemClock:
    """Implements `civic.ports.Clock` by the machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where the real clock is read


class SystemRandomness:
    """Implements `civic.ports.Randomness` by the machine's entropy and the service's secret."""

    def __init__(self, secret: str) -> None:
        """Key every hash with `secret`."""
        # To begin with the secret each time costs more than the rest of a hash.
        self._keyed = hmac.new(secret.encode(), digestmod="sha256")

    def token(self, size: int) -> str:
        """Return an unguessable URL-safe string made from `size` random bytes."""
        return urlsafe_b64encode(os.urandom(size)).rstrip(b"=").decode()

    def keyed_hash(self, purpose: str, *parts: str | int) -> str:
        """Return the hex HMAC-SHA256 of `parts`, distinct for each `purpose`."""
        message = "\x1f".join([purpose, *(str(part) for part in parts)])
        hashed = self._keyed.copy()
        hashed.update(message.encode())
        return hashed.hexdigest()
