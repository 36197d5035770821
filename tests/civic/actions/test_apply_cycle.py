"""Applying a cycle's file, again and again."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from civic.actions.apply_community import Applied
from civic.actions.apply_cycle import ApplyCycle
from civic.exchange.cycle_file import CycleToApply, read_cycle
from civic.exchange.problems import InvalidFile
from civic.model.announcement import NoticeKind
from civic.model.community import Community
from civic.model.cycle import (
    Cycle,
    CycleKind,
    Rules,
    Stage,
    StageAction,
    StageKind,
    StageState,
    TieBreak,
)
from civic.model.project import Project
from civic.model.refusal import Reason, Refused
from civic.model.results import Outcome, ResultsProtocol
from civic.ports import Work
from civic.rules.fingerprint import rules_hash
from tests.fakes import FrozenClock

Content = dict[str, Any]
REASON: Final = "The hall is closed until then."

VOTING: Final = {
    "ballot": "approval",
    "max_choices": 2,
    "fund": 1000,
    "more_than": 10,
    "when_short": "skip",
    "ties": ["lower_cost", "earlier_submission"],
    "seed": "",
    "binding": True,
    "minimum_age": 16,
    "tally": "greedy",
}


def _text(words: str) -> dict[str, str]:
    return {"kk": words, "ru": words, "en": words}


def _day(day: int, at: str = "09:00") -> dict[str, object]:
    return {"day": day, "at": at}


def _project(code: str, cost: int | None = 300) -> Content:
    return {
        "code": code,
        "titles": _text(code),
        "about": _text("About"),
        "place": _text("Park"),
        "district": "center",
        "topic": "parks",
        "cost": cost,
        "cost_is_sample": True,
    }


def _vote(voting_day: int = 3) -> Content:
    """Return a cycle whose voting opens on `voting_day`; ideas are collected until then."""
    return {
        "community": "khromtau",
        "slug": "vote",
        "kind": "participatory_budget",
        "titles": _text("Yards"),
        "about": _text("About the yards"),
        "stages": [
            {"kind": "ideas", "opens": _day(-20), "closes": _day(voting_day)},
            {"kind": "voting", "opens": _day(voting_day), "closes": _day(voting_day + 7)},
            {"kind": "results", "opens": _day(voting_day + 7), "closes": _day(voting_day + 14)},
        ],
        "rules": {"ideas": {"max_cost": 1000, "max_photos": 3}, "voting": dict(VOTING)},
        "projects": [_project("alley"), _project("lights", 800)],
    }


def _finished() -> Content:
    content = _vote()
    content["stages"] = [
        {"kind": "voting", "opens": "2020-10-19 00:00", "closes": "2020-11-09 00:00"}
    ]
    del content["rules"]["ideas"]
    content["projects"] = [_project("lights", None), _project("alley", None)]
    content["published_results"] = {
        "published": "2020-11-30 12:00",
        "ballots": None,
        "votes": 120,
        "spent": 900,
        "projects": [
            {"code": "lights", "votes": 9, "outcome": "below_threshold"},
            {"code": "alley", "votes": 100, "outcome": "funded"},
        ],
    }
    return content


class FakePhotos:
    """Reads whatever begins with «photo»."""

    async def clean(self, content: bytes) -> bytes:
        if not content.startswith(b"photo"):
            raise Refused(Reason.PHOTO_UNREADABLE)
        return b"clean " + content


def _file(content: Content, photos: Mapping[str, bytes] | None = None) -> CycleToApply:
    return read_cycle(json.dumps(content, ensure_ascii=False), "vote.yaml", (photos or {}).get)


class Office:
    """Applies files, and looks at what came of it."""

    def __init__(self, work: Work, clock: FrozenClock, town: Community) -> None:
        """Work for `town`."""
        self.work = work
        self.clock = clock
        self.town = town
        self.apply_cycle = ApplyCycle(work, clock, FakePhotos())

    async def apply(
        self,
        content: Content,
        photos: Mapping[str, bytes] | None = None,
        reason: str = REASON,
    ) -> Applied:
        return await self.apply_cycle(_file(content, photos), reason)

    async def told(self) -> list[tuple[NoticeKind, int | None, object]]:
        """Return what everyone is told, with stage and reason, in the order of its writing."""
        async with self.work.read() as work:
            found = await work.announcements.latest(100)
        return [(one.kind, one.stage_id, one.parameters.get("reason")) for one in reversed(found)]

    async def logged(
        self,
    ) -> list[tuple[int, StageAction, datetime | None, datetime | None, str]]:
        """Return the public log, from its beginning."""
        cycle = await self.cycle()
        async with self.work.read() as work:
            found = await work.cycles.changes(cycle.id)
        return [
            (change.stage_id, change.action, change.before, change.after, change.reason)
            for change in reversed(found)
        ]

    async def faults(self, content: Content) -> list[str]:
        with pytest.raises(InvalidFile) as caught:
            await self.apply(content)
        return [str(problem).removeprefix("vote.yaml: ") for problem in caught.value.problems]

    async def frozen(self, content: Content) -> str:
        with pytest.raises(Refused) as caught:
            await self.apply(content)
        assert caught.value.reason is Reason.RULES_FROZEN
        return str(caught.value.facts["changed"])

    async def cycle(self) -> Cycle:
        async with self.work.read() as work:
            found = await work.cycles.by_slug(self.town.id, "vote")
        assert found is not None
        return found

    async def stage(self, kind: StageKind) -> Stage:
        found = (await self.cycle()).stage(kind)
        assert found is not None
        return found

    async def projects(self) -> list[Project]:
        cycle = await self.cycle()
        async with self.work.read() as work:
            return list(await work.projects.in_cycle(cycle.id))

    async def protocol(self) -> ResultsProtocol | None:
        cycle = await self.cycle()
        async with self.work.read() as work:
            return await work.protocols.get(cycle.id)

    async def move(
        self,
        kind: StageKind,
        *,
        opens_at: datetime | None = None,
        closes_at: datetime | None = None,
    ) -> None:
        """Move dates as an organiser does in the chat."""
        stage = await self.stage(kind)
        moved = replace(
            stage,
            opens_at=opens_at or stage.opens_at,
            closes_at=closes_at or stage.closes_at,
        )
        async with self.work.write() as work:
            await work.cycles.save_stage(moved)
            await work.commit()


@pytest.fixture
def office(work: Work, clock: FrozenClock, town: Community) -> Office:
    """An organiser's office in the small town, on 10 March 2026 at 10:00."""
    return Office(work, clock, town)


