"""Plays a script: sets the town up, lets its people live, keeps what there is to account for."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from typing_extensions import override

from bot.photos import PillowPhotoReader
from bot.rehearsal import acts
from bot.rehearsal.acts import Act, Town
from bot.rehearsal.chance import Chance, SeededRandomness
from bot.rehearsal.clock import SimulatedClock
from bot.rehearsal.messenger import CHANNEL, Bubble, Messenger, Told
from bot.rehearsal.people import FOLLOW_NEWS, LANGUAGES, Habit, Life, Planner
from bot.rehearsal.person import NobodyAnswersError, Person
from bot.rehearsal.script import Script
from bot.rehearsal.service import RehearsedService
from bot.sample import VOICES
from bot.sample.voices import read_voices
from bot.wiring import Service
from civic.actions.apply_community import ApplyCommunity
from civic.actions.apply_cycle import ApplyCycle
from civic.actions.import_budget import ImportBudget
from civic.actions.introduce_oneself import FinishGreeting
from civic.actions.meet_resident import MeetResident
from civic.model.refusal import Reason, Refused
from civic.model.resident import Role
from storage.migrate import upgrade

FIRST_PERSON: Final = 1001
"""Number of the first person's chat."""
SHOWN_EVERY: Final = timedelta(hours=12)
"""Simulated time between two steps of the progress bar."""
PATIENCE: Final = 6 * 3600.0
"""Seconds within which people try again once the service is on again."""

Progress = Callable[[datetime], None]


@dataclass(slots=True)
class Played:
    """What is known after a rehearsal besides what the service itself has stored."""

    script: Script
    messenger: Messenger
    service: RehearsedService
    town: Town | None = None
    lives: Sequence[Life] = ()
    acts: int = 0
    """What people did, each with several updates."""
    gave_up: int = 0
    """What people wanted to do, but the service was off twice."""
    refusals: Counter[Reason] = field(default_factory=Counter)
    examples: dict[Reason, Refused] = field(default_factory=dict)
    """The first refusal for each reason."""
    errors: Counter[str] = field(default_factory=Counter)

    def note_failure(self, failure: BaseException) -> None:
        """Count what a handler raised when it is a refusal; errors are counted by the log."""
        if isinstance(failure, Refused):
            self.refusals[failure.reason] += 1
            self.examples.setdefault(failure.reason, failure)


async def play(script: Script, url: str, progress: Progress) -> Played:
    """Play the script on the database at `url`, which is empty and stays there afterwards."""
    clock = SimulatedClock(script.starts)
    messenger = Messenger(clock)
    randomness = SeededRandomness(script.seed)
    service = RehearsedService(url, clock, script.town.zone, randomness, messenger)
    played = Played(script, messenger, service)
    service.on_failure = played.note_failure
    with _errors_noted(played.errors):
        await _Play(played, clock, progress).run()
    return played


