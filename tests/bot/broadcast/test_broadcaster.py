"""News reaches each person once, whatever the messenger answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import BufferedInputFile

from bot.broadcast import letters
from bot.broadcast.backoff import ATTEMPTS
from bot.broadcast.broadcaster import LEASE, Broadcaster
from bot.broadcast.lane import AT_ONCE
from bot.broadcast.letters import Letter
from bot.broadcast.line import SEND_SECONDS
from bot.broadcast.outage import CHATS
from bot.channels.budgets import Budget
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.change_stage import ChangeStage, Wish
from civic.actions.remind import RemindUnfinished
from civic.actions.send_broadcast import SendBroadcast
from civic.model.announcement import QUIET, AnnouncementState
from civic.model.audience import EVERYONE
from civic.model.broadcast import Broadcast, Document
from civic.model.community import Community
from civic.model.cycle import Cycle, StageAction, StageKind
from civic.model.resident import ANY_HOUR, BY_DAY, Hours, NewsChoice, Resident, Role
from civic.ports import Work
from civic.rules.quiet_hours import next_allowed
from civic.rules.sending import OFF_AFTER
from dialogs.announcements.notice import notice_of
from storage.database import Database
from storage.repositories.deliveries import SqlDeliveries
from storage.repositories.documents import SqlDocuments
from storage.tables.news import deliveries
from tests.bot.broadcast.messenger import (
    BUDGET,
    METHOD,
    Messenger,
    broadcaster_through,
    chat_of,
    contact_of,
    moving,
)
from tests.broadcasts import drafted
from tests.civic.cycles import IDEAS, cycle, local, stage_id, stored
from tests.conftest import TOWN, Meet
from tests.fakes import CountingRandomness, FrozenClock

MONDAY = local(3, 2, 10)
"""The day after the ideas opened, which was a Sunday."""


@pytest.fixture
async def made(work: Work, town: Community) -> Cycle:
    """A participatory budget."""
    return await stored(work, town.id, cycle())


async def _open_ideas(work: Work, clock: FrozenClock, made: Cycle) -> None:
    clock.set(MONDAY)
    await AdvanceCycle(work, clock)(made.id)


async def _states(database: Database) -> list[tuple[str, str]]:
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries.c.state, deliveries.c.error).order_by(
                deliveries.c.announcement_id, deliveries.c.resident_id
            )
        )
        return [(row.state, row.error) for row in rows]


async def test_each_person_reads_it_once_in_their_language_with_a_way_on_and_a_way_out(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    people = [await resident(language) for language in ("kk", "ru", "en")]
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    await broadcaster.send_due()
    assert messenger.reached == [await chat_of(work, person) for person in people]
    kazakh, russian, english = [entry.html for entry in messenger.sent]
    assert "не істеу керек" in kazakh
    assert "что нужно сделать" in russian
    assert "What should be done in Khromtau?" in english
    assert "until March 15, 18:00" in english
    for entry in messenger.sent:
        assert "/stop" in entry.html.splitlines()[-1]
        places = [row[0].callback_data for row in entry.keyboard.inline_keyboard]
        assert places == [f"go:l_{made.id}", f"go:c_{made.id}"]


async def test_no_second_sees_more_messages_than_permitted_and_hardly_any_less(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    count = 3 * BUDGET.per_second
    for _person in range(count):
        await resident()
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    assert len(set(messenger.reached)) == count
    moments = [entry.at for entry in messenger.sent]
    for earlier, later in zip(moments, moments[BUDGET.per_second :], strict=False):
        assert later - earlier >= timedelta(seconds=1)
    rate = (count - 1) / (moments[-1] - moments[0]).total_seconds()
    assert rate >= 0.98 * BUDGET.per_second


async def test_429_pauses_everyone_for_as_long_as_asked_and_counts_as_no_attempt(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    people = [await resident() for _person in range(3)]
    first = await chat_of(work, people[0])
    slow_down = TelegramRetryAfter(METHOD, "slow down", 30)
    messenger.errors[first] = [slow_down for _time in range(ATTEMPTS + 1)]
    await _open_ideas(work, clock, made)
    other_process = broadcaster_through(work, clock, {"test": messenger}, randomness)
    for _pause in range(ATTEMPTS + 1):
        await broadcaster.send_due()
        assert messenger.sent == []
        assert await _states(database) == [("pending", "429")] * 3
        clock.move(timedelta(seconds=29))
        asked = len(messenger.asked)
        await broadcaster.send_due()
        await other_process.send_due()
        assert len(messenger.asked) == asked
        clock.move(timedelta(seconds=1))
    await broadcaster.send_due()
    assert len(messenger.sent) == 3
    assert await _states(database) == [("sent", "")] * 3


async def test_after_a_short_pause_those_who_have_their_turn_go_on(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    people = [await resident() for _person in range(BUDGET.in_flight)]
    first = await chat_of(work, people[0])
    messenger.errors[first] = [TelegramRetryAfter(METHOD, "slow down", 2)]
    await _open_ideas(work, clock, made)
    began, pace = clock.now(), broadcaster._lanes["test"].pace
    pauses: list[datetime] = []

    async def sleep(seconds: float) -> None:
        for _look in range(1000 if pace.paused_until and not pauses else 0):
            async with work.read() as unit:
                found = await unit.deliveries.paused_until("test")
            if found is not None:
                pauses.append(found)
                break
        await moving(clock)(seconds)

    pace._sleep = sleep
    await broadcaster.send_due()
    assert min(entry.at for entry in messenger.sent) >= began + timedelta(seconds=2)
    assert sorted(messenger.reached) == sorted(messenger.asked)[1:]
    assert await _states(database) == [("sent", "")] * len(people)
    assert pauses, "other processes were not told during the pause"


async def test_403_ends_it_and_the_person_is_told_nothing_more_until_they_write(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    lost, other = await resident(), await resident()
    contact = await contact_of(work, lost)
    messenger.errors[contact.chat_id] = [TelegramForbiddenError(METHOD, "bot was blocked")]
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    assert await _states(database) == [("blocked", "blocked"), ("sent", "")]
    assert messenger.reached == [await chat_of(work, other)]
    assert not (await contact_of(work, lost)).reachable
    async with work.read() as unit:
        assert await unit.announcements.reach(made.community_id, EVERYONE, made.id) == {
            ("test", BY_DAY): 1
        }


async def test_a_chat_that_is_gone_counts_as_blocked(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    contact = await contact_of(work, await resident())
    messenger.errors[contact.chat_id] = [TelegramBadRequest(METHOD, "Bad Request: chat not found")]
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    assert await _states(database) == [("blocked", "blocked")]


async def test_a_message_refused_as_malformed_is_not_sent_again(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    contact = await contact_of(work, await resident())
    messenger.errors[contact.chat_id] = [TelegramBadRequest(METHOD, "can't parse entities")]
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    assert await _states(database) == [("failed", "400")]


@pytest.mark.parametrize(
    "error",
    [
        TelegramServerError(METHOD, "Bad Gateway"),
        TelegramNetworkError(METHOD, "connection reset"),
        ValueError("a bug"),
    ],
)
async def test_passing_trouble_is_tried_again_after_longer_and_longer_waits(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    error: Exception,
) -> None:
    contact = await contact_of(work, await resident())
    messenger.errors[contact.chat_id] = [error] * (ATTEMPTS - 1)
    await _open_ideas(work, clock, made)
    for wait in (15, 30, 60, 120):
        await broadcaster.send_due()
        assert await _states(database) == [("pending", type(error).__name__)]
        clock.move(timedelta(seconds=wait * 0.75 - 1))
        assert await broadcaster.send_due() == 0
        clock.move(timedelta(seconds=wait * 0.5 + 1))
    await broadcaster.send_due()
    assert messenger.reached == [contact.chat_id]


async def test_after_five_failures_it_is_given_up(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    contact = await contact_of(work, await resident())
    messenger.errors[contact.chat_id] = [TelegramServerError(METHOD, "down")] * 10
    await _open_ideas(work, clock, made)
    for _attempt in range(ATTEMPTS):
        await broadcaster.send_due()
        clock.move(timedelta(hours=1))
    assert await _states(database) == [("failed", "TelegramServerError")]
    assert len(messenger.asked) == ATTEMPTS


async def test_trouble_with_one_person_does_not_hold_up_the_others(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    people = [await resident() for _person in range(3)]
    first = await chat_of(work, people[0])
    messenger.errors[first] = [TelegramServerError(METHOD, "down")] * 10
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    assert messenger.reached == [await chat_of(work, person) for person in people[1:]]


async def test_a_crash_leaves_only_what_was_in_flight_in_doubt_and_misses_nobody(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [await resident() for _person in range(12)]
    chats = [await chat_of(work, person) for person in people]
    await _open_ideas(work, clock, made)
    budget = Budget(per_second=30, in_flight=4)
    dying = broadcaster_through(work, clock, {"test": messenger}, randomness, budget)
    lane = dying._lanes["test"]
    turn_over, rounds = lane._turn_over, 0

    async def die_in_the_third_round() -> tuple[int, Sequence[Letter]]:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            raise asyncio.CancelledError
        return await turn_over()

    monkeypatch.setattr(lane, "_turn_over", die_in_the_third_round)
    with pytest.raises(asyncio.CancelledError):
        await dying.send_due()
    reached_before = set(messenger.reached)
    assert reached_before
    after = broadcaster_through(work, clock, {"test": messenger}, randomness)
    await after.send_due()
    clock.move(LEASE)
    await after.send_due()
    assert set(messenger.reached) == set(chats)
    assert await _states(database) == [("sent", "")] * 12
    twice = {chat for chat in chats if messenger.reached.count(chat) > 1}
    async with database.read() as connection:
        doubtful = set(
            await connection.scalars(
                sa.select(deliveries.c.resident_id).where(deliveries.c.doubtful)
            )
        )
    assert 1 <= len(doubtful) <= budget.in_flight
    assert twice <= {chats[person.id - people[0].id] for person in people if person.id in doubtful}
    assert twice <= reached_before


async def test_two_broadcasters_share_the_work_and_the_budget_and_tell_nobody_twice(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    count = 3 * BUDGET.per_second
    for _person in range(count):
        await resident()
    await _open_ideas(work, clock, made)
    pair = [
        broadcaster_through(work, clock, {"test": messenger}, randomness) for _process in range(2)
    ]
    for one in pair:
        await one._beat()
    async with asyncio.TaskGroup() as together:
        for one in pair:
            together.create_task(one.send_due())
    assert len(messenger.sent) == len(set(messenger.reached)) == count
    moments = [entry.at for entry in messenger.sent]
    for earlier, later in zip(moments, moments[BUDGET.per_second + 1 :], strict=False):
        assert later - earlier >= timedelta(seconds=1)


async def test_who_said_stop_after_the_news_was_written_is_not_told(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    person = await resident()
    await _open_ideas(work, clock, made)
    await broadcaster._plan()
    async with work.write() as unit:
        await unit.residents.save(replace(person, news=NewsChoice.NONE))
        await unit.commit()
    await broadcaster.send_due()
    assert messenger.sent == []
    assert await _states(database) == [("skipped", "unwanted")]


async def test_who_has_finished_meanwhile_is_not_reminded(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    finishes, waits = [await resident() for _person in range(2)]
    stage = stage_id(made, StageKind.IDEAS)
    async with work.write() as unit:
        for person in (finishes, waits):
            await unit.engagements.begin(stage, person.id)
        await unit.commit()
    clock.set(IDEAS.closes_at - timedelta(days=1))
    await RemindUnfinished(work, clock)(made.id)
    await broadcaster._plan()
    async with work.write() as unit:
        await unit.engagements.finish(stage, finishes.id)
        await unit.commit()
    clock.set(next_allowed(clock.now(), TOWN.zone))
    await broadcaster.send_due()
    assert messenger.reached == [await chat_of(work, waits)]
    assert await _states(database) == [("skipped", "done"), ("sent", "")]


async def test_news_that_has_lost_its_sense_meanwhile_is_not_sent(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    clock.set(IDEAS.closes_at + timedelta(days=1))
    await broadcaster.send_due()
    assert messenger.sent == []
    assert await _states(database) == [("skipped", "stale")]


async def test_of_two_changes_in_one_night_only_the_last_is_told_in_the_morning(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    messenger: Messenger,
    broadcaster: Broadcaster,
) -> None:
    organiser = replace(await resident("en"), roles=frozenset({Role.ORGANISER}))
    await _open_ideas(work, clock, made)
    await broadcaster.send_due()
    messenger.sent.clear()
    change = ChangeStage(work, clock, broadcaster)
    clock.set(local(3, 10, 22))
    for day in (17, 18):
        wish = Wish(made.stages[0].id, StageAction.EXTENDED, "A snowstorm.", local(3, day, 18))
        await change(organiser, wish)
        clock.move(timedelta(minutes=5))
    await broadcaster.send_due()
    assert messenger.sent == []
    clock.set(local(3, 11, 9))
    await broadcaster.send_due()
    (sent,) = messenger.sent
    assert "is extended until March 18, 18:00" in sent.html


async def test_that_a_stage_is_cancelled_is_told_though_it_has_left_the_calendar(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    messenger: Messenger,
    broadcaster: Broadcaster,
) -> None:
    organiser = replace(await resident("en"), roles=frozenset({Role.ORGANISER}))
    clock.set(local(2, 20, 10))
    wish = Wish(made.stages[1].id, StageAction.CANCELLED, "There is nobody to do it.")
    await ChangeStage(work, clock, broadcaster)(organiser, wish)
    await broadcaster.send_due()
    (sent,) = messenger.sent
    assert "“Expert review” will not take place." in sent.html


async def test_a_person_who_blocked_one_channel_is_told_on_the_next(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    person = await resident()
    first = await contact_of(work, person)
    await _add_web_contact(database, person)
    web = Messenger(clock)
    messenger.errors[first.chat_id] = [TelegramForbiddenError(METHOD, "blocked")]
    await _open_ideas(work, clock, made)
    both = {"web": web, "test": messenger}
    await broadcaster_through(work, clock, both, randomness).send_due()
    assert web.reached == [777]
    assert await _states(database) == [("sent", "")]
    async with work.read() as unit:
        (record,) = await unit.announcements.records_of(person.id, 1)
    assert (record.channel, record.attempts) == ("web", 1)


async def _add_web_contact(database: Database, person: Resident) -> None:
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO contacts (resident_id, channel, address, chat_id, reachable,"
                " created_at, latest, chosen)"
                " SELECT resident_id, 'web', 'second', 777, reachable, created_at,"
                " NOT latest, chosen FROM contacts WHERE resident_id = :person"
            ),
            {"person": person.id},
        )
        await connection.commit()


async def test_news_waits_for_a_channel_that_is_off(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    await broadcaster_through(work, clock, {"web": messenger}, randomness).send_due()
    assert await _states(database) == [("pending", "")]
    await broadcaster.send_due()
    assert len(messenger.sent) == 1


async def test_stopping_finishes_the_message_in_flight_and_gives_the_rest_back(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    for _person in range(3):
        await resident()
    await _open_ideas(work, clock, made)
    one_at_a_time = Budget(per_second=30, in_flight=1)
    broadcaster = broadcaster_through(work, clock, {"test": messenger}, randomness, one_at_a_time)
    messenger.may_go_on.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(broadcaster.run())
        await messenger.in_flight.wait()
        broadcaster.stop()
        messenger.may_go_on.set()
    assert len(messenger.sent) == 1
    assert await _states(database) == [("sent", ""), ("pending", ""), ("pending", "")]
    after = broadcaster_through(work, clock, {"test": messenger}, randomness)
    await after._beat()
    assert after._lanes["test"].pace._permitted == BUDGET.per_second


async def test_a_waiting_broadcaster_is_woken_by_news(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    await resident()
    async with asyncio.TaskGroup() as group:
        group.create_task(broadcaster.run())
        await asyncio.sleep(0)
        await _open_ideas(work, clock, made)
        broadcaster.wake()
        async with asyncio.timeout(60):
            await messenger.in_flight.wait()
        broadcaster.stop()
    assert len(messenger.sent) == 1


async def test_a_clock_that_was_set_back_lets_a_lane_rest(
    clock: FrozenClock, broadcaster: Broadcaster
) -> None:
    lane = broadcaster._lanes["test"]
    clock.move(-timedelta(days=1))
    async with asyncio.TaskGroup() as group:
        resting = group.create_task(lane._rest())
        for _turn in range(9):
            await asyncio.sleep(0)
        assert not resting.done()
        lane.wake()


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_news(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    lane = broadcaster._lanes["test"]
    turn_over, rounds = lane._turn_over, 0

    async def stumble() -> tuple[int, object]:
        nonlocal rounds
        rounds += 1
        if rounds <= 2:
            msg = "the database is away"
            raise OSError(msg)
        return await turn_over()

    monkeypatch.setattr(lane, "_turn_over", stumble)
    await broadcaster.send_due()
    assert await _states(database) == [("sent", "")]


async def test_a_stop_ends_while_the_database_is_away_and_what_was_not_noted_is_sent_again(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    broadcaster = broadcaster_through(work, clock, {"test": messenger}, randomness)
    messenger.may_go_on.clear()

    def away() -> object:
        msg = "the database is away"
        raise OSError(msg)

    with monkeypatch.context() as trouble:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(broadcaster.run())
            await messenger.in_flight.wait()
            trouble.setattr(work, "write", away)
            broadcaster.stop()
            messenger.may_go_on.set()
    assert await _states(database) == [("sending", "")]
    after = broadcaster_through(work, clock, {"test": messenger}, randomness)
    clock.move(LEASE)
    await after.send_due()
    assert await _states(database) == [("sent", "")]


async def test_an_announcement_is_planned_sent_and_done(
    work: Work, clock: FrozenClock, made: Cycle, resident: Meet, broadcaster: Broadcaster
) -> None:
    person = await resident()
    await _open_ideas(work, clock, made)
    assert await broadcaster.send_due() == 1
    async with work.read() as unit:
        (told,) = await unit.announcements.of_resident(person.id, 1)
    assert (told.state, told.recipients) == (AnnouncementState.DONE, 1)


async def test_the_text_is_rendered_once_for_everyone_who_reads_the_language(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for language in ("kk", "ru", "kk", "ru"):
        await resident(language)
    await _open_ideas(work, clock, made)
    rendered = 0

    def counting(*about: object) -> object:
        nonlocal rendered
        rendered += 1
        return notice_of(*about)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.broadcast.letters.notice_of", counting)
    await broadcaster.send_due()
    assert (len(messenger.sent), rendered) == (4, 2)


async def _rests(database: Database) -> list[tuple[str, datetime]]:
    """Return why each copy waits, and until when."""
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries.c.error, deliveries.c.not_before).order_by(
                deliveries.c.resident_id
            )
        )
        return [(row.error, row.not_before) for row in rows]


async def test_when_hours_end_all_that_is_due_is_put_off_in_parts_each_time_a_clock_strikes(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for hours in [Hours(9, 18)] * 5 + [Hours(9, 19), ANY_HOUR]:
        person = await resident()
        async with work.write() as unit:
            await unit.residents.save(replace(person, hours=hours))
            await unit.commit()
    evening = local(3, 2, 17, 59)
    clock.set(evening)
    await AdvanceCycle(work, clock)(made.id)
    await broadcaster._plan()
    monkeypatch.setattr("bot.broadcast.broadcaster.CHUNK", 2)
    put_off, parts = SqlDeliveries.put_off, list[int]()

    async def counting(self: SqlDeliveries, now: datetime, limit: int) -> int:
        parts.append(await put_off(self, now, limit))
        return parts[-1]

    monkeypatch.setattr(SqlDeliveries, "put_off", counting)
    await broadcaster._put_off()
    assert (parts, {error for error, _until in await _rests(database)}) == ([0], {""})
    clock.set(local(3, 2, 18))
    await broadcaster._put_off()
    tomorrow = (QUIET, local(3, 3, 9))
    assert await _rests(database) == [tomorrow] * 5 + [("", evening)] * 2
    assert parts == [0, 2, 2, 1]
    for minute in (0, 5, 14):
        clock.set(local(3, 2, 18, minute))
        await broadcaster._put_off()
    assert parts == [0, 2, 2, 1]
    for minute in (15, 29):
        clock.set(local(3, 2, 18, minute))
        await broadcaster._put_off()
    assert parts == [0, 2, 2, 1, 0]
    clock.set(local(3, 2, 19))
    await broadcaster._put_off()
    assert await _rests(database) == [tomorrow] * 6 + [("", evening)]
    assert parts == [0, 2, 2, 1, 0, 1]
    clock.set(local(3, 2, 18, 30))
    await broadcaster._put_off()
    assert parts[6:] == [0]


async def test_putting_off_ends_when_the_broadcaster_is_stopped(
    work: Work, clock: FrozenClock, broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(MONDAY)

    async def endless(_ledger: SqlDeliveries, _now: datetime, limit: int) -> int:
        broadcaster.stop()
        return limit

    monkeypatch.setattr(SqlDeliveries, "put_off", endless)
    async with asyncio.timeout(60):
        await broadcaster._put_off()
    async with work.read() as unit:
        assert await unit.deliveries.waiting() == {}


async def test_what_waits_is_counted_without_writing(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    await broadcaster._plan()
    writes, write = [0], work.write

    def counting() -> object:
        writes[0] += 1
        return write()

    monkeypatch.setattr(work, "write", counting)
    for seconds, expected in ((0, 1), (15, 1), (285, 1), (300, 2), (600, 3)):
        await broadcaster._count(MONDAY + timedelta(seconds=seconds))
        assert writes == [expected], seconds
    async with database.write() as connection:
        await connection.execute(sa.update(deliveries).values(channel="web"))
        await connection.commit()
    begun = MONDAY + timedelta(seconds=601)
    for later in (timedelta(), OFF_AFTER - timedelta(seconds=1)):
        await broadcaster._count(begun + later)
        assert await _states(database) == [("pending", "")]
    await broadcaster._count(begun + OFF_AFTER)
    async with database.read() as connection:
        assert await connection.scalar(sa.select(deliveries.c.channel)) == "test"


async def test_days_are_counted_when_a_copy_leaves_and_worded_once_for_each_day(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    early = Hours(9, 10)
    for hours in (BY_DAY, early, BY_DAY, early):
        person = await resident("en")
        async with work.write() as unit:
            await unit.residents.save(replace(person, hours=hours))
            await unit.commit()
    rendered = 0

    def counting(*about: object) -> object:
        nonlocal rendered
        rendered += 1
        return notice_of(*about)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.broadcast.letters.notice_of", counting)
    clock.set(IDEAS.closes_at - timedelta(days=3))
    await RemindUnfinished(work, clock)(made.id)
    await broadcaster.send_due()
    assert ["(3 days left)" in entry.html for entry in messenger.sent] == [True, True]
    clock.set(local(3, 13, 9))
    await broadcaster.send_due()
    assert ["(2 days left)" in entry.html for entry in messenger.sent[2:]] == [True, True]
    assert rendered == 2


async def test_organisers_own_words_go_to_each_in_their_language(
    work: Work,
    clock: FrozenClock,
    town: Community,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("en")).with_role(Role.ORGANISER)
    for language in ("kk", "ru"):
        await resident(language)
    words = Broadcast({"kk": "<b>Су</b> болмайды", "ru": "Воды не будет"})
    draft = await drafted(work, organiser, words)
    await SendBroadcast(work, clock, broadcaster)(organiser, draft)
    await broadcaster.send_due()
    english, kazakh, russian = [entry.html for entry in messenger.sent]
    assert "<b>Су</b> болмайды" in kazakh
    assert "Воды" not in kazakh
    assert "Воды не будет" in russian
    assert "<b>Су</b> болмайды\n\nВоды не будет" in english
    assert town.id
    for entry in messenger.sent:
        assert [row[0].callback_data for row in entry.keyboard.inline_keyboard] == ["go:n_1"]


async def test_a_photo_is_handed_to_the_messenger_once_and_named_from_then_on(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("ru")).with_role(Role.ORGANISER)
    async with work.write() as unit:
        photo = await unit.pictures.add(b"jpeg", "image/jpeg", clock.now())
        await unit.commit()
    words = Broadcast({"kk": "Су болмайды", "ru": "Воды не будет"}, photo=photo)
    send = SendBroadcast(work, clock, broadcaster)
    await send(organiser, await drafted(work, organiser, words, "draft"))
    await broadcaster.send_due()
    await send(organiser, await drafted(work, organiser, words, "another"))
    await broadcaster.send_due()
    first, second = messenger.sent
    assert isinstance(first.photo, BufferedInputFile)
    assert first.photo.data == b"jpeg"
    assert second.photo == "known"
    assert "Воды не будет" in second.html
    messenger.errors[second.chat_id] = [TelegramBadRequest(METHOD, "wrong file identifier")]
    await send(organiser, await drafted(work, organiser, words, "third"))
    await broadcaster.send_due()
    assert isinstance(messenger.sent[2].photo, BufferedInputFile)


async def test_a_document_goes_under_its_name_and_is_handed_over_once(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("ru")).with_role(Role.ORGANISER)
    async with work.write() as unit:
        stored = await unit.documents.add(b"%PDF-", "application/pdf", clock.now())
        await unit.commit()
    words = Broadcast(
        {"kk": "Су болмайды", "ru": "Воды не будет"}, document=Document(stored, "План.pdf")
    )
    send = SendBroadcast(work, clock, broadcaster)
    for key in ("first", "second"):
        await send(organiser, await drafted(work, organiser, words, key))
        await broadcaster.send_due()
    first, second = messenger.sent
    assert isinstance(first.document, BufferedInputFile)
    assert (first.document.filename, first.document.data) == ("План.pdf", b"%PDF-")
    assert "Воды не будет" in first.html
    assert second.document == "known file"
    renamed = replace(words, document=Document(stored, "Новый план.pdf"))
    await send(organiser, await drafted(work, organiser, renamed, "renamed"))
    await broadcaster.send_due()
    assert isinstance(messenger.sent[2].document, BufferedInputFile)
    assert messenger.sent[2].document.filename == "Новый план.pdf"


async def test_of_many_copies_at_the_same_time_one_uploads_the_file_and_the_others_wait(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    count = 16
    budget = Budget(per_second=30, in_flight=count)
    broadcaster = broadcaster_through(work, clock, {"test": messenger}, randomness, budget)
    await _document_to(count, b"%PDF-" + bytes(10_000_000), work, clock, resident, broadcaster)
    messenger.may_go_on.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(broadcaster.send_due())
        await messenger.in_flight.wait()
        for _look in range(1000):
            await asyncio.sleep(0)
        assert broadcaster._lanes["test"].pace._in_use == count
        asked_at_first = len(messenger.asked)
        messenger.may_go_on.set()
    assert asked_at_first == 1
    uploaded = [entry for entry in messenger.sent if isinstance(entry.document, BufferedInputFile)]
    assert (len(uploaded), len(messenger.sent)) == (1, count)
    assert await _states(database) == [("sent", "")] * count
    assert messenger.timeouts[0] == 55
    assert set(messenger.timeouts[1:]) == {SEND_SECONDS}


async def test_when_the_upload_fails_the_next_one_tries_and_those_who_waited_lose_nothing(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    count = BUDGET.in_flight
    people = await _document_to(count, b"%PDF-", work, clock, resident, broadcaster)
    lost = await chat_of(work, people[0])
    messenger.errors[lost] = [TelegramForbiddenError(METHOD, "bot was blocked")]
    await broadcaster.send_due()
    clock.move(timedelta(minutes=1))
    await broadcaster.send_due()
    assert await _states(database) == [("blocked", "blocked")] + [("sent", "")] * (count - 1)
    assert len(messenger.asked) == count
    uploaded = [entry for entry in messenger.sent if isinstance(entry.document, BufferedInputFile)]
    assert len(uploaded) == 1
    async with database.read() as connection:
        assert set(await connection.scalars(sa.select(deliveries.c.attempts))) == {1}


async def test_a_file_that_is_not_taken_in_time_ends_with_a_reason_and_holds_up_nothing_else(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    count = CHATS + 1
    messenger.takes_files = False
    people = await _document_to(count, b"%PDF-", work, clock, resident, broadcaster)
    await broadcaster.send_due()
    organiser = people[0].with_role(Role.ORGANISER)
    words = await drafted(work, organiser, Broadcast({"kk": "Су болмайды", "ru": "Нет"}), "words")
    await SendBroadcast(work, clock, broadcaster)(organiser, words)
    await broadcaster.send_due()
    assert len(messenger.sent) == count
    assert broadcaster._lanes["test"].pace.paused_until is None
    for _minute in range(count * ATTEMPTS):
        clock.move(timedelta(minutes=3))
        await broadcaster.send_due()
    assert await _states(database) == [
        *[("failed", "UploadTimeoutError")] * count,
        *[("sent", "")] * count,
    ]
    assert len(messenger.asked) == count * ATTEMPTS + count
    async with database.read() as connection:
        doubtful = sa.select(deliveries.c.doubtful).order_by(deliveries.c.announcement_id)
        assert list(await connection.scalars(doubtful)) == [True] * count + [False] * count


async def _document_to(
    count: int,
    content: bytes,
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    broadcaster: Broadcaster,
) -> Sequence[Resident]:
    """Announce a document to that many people, an organiser among them."""
    people = [await resident("ru") for _person in range(count)]
    async with work.write() as unit:
        stored = await unit.documents.add(content, "application/pdf", clock.now())
        await unit.commit()
    words = Broadcast({"kk": "x", "ru": "y"}, document=Document(stored, "a.pdf"))
    organiser = people[0].with_role(Role.ORGANISER)
    await SendBroadcast(work, clock, broadcaster)(organiser, await drafted(work, organiser, words))
    return people


async def test_a_file_is_read_once_however_long_the_sending_takes(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organiser = (await resident("ru")).with_role(Role.ORGANISER)
    for _person in range(40):
        await resident("ru")
    async with work.write() as unit:
        stored = await unit.documents.add(b"%PDF-", "application/pdf", clock.now())
        await unit.commit()
    words = Broadcast({"kk": "x", "ru": "y"}, document=Document(stored, "a.pdf"))
    await SendBroadcast(work, clock, broadcaster)(organiser, await drafted(work, organiser, words))
    asked: list[int] = []
    get = SqlDocuments.get

    async def counted(self: SqlDocuments, file_id: int) -> tuple[bytes, str] | None:
        asked.append(file_id)
        return await get(self, file_id)

    monkeypatch.setattr(SqlDocuments, "get", counted)
    monkeypatch.setattr(letters, "SUBJECT_LASTS", timedelta())
    await broadcaster.send_due()
    assert len(messenger.sent) == 41
    assert asked == [stored]


async def test_news_waits_for_the_day_except_for_who_wants_it_at_any_hour(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    by_day, at_any_hour = await resident(), await resident()
    async with work.write() as unit:
        await unit.residents.save(replace(at_any_hour, hours=ANY_HOUR))
        await unit.commit()
    clock.set(IDEAS.opens_at)
    await AdvanceCycle(work, clock)(made.id)
    await broadcaster.send_due()
    assert messenger.reached == [await chat_of(work, at_any_hour)]
    assert await _states(database) == [("pending", QUIET), ("sent", "")]
    clock.set(local(3, 2, 9) - timedelta(seconds=1))
    await broadcaster.send_due()
    assert len(messenger.sent) == 1
    clock.set(local(3, 2, 9))
    await broadcaster.send_due()
    assert messenger.reached[-1] == await chat_of(work, by_day)


async def test_what_is_answered_before_all_letters_are_begun_is_written_down_too(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    count = 2 * AT_ONCE
    for _person in range(count):
        await resident()
    await _open_ideas(work, clock, made)
    budget = Budget(per_second=100_000, in_flight=count)
    broadcaster = broadcaster_through(work, clock, {"test": messenger}, randomness, budget)
    assert await broadcaster.send_due() == count
    assert await _states(database) == [("sent", "")] * count


async def test_nothing_is_claimed_before_there_is_a_lull(
    work: Work,
    clock: FrozenClock,
    made: Cycle,
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    await resident()
    await _open_ideas(work, clock, made)
    seen: list[list[tuple[str, str]]] = []

    async def lull() -> None:
        seen.append(await _states(database))

    broadcaster = broadcaster_through(work, clock, {"test": messenger}, randomness, lull=lull)
    assert await broadcaster.send_due() == 1
    # Before the claim, and before it is written down that it went out.
    assert seen[:2] == [[("pending", "")], [("sending", "")]]
    assert await _states(database) == [("sent", "")]
