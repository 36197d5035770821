"""Which codes are read, and what holds of two people who turn out to be one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.model.comment import CommentDraft
from civic.model.idea import IdeaContent, IdeaDraft
from civic.model.resident import ANY_HOUR, Contact, NewsChoice, Role
from civic.rules.joining import (
    code_from,
    joined,
    needless_comment,
    needless_idea,
    read_code,
    told_at,
)
from tests.civic.rules.votes import person
from tests.fakes import MORNING

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "written",
    [
        "012345678",
        "012 345 678",
        " 012-345-678. ",
        "012\u00a0345\u202f678",
        "(012) 345 678",
        "\u200b012345678",
        "０１２３４５６７８",
        "٠١٢٣٤٥٦٧٨",
        "join_012345678",
        "https://t.me/dauys_bot?start=join_012345678",
        "http://127.0.0.1:8080/?start=join_012345678",
    ],
)
def test_a_code_is_read_however_it_is_written(written: str) -> None:
    assert read_code(written) == "012345678"


@pytest.mark.parametrize(
    "written",
    ["", "12345678", "1234567890", "O12345678", "code 012345678", "²12345678", "join_0123456789"],
)
def test_anything_else_is_no_code(written: str) -> None:
    assert read_code(written) is None


def test_any_number_makes_a_code_of_nine_digits() -> None:
    assert code_from(7) == "000000007"
    assert code_from(12_345_678_901) == "345678901"


def test_what_the_giver_said_of_themselves_holds() -> None:
    giver = person(id=1, language="ru", display_name="Anna", news=NewsChoice.MINE, greeted=False)
    other = replace(
        giver,
        id=2,
        language="kk",
        display_name="Аня",
        district="east",
        news=NewsChoice.ALL,
        hours=ANY_HOUR,
        greeted=True,
        roles=frozenset({Role.MODERATOR}),
        created_at=giver.created_at - DAY,
    )

    assert joined(giver, other) == replace(
        giver, greeted=True, roles=frozenset({Role.MODERATOR}), created_at=other.created_at
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        ((MORNING, 16), (MORNING - DAY, 18), (MORNING - DAY, 18)),
        ((MORNING - DAY, 16), (MORNING, 18), (MORNING, 18)),
        ((MORNING, 18), (MORNING - DAY, 16), (MORNING, 18)),
        ((MORNING, 16), (MORNING - DAY, 16), (MORNING - DAY, 16)),
        ((None, None), (MORNING, 16), (MORNING, 16)),
        ((MORNING, 16), (None, None), (MORNING, 16)),
        ((None, None), (None, None), (None, None)),
    ],
)
def test_the_declaration_for_the_higher_age_holds_else_the_older_one(
    mine: tuple[object, object], theirs: tuple[object, object], kept: tuple[object, object]
) -> None:
    giver = person(id=1, declared_at=mine[0], declared_age=mine[1])
    other = person(id=2, declared_at=theirs[0], declared_age=theirs[1])

    stays = joined(giver, other)

    assert (stays.declared_at, stays.declared_age) == kept


def _contact(number: int, *, reachable: bool = True, latest: bool = False) -> Contact:
    return Contact(number, 1, "test", str(number), number, reachable=reachable, latest=latest)


def test_news_goes_where_it_is_wanted_else_where_the_person_wrote_last() -> None:
    first, second, third = _contact(1), _contact(2, latest=True), _contact(3)

    assert told_at([first, second, third]) == second
    assert told_at([first, second, replace(third, chosen=True)]) == replace(third, chosen=True)
    assert told_at([first, second, replace(third, chosen=True, reachable=False)]) == second
    assert told_at([first, third]) == first
    assert told_at([replace(first, reachable=False)]) is None


def test_of_two_drafts_of_an_idea_the_one_left_longer_ago_goes() -> None:
    older = IdeaDraft(2, 1, 1, None, IdeaContent("Park"), MORNING - DAY)
    newer = IdeaDraft(1, 2, 1, None, IdeaContent("Road"), MORNING)

    assert needless_idea(older, newer) == needless_idea(newer, older) == older


def test_of_two_drafts_of_a_comment_one_without_words_goes_else_the_earlier_one() -> None:
    empty = CommentDraft(3, 1, 1, None, None, None, "")
    earlier, later = replace(empty, id=1, text="No"), replace(empty, id=2, text="Yes")

    assert needless_comment(earlier, empty) == needless_comment(empty, earlier) == empty
    assert needless_comment(earlier, later) == needless_comment(later, earlier) == earlier
