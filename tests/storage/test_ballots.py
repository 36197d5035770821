"""Ballots, participation and the link between them."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from civic.model.ballot import Ballot
from civic.model.community import Community
from civic.model.cycle import StageState
from civic.ports import Overtaken, UnitOfWork, Work
from storage.database import Database
from storage.memory import Memory
from storage.tables.base import Moment
from storage.tables.voting import ballot_choices, ballot_links, ballots, participation
from storage.tables.webchat import webchat_messages
from storage.unit_of_work import SqlUnitOfWork
from tests.civic.actions.voting import Vote, hold_vote
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock


@pytest.fixture
async def vote(work: Work, town: Community) -> Vote:
    return await hold_vote(work, town.id)


async def put(work: Work, vote: Vote, voter_key: str, number: str, *places: int) -> None:
    async with work.write() as unit:
        chosen = frozenset(vote.projects[place].id for place in places)
        before = await unit.ballots.find(vote.stage.id, voter_key)
        ballot = Ballot(number if before is None else before.number, chosen)
        await unit.ballots.put(vote.stage.id, voter_key, before, ballot)
        await unit.commit()


async def test_a_ballot_keeps_its_number_when_its_choices_change(work: Work, vote: Vote) -> None:
    await put(work, vote, "anna", "n1", 0, 1)
    await put(work, vote, "anna", "n2", 1, 2)

    async with work.read() as unit:
        found = await unit.ballots.find(vote.stage.id, "anna")
    assert found is not None
    assert found.number == "n1"
    assert found.choices == {one.id for one in vote.projects[1:]}


async def test_an_emptied_ballot_leaves_nothing(
    work: Work, database: Database, vote: Vote
) -> None:
    await put(work, vote, "anna", "n1", 0)
    for _again in range(2):
        await put(work, vote, "anna", "n1")

    async with database.read() as connection:
        for table in (participation, ballots, ballot_choices, ballot_links):
            assert (await connection.execute(sa.select(table))).all() == []


async def test_ballots_are_read_by_number_each_with_its_choices(work: Work, vote: Vote) -> None:
    await put(work, vote, "anna", "b", 0)
    await put(work, vote, "bota", "B", 1, 2)
    await put(work, vote, "damir", "a", 2)

    async with work.read() as unit:
        listed = await unit.ballots.all(vote.stage.id)
        assert await unit.ballots.count(vote.stage.id) == 3
    assert [one.number for one in listed] == ["B", "a", "b"]
    assert listed[0].choices == {vote.projects[1].id, vote.projects[2].id}


async def test_the_ballots_of_two_votes_do_not_meet(
    work: Work, town: Community, vote: Vote
) -> None:
    other = await hold_vote(work, town.id, slug="other")
    await put(work, vote, "anna", "n1", 0)

    async with work.read() as unit:
        assert await unit.ballots.find(other.stage.id, "anna") is None
        assert not await unit.ballots.has_taken_part(other.stage.id, "anna")
        assert await unit.ballots.all(other.stage.id) == []


async def test_without_links_ballots_stay_and_lead_to_nobody(work: Work, vote: Vote) -> None:
    await put(work, vote, "anna", "n1", 0)
    async with work.write() as unit:
        before = await unit.ballots.all(vote.stage.id)
        await unit.ballots.destroy_links(vote.stage.id)
        await unit.commit()

    async with work.read() as unit:
        assert await unit.ballots.find(vote.stage.id, "anna") is None
        assert await unit.ballots.has_taken_part(vote.stage.id, "anna")
        assert not await unit.ballots.has_links(vote.stage.id)
        assert await unit.ballots.all(vote.stage.id) == before


async def test_without_links_nobody_votes_a_second_time(work: Work, vote: Vote) -> None:
    await put(work, vote, "anna", "n1", 0)
    async with work.write() as unit:
        await unit.ballots.destroy_links(vote.stage.id)
        await unit.commit()

    with pytest.raises(Overtaken):
        await put(work, vote, "anna", "n2", 1)
    await put(work, vote, "anna", "n2")

    async with work.read() as unit:
        assert [one.number for one in await unit.ballots.all(vote.stage.id)] == ["n1"]


async def test_the_links_of_a_vote_without_ballots_can_be_destroyed(
    work: Work, vote: Vote
) -> None:
    async with work.write() as unit:
        assert not await unit.ballots.has_links(vote.stage.id)
        await unit.ballots.destroy_links(vote.stage.id)
        assert await unit.ballots.all(vote.stage.id) == []


@pytest.mark.parametrize("table", [participation, ballots, ballot_choices, ballot_links])
def test_no_row_of_a_vote_holds_a_time_or_a_running_number(table: sa.Table) -> None:
    assert not [column for column in table.c if isinstance(column.type, Moment | sa.DateTime)]
    assert table.autoincrement_column is None
    assert table.dialect_options["sqlite"]["with_rowid"] is False


@ON_POSTGRES
async def test_without_links_not_even_the_rows_tell_who_wrote_them(
    work: Work, database: Database, vote: Vote
) -> None:
    """PostgreSQL keeps the order of writing, and the writer's transaction, with every row."""
    for voter_key, number in (("anna", "z"), ("bota", "a"), ("damir", "m")):
        await put(work, vote, voter_key, number, 0, 1)
    async with work.write() as unit:
        await unit.ballots.destroy_links(vote.stage.id)
        await unit.commit()

    async with database.read() as connection:
        for table in (ballots, ballot_choices):
            rows = await connection.execute(
                sa.select(sa.literal_column("xmin::text"), table.c.number).order_by(
                    sa.literal_column("ctid")
                )
            )
            written = [(row[0], row[1]) for row in rows]
            assert len({writer for writer, _number in written}) == 1
            assert written == sorted(written)