async def test_a_new_cycle_is_stored_with_its_rules_and_projects(office: Office) -> None:
    assert await office.apply(_vote()) is Applied.CREATED
    cycle = await office.cycle()
    assert cycle.titles == _text("Yards")
    assert cycle.rules.voting is not None
    assert cycle.rules.voting.ties == (TieBreak.LOWER_COST, TieBreak.EARLIER_SUBMISSION)
    assert [(p.code, p.cost, p.position) for p in await office.projects()] == [
        ("alley", 300, 1),
        ("lights", 800, 2),
    ]


async def test_stages_that_are_past_or_running_start_out_so_and_nobody_is_told(
    office: Office,
) -> None:
    content = _vote(voting_day=-2)
    await office.apply(content)
    cycle = await office.cycle()
    assert [stage.state for stage in cycle.stages] == [
        StageState.CLOSED,
        StageState.OPEN,
        StageState.PLANNED,
    ]
    async with office.work.read() as work:
        assert await work.cycles.changes(cycle.id) == []
        assert await work.announcements.get(1) is None


async def test_rules_of_a_vote_that_runs_already_are_fixed_at_once(office: Office) -> None:
    await office.apply(_vote(voting_day=-2))
    cycle = await office.cycle()
    assert cycle.rules_hash == rules_hash(cycle, await office.projects())


