"""Ballots of a real election are cast again on the projects of a cycle."""

from bot import sample
from bot.rehearsal.ballots import real_ballots
from civic.exchange.pabulib import PabulibFile, read_pabulib

VOTE = sample.cycle("vote.yaml")
CODES = [part.code for part in VOTE.content.projects]


def election(*codes: str) -> PabulibFile:
    """Return an election on three projects with three ballots."""
    first, second, third = codes
    text = (
        "META\nkey;value\ndescription;d\ncountry;k\nunit;u\ninstance;1\nnum_projects;3\n"
        "num_votes;3\nbudget;40000000\nrule;greedy\nvote_type;approval\n"
        f"PROJECTS\nproject_id;cost\n{first};1\n{second};2\n{third};3\n"
        f"VOTES\nvoter_id;vote\n1;{first},{second}\n2;{second}\n3;{third},{second}\n"
    )
    return read_pabulib(text.encode(), "three.pb")


def test_projects_stand_for_those_at_the_same_place() -> None:
    found = real_ballots(election("a", "b", "c"), VOTE)
    assert not found.by_code
    first, second, third = CODES[:3]
    assert found.ballots == [[first, second], [second], [third, second]]


def test_projects_with_the_same_code_stand_for_each_other() -> None:
    found = real_ballots(election("elsewhere", CODES[5], CODES[0]), VOTE)
    assert found.by_code
    assert found.ballots == [[CODES[5]], [CODES[5]], [CODES[0], CODES[5]]]
