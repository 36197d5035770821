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
from civic.rules.fingerprint import canonical

Dates = tuple[datetime, datetime]
"""Opening and closing of a stage, UTC."""

_IN_CHAT: Final = "an organiser can do that in the chat, with a reason that everyone can read"


@dataclass(frozen=True, slots=True)
class CycleVersion:
    """What a cycle's file said when it was applied."""

    anchor: date
    """The day on which the cycle was first applied, day 0 of dates counted in days."""
    calendar: Mapping[StageKind, Dates]
    projects: Sequence[str]
    """Codes of the projects."""
    source: str
    """Canonical JSON of all of it; equal for files that say the same."""

    @classmethod
    def of(cls, file: CycleToApply, zone: ZoneInfo, anchor: date) -> Self:
        """Return what `file` says in a town of that `zone`."""
        calendar = file.content.calendar(zone, anchor)
        projects = [part.code for part in file.content.projects]
        source = {
            "anchor": anchor.isoformat(),
            "calendar": {
                kind: [moment.isoformat() for moment in dates] for kind, dates in calendar.items()
            },
            "projects": projects,
            "photos": {name: sha256(content).hexdigest() for name, content in file.photos.items()},
            "content": file.content.model_dump(mode="json"),
        }
        return cls(anchor, calendar, projects, canonical(source))

    @classmethod
    def stored(cls, source: str) -> Self:
        """Return the version that was stored as `source`."""
        found: dict[str, Any] = json.loads(source)
        calendar = {
            StageKind(kind): (datetime.fromisoformat(opens), datetime.fromisoformat(closes))
            for kind, (opens, closes) in found["calendar"].items()
        }
        return cls(date.fromisoformat(found["anchor"]), calendar, found["projects"], source)


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
    applied: Mapping[StageKind, Dates]
    """What the file said when it was last applied."""
    wanted: Mapping[StageKind, Dates]
    zone: ZoneInfo
    now: datetime

    def stages(self) -> tuple[Stage, ...]:
        """Return the calendar as it is to be; stages with id 0 are new."""
        merged = []
        for kind, dates in self.wanted.items():
            current = self.cycle.stage(kind)
            if current is None:
                merged.append(Stage(0, self.cycle.id, kind, *dates, StageState.PLANNED))
                continue
            now = (current.opens_at, current.closes_at)
            before = self.applied.get(kind, (None, None))
            # What the file did not change stays as it is now, also when it was moved since.
            opens_at, closes_at = (
                now[side] if dates[side] == before[side] else dates[side] for side in (0, 1)
            )
            merged.append(replace(current, opens_at=opens_at, closes_at=closes_at))
        return tuple(merged)

    def removed(self) -> tuple[Stage, ...]:
        """Return the stages that the file no longer has."""
        return tuple(stage for stage in self.cycle.stages if stage.kind not in self.wanted)

    def problems(self) -> Iterator[Problem]:
        """Yield what cannot be, because of what has happened or because stages would overlap."""
        for stage in self.removed():
            if stage.state is not StageState.PLANNED:
                yield self.file.problem(
                    "stages", f"the stage «{stage.kind}», which has opened", "none"
                )
        closed: Stage | None = None
        for index, stage in enumerate(self.stages()):
            where = f"stages[{index}]"
            yield from self._stage_problems(where, self.cycle.stage(stage.kind), stage)
            if closed is not None and stage.opens_at < closed.closes_at:
                expected = (
                    f"not before {self._local(closed.closes_at)}, when «{closed.kind}» now closes"
                )
                yield self.file.problem(f"{where}.opens", expected, self._local(stage.opens_at))
            closed = stage

    def _stage_problems(
        self, where: str, current: Stage | None, stage: Stage
    ) -> Iterator[Problem]:
        if stage == current:
            return
        found = self._local(stage.closes_at)
        if current is None or current.state is StageState.PLANNED:
            if stage.closes_at <= self.now:
                yield self.file.problem(f"{where}.closes", "a moment that is still ahead", found)
            elif stage.closes_at <= stage.opens_at:
                expected = f"a moment after the opening {self._local(stage.opens_at)}"
                yield self.file.problem(f"{where}.closes", expected, found)
            return
        if stage.opens_at != current.opens_at:
            expected = f"{self._local(current.opens_at)}, because the stage has opened"
            yield self.file.problem(f"{where}.opens", expected, self._local(stage.opens_at))
        closes = self._local(current.closes_at)
        if current.state is StageState.CLOSED and stage.closes_at != current.closes_at:
            yield self.file.problem(f"{where}.closes", f"{closes}, because it is over", found)
        elif stage.closes_at < current.closes_at:
            yield self.file.problem(f"{where}.closes", f"{closes} or later ({_IN_CHAT})", found)

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"