async def test_rules_of_a_vote_ahead_are_not_fixed_yet(office: Office) -> None:
    await office.apply(_vote())
    assert (await office.cycle()).rules_hash == ""


async def test_an_unchanged_file_changes_nothing(office: Office) -> None:
    await office.apply(_vote())
    before = await office.cycle()
    assert await office.apply(_vote()) is Applied.UNCHANGED
    assert await office.cycle() == before


async def test_days_keep_being_counted_from_the_first_time(office: Office) -> None:
    await office.apply(_vote())
    office.clock.move(timedelta(days=2))
    assert await office.apply(_vote()) is Applied.UNCHANGED
    content = _vote()
    content["stages"][2]["closes"] = _day(30)
    assert await office.apply(content) is Applied.UPDATED
    results = await office.stage(StageKind.RESULTS)
    assert results.closes_at == datetime(2026, 4, 9, 4, 0, tzinfo=UTC)


async def test_changed_texts_are_taken_over_also_while_voting(office: Office) -> None:
    content = _vote(voting_day=-2)
    await office.apply(content)
    content["titles"]["en"] = "Yards and parks"
    content["projects"][0]["about"]["en"] = "More about it"
    assert await office.apply(content) is Applied.UPDATED
    assert (await office.cycle()).titles["en"] == "Yards and parks"
    assert (await office.projects())[0].about["en"] == "More about it"


async def test_dates_moved_in_the_chat_stay_when_the_file_did_not_change_them(
    office: Office,
) -> None:
    content = _vote()
    await office.apply(content)
    later = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
    await office.move(StageKind.RESULTS, opens_at=later)
    await office.move(StageKind.VOTING, closes_at=later)
    content["titles"]["en"] = "Other"
    await office.apply(content)
    assert (await office.stage(StageKind.VOTING)).closes_at == later
    assert (await office.stage(StageKind.RESULTS)).opens_at == later


async def test_notices_worded_in_the_chat_stay_when_the_file_did_not_change_them(
    office: Office,
) -> None:
    content = _vote()
    content["stages"][0]["notices"] = {
        "stage_opened": _text("Ideas are open."),
        "last_days": _text("Hurry up!"),
        "reminder": _text("Finish it."),
    }
    await office.apply(content)
    ideas = await office.stage(StageKind.IDEAS)
    in_chat = {**ideas.texts, "half_way": {"ru": "Половина позади."}}
    async with office.work.write() as work:
        await work.cycles.save_stage(replace(ideas, texts=in_chat))
        await work.commit()
    content["stages"][0]["notices"] = {
        "stage_opened": _text("Come on in."),
        "reminder": _text("Finish it."),
    }
    await office.apply(content)
    assert (await office.stage(StageKind.IDEAS)).texts == {
        "stage_opened": _text("Come on in."),
        "half_way": {"ru": "Половина позади."},
        "reminder": _text("Finish it."),
    }


async def test_what_was_cancelled_in_the_chat_stays_cancelled(office: Office) -> None:
    content = _vote()
    await office.apply(content)
    voting = await office.stage(StageKind.VOTING)
    async with office.work.write() as work:
        await work.cycles.save_stage(replace(voting, state=StageState.CANCELLED))
        await work.commit()
    content["titles"]["en"] = "Other"
    assert await office.apply(content) is Applied.UPDATED
    cycle = await office.cycle()
    assert [stage.kind for stage in cycle.stages] == [StageKind.IDEAS, StageKind.RESULTS]
    assert [stage.kind for stage in cycle.cancelled] == [StageKind.VOTING]
    content["stages"][1] |= {"opens": _day(4)}
    with pytest.raises(InvalidFile) as caught:
        await office.apply(content)
    (problem,) = caught.value.problems
    assert "stages[1]: expected the dates as they were, because the stage was cancelled" in str(
        problem
    )


