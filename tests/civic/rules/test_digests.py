"""What may be told in one message, in which order, and what waits for what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.model.announcement import Announcement, NoticeKind
from civic.model.broadcast import Broadcast, Document
from civic.model.cycle import Stage
from civic.rules.digests import PLANNING_LASTS, Queued, goes_alone, urgency
from tests.civic.cycles import IDEAS, VOTING, local

NOW = local(3, 10, 10)
MOMENT = timedelta(seconds=5)
OLD = Queued(1, 1, NOW - timedelta(hours=1), planned=True, alone=False)
OTHER = replace(OLD, id=2)


def _announcement(kind: NoticeKind, number: int = 1) -> Announcement:
    return Announcement(number, 1, 1, 1, kind, {}, NOW)


def _order(*news: tuple[NoticeKind, Stage | None]) -> list[int]:
    numbered = [(_announcement(kind, number), stage) for number, (kind, stage) in enumerate(news)]
    return [told.id for told, _stage in sorted(numbered, key=lambda both: urgency(*both))]


def test_every_kind_of_news_has_its_urgency() -> None:
    ranks = {urgency(_announcement(kind), IDEAS)[0] for kind in NoticeKind}
    assert len(ranks) == len(NoticeKind)


def test_what_can_soon_not_be_done_any_more_comes_before_what_is_over() -> None:
    assert _order(
        (NoticeKind.STAGE_CLOSED, IDEAS),
        (NoticeKind.STAGE_OPENED, IDEAS),
        (NoticeKind.REMINDER, IDEAS),
        (NoticeKind.BROADCAST, None),
    ) == [3, 2, 1, 0]


def test_of_the_same_kind_what_closes_first_comes_first_and_then_what_was_told_first() -> None:
    opened = NoticeKind.STAGE_OPENED
    assert _order((opened, VOTING), (opened, IDEAS), (opened, IDEAS)) == [1, 2, 0]
    assert _order((NoticeKind.BROADCAST, None), (NoticeKind.BROADCAST, None)) == [0, 1]


def test_only_a_photo_or_a_document_needs_a_message_of_its_own() -> None:
    assert goes_alone(Broadcast({"kk": "a"}, photo=5).parameters())
    assert goes_alone(Broadcast({"kk": "a"}, document=Document(5, "a.pdf")).parameters())
    assert not goes_alone(Broadcast({"kk": "a"}).parameters())
    assert not goes_alone({"reason": "because"})


@pytest.mark.parametrize(
    ("other", "along"),
    [
        (OTHER, [2]),
        (OLD, []),
        (replace(OTHER, community_id=2), []),
        (replace(OTHER, alone=True), []),
    ],
    ids=["another", "itself", "of another town", "one that goes alone"],
)
def test_news_of_one_town_goes_along(other: Queued, along: list[int]) -> None:
    assert OLD.along([other]) == along


def test_nothing_goes_along_with_what_goes_alone() -> None:
    assert replace(OLD, alone=True).along([OTHER]) == []


def test_what_has_just_fallen_due_waits_a_moment_for_others() -> None:
    ripe = NOW - MOMENT
    assert replace(OLD, send_from=ripe).may_lead([OTHER], NOW, ripe)
    young = replace(OLD, send_from=NOW - MOMENT / 2)
    assert not young.may_lead([OTHER], NOW, ripe)
    assert replace(young, alone=True).may_lead([OTHER], NOW, ripe)


@pytest.mark.parametrize(
    ("other", "may"),
    [
        (replace(OTHER, planned=False, send_from=NOW), False),
        (replace(OTHER, planned=False, send_from=NOW - PLANNING_LASTS), True),
        (replace(OTHER, planned=False, send_from=NOW, community_id=2), True),
        (replace(OTHER, planned=False, send_from=NOW, alone=True), True),
        (replace(OLD, planned=False, send_from=NOW), True),
    ],
    ids=["is being written", "for too long", "for another town", "goes alone", "is itself"],
)
def test_deliveries_that_are_being_written_are_waited_for(other: Queued, *, may: bool) -> None:
    assert OLD.may_lead([other], NOW, NOW) is may
