"""What can go wrong between a bot and Telegram, on request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto


class Drop(Enum):
    """When the connection breaks."""

    BEFORE = auto()
    """The call did not reach Telegram."""
    AFTER = auto()
    """The call was carried out, and its answer was lost."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a call fails."""

    status: int = 0
    description: str = ""
    retry_after: int | None = None
    drop: Drop | None = None
    page: bool = False
    """The answer is a gateway's HTML page, not Telegram's JSON."""


def too_many_requests(retry_after: int) -> Fault:
    """Telegram asks to wait `retry_after` seconds."""
    return Fault(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def blocked() -> Fault:
    """The person blocked the bot."""
    return Fault(403, "Forbidden: bot was blocked by the user")


def server_error(status: int = 502) -> Fault:
    """Telegram itself fails."""
    return Fault(status, "Bad Gateway")


def gateway_page(status: int = 502) -> Fault:
    """Something in front of Telegram fails, and answers by a web page."""
    return Fault(status, page=True)


def call_lost() -> Fault:
    """The connection breaks before the call arrives."""
    return Fault(drop=Drop.BEFORE)


def answer_lost() -> Fault:
    """The call is carried out, then the connection breaks."""
    return Fault(drop=Drop.AFTER)


@dataclass(slots=True)
class _Planned:
    fault: Fault
    left: int
    fits: Callable[[str, int | None], bool]


@dataclass(slots=True)
class Faults:
    """Faults to come."""

    _planned: list[_Planned] = field(default_factory=list)

    def add(
        self,
        fault: Fault,
        *,
        times: int = 1,
        method: str | None = None,
        chat_id: int | None = None,
    ) -> None:
        """Let the next `times` calls fail: all, or only those of a method, or about a chat."""
        self._planned.append(
            _Planned(
                fault,
                times,
                lambda name, chat: (
                    (method is None or name.lower() == method.lower())
                    and (chat_id is None or chat == chat_id)
                ),
            )
        )

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the fault that this call meets, and use it up."""
        for planned in self._planned:
            if planned.fits(method, chat_id):
                planned.left -= 1
                if planned.left == 0:
                    self._planned.remove(planned)
                return planned.fault
        return None

    def clear(self) -> None:
        """Let everything work again."""
        self._planned.clear()