async def test_stages_ahead_can_be_moved_added_and_taken_out_and_everyone_is_told_why(
    office: Office,
) -> None:
    content = _vote()
    await office.apply(content)
    before = await office.cycle()
    content["stages"][1] |= {"opens": _day(4), "closes": _day(9)}
    content["stages"][2] = {"kind": "building", "opens": _day(20), "closes": _day(90)}
    await office.apply(content, reason=REASON)
    cycle = await office.cycle()
    assert [stage.kind for stage in cycle.stages] == [
        StageKind.IDEAS,
        StageKind.VOTING,
        StageKind.BUILDING,
    ]
    assert [stage.kind for stage in cycle.cancelled] == [StageKind.RESULTS]
    voting, building = cycle.stages[1:]
    assert voting.opens_at == datetime(2026, 3, 14, 4, 0, tzinfo=UTC)
    assert building.state is StageState.PLANNED
    assert await office.told() == [
        (NoticeKind.STAGE_MOVED, voting.id, REASON),
        (NoticeKind.STAGE_CANCELLED, before.stages[2].id, REASON),
    ]
    assert await office.logged() == [
        (voting.id, StageAction.MOVED, before.stages[1].opens_at, voting.opens_at, REASON),
        (
            before.stages[2].id,
            StageAction.CANCELLED,
            before.stages[2].opens_at,
            None,
            REASON,
        ),
    ]


async def test_a_stage_that_was_taken_out_does_not_come_back(office: Office) -> None:
    content = _vote()
    await office.apply(content)
    results = content["stages"].pop()
    await office.apply(content, reason=REASON)
    content["titles"]["en"] = "Other"
    assert await office.apply(content) is Applied.UPDATED
    content["stages"].append(results)
    assert await office.faults(content) == [
        (
            "stages[2]: expected no «results», because the stage was cancelled, "
            "as everyone was told, found 2026-03-20 09:00"
        )
    ]


async def test_stages_that_only_follow_are_told_of_together(office: Office) -> None:
    content = _vote()
    await office.apply(content)
    for number, stage in enumerate(_vote(voting_day=5)["stages"]):
        content["stages"][number] = stage
    await office.apply(content, reason=REASON)
    cycle = await office.cycle()
    ideas, voting, results = cycle.stages
    assert await office.told() == [(NoticeKind.STAGE_EXTENDED, ideas.id, REASON)]
    async with office.work.read() as work:
        announcement = await work.announcements.get(1)
    assert announcement is not None
    assert announcement.parameters["along"] == {
        "voting": voting.opens_at.isoformat(),
        "results": results.opens_at.isoformat(),
    }
    assert [action for _id, action, *_rest in await office.logged()] == [
        StageAction.EXTENDED,
        StageAction.MOVED,
        StageAction.MOVED,
    ]


@pytest.mark.parametrize("reason", ["", "  ", "so", "long " * 200], ids=len)
async def test_dates_do_not_change_without_a_reason(office: Office, reason: str) -> None:
    content = _vote()
    await office.apply(content)
    before = await office.cycle()
    content["titles"]["en"] = "Other"
    content["stages"].pop()
    content["stages"][1]["closes"] = _day(11)
    with pytest.raises(Refused) as caught:
        await office.apply(content, reason=reason)
    assert caught.value.reason is Reason.REASON_NEEDED
    assert caught.value.facts["changed"] == "voting, results"
    assert await office.cycle() == before
    assert await office.told() == []


async def test_words_change_without_a_reason_and_nobody_is_told(office: Office) -> None:
    content = _vote()
    await office.apply(content)
    content["stages"][1]["notices"] = {"stage_opened": _text("Come on in.")}
    content["stages"].append({"kind": "building", "opens": _day(20), "closes": _day(90)})
    assert await office.apply(content, reason="") is Applied.UPDATED
    assert await office.told() == []
    assert await office.logged() == []


