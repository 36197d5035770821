"""A messenger that does not answer at all costs nobody the news."""

from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from aiogram.exceptions import (
    TelegramNetworkError,
    TelegramNotFound,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.broadcast.backoff import ATTEMPTS
from bot.broadcast.outage import CHATS
from bot.channels.budgets import Budget
from civic.actions.advance_cycle import AdvanceCycle
from civic.model.community import Community
from civic.ports import Work
from storage.database import Database
from storage.tables.news import deliveries
from tests.bot.broadcast.messenger import METHOD, Messenger, broadcaster_through, chat_of
from tests.civic.cycles import cycle, local, stored
from tests.conftest import Meet
from tests.fakes import CountingRandomness, FrozenClock

BUDGET: Final = Budget(per_second=30, in_flight=8)
ONE_AT_A_TIME: Final = Budget(per_second=30, in_flight=1)
MINUTE: Final = timedelta(minutes=1)
MANY: Final = 4 * ATTEMPTS
DOWN: Final = TelegramServerError(METHOD, "Bad Gateway")


class Place:
    """A town in which something is to be told to some people."""

    def __init__(
        self,
        work: Work,
        clock: FrozenClock,
        database: Database,
        randomness: CountingRandomness,
        town: Community,
        resident: Meet,
    ) -> None:
        """Begin with nobody."""
        self.work = work
        self.clock = clock
        self.messenger = Messenger(clock)
        self.chats: list[int] = []
        self._database = database
        self._randomness = randomness
        self._town = town
        self._resident = resident

    async def tells(self, count: int, budget: Budget = BUDGET) -> None:
        """Let something be due to so many people."""
        for _person in range(count):
            person = await self._resident()
            self.chats.append(await chat_of(self.work, person))
        made = await stored(self.work, self._town.id, cycle())
        self.clock.set(local(3, 2, 10))
        await AdvanceCycle(self.work, self.clock)(made.id)
        self._broadcaster = broadcaster_through(
            self.work, self.clock, {"test": self.messenger}, self._randomness, budget
        )

    async def goes_on(self, times: int = 1) -> None:
        """Send what is due, then let a minute pass, so often."""
        for _time in range(times):
            await self._broadcaster.send_due()
            self.clock.move(MINUTE)

    async def column(self, of: sa.Column[Any]) -> list[Any]:
        """Return what stands there about each, in the order of their coming."""
        async with self._database.read() as connection:
            rows = sa.select(of).order_by(deliveries.c.resident_id)
            return list(await connection.scalars(rows))


@pytest.fixture
def place(
    work: Work,
    clock: FrozenClock,
    database: Database,
    randomness: CountingRandomness,
    town: Community,
    resident: Meet,
) -> Place:
    """A town."""
    return Place(work, clock, database, randomness, town, resident)


@pytest.mark.parametrize(
    ("error", "in_doubt"),
    [
        (DOWN, False),
        (TelegramNetworkError(METHOD, "no route"), True),
        (TelegramUnauthorizedError(METHOD, "Unauthorized"), False),
        (TelegramNotFound(METHOD, "Not Found"), False),
    ],
    ids=["5xx", "no network", "a token that was taken back", "a token that is unknown"],
)
async def test_after_a_long_outage_everyone_is_told(
    place: Place, error: Exception, caplog: pytest.LogCaptureFixture, *, in_doubt: bool
) -> None:
    await place.tells(12)
    place.messenger.outage = error
    await place.goes_on(MANY)
    assert await place.column(deliveries.c.state) == ["pending"] * 12
    assert len(place.messenger.asked) <= BUDGET.in_flight + MANY
    assert any(await place.column(deliveries.c.doubtful)) == in_doubt
    assert [line.levelname for line in caplog.records if "gets through" in line.message] == [
        "ERROR"
    ]
    place.messenger.outage = None
    await place.goes_on(10)
    assert await place.column(deliveries.c.state) == ["sent"] * 12
    assert sorted(place.messenger.reached) == sorted(place.chats)
    assert max(await place.column(deliveries.c.attempts)) < ATTEMPTS


async def test_in_an_outage_one_message_at_a_time_tries(place: Place) -> None:
    await place.tells(2 * BUDGET.in_flight)
    place.messenger.outage = DOWN
    await place.goes_on()
    for _probe in range(MANY):
        asked = len(place.messenger.asked)
        await place.goes_on()
        assert len(place.messenger.asked) == asked + 1


async def test_the_pauses_grow_up_to_a_minute_and_an_answer_ends_them(place: Place) -> None:
    await place.tells(40, ONE_AT_A_TIME)
    place.messenger.outage = DOWN
    pace = place._broadcaster._lanes["test"].pace
    pauses = []
    for _pause in range(6):
        await place._broadcaster.send_due()
        assert pace.paused_until is not None
        pauses.append((pace.paused_until - place.clock.now()).total_seconds())
        place.clock.set(pace.paused_until)
    assert pauses == [5, 10, 20, 40, 60, 60]
    place.messenger.outage = None
    await place.goes_on()
    assert len(place.messenger.reached) >= 40 - len(set(place.messenger.asked[:8]))


async def test_one_bad_copy_is_given_up_as_ever(place: Place) -> None:
    await place.tells(CHATS + 1)
    place.messenger.errors[place.chats[0]] = [DOWN] * MANY
    await place.goes_on(2 * ATTEMPTS)
    assert await place.column(deliveries.c.state) == ["failed"] + ["sent"] * CHATS
    assert place.messenger.asked.count(place.chats[0]) == ATTEMPTS


async def test_a_few_bad_copies_do_not_keep_the_others_waiting(place: Place) -> None:
    await place.tells(CHATS + 5, ONE_AT_A_TIME)
    for chat in place.chats[:CHATS]:
        place.messenger.errors[chat] = [DOWN] * 1000
    await place.goes_on(3)
    assert await place.column(deliveries.c.state) == ["pending"] * CHATS + ["sent"] * 5


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("error", [DOWN, TelegramNetworkError(METHOD, "no route")], ids=str)
async def test_an_outage_is_noticed_by_one_alone(
    place: Place, count: int, error: Exception
) -> None:
    await place.tells(count)
    place.messenger.outage = error
    await place.goes_on(MANY)
    assert await place.column(deliveries.c.state) == ["pending"] * count
    assert await place.column(deliveries.c.attempts) == [0] * count
    place.messenger.outage = None
    await place.goes_on(10)
    assert await place.column(deliveries.c.state) == ["sent"] * count


async def test_a_bad_copy_alone_is_given_up_with_a_reason_also_after_an_outage(
    place: Place,
) -> None:
    await place.tells(1)
    place.messenger.errors[place.chats[0]] = [DOWN] * MANY
    place.messenger.outage = DOWN
    await place.goes_on(MANY)
    assert await place.column(deliveries.c.state) == ["pending"]
    place.messenger.outage = None
    asked = len(place.messenger.asked)
    await place.goes_on(2 * ATTEMPTS + 10)
    assert await place.column(deliveries.c.state) == ["failed"]
    assert await place.column(deliveries.c.error) == ["TelegramServerError"]
    assert len(place.messenger.asked) == asked + ATTEMPTS
