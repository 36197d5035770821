"""A file that was read is written as it was; a file that is written reads as what it is."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from civic.exchange.pabulib import PabulibFile, Style, Table, read_pabulib, write_pabulib
from civic.exchange.pabulib.file import SECTIONS
from tests.civic.exchange.pabulib.files import SMALL

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=8).map(
    lambda text: text.strip(" ")
)
NAME = TEXT.filter(bool)
STYLES = st.builds(
    Style,
    newline=st.sampled_from(["\n", "\r\n"]),
    has_byte_order_mark=st.booleans(),
    ends_with_newline=st.booleans(),
)


@st.composite
def tables(draw: st.DrawFn, first: str, second: str) -> Table:
    """Draw a table that has two columns at least; the first is different in each row."""
    more = draw(st.lists(NAME.filter(lambda name: name not in {first, second}), unique=True))
    columns = (first, second, *more[:3])
    ids = draw(st.lists(NAME, unique=True, max_size=5))
    rest = [draw(st.lists(TEXT, min_size=len(ids), max_size=len(ids))) for _ in columns[1:]]
    return Table(columns, (ids, *rest))


@st.composite
def files(draw: st.DrawFn) -> PabulibFile:
    """Draw a file whose counts are right."""
    projects, votes = draw(tables("project_id", "cost")), draw(tables("voter_id", "vote"))
    meta = draw(st.dictionaries(NAME, TEXT, max_size=4))
    known = {key: draw(TEXT) for key in ("budget", "vote_type", "rule")}
    counts = {"num_projects": str(len(projects)), "num_votes": str(len(votes))}
    return PabulibFile("town.pb", {**meta, **known, **counts}, projects, votes, draw(STYLES))


def test_a_file_is_written_byte_by_byte_as_it_was() -> None:
    for content in (
        SMALL.encode(),
        b"\xef\xbb\xbf" + SMALL.encode(),
        SMALL.replace("\n", "\r\n").encode(),
        SMALL.rstrip("\n").encode(),
    ):
        assert write_pabulib(read_pabulib(content, "town.pb")) == content


@given(files())
@settings(deadline=None, database=None)
def test_what_is_written_reads_equal(file: PabulibFile) -> None:
    content = write_pabulib(file)
    again = read_pabulib(content, "town.pb")
    assert again == file
    assert list(again.meta.items()) == list(file.meta.items())
    assert write_pabulib(again) == content


def test_a_field_that_looks_like_a_section_stays_a_field() -> None:
    for title in SECTIONS:
        file: Any = read_pabulib(SMALL.replace("Benches", title).encode(), "town.pb")
        assert read_pabulib(write_pabulib(file), "town.pb") == file
        assert file.projects["name"][2] == title
