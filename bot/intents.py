"""Names of opened conversations: none repeats, and the same update gives the same ones.

aiogram_dialog 2.6 names an opened conversation by the second and one of a hundred numbers. A link
opens two at once, the menu and what it leads to, and one time in a hundred both would get the same
name and the way back would be lost.

Every button carries the name of its conversation. When a process dies between the answer and the
note that the update is done, the update is dealt with again: were the names drawn anew, the
buttons that the person already sees would lead nowhere.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from aiogram_dialog.api.entities import stack

from civic.ports import Randomness

_BYTES = 4
"""Six characters, as many as aiogram_dialog's own names have; a button holds 64."""


@dataclass(slots=True)
class _Cause:
    """The update that opens conversations, and how many it has opened."""

    channel: str
    number: int
    opened: int = 0


_cause: ContextVar[_Cause | None] = ContextVar("cause", default=None)


def name_by(randomness: Randomness) -> None:
    """Name every conversation opened from now on by `randomness`."""

    def name() -> str:
        cause = _cause.get()
        if cause is None:
            return randomness.token(_BYTES)
        cause.opened += 1
        hashed = randomness.keyed_hash("conversation", cause.channel, cause.number, cause.opened)
        return urlsafe_b64encode(bytes.fromhex(hashed)[:_BYTES]).rstrip(b"=").decode()

    stack.new_id = name


@contextmanager
def named_after(channel: str, number: int) -> Iterator[None]:
    """Name what is opened in the block after the update of that number on that channel."""
    token = _cause.set(_Cause(channel, number))
    try:
        yield
    finally:
        _cause.reset(token)
