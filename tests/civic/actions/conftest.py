"""What the tests of actions share."""

import pytest

from civic.ports import Work
from tests.civic.actions.voting import Booth
from tests.fakes import CountingRandomness, FrozenClock


@pytest.fixture
def booth(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> Booth:
    """A place to vote."""
    return Booth(work, clock, randomness)
