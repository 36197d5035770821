"""`dauys deliveries` as an operator uses it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import sample
from bot.cli import cycle as cycles
from bot.cli import deliveries
from civic.model.announcement import DeliveryState, NoticeKind, Outcome
from civic.model.audience import EVERYONE, Trait
from civic.model.destination import DestinationKind, Posted
from civic.rules.strangers import DAY
from storage.database import Database
from storage.migrate import upgrade
from storage.unit_of_work import SqlWork
from tests.conftest import TOWN
from tests.storage.ledger import claim_posting

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep to a database of the test's own; return its address."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'dauys.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAUYS_DATABASE_URL", url)
    monkeypatch.setenv("DAUYS_SECRET_KEY", "0123456789abcdef" * 2)
    monkeypatch.delenv("DAUYS_TELEGRAM_TOKEN", raising=False)
    monkeypatch.delenv("DAUYS_PUBLIC_URL", raising=False)
    return url


def _run(*words: str) -> Result:
    return CliRunner().invoke(deliveries.command, words)


@pytest.fixture
def told(place: str) -> tuple[int, int]:
    """An announcement that reached one of two; its id and the id of the other."""
    file = str(sample.FOLDER / "community.yaml")
    assert CliRunner().invoke(cycles.command, ["apply", file]).exit_code == 0
    return asyncio.run(_tell(place))


async def _tell(url: str) -> tuple[int, int]:
    database = Database(url)
    async with SqlWork(database).write() as work:
        people = [
            (await work.residents.add(1, "kk", "test", str(number), None, NOON))[0].id
            for number in range(2)
        ]
        announcement = await work.announcements.plan(
            *("key", 1, None, None, NoticeKind.RESULTS, {}, NOON),
            audience=EVERYONE.those(Trait.LANGUAGE, "kk"),
            public=True,
        )
        assert announcement is not None
        await work.announcements.fill(10, NOON, ["test"])
        first, second = await work.deliveries.claim("me", "test", 10, NOON, NOON)
        outcomes = [
            Outcome(first, DeliveryState.SENT, digest=777),
            Outcome(second, DeliveryState.PENDING, "TelegramServerError", NOON),
        ]
        await work.deliveries.settle("me", outcomes, NOON)
        await work.commit()
    await database.close()
    return announcement, people[1]


def test_the_latest_announcements_are_listed_with_what_became_of_them(
    told: tuple[int, int],
) -> None:
    head, row = _run().stdout.splitlines()
    assert head.split()[:4] == ["id", "number", "kind", "state"]
    assert row.split() == [
        *(str(told[0]), "1", "results", "running"),
        *("2026-03-10", "12:00:00", "UTC"),
        *("1", "0", "0", "0", "1"),
    ]


def test_one_announcement_says_whom_it_is_for(told: tuple[int, int]) -> None:
    result = _run(str(told[0]))
    assert result.exit_code == 0
    assert "for {'language': ['kk']}" in result.stdout
    assert "0 doubtful" in result.stdout
    assert "1 in one message with other news" in result.stdout


def test_an_unknown_announcement_is_said_to_be_unknown(told: tuple[int, int]) -> None:
    result = _run(str(told[0] + 1))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"There is no announcement {told[0] + 1}.\n"


def test_what_happened_to_ones_copy_can_be_looked_up(told: tuple[int, int]) -> None:
    _head, row = _run("--person", str(told[1])).stdout.splitlines()
    assert row == (
        f"{told[0]}             results  pending  test     1         "
        "         not before 2026-03-10 12:00:00 UTC  TelegramServerError"
    )


def test_why_a_copy_is_held_back_can_be_looked_up(place: str) -> None:
    announcement = asyncio.run(_hold_back(place))
    assert "1 held back: the messenger permits only so many a day" in _run(announcement).stdout
    _head, row = _run("--person", "2").stdout.splitlines()
    assert "pending" in row
    assert "not before 2026-03-11 12:" in row
    assert row.endswith(
        "daily limit: the messenger permits only so many a day who have not written for a day"
    )


async def _hold_back(url: str) -> str:
    database = Database(url)
    await upgrade(database)
    async with SqlWork(database).write() as work:
        town = await work.communities.save(TOWN)
        for number in range(2):
            await work.residents.add(town, "kk", "test", str(number), None, NOON - 2 * DAY)
        announcement = await work.announcements.plan(
            "key", town, None, None, NoticeKind.RESULTS, {}, NOON
        )
        await work.announcements.fill(10, NOON, ["test"])
        assert len(await work.deliveries.claim("me", "test", 10, NOON, NOON, 1)) == 1
        await work.commit()
    await database.close()
    return str(announcement)


def test_what_became_of_each_group_and_channel_can_be_looked_up(place: str) -> None:
    announcement = asyncio.run(_post(place))
    lines = _run(announcement).stdout.splitlines()
    head, *rows = lines[lines.index("groups and channels:") + 1 :]
    assert head.split()[:5] == ["id", "title", "kind", "channel", "state"]
    lost, sent, waiting = [" ".join(row.split()) for row in rows]
    assert lost == "3 Канал channel test blocked 1 2026-03-10 12:00:00 UTC blocked"
    assert sent == "1 Первый group test sent 1 2026-03-10 12:00:00 UTC may have come twice"
    assert waiting == (
        "2 Экран[2J group test pending 1 not before 2026-03-10 12:15:00 UTC TelegramServerError"
    )


async def _post(url: str) -> str:
    database = Database(url)
    await upgrade(database)
    async with SqlWork(database).write() as work:
        town = await work.communities.save(TOWN)
        kinds = {"Первый": "group", "Экран\x1b[2J": "group", "Канал": "channel"}
        chats = [
            await work.destinations.add(
                *(town, "test", -number, DestinationKind(kind), title, "kk", NOON)
            )
            for number, (title, kind) in enumerate(kinds.items(), 1)
        ]
        announcement = await work.announcements.plan(
            *("key", town, None, None, NoticeKind.RESULTS, {}, NOON),
            audience=EVERYONE.also_to(*(chat.id for chat in chats)),
        )
        await work.announcements.fill(10, NOON, ["test"])
        first, second, third = [
            await claim_posting(work, "me", NOON, timedelta()) for _chat in chats
        ]
        later = NOON + timedelta(minutes=15)
        outcomes = [
            Posted(first, DeliveryState.SENT, doubtful=True),
            Posted(second, DeliveryState.PENDING, "TelegramServerError", later),
            Posted(third, DeliveryState.BLOCKED, "blocked"),
        ]
        await work.postings.settle("me", outcomes, NOON, timedelta())
        await work.commit()
    await database.close()
    return str(announcement)


def test_copies_in_one_message_show_the_same_number(told: tuple[int, int]) -> None:
    _head, row = _run("--person", str(told[1] - 1)).stdout.splitlines()
    assert row.split() == [
        *(str(told[0]), "results", "sent", "test", "1", "777"),
        *("2026-03-10", "12:00:00", "UTC"),
    ]
