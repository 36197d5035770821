"""Ballots, participation and the link between them."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from civic.model.ballot import Ballot
from civic.model.community import Community
from civic.ports import Work
from storage.database import Database
from storage.memory import Memory, Recall
from storage.repositories.ballots import SqlBallots
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

    with pytest.raises(IntegrityError):
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


@ON_POSTGRES
async def test_a_held_ballot_waits_for_the_same_person_only(
    database: Database, vote: Vote
) -> None:
    async with database.write() as first, database.write() as second:
        await second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        await SqlBallots(first, Recall(Memory())).hold(vote.id, 1)
        await SqlBallots(second, Recall(Memory())).hold(vote.id, 2)

        with pytest.raises(DBAPIError, match="lock timeout"):
            await SqlBallots(second, Recall(Memory())).hold(vote.id, 1)


@ON_POSTGRES
async def test_a_vote_cannot_be_closed_while_a_ballot_is_being_cast(
    database: Database, vote: Vote
) -> None:
    async with database.write() as voter, database.write() as closer:
        await SqlUnitOfWork(voter, Memory()).ballots.hold(vote.id, 1)
        await closer.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))

        with pytest.raises(DBAPIError, match="lock timeout"):
            await SqlUnitOfWork(closer, Memory()).cycles.get(vote.id, lock=True)


@ON_POSTGRES
async def test_no_ballot_is_cast_while_a_vote_is_being_closed(
    database: Database, vote: Vote
) -> None:
    async with database.write() as closer, database.write() as voter:
        await SqlUnitOfWork(closer, Memory()).cycles.get(vote.id, lock=True)
        await voter.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))

        with pytest.raises(DBAPIError, match="lock timeout"):
            await SqlUnitOfWork(voter, Memory()).ballots.hold(vote.id, 1)


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