async def test_an_open_stage_can_be_extended_and_everyone_is_told(office: Office) -> None:
    content = _vote()
    await office.apply(content)
    before = await office.stage(StageKind.IDEAS)
    content["stages"][0]["closes"] = _day(3, "12:00")
    content["stages"][1]["opens"] = _day(3, "12:00")
    await office.apply(content, reason=REASON)
    ideas, voting = (await office.cycle()).stages[:2]
    assert ideas.closes_at == before.closes_at + timedelta(hours=3)
    assert await office.logged() == [
        (ideas.id, StageAction.EXTENDED, before.closes_at, ideas.closes_at, REASON),
        (voting.id, StageAction.MOVED, before.closes_at, voting.opens_at, REASON),
    ]
    async with office.work.read() as work:
        announcement = await work.announcements.get(1)
    assert announcement is not None
    assert announcement.kind is NoticeKind.STAGE_EXTENDED
    assert announcement.parameters["closed_before"] == before.closes_at.isoformat()


def _close_ideas(content: Content) -> None:
    content["stages"][0]["closes"] = _day(1)


def _reopen_ideas(content: Content) -> None:
    content["stages"][0]["opens"] = _day(-10)


def _drop_ideas(content: Content) -> None:
    del content["stages"][0]
    del content["rules"]["ideas"]


def _vote_in_the_past(content: Content) -> None:
    content["stages"][0]["closes"] = _day(-10)
    content["stages"][1] |= {"opens": _day(-9), "closes": _day(-8)}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            _close_ideas,
            [
                (
                    "stages[0].closes: expected 2026-03-13 09:00 or later (an organiser can do "
                    "that in the chat, with a reason that everyone can read), "
                    "found 2026-03-11 09:00"
                )
            ],
        ),
        (
            _reopen_ideas,
            [
                (
                    "stages[0].opens: expected 2026-02-18 09:00, because the stage has opened, "
                    "found 2026-02-28 09:00"
                )
            ],
        ),
        (_drop_ideas, ["stages: expected the stage «ideas», which has opened, found none"]),
        (
            _vote_in_the_past,
            [
                (
                    "stages[0].closes: expected 2026-03-13 09:00 or later (an organiser can do "
                    "that in the chat, with a reason that everyone can read), "
                    "found 2026-02-28 09:00"
                ),
                "stages[1].opens: expected a moment that is still ahead, found 2026-03-01 09:00",
                "stages[1].closes: expected a moment that is still ahead, found 2026-03-02 09:00",
            ],
        ),
    ],
)
async def test_what_has_happened_cannot_be_changed_by_a_file(
    office: Office, change: Callable[[Content], None], faults: list[str]
) -> None:
    content = _vote()
    await office.apply(content)
    before = await office.cycle()
    change(content)
    assert await office.faults(content) == faults
    assert await office.cycle() == before


async def test_a_stage_that_is_over_keeps_its_dates(office: Office) -> None:
    content = _vote(voting_day=-2)
    await office.apply(content)
    content["stages"][0]["closes"] = _day(-3)
    assert await office.faults(content) == [
        "stages[0].closes: expected 2026-03-08 09:00, because it is over, found 2026-03-07 09:00"
    ]


async def test_a_file_may_not_make_stages_overlap_with_dates_moved_in_the_chat(
    office: Office,
) -> None:
    content = _vote()
    await office.apply(content)
    await office.move(StageKind.RESULTS, opens_at=datetime(2026, 3, 22, 4, 0, tzinfo=UTC))
    await office.move(StageKind.VOTING, closes_at=datetime(2026, 3, 22, 4, 0, tzinfo=UTC))
    content["stages"][2]["opens"] = _day(11)
    assert await office.faults(content) == [
        (
            "stages[2].opens: expected not before 2026-03-22 09:00, when «voting» now closes, "
            "found 2026-03-21 09:00"
        )
    ]


async def test_a_close_moved_before_an_opening_moved_in_the_chat_is_a_fault(
    office: Office,
) -> None:
    content = _vote()
    await office.apply(content)
    await office.move(StageKind.RESULTS, opens_at=datetime(2026, 3, 22, 4, 0, tzinfo=UTC))
    content["stages"][2]["closes"] = _day(11)
    assert await office.faults(content) == [
        (
            "stages[2].closes: expected 2026-03-23 09:00 or later (a stage that becomes shorter "
            "lasts 1 day at least), found 2026-03-21 09:00"
        )
    ]