async def attempt(unit: UnitOfWork, vote: Vote, number: str, *places: int) -> None:
    """Decide on Anna's ballot, and commit nothing yet."""
    assert await unit.cycles.get(vote.id) is not None
    await unit.cycles.rely_on(vote.id)
    before = await unit.ballots.find(vote.stage.id, "anna")
    chosen = frozenset(vote.projects[place].id for place in places)
    ballot = Ballot(number if before is None else before.number, chosen)
    await unit.ballots.put(vote.stage.id, "anna", before, ballot)


async def choices(work: Work, vote: Vote) -> list[int]:
    """Return the places of what is on Anna's ballot."""
    async with work.read() as unit:
        found = await unit.ballots.find(vote.stage.id, "anna")
    on_it = frozenset[int]() if found is None else found.choices
    return [place for place, project in enumerate(vote.projects) if project.id in on_it]


@ON_POSTGRES
@pytest.mark.parametrize("quicker", [(), (0, 1), (1,)])
@pytest.mark.parametrize("slower", [(), (0, 2)])
async def test_of_two_devices_that_change_a_ballot_one_is_told_to_look_again(
    work: Work, vote: Vote, quicker: tuple[int, ...], slower: tuple[int, ...]
) -> None:
    await put(work, vote, "anna", "n1", 0)
    async with work.attempt() as first, work.attempt() as second:
        await attempt(first, vote, "n2", *slower)
        await attempt(second, vote, "n3", *quicker)
        await second.commit()
        with pytest.raises(Overtaken):
            await first.commit()
    assert await choices(work, vote) == list(quicker)


@ON_POSTGRES
async def test_two_devices_make_one_first_ballot(work: Work, vote: Vote) -> None:
    async with work.attempt() as first, work.attempt() as second:
        await attempt(first, vote, "n1", 0)
        await attempt(second, vote, "n2", 1)
        outcomes = await asyncio.gather(first.commit(), second.commit(), return_exceptions=True)
    kept = [place for place, outcome in enumerate(outcomes) if outcome is None]
    assert await choices(work, vote) == kept
    assert [type(outcome) for outcome in outcomes if outcome] == [Overtaken]
    async with work.read() as unit:
        assert await unit.ballots.count(vote.stage.id) == 1


