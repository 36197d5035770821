"""News over a real connection to a Telegram that fails: nobody missed, doubt said openly."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.broadcast.broadcaster import Broadcaster
from bot.channels.budgets import Budget
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.session import news_bot
from bot.metrics import Metrics
from bot.wiring import catalogues
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.send_broadcast import SendBroadcast
from civic.model.broadcast import CAPTION_LIMIT, Broadcast, Document
from civic.model.community import Community
from civic.model.resident import Role
from civic.ports import Work
from storage.database import Database
from storage.tables.news import deliveries
from tests.bot.broadcast.messenger import moving
from tests.broadcasts import drafted
from tests.civic.cycles import consultation, cycle, local, stored
from tests.fakes import CountingRandomness, FrozenClock
from tests.telegram import faults
from tests.telegram.person import Person
from tests.telegram.standin import Standin

BUDGET = Budget(per_second=30, in_flight=3)
MONDAY = local(3, 2, 10)
LATER = timedelta(minutes=1)


@pytest.fixture
async def broadcaster(
    telegram: Standin, work: Work, clock: FrozenClock, randomness: CountingRandomness
) -> AsyncIterator[Broadcaster]:
    """A broadcaster on Telegram whose waiting moves the clock."""
    clock.set(MONDAY)
    bot = news_bot(telegram.token, telegram.url)
    yield Broadcaster(
        *(work, clock, randomness, {CHANNEL: bot}, catalogues(), Metrics()),
        budgets={CHANNEL: BUDGET},
        gathering=timedelta(),
        sleep=moving(clock),
    )
    await bot.session.close()


@pytest.fixture
async def people(
    telegram: Standin,
    work: Work,
    clock: FrozenClock,
    town: Community,
    broadcaster: Broadcaster,
) -> list[Person]:
    """Seven people to whom something is to be told."""
    assert broadcaster is not None
    found = [telegram.person(started=True) for _person in range(7)]
    async with work.write() as unit:
        for person in found:
            await unit.residents.add(
                town.id, "kk", CHANNEL, str(person.id), person.id, clock.now()
            )
        await unit.commit()
    made = await stored(work, town.id, cycle())
    await AdvanceCycle(work, clock)(made.id)
    return found


async def _rows(database: Database) -> list[tuple[str, str, bool]]:
    async with database.read() as connection:
        rows = await connection.execute(
            sa.select(deliveries.c.state, deliveries.c.error, deliveries.c.doubtful).order_by(
                deliveries.c.resident_id, deliveries.c.announcement_id
            )
        )
        return [(row.state, row.error, row.doubtful) for row in rows]


async def test_everyone_reads_it_once(
    telegram: Standin, people: list[Person], broadcaster: Broadcaster, database: Database
) -> None:
    await broadcaster.send_due()
    assert [len(person.history) for person in people] == [1] * 7
    assert await _rows(database) == [("sent", "", False)] * 7
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("fault", "noted"),
    [
        (faults.too_many_requests(30), ("pending", "429", False)),
        (faults.server_error(), ("pending", "TelegramServerError", False)),
        (faults.gateway_page(), ("pending", "ClientDecodeError", False)),
        (faults.call_lost(), ("pending", "TelegramNetworkError", True)),
    ],
    ids=["429", "502", "a gateway's page", "the call is lost"],
)
async def test_what_failed_in_passing_arrives_later_and_once(
    telegram: Standin,
    people: list[Person],
    broadcaster: Broadcaster,
    database: Database,
    clock: FrozenClock,
    fault: faults.Fault,
    noted: tuple[str, str, bool],
) -> None:
    telegram.faults.add(fault, chat_id=people[3].id)
    await broadcaster.send_due()
    assert (await _rows(database))[3] == noted
    assert people[3].history == []
    clock.move(LATER)
    await broadcaster.send_due()
    assert [len(person.history) for person in people] == [1] * 7
    assert [state for state, _error, _doubt in await _rows(database)] == ["sent"] * 7


async def test_an_answer_that_is_lost_makes_the_copy_doubtful(
    telegram: Standin,
    people: list[Person],
    broadcaster: Broadcaster,
    database: Database,
    clock: FrozenClock,
) -> None:
    telegram.faults.add(faults.answer_lost(), chat_id=people[3].id)
    await broadcaster.send_due()
    clock.move(LATER)
    await broadcaster.send_due()
    # Nobody can know that it had arrived: it is read twice rather than missed, and this is said.
    assert [len(person.history) for person in people] == [1, 1, 1, 2, 1, 1, 1]
    assert [doubt for _state, _error, doubt in await _rows(database)].count(True) == 1


async def test_who_blocked_the_bot_is_left_in_peace(
    telegram: Standin, people: list[Person], broadcaster: Broadcaster, database: Database
) -> None:
    telegram.faults.add(faults.blocked(), chat_id=people[0].id)
    await broadcaster.send_due()
    assert (await _rows(database))[0] == ("blocked", "blocked", False)
    calls = len(telegram.calls)
    await broadcaster.send_due()
    assert len(telegram.calls) == calls


@pytest.fixture
async def told_two(
    work: Work, town: Community, clock: FrozenClock, people: list[Person]
) -> list[Person]:
    """The same people, to whom a second cycle is to be told at the same time."""
    draft = await stored(work, town.id, consultation(), "draft-2026")
    await AdvanceCycle(work, clock)(draft.id)
    return people


async def test_what_is_due_together_is_one_message_that_telegram_takes(
    telegram: Standin, told_two: list[Person], broadcaster: Broadcaster, database: Database
) -> None:
    await broadcaster.send_due()
    assert [len(person.history) for person in told_two] == [1] * 7
    screen = told_two[0].screen
    assert screen.text.startswith("1. Бюджет 2026")
    assert "\n\n2. Бюджет 2026" in screen.text
    labels = [button.label for row in screen.rows for button in row]
    assert [label[:2] for label in labels] == ["1.", "1.", "2.", "2."]
    assert await _rows(database) == [("sent", "", False)] * 14
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("fault", "noted", "messages"),
    [
        (faults.too_many_requests(30), ("pending", "429", False), 1),
        (faults.server_error(), ("pending", "TelegramServerError", False), 1),
        (faults.call_lost(), ("pending", "TelegramNetworkError", True), 1),
        (faults.answer_lost(), ("pending", "TelegramNetworkError", True), 2),
        (faults.blocked(), ("blocked", "blocked", False), 0),
    ],
    ids=["429", "502", "the call is lost", "the answer is lost", "blocked"],
)
async def test_a_fault_meets_all_that_is_in_the_message_alike(
    telegram: Standin,
    told_two: list[Person],
    broadcaster: Broadcaster,
    database: Database,
    clock: FrozenClock,
    *,
    fault: faults.Fault,
    noted: tuple[str, str, bool],
    messages: int,
) -> None:
    telegram.faults.add(fault, chat_id=told_two[3].id)
    await broadcaster.send_due()
    assert (await _rows(database))[6:8] == [noted] * 2
    clock.move(LATER)
    await broadcaster.send_due()
    assert [len(person.history) for person in told_two] == [1, 1, 1, messages, 1, 1, 1]
    became = noted if noted[0] == "blocked" else ("sent", "", noted[2])
    assert (await _rows(database))[6:8] == [became] * 2
    assert telegram.violations == []


async def test_a_document_arrives_under_its_name_with_its_text_and_is_uploaded_once(
    telegram: Standin,
    people: list[Person],
    broadcaster: Broadcaster,
    work: Work,
    clock: FrozenClock,
) -> None:
    await broadcaster.send_due()
    async with work.write() as unit:
        (first, *_others) = [await unit.residents.behind(CHANNEL, person.id) for person in people]
        stored_file = await unit.documents.add(b"%PDF-1.7", "application/pdf", clock.now())
        await unit.commit()
    assert first is not None
    author = first[0].with_role(Role.ORGANISER)
    longest = "\N{CYRILLIC SMALL LETTER SHHA}" * CAPTION_LIMIT
    words = Broadcast(
        {"kk": f"<b>{longest}</b>", "ru": "Воды не будет"},
        document=Document(stored_file, "Су туралы шешім.pdf"),
    )
    draft = await drafted(work, author, words)
    await SendBroadcast(work, clock, broadcaster)(author, draft)
    await broadcaster.send_due()
    for person in people:
        content = person.history[-1].content
        assert content["document"]["file_name"] == "Су туралы шешім.pdf"
        assert longest in content["caption"]
    assert len({person.history[-1].content["document"]["file_id"] for person in people}) <= 3
    assert telegram.violations == []