def _dated() -> Content:
    """Return the vote with dates in place of days; it opens in three days, three after ideas."""
    content = _vote()
    for stage, (opens, closes) in zip(
        content["stages"],
        [
            ("2026-02-18 09:00", "2026-03-10 09:30"),
            ("2026-03-13 09:00", "2026-03-20 09:00"),
            ("2026-03-20 09:00", "2026-03-27 09:00"),
        ],
        strict=True,
    ):
        stage |= {"opens": opens, "closes": closes}
    return content


@pytest.mark.parametrize(
    ("stage", "dates", "faults"),
    [
        (
            1,
            {"opens": "2026-03-10 09:59"},
            ["stages[1].opens: expected a moment that is still ahead, found 2026-03-10 09:59"],
        ),
        (
            2,
            {"opens": "2027-03-21 09:01", "closes": "2027-03-28 09:01"},
            [
                (
                    "stages[2].opens: expected at most 366 days before or after 2026-03-20 09:00, "
                    "as it is now, found 2027-03-21 09:01"
                ),
                (
                    "stages[2].closes: expected at most 366 days before or after 2026-03-27 09:00"
                    ", as it is now, found 2027-03-28 09:01"
                ),
            ],
        ),
        (
            2,
            {"closes": "2026-03-21 08:59"},
            [
                (
                    "stages[2].closes: expected 2026-03-21 09:00 or later (a stage that becomes "
                    "shorter lasts 1 day at least), found 2026-03-21 08:59"
                )
            ],
        ),
        (
            2,
            {"opens": "2026-03-26 09:01"},
            [
                (
                    "stages[2].closes: expected 2026-03-27 09:01 or later (a stage that becomes "
                    "shorter lasts 1 day at least), found 2026-03-27 09:00"
                )
            ],
        ),
    ],
)
async def test_a_file_may_move_a_stage_ahead_no_further_than_an_organiser_in_the_chat(
    office: Office, stage: int, dates: dict[str, str], faults: list[str]
) -> None:
    content = _dated()
    await office.apply(content)
    before = await office.cycle()
    content["stages"][stage] |= dates
    assert await office.faults(content) == faults
    assert await office.cycle() == before


async def test_an_open_stage_is_not_made_longer_by_more_than_a_year(office: Office) -> None:
    content = _vote(voting_day=400)
    content["stages"][0]["closes"] = _day(3)
    await office.apply(content)
    content["stages"][0]["closes"] = _day(3 + 366, "09:01")
    assert await office.faults(content) == [
        (
            "stages[0].closes: expected at most 366 days before or after 2026-03-13 09:00, "
            "as it is now, found 2027-03-14 09:01"
        )
    ]


@pytest.mark.parametrize(
    ("dates", "faults"),
    [
        ({"opens": "2026-03-10 10:01", "closes": "2026-03-10 10:02"}, []),
        (
            {"opens": "2026-03-10 10:00", "closes": "2026-03-10 10:01"},
            ["stages[1].opens: expected a moment that is still ahead, found 2026-03-10 10:00"],
        ),
        (
            {"opens": "2026-03-10 09:30", "closes": "2026-03-10 10:00"},
            [
                "stages[1].opens: expected a moment that is still ahead, found 2026-03-10 09:30",
                "stages[1].closes: expected a moment that is still ahead, found 2026-03-10 10:00",
            ],
        ),
    ],
)
async def test_a_stage_that_is_added_lies_ahead(
    office: Office, dates: dict[str, str], faults: list[str]
) -> None:
    content = _dated()
    await office.apply(content)
    content["stages"].insert(1, {"kind": "review", **dates})
    if faults:
        assert await office.faults(content) == faults
    else:
        assert await office.apply(content) is Applied.UPDATED


