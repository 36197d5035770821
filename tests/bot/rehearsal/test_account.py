"""What a rehearsal accounts for: a copy that is lost, doubled or never written is found out."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import sample
from bot.rehearsal.account import Account, Check, account
from bot.rehearsal.clock import SimulatedLoop
from bot.rehearsal.messenger import CHANNEL, Told
from bot.rehearsal.play import Played, play
from bot.rehearsal.script import Script, dated
from civic.model.announcement import DeliveryState, NoticeKind
from storage.tables.news import deliveries

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Account]:
    """One rehearsal, accounted for as it was and after something went wrong with one copy."""
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(None)) as runner:
        return runner.run(_accounts(tmp_path_factory.mktemp("rehearsal")))


async def _accounts(folder: Path) -> Mapping[str, Account]:
    vote = dated(sample.cycle("vote.yaml"), date(2026, 12, 1))
    script = Script(town=sample.community(), cycles=[vote], residents=8, seed=7)
    played = await play(script, f"sqlite+aiosqlite:///{folder}/town.db", lambda _now: None)
    told = list(played.messenger.traffic.told)
    one, other = _two_to_one_person(told)
    found = {"as it was": await account(played)}
    for name, shown in {
        "lost": [entry for entry in told if entry is not one],
        "twice": [*told, one],
        "one twice and another never": [
            replace(entry, html=one.html) if entry is other else entry for entry in told
        ],
    }.items():
        played.messenger.traffic.told[:] = shown
        found[name] = await account(played)
    played.messenger.traffic.told[:] = told
    await _leave_out(played, found["as it was"])
    found["left out"] = await account(played)
    return found


def _two_to_one_person(told: list[Told]) -> tuple[Told, Told]:
    """Return two messages of one piece of news each, which do not say the same."""
    return next(
        (one, other)
        for one in told
        for other in told
        if (one.chat_id, one.notices) == (other.chat_id, other.notices) and one.html != other.html
    )


async def _leave_out(played: Played, sound: Account) -> None:
    """Take the copy of somebody who was told of an opening out of the ledger."""
    notice, person = next(
        (notice.announcement, person)
        for notice in sound.notices
        if notice.announcement.kind is NoticeKind.STAGE_OPENED and not notice.together
        for person in sound.people
        if person.ledger.get(notice.announcement.id) is DeliveryState.SENT
    )
    async with played.service.opened() as service:
        async with service.work.read() as work:
            known = await work.residents.behind(CHANNEL, person.number)
        assert known is not None
        async with service.database.write() as connection:
            await connection.execute(
                sa.delete(deliveries).where(
                    deliveries.c.announcement_id == notice.id,
                    deliveries.c.resident_id == known[0].id,
                )
            )
            await connection.commit()


@pytest.mark.parametrize(
    ("what", "problems"),
    [
        ("as it was", {}),
        ("lost", {Check.NOBODY_TWICE: 1}),
        ("twice", {Check.NOBODY_TWICE: 1}),
        ("one twice and another never", {Check.NOBODY_TWICE: 1}),
        ("left out", {Check.NOBODY_MISSED: 1, Check.NOBODY_TWICE: 1}),
    ],
)
def test_one_copy_that_went_wrong_is_found_out(
    accounts: Mapping[str, Account], what: str, problems: Mapping[Check, int]
) -> None:
    found = accounts[what]
    assert {check: count for check, count in found.problems().items() if count} == problems
    assert found.is_sound is not bool(problems)
