"""What is due to a person together comes as one message, whatever the messenger answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.broadcast.backoff import ATTEMPTS
from bot.broadcast.broadcaster import LEASE, Broadcaster
from bot.broadcast.letters import Letter
from bot.channels.budgets import Budget
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.send_broadcast import SendBroadcast
from civic.actions.steer_sending import PauseSending
from civic.model.announcement import Announcement
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import TEXT_LIMIT, Broadcast, Document, Order
from civic.model.community import Community
from civic.model.cycle import Cycle
from civic.model.resident import Resident, Role
from civic.ports import Work
from civic.rules.digests import GATHERING, MOST
from storage.database import Database
from storage.tables.news import deliveries
from tests.bot.broadcast.messenger import BUDGET, METHOD, Messenger, broadcaster_through, chat_of
from tests.broadcasts import drafted
from tests.civic.cycles import IDEAS, consultation, cycle, local, stored
from tests.conftest import Meet
from tests.fakes import CountingRandomness, FrozenClock

MONDAY = local(3, 2, 10)
"""The day after both opened, which was a Sunday."""
Row = tuple[str, str, int, bool, int | None]


@pytest.fixture
async def made(work: Work, town: Community) -> tuple[Cycle, Cycle]:
    """A participatory budget and a consultation that open on the same day."""
    return (
        await stored(work, town.id, cycle()),
        await stored(work, town.id, consultation(), "draft-2026"),
    )


async def _open_both(work: Work, clock: FrozenClock, made: Sequence[Cycle]) -> None:
    clock.set(MONDAY)
    for opening in made:
        await AdvanceCycle(work, clock)(opening.id)


async def _rows(database: Database) -> list[Row]:
    """Return state, error, attempts, doubt and digest of every copy."""
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries).order_by(deliveries.c.resident_id, deliveries.c.announcement_id)
        )
        return [(row.state, row.error, row.attempts, row.doubtful, row.digest) for row in rows]


async def _announce(
    work: Work,
    clock: FrozenClock,
    alarm: Broadcaster,
    organiser: Resident,
    what: Broadcast | Order,
) -> Announcement:
    clock.move(timedelta(seconds=1))
    draft = await drafted(work, organiser, what, str(clock.now()))
    return await SendBroadcast(work, clock, alarm)(organiser, draft, one_language=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ["1. ", "не істеу керек", "2. ", "жобасы", "/stop"]),
        ("ru", ["1. ", "что нужно сделать", "2. ", "проект бюджета", "/stop"]),
        ("en", ["1. ", "What should be done", "2. ", "draft budget is open", "/stop"]),
    ],
)
async def test_two_stages_that_open_together_are_told_in_one_message(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    *,
    language: str,
    words: Sequence[str],
) -> None:
    await resident(language)
    await _open_both(work, clock, made)
    assert await broadcaster.send_due() == 2
    (sent,) = messenger.sent
    begin = 0
    for word in words:
        begin = sent.html.lower().index(word.lower(), begin) + 1
    assert sent.html.count("/stop") == 1
    places = [row[0].callback_data for row in sent.keyboard.inline_keyboard]
    budget, draft = made
    assert places == [
        *(f"go:l_{budget.id}", f"go:c_{budget.id}"),
        *(f"go:b_{draft.id}", f"go:c_{draft.id}"),
    ]
    assert await _rows(database) == [("sent", "", 1, False, 1)] * 2
    assert await broadcaster.send_due() == 0


async def test_each_message_counts_once_against_the_budget(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    count = 2 * BUDGET.per_second
    for _person in range(count):
        await resident()
    await _open_both(work, clock, made)
    assert await broadcaster.send_due() == 2 * count
    assert len(messenger.sent) == len(set(messenger.reached)) == count
    lasted = messenger.sent[-1].at - messenger.sent[0].at
    assert count / lasted.total_seconds() >= 0.98 * BUDGET.per_second


async def test_what_falls_due_within_a_moment_is_waited_for(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    await resident()
    running = broadcaster_through(
        work, clock, {"test": messenger}, randomness, gathering=GATHERING
    )
    clock.set(MONDAY)
    for opening in made:
        await AdvanceCycle(work, clock)(opening.id)
        await running.send_due()
        clock.move(GATHERING / 2)
        await running.send_due()
    (sent,) = messenger.sent
    assert "2. " in sent.html


async def test_after_downtime_what_was_left_goes_with_what_is_caught_up_with(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    messenger: Messenger,
    broadcaster: Broadcaster,
    randomness: CountingRandomness,
) -> None:
    await resident()
    budget, draft = made
    clock.set(MONDAY)
    await AdvanceCycle(work, clock)(budget.id)
    await broadcaster._plan()
    clock.move(timedelta(days=1))
    back = broadcaster_through(work, clock, {"test": messenger}, randomness, gathering=GATHERING)
    await back.send_due()
    clock.move(GATHERING / 5)
    await AdvanceCycle(work, clock)(draft.id)
    await back.send_due()
    assert messenger.sent == []
    clock.move(GATHERING)
    await back.send_due()
    (sent,) = messenger.sent
    assert "2. " in sent.html


async def test_a_clock_set_back_does_not_hold_the_news_up(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    await resident()
    await _open_both(work, clock, made)
    clock.move(timedelta(hours=1))
    wrong = broadcaster_through(work, clock, {"test": messenger}, randomness, gathering=GATHERING)
    clock.set(MONDAY + GATHERING)
    await wrong.send_due()
    assert len(messenger.sent) == 1


@pytest.mark.parametrize(
    ("error", "noted"),
    [
        (TelegramForbiddenError(METHOD, "blocked"), ("blocked", "blocked", 1, False, None)),
        (TelegramRetryAfter(METHOD, "slow", 30), ("pending", "429", 0, False, None)),
        (
            TelegramServerError(METHOD, "down"),
            ("pending", "TelegramServerError", 1, False, None),
        ),
        (
            TelegramNetworkError(METHOD, "reset"),
            ("pending", "TelegramNetworkError", 1, True, None),
        ),
        (ValueError("a bug"), ("pending", "ValueError", 1, False, None)),
    ],
    ids=["403", "429", "5xx", "no answer", "a bug"],
)
async def test_what_hinders_the_message_is_noted_for_all_that_is_in_it(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    *,
    error: Exception,
    noted: Row,
) -> None:
    chat = await chat_of(work, await resident())
    messenger.errors[chat] = [error]
    await _open_both(work, clock, made)
    await broadcaster.send_due()
    assert await _rows(database) == [noted] * 2
    assert messenger.sent == []
    clock.move(timedelta(minutes=1))
    await broadcaster.send_due()
    if noted[0] == "pending":
        assert len(messenger.sent) == 1
        doubtful = noted[3]
        assert await _rows(database) == [("sent", "", noted[2] + 1, doubtful, 1)] * 2
    assert len(messenger.asked) == (1 if noted[0] == "blocked" else 2)


async def test_on_the_next_channel_it_is_one_message_again(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    person = await resident()
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
    web = Messenger(clock)
    chat = await chat_of(work, person)
    messenger.errors[chat] = [TelegramForbiddenError(METHOD, "blocked")]
    await _open_both(work, clock, made)
    both = {"web": web, "test": messenger}
    await broadcaster_through(work, clock, both, randomness).send_due()
    assert web.reached == [777]
    assert await _rows(database) == [("sent", "", 1, False, 1)] * 2


async def test_each_is_given_up_after_its_own_attempts(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    chat = await chat_of(work, await resident())
    messenger.errors[chat] = [TelegramServerError(METHOD, "down")] * ATTEMPTS
    clock.set(MONDAY)
    budget, draft = made
    await AdvanceCycle(work, clock)(budget.id)
    for _attempt in range(ATTEMPTS - 1):
        await broadcaster.send_due()
        clock.move(timedelta(hours=1))
    await AdvanceCycle(work, clock)(draft.id)
    await broadcaster.send_due()
    assert await _rows(database) == [
        ("failed", "TelegramServerError", ATTEMPTS, False, None),
        ("pending", "TelegramServerError", 1, False, None),
    ]
    clock.move(timedelta(hours=1))
    await broadcaster.send_due()
    assert len(messenger.sent) == 1


@pytest.mark.parametrize(
    ("bad", "became"),
    [
        (1, [("sent", "", 1, False, None), ("sent", "", 1, False, None)]),
        (2, [("failed", "400", 1, False, None), ("sent", "", 1, False, None)]),
    ],
    ids=["only together", "one of them"],
)
async def test_what_is_refused_as_malformed_is_taken_apart_so_that_the_good_arrives(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
    *,
    bad: int,
    became: list[Row],
) -> None:
    chat = await chat_of(work, await resident())
    messenger.errors[chat] = [TelegramBadRequest(METHOD, "can't parse entities")] * bad
    await _open_both(work, clock, made)
    await broadcaster.send_due()
    assert await _rows(database) == became
    assert [entry.html.startswith("<b>") for entry in messenger.sent] == [True] * (3 - bad)


async def test_what_has_lost_its_sense_is_left_out(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    await resident("en")
    await _open_both(work, clock, made)
    await broadcaster._plan()
    clock.set(IDEAS.closes_at.replace(hour=10) + timedelta(days=1))
    await broadcaster.send_due()
    (sent,) = messenger.sent
    assert "draft budget" in sent.html
    assert "1. " not in sent.html
    assert await _rows(database) == [
        ("skipped", "stale", 1, False, None),
        ("sent", "", 1, False, None),
    ]


async def test_what_does_not_fit_into_one_message_goes_in_the_next(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("en")).with_role(Role.ORGANISER)
    clock.set(MONDAY)
    for word in "abc":
        texts = dict.fromkeys(("kk", "ru"), f"{word} " * (TEXT_LIMIT // 2))
        await _announce(work, clock, broadcaster, organiser, Broadcast(texts))
    await _announce(work, clock, broadcaster, organiser, Broadcast({"en": "short"}))
    await broadcaster.send_due()
    assert [word in entry.html for entry in messenger.sent for word in ("a a", "b b", "c c")] == [
        *(True, False, False),
        *(False, True, False),
        *(False, False, True),
    ]
    assert "2. " in messenger.sent[-1].html
    assert [row[4] for row in await _rows(database)] == [None, None, 3, 3]
    assert {row[:4] for row in await _rows(database)} == {("sent", "", 1, False)}


async def test_a_message_holds_a_limited_number_of_news(
    work: Work,
    clock: FrozenClock,
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("en")).with_role(Role.ORGANISER)
    clock.set(MONDAY)
    for number in range(MOST + 1):
        await _announce(work, clock, broadcaster, organiser, Broadcast({"en": f"news {number}"}))
    assert await broadcaster.send_due() > MOST
    first, second = messenger.sent
    labels = [row[0].text for row in first.keyboard.inline_keyboard]
    assert labels == [f"{number}. In the list" for number in range(1, MOST + 1)]
    assert f"news {MOST}" in second.html


async def test_a_photo_and_a_document_go_alone(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("ru")).with_role(Role.ORGANISER)
    async with work.write() as unit:
        photo = await unit.pictures.add(b"jpeg", "image/jpeg", clock.now())
        stored_file = await unit.documents.add(b"%PDF-", "application/pdf", clock.now())
        await unit.commit()
    await _open_both(work, clock, made)
    texts = {"kk": "Су болмайды", "ru": "Воды не будет"}
    await _announce(work, clock, broadcaster, organiser, Broadcast(texts, photo=photo))
    document = Document(stored_file, "План.pdf")
    await _announce(work, clock, broadcaster, organiser, Broadcast(texts, document=document))
    await broadcaster.send_due()
    attached = [entry for entry in messenger.sent if entry.photo or entry.document]
    assert (len(messenger.sent), len(attached)) == (3, 2)
    assert not any("1. " in entry.html for entry in attached)
    assert [row[4] for row in await _rows(database)] == [1, 1, None, None]


async def test_what_is_paused_stays_out_of_it(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("en")).with_role(Role.ORGANISER)
    await _open_both(work, clock, made)
    words = Broadcast({"en": "No water."})
    announcement = await _announce(work, clock, broadcaster, organiser, words)
    await broadcaster._plan()
    await PauseSending(work, clock)(organiser, announcement.id)
    await broadcaster.send_due()
    (sent,) = messenger.sent
    assert "No water." not in sent.html


async def test_a_correction_goes_to_exactly_those_who_read_it_among_other_news(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser = (await resident("en")).with_role(Role.ORGANISER)
    lost = await chat_of(work, await resident("en"))
    messenger.errors[lost] = [TelegramServerError(METHOD, "down")] * ATTEMPTS
    await _open_both(work, clock, made)
    words = Broadcast({"en": "No water on Monday."})
    wrong = await _announce(work, clock, broadcaster, organiser, words)
    for _attempt in range(ATTEMPTS):
        await broadcaster.send_due()
        clock.move(timedelta(minutes=5))
    (sent,) = messenger.sent
    assert "3. " in sent.html
    right = Broadcast({"en": "No water on Tuesday."}, corrects=wrong.number)
    await _announce(work, clock, broadcaster, organiser, right)
    await broadcaster.send_due()
    assert messenger.reached == [sent.chat_id] * 2


async def test_a_crash_leaves_whole_messages_in_doubt_and_misses_nobody(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [await resident() for _person in range(12)]
    chats = [await chat_of(work, person) for person in people]
    await _open_both(work, clock, made)
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
    rows = await _rows(database)
    assert {(state, digest) for state, _error, _attempts, _doubt, digest in rows} == {("sent", 1)}
    doubts = [row[3] for row in rows]
    assert doubts[::2] == doubts[1::2]
    assert 1 <= sum(doubts[::2]) <= budget.in_flight
    twice = {place for place, chat in enumerate(chats) if messenger.reached.count(chat) > 1}
    assert all(doubts[2 * place] for place in twice)


async def test_two_broadcasters_split_nobodys_news_and_tell_nobody_twice(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    database: Database,
    messenger: Messenger,
    randomness: CountingRandomness,
) -> None:
    count = 2 * BUDGET.per_second
    for _person in range(count):
        await resident()
    await _open_both(work, clock, made)
    pair = [
        broadcaster_through(work, clock, {"test": messenger}, randomness) for _process in range(2)
    ]
    for one in pair:
        await one._beat()
        await one._plan()
    async with asyncio.TaskGroup() as together:
        for one in pair:
            together.create_task(one.send_due())
    assert len(messenger.sent) == len(set(messenger.reached)) == count
    assert await _rows(database) == [("sent", "", 1, False, 1)] * (2 * count)


async def test_who_gets_only_some_of_it_reads_only_that(
    work: Work,
    clock: FrozenClock,
    made: tuple[Cycle, Cycle],
    resident: Meet,
    broadcaster: Broadcaster,
    messenger: Messenger,
) -> None:
    organiser, neighbour = (await resident("en")).with_role(Role.ORGANISER), await resident("en")
    async with work.write() as unit:
        await unit.residents.save(replace(neighbour, district="east"))
        await unit.commit()
    await _open_both(work, clock, made)
    whom = EVERYONE.those(Trait.DISTRICT, "east")
    east = Order(Broadcast({"en": "No water."}), audience=whom)
    await _announce(work, clock, broadcaster, organiser, east)
    await broadcaster.send_due()
    by_chat = {entry.chat_id: entry.html for entry in messenger.sent}
    assert len(messenger.sent) == 2
    texts = [by_chat[await chat_of(work, person)] for person in (organiser, neighbour)]
    assert ["No water." in text for text in texts] == [False, True]
    assert [text.count("<b>") for text in texts] == [2, 3]