async def test_an_unchanged_file_is_fine_when_its_dates_have_passed(office: Office) -> None:
    content = _dated()
    await office.apply(content)
    office.clock.move(timedelta(days=4))
    assert await office.apply(content) is Applied.UNCHANGED
    content["about"] = _text("Other words")
    assert await office.apply(content) is Applied.UPDATED
    office.clock.move(timedelta(days=400))
    assert await office.apply(content) is Applied.UNCHANGED


async def test_a_cycle_stays_of_its_kind(office: Office) -> None:
    await office.apply(_vote())
    content = _vote()
    content |= {
        "kind": "consultation",
        "stages": [{"kind": "answers", "opens": _day(1), "closes": _day(2)}],
        "rules": {},
        "projects": [],
    }
    assert await office.faults(content) == [
        "kind: expected participatory_budget, as the cycle «vote» is, found consultation"
    ]


async def test_rules_and_projects_can_change_until_voting_opens(office: Office) -> None:
    content = _vote()
    await office.apply(content)
    lights = (await office.projects())[1]
    content["rules"]["voting"]["fund"] = 2000
    content["projects"] = [_project("lights", 900), _project("track")]
    assert await office.apply(content) is Applied.UPDATED
    cycle = await office.cycle()
    assert cycle.rules.voting is not None
    assert cycle.rules.voting.fund == 2000
    assert [(p.code, p.cost) for p in await office.projects()] == [("lights", 900), ("track", 300)]
    assert (await office.projects())[0].id == lights.id


def _more_money(content: Content) -> None:
    content["rules"]["voting"]["fund"] = 2000
    content["rules"]["voting"]["max_choices"] = 5


def _dearer(content: Content) -> None:
    content["projects"][1]["cost"] = 801


def _renamed(content: Content) -> None:
    content["projects"][0]["titles"]["kk"] = "Басқа"


def _added(content: Content) -> None:
    content["projects"].append(_project("track"))


def _removed(content: Content) -> None:
    del content["projects"][0]


def _reordered(content: Content) -> None:
    content["projects"].reverse()


FROZEN: Final = [
    (_more_money, "rules.voting.max_choices, rules.voting.fund"),
    (_dearer, "cost of project «lights»"),
    (_renamed, "titles of project «alley»"),
    (_added, "project «track» added"),
    (_removed, "project «alley» removed"),
    (_reordered, "order of projects"),
]


@pytest.mark.parametrize(("change", "changed"), FROZEN)
async def test_a_vote_that_is_open_cannot_be_changed(
    office: Office, change: Callable[[Content], None], changed: str
) -> None:
    content = _vote(voting_day=-2)
    await office.apply(content)
    before, projects = await office.cycle(), await office.projects()
    change(content)
    assert await office.frozen(content) == changed
    assert (await office.cycle(), await office.projects()) == (before, projects)


async def test_a_vote_whose_time_has_come_is_open_whether_or_not_the_clock_said_so(
    office: Office,
) -> None:
    content = _vote()
    await office.apply(content)
    office.clock.move(timedelta(days=4))
    _more_money(content)
    assert "rules.voting.fund" in await office.frozen(content)


async def test_a_counted_vote_cannot_get_other_results(office: Office) -> None:
    content = _vote(voting_day=-2)
    await office.apply(content)
    office.clock.move(timedelta(days=6))
    content["published_results"] = _finished()["published_results"]
    assert await office.frozen(content) == "published_results"
    del content["published_results"]
    content["titles"]["en"] = "Other"
    assert await office.apply(content) is Applied.UPDATED


async def test_a_finished_round_is_taken_over_with_its_published_results(office: Office) -> None:
    await office.apply(_finished())
    cycle, protocol = await office.cycle(), await office.protocol()
    assert protocol is not None
    ids = {project.code: project.id for project in await office.projects()}
    assert [
        (one.project_id, one.votes, one.outcome, one.rank, one.cost) for one in protocol.results
    ] == [
        (ids["alley"], 100, Outcome.FUNDED, 1, None),
        (ids["lights"], 9, Outcome.BELOW_THRESHOLD, 2, None),
    ]
    assert protocol.published_elsewhere
    assert (protocol.ballots, protocol.votes, protocol.spent, protocol.fund) == (
        None,
        120,
        900,
        1000,
    )
    assert protocol.rules_hash == cycle.rules_hash != ""
    assert protocol.counted_at == datetime(2020, 11, 30, 6, 0, tzinfo=UTC)
    assert cycle.stages[0].state is StageState.CLOSED


