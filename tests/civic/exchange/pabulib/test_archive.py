"""Every real election reads, comes back as it was, and has the winners it had."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from pabutools.election import parse_pabulib

from civic.exchange.pabulib import Election, PabulibFile, election_of, read_pabulib, write_pabulib
from civic.rules.tally.ballots import BallotForm
from tests.civic.exchange.pabulib.archive import (
    ARCHIVE,
    EXCEPTIONS,
    FILES,
    NAMED_AGAIN,
    OTHER_LOOK,
    has_official_winners,
    official_winners,
    winners,
)
from tests.conftest import left_out

pytestmark = pytest.mark.parametrize("name", FILES or [""])


@pytest.fixture(autouse=True)
def _there(name: str) -> None:
    if not name:
        left_out("the real elections of shared/data/pabulib are not beside the project")


@cache
def opened(name: str) -> tuple[PabulibFile, Election]:
    file = read_pabulib((ARCHIVE / name).read_bytes(), name)
    return file, election_of(file)


def test_a_real_file_comes_back_as_it_was(name: str) -> None:
    file, _ = opened(name)
    written = write_pabulib(file)
    assert (written != (ARCHIVE / name).read_bytes()) == (name in OTHER_LOOK)
    assert read_pabulib(written, name) == file


def test_counted_votes_are_the_published_ones(name: str) -> None:
    file, election = opened(name)
    published = file.projects.get("score", file.projects["votes"])
    too_many = NAMED_AGAIN.get(name, {})
    counted = election.contest.votes()
    assert {id_: votes + too_many.get(id_, 0) for id_, votes in counted.items()} == {
        id_: float(votes)
        for id_, votes in zip(file.projects["project_id"], published, strict=True)
    }
    assert sum("named again" in note for note in election.notes) == sum(too_many.values())


def test_winners_are_the_official_ones(name: str) -> None:
    file, election = opened(name)
    if not has_official_winners(file):
        assert name not in EXCEPTIONS
        return
    official = official_winners(file)
    if name not in EXCEPTIONS:
        assert winners(election) == official
        return
    exception = EXCEPTIONS[name]
    names = dict(zip(file.projects["project_id"], file.projects["name"], strict=True))
    assert all(part in names[id_] for id_, part in exception.names.items())
    assert winners(election) != official
    terms = exception.terms(election.contest.terms)
    changed = replace(election, contest=replace(election.contest, terms=terms))
    assert winners(changed) == official


def test_another_reader_reads_the_same(name: str) -> None:
    _, election = opened(name)
    instance, profile = parse_pabulib(str(ARCHIVE / name))
    contest, unit = election.contest, election.contest.terms.unit
    assert Fraction(contest.terms.fund, unit) == Fraction(str(instance.budget_limit))
    assert {one.id: Fraction(one.cost, unit) for one in contest.candidates} == {
        project.name: Fraction(str(project.cost)) for project in instance
    }
    has_points = contest.ballots.form is BallotForm.CUMULATIVE
    theirs: Counter[str] = Counter()
    for ballot in profile:
        for project in ballot:
            theirs[project.name] += ballot[project] if has_points else 1
    ours = contest.votes() if has_points else contest.ballots.mentions()
    assert ours == {id_: theirs[id_] for id_ in ours}
    assert contest.ballots.cast == len(profile)
