"""What a `.pb` file may look like, and what is said about one that does not fit."""

import pytest

from civic.exchange.pabulib import Style, read_pabulib
from tests.civic.exchange.pabulib.files import SMALL, changed, election, faults


def test_all_keys_and_columns_are_kept_in_their_order() -> None:
    file = read_pabulib(SMALL.encode(), "town.pb")
    assert list(file.meta.items()) == [
        ("description", "A small town"),
        ("num_projects", "3"),
        ("num_votes", "4"),
        ("budget", "1000"),
        ("vote_type", "approval"),
        ("rule", "greedy"),
    ]
    assert file.projects.columns == ("project_id", "cost", "votes", "name")
    assert file.projects["name"] == ['Trees; and "shade", by the road', "Playground", "Benches"]
    assert file.votes.columns == ("voter_id", "vote", "age")
    assert file.votes["age"] == ["34", "", "19", "70"]
    assert file.style == Style("\n", has_byte_order_mark=False, ends_with_newline=True)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + SMALL.encode(),
        SMALL.replace("\n", "\r\n").encode(),
        SMALL.rstrip("\n").encode(),
        SMALL.replace("\n", "\n\n").encode(),
        SMALL.replace(";", "; ").replace("Trees;  ", "Trees; ").replace("es\n", "es  \n").encode(),
        SMALL.replace("a,b;34", '"a,b";"34"').encode(),
    ],
    ids=["byte order mark", "CRLF", "no last newline", "blank lines", "spaces", "quotes"],
)
def test_the_look_of_a_file_does_not_matter(content: bytes) -> None:
    plain, other = read_pabulib(SMALL.encode(), "plain.pb"), read_pabulib(content, "town.pb")
    assert other.meta == plain.meta
    assert other.projects == plain.projects
    assert other.votes == plain.votes


def test_a_quoted_field_may_have_several_lines_and_later_lines_are_counted_on() -> None:
    content = changed({"Playground": '"Play\nground"', "4;b;70": '4;"b\n,z";70'})
    assert faults(content) == [
        "line 20, vote: expected projects of the section PROJECTS, found «z»"
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_lines_are_named_as_an_editor_shows_them(newline: str, quote: str) -> None:
    content = changed({"3;a,c;19": f"3;{quote}a,q{quote};19"}).replace(b"\n", newline.encode())
    assert faults(content) == [
        "line 18, vote: expected projects of the section PROJECTS, found «q»"
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("META\n", "", "line 1: expected the section META, found «key;value»"),
        (
            "PROJECTS\n",
            "",
            "line 9: expected 2 fields, found 4",
        ),
        (
            "VOTES\nvoter_id;vote;age",
            "VOTES",
            "line 15, VOTES: expected a column «voter_id», found none",
        ),
        ("key;value", "name;value", "line 2, META: expected a column «key», found none"),
        (
            "key;value",
            "key;value;unit",
            "line 2, META: expected only the columns «key;value», found «key;value;unit»",
        ),
        ("budget;1000\n", "", "META: expected the key «budget», found none"),
        ("rule;greedy", "rule;greedy;x", "line 8: expected 2 fields, found 3"),
        (
            "rule;greedy",
            "budget;5",
            "line 8, key: expected one of its own, found «budget» again, as on line 6",
        ),
        (
            "project_id;cost;votes;name",
            "project_id;price;votes;name",
            "line 10, PROJECTS: expected a column «cost», found none",
        ),
        (
            "project_id;cost;votes;name",
            "id;cost;votes;name",
            "line 10, PROJECTS: expected a column «project_id», found none",
        ),
        (
            "project_id;cost;votes;name",
            "project_id;cost;cost;name",
            "line 10, PROJECTS: expected a name of its own for each column, found «cost»",
        ),
        (
            "project_id;cost;votes;name",
            "project_id;cost;;name",
            "line 10, PROJECTS: expected a name of its own for each column, found nothing",
        ),
        (
            "voter_id;vote;age",
            "voter_id;votes;age",
            "line 15, VOTES: expected a column «vote», found none",
        ),
        (
            "b;500;2",
            "a;500;2",
            ("line 12, project_id: expected one of its own, found «a» again, as on line 11"),
        ),
        (
            "b;500;2",
            ";500;2",
            "line 12, project_id: expected one of its own, found nothing",
        ),
        (
            "4;b;70",
            "2;b;70",
            ("line 19, voter_id: expected one of its own, found «2» again, as on line 17"),
        ),
        (
            "num_projects;3",
            "num_projects;4",
            "line 4, num_projects: expected 3, as many as there are rows, found «4»",
        ),
        (
            "num_votes;4",
            "num_votes;5",
            "line 5, num_votes: expected 4, as many as there are rows, found «5»",
        ),
        ("3;a,c;19", "3;a,c", "line 18: expected 3 fields, found 2"),
        ("c;300;1;Benches", "c;300;1", "line 13: expected 4 fields, found 3"),
        ("4;b;70\n", "4;b;70\nMETA\n", "line 20: expected no section after VOTES, found «META»"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(old: str, new: str, fault: str) -> None:
    assert fault in faults(changed({old: new}))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "expected the section META, found the end of the file"),
        ("META\n", "META: expected a column «key», found none"),
        ("META\nPROJECTS\n", "line 2, META: expected a column «key», found none"),
        ("META\nkey;value\n", "expected the section PROJECTS, found the end of the file"),
        (
            SMALL[: SMALL.index("VOTES")],
            "expected the section VOTES, found the end of the file",
        ),
    ],
)
def test_a_section_that_is_missing_is_named(content: str, fault: str) -> None:
    assert fault in faults(content)


def test_a_quote_that_does_not_close_is_named_by_the_line_where_it_opens() -> None:
    (fault,) = faults(changed({"b;500;2;Playground": 'b;500;2;"Playground'}))
    assert fault.startswith("line 12: expected a row whose quotes close and ")


def test_bytes_that_are_no_text_are_named_by_their_line() -> None:
    (fault,) = faults(SMALL.encode().replace(b"Playground", b"Pl\xe4tze"))
    assert fault == "line 12: expected UTF-8 (save as «CSV UTF-8»), found other bytes"


def test_a_lone_carriage_return_is_no_line_break() -> None:
    (fault,) = faults(changed({"2;a;\n": "2;a;\r"}))
    assert fault.startswith(
        "line 17: expected a row whose quotes close and whose line ends in LF or CRLF, found "
    )


def test_an_election_without_votes_is_an_election() -> None:
    content = SMALL[: SMALL.index("1;a,b;34")].replace("num_votes;4", "num_votes;0")
    assert election(content).contest.ballots.cast == 0


def test_two_short_rows_are_not_taken_for_one_whole_row() -> None:
    content = changed({"1;a,b;34\n2;a;\n": "1\n2;a\n"})
    assert "line 16: expected 3 fields, found 1" in faults(content)
    assert "line 17: expected 3 fields, found 2" in faults(content)


def test_a_long_file_is_split_where_its_lines_end(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = read_pabulib(SMALL.encode(), "town.pb")
    for piece in range(1, 40):
        monkeypatch.setattr("civic.exchange.pabulib.reading._PIECE", piece)
        assert read_pabulib(SMALL.encode(), "town.pb").votes == plain.votes
