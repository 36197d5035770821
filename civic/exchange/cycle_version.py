"""A cycle's file as it was applied, and what a changed file means for a calendar that moved on."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from civic.exchange.cycle_file import CycleToApply
from civic.exchange.problems import Problem
from civic.model.cycle import Cycle, Stage, StageKind, StageState
from civic.model.refusal import Refused
from civic.model.text import LocalText
from civic.rules.fingerprint import canonical
from civic.rules.rescheduling import LEAST_NOTICE, require_closing, require_opening

Dates = tuple[datetime, datetime]
"""Opening and closing of a stage, UTC."""

_IN_CHAT: Final = "an organiser can do that in the chat, with a reason that everyone can read"


@dataclass(frozen=True, slots=True)
class CycleVersion:
    """What a cycle's file said when it was applied."""

    anchor: date
    """The day on which the cycle was first applied, day 0 of dates counted in days."""
    calendar: Mapping[StageKind, Dates]
    texts: Mapping[StageKind, Mapping[str, LocalText]]
    """Notices of each stage in the organisers' own words, by their kind."""
    projects: Sequence[str]
    """Codes of the projects."""
    source: str
    """Canonical JSON of all of it; equal for files that say the same."""

    @classmethod
    def of(cls, file: CycleToApply, zone: ZoneInfo, anchor: date) -> Self:
        """Return what `file` says in a town of that `zone`."""
        calendar = file.content.calendar(zone, anchor)
        texts = {part.kind: part.notices.texts() for part in file.content.stages}
        projects = [part.code for part in file.content.projects]
        source = {
            "anchor": anchor.isoformat(),
            "calendar": {
                kind: [moment.isoformat() for moment in dates] for kind, dates in calendar.items()
            },
            "texts": texts,
            "projects": projects,
            "photos": {name: sha256(content).hexdigest() for name, content in file.photos.items()},
            "content": file.content.model_dump(mode="json"),
        }
        return cls(anchor, calendar, texts, projects, canonical(source))

    @classmethod
    def stored(cls, source: str) -> Self:
        """Return the version that was stored as `source`."""
        found: dict[str, Any] = json.loads(source)
        calendar = {
            StageKind(kind): (datetime.fromisoformat(opens), datetime.fromisoformat(closes))
            for kind, (opens, closes) in found["calendar"].items()
        }
        texts = {StageKind(kind): found["texts"][kind] for kind in found["texts"]}
        anchor = date.fromisoformat(found["anchor"])
        return cls(anchor, calendar, texts, found["projects"], source)