async def test_published_results_stay_as_they_are(office: Office) -> None:
    content = _finished()
    await office.apply(content)
    changed = deepcopy(content)
    changed["published_results"]["projects"][0]["votes"] = 11
    assert await office.frozen(changed) == "published_results"
    del changed["published_results"]
    changed["projects"][0]["cost"] = changed["projects"][1]["cost"] = 5
    assert "cost of project «lights»" in await office.frozen(changed)
    content["about"]["en"] = "In other words"
    assert await office.apply(content) is Applied.UPDATED


async def test_a_vote_that_was_over_before_needs_its_results(office: Office) -> None:
    content = _vote(voting_day=-9)
    assert await office.faults(content) == [
        "published_results: expected the results, because voting is over already, found nothing"
    ]


async def test_results_cannot_be_published_before_voting_is_over(office: Office) -> None:
    early = "published_results: expected none before voting is over, found results"
    content = _vote()
    content["published_results"] = _finished()["published_results"]
    assert await office.faults(content) == [early]
    await office.apply(_vote())
    assert await office.faults(content) == [early]


async def test_a_photo_is_cleaned_and_kept_with_its_project(office: Office) -> None:
    content = _vote()
    content["projects"][1]["photo"] = "lights.jpg"
    await office.apply(content, {"lights.jpg": b"photo 1"})
    photo = (await office.projects())[1].photo
    assert photo is not None
    async with office.work.read() as work:
        assert await work.pictures.get(photo) == (b"clean photo 1", "image/jpeg")
    assert await office.apply(content, {"lights.jpg": b"photo 1"}) is Applied.UNCHANGED
    assert await office.apply(content, {"lights.jpg": b"photo 2"}) is Applied.UPDATED
    assert (await office.projects())[1].photo != photo


async def test_an_unreadable_photo_is_named(office: Office) -> None:
    content = _vote()
    content["projects"][1]["photo"] = "lights.jpg"
    with pytest.raises(InvalidFile) as caught:
        await office.apply(content, {"lights.jpg": b"%PDF"})
    assert str(caught.value) == (
        "vote.yaml: lights.jpg: expected a readable photo, found something else"
    )


async def test_a_town_that_was_not_set_up_is_named(office: Office) -> None:
    content = _vote()
    content["community"] = "aksu"
    assert await office.faults(content) == [
        (
            "community: expected the slug of a town set up before, or of one whose file comes "
            "along, found «aksu»"
        )
    ]


async def test_districts_and_topics_are_those_of_the_town(office: Office) -> None:
    content = _vote()
    content["projects"][0]["district"] = "moon"
    content["projects"][1] |= {"topic": "rockets", "district": None}
    content["projects"].append(_project("track") | {"topic": None})
    assert await office.faults(content) == [
        "projects[0].district: expected one of center, east, found «moon»",
        "projects[1].topic: expected one of sport, parks, found «rockets»",
    ]


async def test_a_cycle_that_came_from_no_file_is_left_alone(office: Office) -> None:
    stage = Stage(
        0,
        0,
        StageKind.ANSWERS,
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 2, 1, tzinfo=UTC),
        StageState.CLOSED,
    )
    async with office.work.write() as work:
        await work.cycles.add(
            Cycle(
                id=0,
                community_id=office.town.id,
                slug="vote",
                kind=CycleKind.CONSULTATION,
                titles={},
                about={},
                rules=Rules(),
                rules_hash="",
                stages=(stage,),
            )
        )
        await work.commit()
    with pytest.raises(Refused) as caught:
        await office.apply(_vote())
    assert caught.value.reason is Reason.NOT_FOUND