@ON_POSTGRES
async def test_a_vote_cannot_be_closed_while_a_ballot_is_being_cast(
    database: Database, vote: Vote
) -> None:
    async with database.write() as voter, database.write() as closer:
        await attempt(SqlUnitOfWork(voter, Memory()), vote, "n1", 0)
        await closer.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))

        with pytest.raises(DBAPIError, match="lock timeout"):
            await SqlUnitOfWork(closer, Memory()).cycles.get(vote.id, lock=True)


@ON_POSTGRES
async def test_a_ballot_that_meets_a_close_is_decided_anew(work: Work, vote: Vote) -> None:
    async with work.attempt() as voter:
        await attempt(voter, vote, "n1", 0)
        async with work.write() as closer:
            await closer.cycles.get(vote.id, lock=True)
            commit = asyncio.ensure_future(voter.commit())
            done, _ = await asyncio.wait([commit], timeout=0.1)
            assert not done
            await closer.cycles.save_stage(replace(vote.stage, state=StageState.CLOSED))
            await closer.commit()
        with pytest.raises(Overtaken):
            await commit
    assert await choices(work, vote) == []


@ON_POSTGRES
async def test_voters_do_not_wait_for_one_another(work: Work, vote: Vote) -> None:
    async with work.write() as slow, work.attempt() as quick:
        assert await slow.cycles.get(vote.id) is not None
        await slow.cycles.rely_on(vote.id)
        await attempt(quick, vote, "n1", 0)
        async with asyncio.timeout(60):
            await quick.commit()
    assert await choices(work, vote) == [0]


async def test_a_project_is_replaced_by_its_code(work: Work, vote: Vote) -> None:
    old = vote.projects[0]
    async with work.write() as unit:
        same = await unit.projects.save(replace(old, id=0, cost=77, photo=None, topic="parks"))
        await unit.commit()

    async with work.read() as unit:
        assert same == old.id
        assert await unit.projects.get(old.id) == replace(old, cost=77, topic="parks")


async def test_projects_are_listed_by_position(work: Work, vote: Vote) -> None:
    first, second, third = vote.projects
    async with work.write() as unit:
        await unit.projects.save(replace(first, position=9))
        listed = await unit.projects.in_cycle(vote.id)
        assert await unit.projects.get(10**9) is None

    assert [one.id for one in listed] == [second.id, third.id, first.id]


async def test_a_project_on_a_ballot_is_not_removed(work: Work, vote: Vote) -> None:
    await put(work, vote, "anna", "n1", 0)
    async with work.write() as unit:
        await unit.projects.remove(vote.projects[1].id)
        with pytest.raises(ValueError, match="on a ballot"):
            await unit.projects.remove(vote.projects[0].id)
        listed = await unit.projects.in_cycle(vote.id)

    assert [one.id for one in listed] == [vote.projects[0].id, vote.projects[2].id]


async def test_with_the_links_goes_what_the_web_chat_showed_of_ballots(
    work: Work, database: Database, vote: Vote, resident: Meet, clock: FrozenClock
) -> None:
    person = await resident()
    async with work.read() as unit:
        contact = (await unit.residents.contacts(person.id))[0]
    shown = ["1. ☑ <b>Жарық</b>", "1. ☐ Жарық", "Мәзір"]
    async with database.write() as connection:
        await connection.execute(
            sa.insert(webchat_messages),
            [
                {
                    "contact_id": contact.id,
                    "revision": revision,
                    "from_person": False,
                    "notice": False,
                    "html": html,
                    "deleted": False,
                    "sent_at": clock.now(),
                    "same_since": revision,
                }
                for revision, html in enumerate(shown)
            ],
        )
        await connection.commit()
    async with work.write() as unit:
        await unit.ballots.destroy_links(vote.stage.id)
        await unit.commit()
    async with database.read() as connection:
        left = await connection.scalars(sa.select(webchat_messages.c.html))
        assert sorted(left) == ["", "1. ☐ Жарық", "Мәзір"]