class _Play:
    """One run."""

    def __init__(self, played: Played, clock: SimulatedClock, progress: Progress) -> None:
        self._played = played
        self._script = played.script
        self._service = played.service
        self._clock = clock
        self._progress = progress
        self._chance = Chance(played.script.seed, "play")

    async def run(self) -> None:
        async with self._service.opened() as service:
            await upgrade(service.database)
            self._played.town = await self._set_up(service)
            self._played.lives = lives = self._people(self._played.town)
            await self._meet_known_people(service, lives)
        async with asyncio.TaskGroup() as tasks:
            living = [tasks.create_task(self._live(life)) for life in lives]
            living.append(tasks.create_task(self._show_progress()))
            by_number = {life.person.number: life for life in lives}

            def on_news(told: Told, bubble: Bubble) -> None:
                life = by_number[told.chat_id]
                rewrite = acts.rewriting(bubble) if life.organises else None
                if rewrite is not None:
                    living.append(tasks.create_task(self._follow(life.person, rewrite)))
                elif life.habit is not Habit.AWAY and self._chance.happens(FOLLOW_NEWS):
                    follow = acts.follow_news(bubble)
                    living.append(tasks.create_task(self._follow(life.person, follow)))

            def on_refused(chat_id: int) -> None:
                by_number[chat_id].person.can_be_told(can=False)

            self._played.messenger.on_news = on_news
            self._played.messenger.on_refused = on_refused
            await self._service.run(self._script.downtimes, self._script.ends)
            for task in living:
                task.cancel()

    async def _set_up(self, service: Service) -> Town:
        script, work = self._script, service.work
        await ApplyCommunity(work)(script.town)
        for file in script.cycles:
            await ApplyCycle(work, self._clock, PillowPhotoReader())(file)
        async with work.read() as reading:
            town = await reading.communities.by_slug(script.town.slug)
            cycles = () if town is None else await reading.cycles.all(town.id)
        for cycle in cycles:
            if cycle.slug in script.budgets:
                await ImportBudget(work)(cycle.id, script.budgets[cycle.slug])
        voices = read_voices(VOICES.read_text(encoding="utf-8"), VOICES.name)
        async with work.read() as reading:
            return Town(
                cycles=cycles,
                projects={cycle.id: await reading.projects.in_cycle(cycle.id) for cycle in cycles},
                sections={
                    cycle.id: [section.id for section in await reading.sections.all(cycle.id)]
                    for cycle in cycles
                },
                ideas_to_have=voices.ideas,
                comments_to_make=voices.comments,
            )

    def _people(self, town: Town) -> list[Life]:
        script = self._script
        # What ends after the last stage is news on their way, and nobody is needed for that.
        planner = Planner(
            town,
            script.town.zone,
            script.opens,
            script.closes,
            self._ballots(town),
            script.broadcasts,
            organisers=2 if script.town.broadcasts_need_second_organiser else 1,
        )
        lives = []
        for place in range(script.residents):
            chance = Chance(script.seed, "person", place)
            person = Person(
                number=FIRST_PERSON + place,
                language=chance.weigh(LANGUAGES),
                messenger=self._played.messenger,
                post=self._service.post,
                chance=chance,
            )
            lives.append(planner.life(person, place))
        return lives

    def _ballots(self, town: Town) -> dict[int, list[list[int]]]:
        found = {}
        for cycle in town.cycles:
            if cycle.slug in self._script.ballots:
                ids = {project.code: project.id for project in town.projects[cycle.id]}
                found[cycle.id] = [
                    [ids[code] for code in ballot if code in ids]
                    for ballot in self._script.ballots[cycle.slug].ballots
                ]
        return found

    async def _meet_known_people(self, service: Service, lives: Sequence[Life]) -> None:
        meet = MeetResident(service.work, self._clock)
        greet = FinishGreeting(service.work)
        for life in lives:
            if life.known_before:
                person = life.person
                number = person.number
                resident, _contact = await meet(CHANNEL, str(number), person.language, number)
                await greet(resident)
                if life.organises:
                    async with service.work.write() as work:
                        await work.residents.grant(resident.id, Role.ORGANISER)
                        await work.commit()
                person.messenger.phone(number).started = True
                person.met_at = self._clock.now()
                person.can_be_told(can=True)

    async def _live(self, life: Life) -> None:
        for planned in life.planned:
            await self._clock.sleep_until(planned.at)
            await self._do(life.person, planned.act)

    async def _follow(self, person: Person, act: Act) -> None:
        await asyncio.sleep(self._chance.waiting(3600))
        await self._do(person, act)

    async def _do(self, person: Person, act: Act) -> None:
        async with person.turn:
            if person.is_away and act is not acts.come_back:
                return
            self._played.acts += 1
            try:
                await self._try(person, act)
            except NobodyAnswersError:
                await self._service.answers_again()
                await asyncio.sleep(person.chance.between(60, PATIENCE))
                try:
                    await self._try(person, act)
                except NobodyAnswersError:
                    self._played.gave_up += 1

    @staticmethod
    async def _try(person: Person, act: Act) -> None:
        if person.met_at is None:
            await acts.arrive(person)
        await act(person)

    async def _show_progress(self) -> None:
        while True:
            self._progress(self._clock.now())
            await asyncio.sleep(SHOWN_EVERY.total_seconds())


class _ErrorLog(logging.Handler):
    """Counts what the service logs as an error."""

    def __init__(self, errors: Counter[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    @override
    def emit(self, record: logging.LogRecord) -> None:
        what = f"{record.name}: {record.getMessage()}"
        if record.exc_info is not None and (error := record.exc_info[1]) is not None:
            what += f": {type(error).__name__}: {error}".rstrip()
        self._errors[what] += 1


@contextmanager
def _errors_noted(errors: Counter[str]) -> Iterator[None]:
    root, handler = logging.getLogger(), _ErrorLog(errors)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
