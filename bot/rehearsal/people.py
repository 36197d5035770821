"""Who takes part in a rehearsal, what each of them is going to do, and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.rehearsal import acts
from bot.rehearsal.acts import Act, Town
from bot.rehearsal.chance import Chance
from bot.rehearsal.person import Person
from bot.rehearsal.places import PLACES
from civic.model.cycle import Cycle, Stage, StageKind
from civic.model.project import Project

LANGUAGES: Final = {"kk": 0.55, "ru": 0.4, "en": 0.05}
HOURS: Final = (
    *(0.3, 0.1, 0.05, 0.05, 0.05, 0.1, 0.3, 0.8, 1.0, 1.2, 1.2, 1.2),
    *(1.5, 1.7, 1.2, 1.0, 1.0, 1.4, 2.2, 3.0, 3.6, 3.2, 2.0, 0.9),
)
"""How busy each hour of a day is: lunch and, above all, the evening."""
PARTS: Final = {"early": 0.35, "any": 0.4, "late": 0.25}
"""When in a stage people come: in its first days, on any day, in its last hours."""
RUSH: Final = timedelta(hours=6)
"""Before a close people come at any hour of the day."""
MINUTE: Final = timedelta(minutes=1)
SET_UP_BEFORE: Final = timedelta(hours=12)
"""How long before anything happens the organiser lets a group and a channel be told."""
KNOWN_BEFORE: Final = 0.6
"""Share of people who have talked to the service before."""
FOLLOW_NEWS: Final = 0.12
"""Share of news after which somebody presses the button under it."""
CHOICES: Final = {1: 0.4, 2: 0.25, 3: 0.2, 4: 0.08, 5: 0.07}
"""How many projects people choose."""


class Habit(StrEnum):
    """How somebody takes part."""

    EAGER = "eager"
    ORDINARY = "ordinary"
    LAZY = "lazy"
    """Comes in the last hours."""
    AWAY = "away"
    """Came once, and does nothing more."""


HABITS: Final = {Habit.EAGER: 0.2, Habit.ORDINARY: 0.5, Habit.LAZY: 0.2, Habit.AWAY: 0.1}
TURNOUT: Final = {Habit.EAGER: 0.9, Habit.ORDINARY: 0.4, Habit.LAZY: 0.35, Habit.AWAY: 0.0}
"""Share of those who vote."""
ACTIVITY: Final = {Habit.EAGER: 0.35, Habit.ORDINARY: 0.06, Habit.LAZY: 0.03, Habit.AWAY: 0.0}
"""Share of those who put ideas forward, support them or comment."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that a person is going to do."""

    at: datetime
    act: Act


