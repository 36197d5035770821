"""Whole cycles, played by few people from the first day to the last."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import sample
from bot.rehearsal.account import Account
from bot.rehearsal.acts import CORRECTED
from bot.rehearsal.rehearse import rehearse
from bot.rehearsal.report import in_full, in_words
from bot.rehearsal.script import RealBallots, Script, dated
from bot.rehearsal.service import Downtime
from bot.wiring import catalogues
from civic.exchange.cycle_file import CycleToApply
from civic.model.announcement import DeliveryState, NoticeKind
from civic.model.audience import EVERYONE
from civic.model.broadcast import Broadcast
from civic.model.cycle import StageAction

pytestmark = pytest.mark.timeout(600)

RESIDENTS = 30
FIRST_DAY = date(2026, 12, 1)
VOTE = dated(sample.cycle("vote.yaml"), FIRST_DAY)
BUDGET = dated(sample.cycle("budget-2026.yaml"), FIRST_DAY)


def script(
    *cycles: CycleToApply,
    residents: int = RESIDENTS,
    downtimes: Sequence[Downtime] = (),
    ballots: Mapping[str, RealBallots] | None = None,
    broadcasts: int = 0,
) -> Script:
    return Script(
        town=sample.community(),
        cycles=cycles,
        residents=residents,
        seed=7,
        budgets={BUDGET.content.slug: sample.budget()},
        ballots=ballots or {},
        downtimes=downtimes,
        broadcasts=broadcasts,
    )


def assert_sound(account: Account) -> None:
    found = {check: count for check, count in account.problems().items() if count}
    assert not found, (found, account.played.errors, account.played.messenger.traffic.broken)


def assert_every_copy_accounted_for(account: Account) -> None:
    final = {DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.SKIPPED}
    for notice in account.notices:
        assert set(notice.states) <= final
        assert notice.planned == notice.announcement.recipients
    for told in account.places:
        assert set(told.ledger.values()) <= final
        assert (told.messages, told.missed) == (told.reached, [])
    assert account.load.posts == sum(told.reached for told in account.places)
    reached = sum(person.reached for person in account.people)
    assert reached == sum(notice.count(DeliveryState.SENT) for notice in account.notices)
    assert (account.load.notices, account.load.news) == (
        reached,
        sum(person.messages for person in account.people),
    )


@pytest.fixture(scope="module")
def played() -> Account:
    """A vote and a consultation at the same time, in a small town."""
    return rehearse(script(VOTE, BUDGET))


def test_a_vote_and_a_consultation_end_in_good_order(played: Account) -> None:
    assert_sound(played)
    assert_every_copy_accounted_for(played)


def test_people_took_part_in_everything(played: Account) -> None:
    assert played.votes[0].seen_ballots > 5
    assert played.played.town is not None
    assert played.played.town.comments
    assert played.load.news > 100


def test_every_stage_opened_and_closed_once(played: Account) -> None:
    done = Counter(
        (entry.stage.id, entry.action)
        for entry in played.transitions
        if entry.action is not StageAction.UNLINKED
    )
    stages = len(VOTE.content.stages) + len(BUDGET.content.stages)
    assert len(done) == 2 * stages
    assert set(done.values()) == {1}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("Бәрі орнында ма?", "✓ Қызметтің қателері")),
        ("ru", ("Всё ли в порядке?", "✓ Ошибки сервиса")),
        ("en", ("Voting: opened", "✓ Errors of the service", "Lighting for the yards", "█")),
    ],
)
def test_the_report_names_notices_projects_and_checks(
    played: Account, language: str, words: Sequence[str]
) -> None:
    report = in_words(played, catalogues(), language)
    assert [word for word in words if word not in report] == []


def test_what_falls_due_together_is_told_together(played: Account) -> None:
    """The consultation opens the morning after the vote, which opened on a Sunday."""
    together = [
        notice.announcement.kind
        for notice in played.notices
        if 0 < notice.together == notice.count(DeliveryState.SENT)
    ]
    assert together.count(NoticeKind.STAGE_OPENED) > 1
    load = played.load
    assert load.notices - load.news == load.digests * (load.most_in_one - 1) > 0
    words = f"{load.notices} pieces of news in {load.news} messages, of which {load.digests} told"
    assert words in in_words(played, catalogues(), "en")


def test_the_details_account_for_every_person(played: Account) -> None:
    people = json.loads(in_full(played))["people"]
    assert len(people) == RESIDENTS
    assert all(person["accounted"] for person in people)


def test_the_same_seed_gives_the_same_report() -> None:
    first, second = (rehearse(script(VOTE, residents=8)) for _ in range(2))
    assert in_words(first, catalogues(), "en") == in_words(second, catalogues(), "en")
    assert in_full(first) == in_full(second)


def test_after_a_downtime_everything_is_caught_up_with_once() -> None:
    """The vote closes and is counted, and results are told, only when the service is back."""
    off = Downtime(datetime(2026, 12, 10, 3, tzinfo=UTC), datetime(2026, 12, 14, 3, tzinfo=UTC))
    account = rehearse(script(VOTE, downtimes=[off]))
    assert_sound(account)
    assert_every_copy_accounted_for(account)
    meanwhile = [entry for entry in account.transitions if off.begins < entry.due < off.ends]
    assert [entry.action for entry in meanwhile] == [StageAction.CLOSED, StageAction.OPENED]
    assert all(entry.done >= off.ends for entry in meanwhile)


def test_whoever_has_blocked_the_service_is_accounted_for() -> None:
    account = rehearse(script(VOTE, residents=60))
    assert_sound(account)
    assert_every_copy_accounted_for(account)
    away = {life.person.number for life in account.played.lives if life.person.is_away}
    found_out = {
        person.number
        for person in account.people
        if DeliveryState.BLOCKED in person.ledger.values()
    }
    assert found_out
    assert found_out <= away


def test_real_ballots_are_cast_and_counted() -> None:
    codes = [part.code for part in VOTE.content.projects]
    ballots = RealBallots([codes[:2], codes[1:2], [codes[2], codes[1]]], by_code=True)
    account = rehearse(script(VOTE, residents=6, ballots={VOTE.content.slug: ballots}))
    assert_sound(account)
    (vote,) = account.votes
    assert vote.protocol is not None
    assert vote.protocol.ballots == 3
    votes = {result.project_id: result.votes for result in vote.protocol.results if result.votes}
    assert account.played.town is not None
    ids = [project.id for project in account.played.town.projects[vote.cycle.id]]
    assert votes == {ids[0]: 1, ids[1]: 3, ids[2]: 1}


def test_an_organiser_announces_what_everybody_asked_for_it_gets() -> None:
    account = rehearse(script(VOTE, residents=12, broadcasts=8))
    assert_sound(account)
    assert_every_copy_accounted_for(account)
    told = [
        notice for notice in account.notices if notice.announcement.kind is NoticeKind.BROADCAST
    ]
    assert len(told) > 3
    assert any(notice.announcement.audience != EVERYONE for notice in told)
    assert sum(notice.count(DeliveryState.SENT) for notice in told) > 20
    assert "announcement of an organiser" in in_words(account, catalogues(), "en")
    assert account.played.lives[0].person.searched == {}


@pytest.fixture(scope="module")
def told_often() -> Account:
    """A vote during which the organiser announces much."""
    return rehearse(script(VOTE, residents=12, broadcasts=24))


def test_the_towns_group_and_channel_are_told_what_concerns_everybody(told_often: Account) -> None:
    account = told_often
    assert_sound(account)
    assert_every_copy_accounted_for(account)
    kinds = {notice.announcement.id: notice.announcement.kind for notice in account.notices}
    for told in account.places:
        posted = Counter(kinds[number] for number in told.ledger)
        assert posted[NoticeKind.STAGE_OPENED] > 1
        assert posted[NoticeKind.LAST_DAYS] > 1
        assert posted[NoticeKind.BROADCAST] > 1
        assert posted[NoticeKind.REMINDER] == 0
    posts = [told.html for told in account.played.messenger.traffic.posted]
    assert any("ұйымдастырушыларынан" in html and "От организаторов" in html for html in posts)
    report = in_words(account, catalogues(), "en")
    assert f"Messages to groups and channels: {account.load.posts}" in report
    assert "| Біздің аула |" in report


def test_a_photo_or_a_document_goes_with_some_announcements(told_often: Account) -> None:
    broadcasts = [
        Broadcast.read(notice.announcement.parameters)
        for notice in told_often.notices
        if notice.announcement.kind is NoticeKind.BROADCAST
        and notice.count(DeliveryState.SENT) > 0
    ]
    assert any(broadcast.photo is not None for broadcast in broadcasts)
    assert any(broadcast.document is not None for broadcast in broadcasts)
    assert any(not broadcast.has_attachment for broadcast in broadcasts)


def test_where_the_town_wants_it_a_second_organiser_approves_or_sends_back() -> None:
    strict = replace(sample.community(), broadcasts_need_second_organiser=True)
    account = rehearse(replace(script(VOTE, residents=12, broadcasts=12), town=strict))
    assert_sound(account)
    assert_every_copy_accounted_for(account)
    kinds = Counter(notice.announcement.kind for notice in account.notices)
    assert kinds[NoticeKind.BROADCAST] == kinds[NoticeKind.BROADCAST_APPROVED] > 2
    assert kinds[NoticeKind.BROADCAST_SENT_BACK] > 0
    assert kinds[NoticeKind.BROADCAST_HANDED_IN] > kinds[NoticeKind.BROADCAST]
    author, second, *_others = account.played.lives
    assert (author.person.searched, second.person.searched) == ({}, {})
    rewritten = [
        notice
        for notice in account.notices
        if CORRECTED["ru"] in str(notice.announcement.parameters)
        and notice.announcement.kind is NoticeKind.BROADCAST
    ]
    assert sum(notice.count(DeliveryState.SENT) for notice in rewritten) > 10
    report = in_words(account, catalogues(), "en")
    assert "approval asked of the other organisers" in report
    assert "asked its author to change it" in report


def test_a_year_of_two_cycles_and_a_consultation_with_downtimes() -> None:
    spring = dated(sample.cycle("vote.yaml"), FIRST_DAY + timedelta(days=60))
    autumn = dated(sample.cycle("ideas.yaml"), FIRST_DAY + timedelta(days=200))
    downtimes = [
        Downtime(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)),
        Downtime(datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, 0, 30, tzinfo=UTC)),
    ]
    account = rehearse(
        script(spring, BUDGET, autumn, residents=12, downtimes=downtimes, broadcasts=12)
    )
    assert_sound(account)
    assert_every_copy_accounted_for(account)
    assert len({notice.cycle.slug for notice in account.notices if notice.cycle}) == 3
