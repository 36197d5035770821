"""A small election in the archive's format, and one that can be changed line by line."""

from collections.abc import Mapping

from civic.exchange.pabulib import Election, election_of, read_pabulib
from civic.exchange.problems import InvalidFile

SMALL = """\
META
key;value
description;A small town
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;votes;name
a;600;3;"Trees; and ""shade"", by the road"
b;500;2;Playground
c;300;1;Benches
VOTES
voter_id;vote;age
1;a,b;34
2;a;
3;a,c;19
4;b;70
"""


def changed(changes: Mapping[str, str], text: str = SMALL) -> bytes:
    """Return a file with some of its text replaced; every piece has to be there once."""
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.encode()


def election(content: bytes | str) -> Election:
    """Return what a file says."""
    content = content if isinstance(content, bytes) else content.encode()
    return election_of(read_pabulib(content, "town.pb"))


def faults(content: bytes | str) -> list[str]:
    """Return what is wrong with a file, without its name."""
    try:
        election(content)
    except InvalidFile as invalid:
        return [str(problem).removeprefix("town.pb: ") for problem in invalid.problems]
    return []