@dataclass(frozen=True, slots=True)
class Life:
    """One person, how they take part, and everything they are going to do, in order."""

    person: Person
    habit: Habit
    known_before: bool
    organises: bool
    planned: Sequence[Planned]


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans what people do between `starts` and `ends`."""

    town: Town
    zone: ZoneInfo
    starts: datetime
    ends: datetime
    ballots: Mapping[int, Sequence[Sequence[int]]] = field(default_factory=dict)
    """By cycle, real ballots to be cast by its first voters; the others do not vote then."""
    broadcasts: int = 0
    """How often the organiser announces something."""
    organisers: int = 1
    """How many of the people are organisers; a second one approves what the first announces."""

    def life(self, person: Person, place: int) -> Life:
        """Return what the person does; `place` counts people from 0, organisers first."""
        chance = Chance(person.chance.below(1 << 62), "plan", place)
        organises = place < self.organisers
        habit = Habit.ORDINARY if organises else chance.weigh(HABITS)
        known_before = organises or chance.happens(KNOWN_BEFORE)
        planned = [*self._arrival(chance, known_before)]
        if organises:
            planned += self._organising(chance) if place == 0 else self._approving(chance)
        else:
            planned += self._around(chance)
        for cycle in self.town.cycles:
            for stage in cycle.stages:
                planned += self._in_stage(chance, habit, cycle, stage, place)
        planned.sort(key=lambda entry: entry.at)
        return Life(person, habit, known_before, organises, planned)

    def _organising(self, chance: Chance) -> Iterator[Planned]:
        yield Planned(self.starts - SET_UP_BEFORE, acts.set_up(PLACES))
        for _announcement in range(self.broadcasts):
            yield Planned(self._sometime(chance), acts.announce)

    def _approving(self, chance: Chance) -> Iterator[Planned]:
        """Give a look at the desk once a day."""
        for day in range((self.ends - self.starts).days):
            at = self.starts + timedelta(days=day)
            yield Planned(max(self._at_some_hour(chance, at), self.starts), acts.decide)

    def _arrival(self, chance: Chance, known_before: bool) -> Iterator[Planned]:  # noqa: FBT001
        if known_before:
            return
        stage = chance.pick([stage for cycle in self.town.cycles for stage in cycle.stages])
        cycle = next(cycle for cycle in self.town.cycles if stage in cycle.stages)
        link = chance.weigh({"": 1.0, f"kk-c_{cycle.id}": 1.0, f"ru-c_{cycle.id}": 1.0})

        async def arrive(person: Person) -> None:
            await acts.arrive(person, link)

        yield Planned(self._when(chance, stage, Habit.ORDINARY), arrive)

    def _around(self, chance: Chance) -> Iterator[Planned]:
        for act, share in (
            (acts.wander, 0.15),
            (acts.write_rubbish, 0.06),
            (acts.press_old, 0.05),
            (acts.press_twice, 0.04),
            (acts.want_no_news, 0.03),
            (acts.disappear, 0.02),
        ):
            if chance.happens(share):
                yield Planned(self._sometime(chance), act)
        if chance.happens(0.03):
            at = self._sometime(chance)
            yield Planned(at, acts.block)
            if chance.happens(0.4):
                yield Planned(at + chance.between(1, 20) * timedelta(days=1), acts.come_back)

    def _in_stage(
        self, chance: Chance, habit: Habit, cycle: Cycle, stage: Stage, place: int
    ) -> Iterator[Planned]:
        if stage.kind is StageKind.VOTING:
            yield from self._voting(chance, habit, cycle, stage, place)
            return
        finish = chance.happens(0.7)
        for kind, act, share in (
            (StageKind.IDEAS, acts.put_forward(self.town, cycle.id, finish=finish), 0.4),
            (StageKind.IDEAS, acts.support(self.town, cycle.id), 2.0),
            (StageKind.CONSULTATION, acts.comment(self.town, cycle.id, finish=finish), 0.8),
            (StageKind.CONSULTATION, acts.agree(self.town, cycle.id), 1.0),
            (StageKind.RESULTS, acts.wander, 0.5),
            (StageKind.BUILDING, acts.wander, 0.3),
        ):
            if stage.kind is kind and chance.happens(min(0.9, share * ACTIVITY[habit])):
                yield Planned(self._when(chance, stage, habit), act)

    def _voting(
        self, chance: Chance, habit: Habit, cycle: Cycle, stage: Stage, place: int
    ) -> Iterator[Planned]:
        projects = self.town.projects.get(cycle.id, ())
        if cycle.id in self.ballots:
            ballots = self.ballots[cycle.id]
            if place < len(ballots):
                act = acts.vote(cycle.id, ballots[place])
                yield Planned(self._when(chance, stage, habit), act)
            return
        if not projects or not chance.happens(TURNOUT[habit]):
            return
        at = self._when(chance, stage, habit)
        yield Planned(at, acts.vote(cycle.id, self._choices(chance, projects)))
        if chance.happens(0.12):
            later = at + chance.share() * (stage.closes_at - at)
            yield Planned(later, acts.change_vote(cycle.id, self._choices(chance, projects)[:1]))
        if chance.happens(0.02):
            project = chance.pick(projects).id
            late = acts.press_too_late(cycle.id, project, 2 * MINUTE.total_seconds())
            yield Planned(stage.closes_at - MINUTE, late)

    def _choices(self, chance: Chance, projects: Sequence[Project]) -> list[int]:
        # What is listed first was thought of first, and is a little better known.
        found: list[int] = []
        for _ in range(chance.weigh(CHOICES)):
            weights = {
                project.id: 1 / (3 + place)
                for place, project in enumerate(projects)
                if project.id not in found
            }
            if weights:
                found.append(chance.weigh(weights))
        return found

    def _when(self, chance: Chance, stage: Stage, habit: Habit) -> datetime:
        """Return a moment in the stage: the first days, any day, or the last hours."""
        part = "late" if habit is Habit.LAZY else chance.weigh(PARTS)
        length = stage.closes_at - stage.opens_at
        if part == "early":
            at = stage.opens_at + chance.waiting(1.5) * timedelta(days=1)
        elif part == "any":
            at = stage.opens_at + chance.share() * length
        else:
            at = stage.closes_at - chance.waiting(10) * timedelta(hours=1)
        if at < stage.closes_at - RUSH:
            at = self._at_some_hour(chance, at)
        return min(max(at, stage.opens_at + MINUTE, self.starts), stage.closes_at - 2 * MINUTE)

    def _sometime(self, chance: Chance) -> datetime:
        at = self.starts + chance.share() * (self.ends - self.starts)
        return min(max(self._at_some_hour(chance, at), self.starts), self.ends)

    def _at_some_hour(self, chance: Chance, at: datetime) -> datetime:
        hour = chance.weigh(dict(enumerate(HOURS)))
        second = chance.below(3600)
        local = at.astimezone(self.zone)
        return local.replace(
            hour=hour, minute=second // 60, second=second % 60, microsecond=0
        ).astimezone(at.tzinfo)
