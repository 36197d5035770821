"""The stand-in of Telegram, and a messenger in memory with a broadcaster that sends through it."""

import pytest

from bot.broadcast.broadcaster import Broadcaster
from civic.ports import Work
from tests.bot.broadcast.messenger import Messenger, broadcaster_through
from tests.fakes import CountingRandomness, FrozenClock
from tests.telegram.fixtures import telegram

__all__ = ["broadcaster", "messenger", "telegram"]


@pytest.fixture
def messenger(clock: FrozenClock) -> Messenger:
    """A messenger in memory."""
    return Messenger(clock)


@pytest.fixture
def broadcaster(
    work: Work, clock: FrozenClock, messenger: Messenger, randomness: CountingRandomness
) -> Broadcaster:
    """A broadcaster whose waiting moves the clock."""
    return broadcaster_through(work, clock, {"test": messenger}, randomness)