def state_at(opens_at: datetime, closes_at: datetime, now: datetime) -> StageState:
    """Return the state that dates amount to at `now`."""
    if closes_at <= now:
        return StageState.CLOSED
    return StageState.OPEN if opens_at <= now else StageState.PLANNED


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """Brings the calendar of a cycle to its changed file, keeping what was moved in the chat.

    The states of the cycle's stages are those of the moment `now`.
    """

    file: CycleToApply
    cycle: Cycle
    applied: CycleVersion
    """What the file said when it was last applied."""
    wanted: CycleVersion
    zone: ZoneInfo
    now: datetime

    def stages(self) -> tuple[Stage, ...]:
        """Return the calendar as it is to be; stages with id 0 are new."""
        merged = []
        for kind, dates in self.wanted.calendar.items():
            if kind in self._cancelled():
                continue
            texts = self.wanted.texts[kind]
            current = self.cycle.stage(kind)
            if current is None:
                merged.append(Stage(0, self.cycle.id, kind, *dates, StageState.PLANNED, texts))
                continue
            now = (current.opens_at, current.closes_at)
            before = self.applied.calendar.get(kind, (None, None))
            # What the file did not change stays as it is now, also when it was moved since.
            opens_at, closes_at = (
                now[side] if dates[side] == before[side] else dates[side] for side in (0, 1)
            )
            merged.append(
                replace(
                    current,
                    opens_at=opens_at,
                    closes_at=closes_at,
                    texts=_merged(current.texts, self.applied.texts.get(kind, {}), texts),
                )
            )
        return tuple(merged)

    def _cancelled(self) -> frozenset[StageKind]:
        return frozenset(stage.kind for stage in self.cycle.cancelled)

    def removed(self) -> tuple[Stage, ...]:
        """Return the stages that the file no longer has."""
        kept = self.wanted.calendar
        return tuple(stage for stage in self.cycle.stages if stage.kind not in kept)

    def problems(self) -> Iterator[Problem]:
        """Yield what cannot be, because of what has happened or because stages would overlap."""
        for stage in self.removed():
            if stage.state is not StageState.PLANNED:
                yield self.file.problem(
                    "stages", f"the stage «{stage.kind}», which has opened", "none"
                )
        yield from self._revivals()
        closed: Stage | None = None
        order = list(self.wanted.calendar)
        for stage in self.stages():
            where = f"stages[{order.index(stage.kind)}]"
            yield from self._stage_problems(where, self.cycle.stage(stage.kind), stage)
            if closed is not None and stage.opens_at < closed.closes_at:
                expected = (
                    f"not before {self._local(closed.closes_at)}, when «{closed.kind}» now closes"
                )
                yield self.file.problem(f"{where}.opens", expected, self._local(stage.opens_at))
            closed = stage

    def _revivals(self) -> Iterator[Problem]:
        for index, (kind, dates) in enumerate(self.wanted.calendar.items()):
            if kind in self._cancelled() and dates != self.applied.calendar.get(kind):
                known = kind in self.applied.calendar
                kept = "the dates as they were" if known else f"no «{kind}»"
                expected = f"{kept}, because the stage was cancelled, as everyone was told"
                yield self.file.problem(f"stages[{index}]", expected, self._local(dates[0]))

    def _stage_problems(
        self, where: str, current: Stage | None, stage: Stage
    ) -> Iterator[Problem]:
        if current is None or current.state is StageState.PLANNED:
            yield from self._problems_ahead(where, current, stage)
            return
        if stage.opens_at != current.opens_at:
            expected = f"{self._local(current.opens_at)}, because the stage has opened"
            yield self.file.problem(f"{where}.opens", expected, self._local(stage.opens_at))
        if stage.closes_at == current.closes_at:
            return
        closes, found = self._local(current.closes_at), self._local(stage.closes_at)
        if current.state is StageState.CLOSED:
            yield self.file.problem(f"{where}.closes", f"{closes}, because it is over", found)
        elif stage.closes_at < current.closes_at:
            yield self.file.problem(f"{where}.closes", f"{closes} or later ({_IN_CHAT})", found)
        else:
            yield from self._closing_problems(where, current, stage)

    def _problems_ahead(
        self, where: str, current: Stage | None, stage: Stage
    ) -> Iterator[Problem]:
        """Yield what is wrong with the dates of a stage that has not opened, if they change."""
        opened, closed = (None, None) if current is None else (current.opens_at, current.closes_at)
        if stage.opens_at != opened:
            try:
                require_opening(current, stage.opens_at, self.now)
            except Refused as refused:
                expected = self._expected(refused, opened)
                yield self.file.problem(f"{where}.opens", expected, self._local(stage.opens_at))
        if (stage.opens_at, stage.closes_at) != (opened, closed):
            yield from self._closing_problems(where, current, stage)

    def _closing_problems(
        self, where: str, current: Stage | None, stage: Stage
    ) -> Iterator[Problem]:
        try:
            require_closing(current, stage, self.now)
        except Refused as refused:
            expected = self._expected(refused, None if current is None else current.closes_at)
            yield self.file.problem(f"{where}.closes", expected, self._local(stage.closes_at))

    def _expected(self, refused: Refused, before: datetime | None) -> str:
        """Return what may stand in place of a date that was refused; it was `before`."""
        match refused.facts:
            case {"limit": datetime() as soonest}:
                least = f"a stage that becomes shorter lasts {LEAST_NOTICE.days} day at least"
                return f"{self._local(soonest)} or later ({least})"
            case {"days": int(days)} if before is not None:
                return f"at most {days} days before or after {self._local(before)}, as it is now"
            case _:
                return "a moment that is still ahead"

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"


def _merged(
    now: Mapping[str, LocalText], applied: Mapping[str, LocalText], wanted: Mapping[str, LocalText]
) -> Mapping[str, LocalText]:
    """Return the texts as they are now, with what changed in the file."""
    merged = dict(now)
    for kind in {*applied, *wanted}:
        if applied.get(kind) == wanted.get(kind):
            continue
        merged.pop(kind, None)
        if kind in wanted:
            merged[kind] = wanted[kind]
    return merged
