"""Accounts for a rehearsal: every notice by person, every ballot, every limit and error."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.broadcast.courier import CLAIM_LASTS
from bot.rehearsal.expected import Expected
from bot.rehearsal.messenger import CHANNEL, Purpose, Told, Traffic
from bot.rehearsal.people import Life
from bot.rehearsal.person import Person
from bot.rehearsal.places import PLACES, PublicPlace
from bot.rehearsal.play import Played
from bot.wiring import Service
from civic.model.announcement import Announcement, AnnouncementState, DeliveryState
from civic.model.cycle import Cycle, Stage, StageAction
from civic.model.project import Project
from civic.model.refusal import Reason
from civic.model.results import ResultsProtocol
from civic.model.text import LANGUAGES
from civic.rules.quiet_hours import is_allowed
from dialogs.kit.acting import Acting
from storage import ledger
from storage.ledger import Copy

HOUR: Final = timedelta(hours=1)
MINUTE: Final = 60
BUSIEST: Final = 8
"""Hours that the report names."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A stage that opened or closed, or another entry of the public log."""

    cycle: Cycle
    stage: Stage
    action: StageAction
    due: datetime
    done: datetime


@dataclass(frozen=True, slots=True)
class NoticeAccount:
    """What became of every copy of one announcement."""

    announcement: Announcement
    cycle: Cycle | None
    stage: Stage | None
    states: Mapping[DeliveryState, int]
    reasons: Mapping[str, int]
    """Why copies were not sent."""
    together: int
    """Copies that went in one message with other news."""
    missed: Sequence[int]
    """Chats of people who should have been told and are not in the ledger."""

    @property
    def planned(self) -> int:
        """How many copies there are."""
        return sum(self.states.values())

    def count(self, state: DeliveryState) -> int:
        """Return how many copies are in that state."""
        return self.states.get(state, 0)

    @property
    def waiting(self) -> int:
        """How many copies nothing has become of."""
        return self.count(DeliveryState.PENDING) + self.count(DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class PersonAccount:
    """What one person was told."""

    number: int
    language: str
    met: bool
    ledger: Mapping[int, DeliveryState]
    """By announcement."""
    sent: int
    """Messages in which these were sent, by the ledger."""
    reached: int
    """News that reached the phone."""
    messages: int
    """Messages in which the phone shows them."""
    unseen: Sequence[int]
    """Announcements that were sent, by the ledger, and that the phone does not show."""
    unexplained: int
    """Messages of news that the phone shows and the ledger does not know, or knows but once."""

    @property
    def accounted(self) -> bool:
        """Tell whether the phone shows the very news that the ledger says, each once."""
        return not self.unseen and not self.unexplained


@dataclass(frozen=True, slots=True)
class PlaceAccount:
    """What one group or channel was told."""

    place: PublicPlace
    ledger: Mapping[int, DeliveryState]
    """By announcement."""
    messages: int
    """Messages in which these were posted, by the ledger."""
    reached: int
    """Messages that are there."""
    missed: Sequence[int]
    """Announcements for it that are not in the ledger."""

    def count(self, state: DeliveryState) -> int:
        """Return how many copies are in that state."""
        return sum(found is state for found in self.ledger.values())

    @property
    def waiting(self) -> int:
        """How many copies nothing has become of."""
        return self.count(DeliveryState.PENDING) + self.count(DeliveryState.SENDING)

    @property
    def accounted(self) -> bool:
        """Tell whether as many messages are there as the ledger says, and nothing is missed."""
        return self.messages == self.reached and not self.missed


@dataclass(frozen=True, slots=True)
class VoteAccount:
    """A count, beside what people saw marked on their ballots."""

    cycle: Cycle
    protocol: ResultsProtocol | None
    """None when nothing was counted."""
    projects: Mapping[int, Project]
    """By id."""
    seen_ballots: int
    seen_votes: Mapping[int, int]
    """By project."""

    @property
    def agrees(self) -> bool:
        """Tell whether every ballot was counted as its voter last saw it."""
        if self.protocol is None:
            return False
        counted = {result.project_id: result.votes for result in self.protocol.results}
        return self.protocol.ballots == self.seen_ballots and all(
            counted.get(project, 0) == self.seen_votes.get(project, 0)
            for project in {*counted, *self.seen_votes}
        )


@dataclass(frozen=True, slots=True)
class BusyHour:
    """How much went through the messenger in one hour."""

    begins: datetime
    updates: int
    replies: int
    edits: int
    news: int


@dataclass(frozen=True, slots=True)
class Load:
    """How much went through the messenger."""

    updates: int
    replies: int
    edits: int
    news: int
    """Messages of news."""
    notices: int
    """Pieces of news in them."""
    posts: int
    """Messages to groups and channels."""
    digests: int
    """Messages that told several pieces of news."""
    most_in_one: int
    """Pieces of news in the fullest message."""
    busiest: Sequence[BusyHour]
    by_hour_of_day: Sequence[int]
    """Updates in each of the 24 hours of the town's day."""
    most_in_a_second: int
    most_in_a_minute: int
    fullest_minute: datetime | None
    quiet: int
    """News that came within quiet hours."""


class Check(StrEnum):
    """What has to be so after a rehearsal."""

    NO_ERRORS = "no_errors"
    ON_TIME = "on_time"
    NOTHING_WAITS = "nothing_waits"
    NOBODY_MISSED = "nobody_missed"
    NOBODY_TWICE = "nobody_twice"
    BALLOTS_COUNTED = "ballots_counted"
    QUIET_HOURS = "quiet_hours"
    LIMITS_KEPT = "limits_kept"
    PRESSES_ANSWERED = "presses_answered"


@dataclass(frozen=True, slots=True)
class Account:
    """Everything a report says."""

    played: Played
    transitions: Sequence[Transition]
    notices: Sequence[NoticeAccount]
    people: Sequence[PersonAccount]
    places: Sequence[PlaceAccount]
    votes: Sequence[VoteAccount]
    load: Load
    reader: Acting | None
    """Somebody to whom refusals can be said; None when nobody talked to the service."""
    texts: Mapping[str, Sequence[tuple[datetime, str]]]
    """What people read by language: when it came first, as HTML."""

    @property
    def refusals(self) -> Mapping[Reason, int]:
        """How often people were told why something may not be done."""
        return self.played.refusals

    @property
    def late(self) -> Sequence[Transition]:
        """Transitions that came later than the service could help."""
        return [entry for entry in self.transitions if self._is_late(entry)]

    def _is_late(self, entry: Transition) -> bool:
        back = [
            downtime.ends
            for downtime in self.played.script.downtimes
            if downtime.begins <= entry.due < downtime.ends
        ]
        return entry.done > max([entry.due, *back]) + timedelta(minutes=1)

    def problems(self) -> Mapping[Check, int]:
        """Return for every check how often it is not so: nothing but zeros is expected."""
        traffic = self.played.messenger.traffic
        ledgers: list[NoticeAccount | PlaceAccount] = [*self.notices, *self.places]
        read: list[PersonAccount | PlaceAccount] = [*self.people, *self.places]
        return {
            Check.NO_ERRORS: sum(self.played.errors.values()),
            Check.ON_TIME: len(self.late),
            Check.NOTHING_WAITS: sum(
                found.waiting + found.count(DeliveryState.FAILED) for found in ledgers
            ),
            Check.NOBODY_MISSED: sum(len(notice.missed) for notice in self.notices),
            Check.NOBODY_TWICE: sum(not found.accounted for found in read),
            Check.BALLOTS_COUNTED: sum(not vote.agrees for vote in self.votes),
            Check.QUIET_HOURS: self.load.quiet,
            Check.LIMITS_KEPT: sum(traffic.broken.values()),
            Check.PRESSES_ANSWERED: list(self.played.messenger.presses.values()).count(False),
        }

    @property
    def is_sound(self) -> bool:
        """Tell whether everything is as it has to be."""
        return not any(self.problems().values())


async def account(played: Played) -> Account:
    """Account for a rehearsal whose database is still there."""
    async with played.service.opened() as service:
        return await _Accounting(played, service).all()


class _Accounting:
    def __init__(self, played: Played, service: Service) -> None:
        self._played = played
        self._service = service

    async def all(self) -> Account:
        async with self._service.work.read() as work:
            town = await work.communities.first()
            cycles = [] if town is None else list(await work.cycles.all(town.id))
        cycles.sort(key=lambda cycle: (cycle.stages[0].opens_at, cycle.id))
        by_id = {cycle.id: cycle for cycle in cycles}
        copies = await ledger.copies(self._service.database)
        chats = await self._chats()
        notices = await self._notices(by_id, copies, chats)
        return Account(
            played=self._played,
            transitions=list(self._transitions(by_id)),
            notices=notices,
            people=await self._people(copies, chats),
            places=[await self._place(place, notices) for place in PLACES],
            votes=[vote async for vote in self._votes(cycles)],
            load=self._load(),
            reader=await self._reader(),
            texts={language: self._texts(language) for language in LANGUAGES},
        )

    async def _chats(self) -> dict[int, int]:
        """Return the chat of every simulated person by resident."""
        found = {}
        async with self._service.work.read() as work:
            for life in self._played.lives:
                known = await work.residents.behind(CHANNEL, life.person.number)
                if known is not None:
                    found[known[0].id] = life.person.number
        return found

    async def _reader(self) -> Acting | None:
        async with self._service.work.read() as work:
            town = await work.communities.first()
            for life in self._played.lives:
                known = await work.residents.behind(CHANNEL, life.person.number)
                if known is not None and town is not None:
                    return Acting(known[0], town, CHANNEL)
        return None

    def _transitions(self, cycles: Mapping[int, Cycle]) -> Iterator[Transition]:
        for seen in self._played.service.changes:
            cycle = cycles[seen.cycle_id]
            stage = next(stage for stage in cycle.stages if stage.id == seen.change.stage_id)
            yield Transition(cycle, stage, seen.change.action, seen.change.at, seen.at)

    async def _notices(
        self, cycles: Mapping[int, Cycle], copies: Sequence[Copy], chats: Mapping[int, int]
    ) -> list[NoticeAccount]:
        by_notice: dict[int, list[Copy]] = defaultdict(list)
        for copy in copies:
            by_notice[copy.announcement_id].append(copy)
        found = []
        for number in await ledger.announcement_ids(self._service.database):
            async with self._service.work.read() as work:
                announcement = await work.announcements.get(number)
            if announcement is None:
                continue
            cycle = None if announcement.cycle_id is None else cycles[announcement.cycle_id]
            mine = by_notice[number]
            told = {chats.get(copy.resident_id) for copy in mine}
            missed = [
                life.person.number
                for life in self._played.lives
                if _is_for_everyone(announcement)
                and life.person.could_be_told(announcement.planned_at or announcement.created_at)
                and life.person.number not in told
            ]
            stages = () if cycle is None else cycle.stages
            about = (stage for stage in stages if stage.id == announcement.stage_id)
            found.append(
                NoticeAccount(
                    announcement,
                    cycle,
                    next(about, None),
                    Counter(copy.state for copy in mine),
                    Counter(copy.error for copy in mine if copy.error),
                    sum(copy.digest is not None for copy in mine),
                    missed,
                )
            )
        return found

    async def _people(
        self, copies: Sequence[Copy], chats: Mapping[int, int]
    ) -> list[PersonAccount]:
        by_person: dict[int, list[Copy]] = defaultdict(list)
        for copy in copies:
            if copy.resident_id in chats:
                by_person[chats[copy.resident_id]].append(copy)
        shown: dict[int, list[Told]] = defaultdict(list)
        for told in self._traffic.told:
            shown[told.chat_id].append(told)
        expected = Expected(self._service)
        return [
            await self._person(
                life.person, by_person[life.person.number], shown[life.person.number], expected
            )
            for life in self._played.lives
        ]

    async def _person(
        self, person: Person, copies: Sequence[Copy], shown: Sequence[Told], expected: Expected
    ) -> PersonAccount:
        messages: dict[int, list[Copy]] = defaultdict(list)
        for copy in copies:
            if copy.state is DeliveryState.SENT:
                messages[copy.message].append(copy)
        left = Counter(told.html for told in shown)
        unseen = []
        for together in messages.values():
            parts = [copy.announcement_id for copy in together]
            settled = together[0].changed_at
            # It was worded before it was settled, at the latest.
            wordings = [
                await expected.html(parts, person.language, at)
                for at in (settled, settled - CLAIM_LASTS)
            ]
            if html := next((html for html in wordings if left[html] > 0), None):
                left[html] -= 1
            else:
                unseen += parts
        return PersonAccount(
            number=person.number,
            language=person.language,
            met=person.met_at is not None,
            ledger={copy.announcement_id: copy.state for copy in copies},
            sent=len(messages),
            reached=sum(told.notices for told in shown),
            messages=len(shown),
            unseen=unseen,
            unexplained=left.total(),
        )

    async def _place(self, place: PublicPlace, notices: Sequence[NoticeAccount]) -> PlaceAccount:
        posted = await ledger.posted_copies(self._service.database)
        copies = {copy.announcement_id: copy for copy in posted if copy.chat_id == place.number}
        async with self._service.work.read() as work:
            destination = await work.destinations.at(CHANNEL, place.number)
        meant = [
            notice.announcement.id
            for notice in notices
            if destination is not None
            and destination.id in notice.announcement.audience.chats
            and notice.announcement.planned_at is not None
        ]
        return PlaceAccount(
            place,
            {number: copy.state for number, copy in copies.items()},
            messages=sum(copy.messages for copy in copies.values()),
            reached=sum(told.chat_id == place.number for told in self._traffic.posted),
            missed=[number for number in meant if number not in copies],
        )

    async def _votes(self, cycles: Sequence[Cycle]) -> AsyncIterator[VoteAccount]:
        for cycle in cycles:
            if cycle.rules.voting is None:
                continue
            async with self._service.work.read() as work:
                protocol = await work.protocols.get(cycle.id)
                projects = await work.projects.in_cycle(cycle.id)
            ballots = [_ballot(life, cycle) for life in self._played.lives]
            yield VoteAccount(
                cycle=cycle,
                protocol=protocol,
                projects={project.id: project for project in projects},
                seen_ballots=sum(bool(ballot) for ballot in ballots),
                seen_votes=Counter(project for ballot in ballots for project in ballot),
            )

    @property
    def _traffic(self) -> Traffic:
        return self._played.messenger.traffic

    def _load(self) -> Load:
        traffic, began = self._traffic, self._played.messenger.began
        zone = self._played.script.town.zone
        hours = {
            *traffic.updates,
            *traffic.edited,
            *(hour for hour, _purpose in traffic.sent),
        }
        busy = [
            BusyHour(
                began + hour * HOUR,
                traffic.updates[hour],
                traffic.sent[hour, Purpose.REPLY],
                traffic.edited[hour],
                traffic.sent[hour, Purpose.NEWS],
            )
            for hour in sorted(hours)
        ]
        by_hour = [0] * 24
        for entry in busy:
            by_hour[entry.begins.astimezone(zone).hour] += entry.updates
        minutes: Counter[int] = Counter()
        for second, count in traffic.seconds.items():
            minutes[second // MINUTE] += count
        fullest = max(minutes, key=lambda minute: (minutes[minute], -minute), default=None)
        return Load(
            updates=sum(entry.updates for entry in busy),
            replies=sum(entry.replies for entry in busy),
            edits=sum(entry.edits for entry in busy),
            news=sum(entry.news for entry in busy),
            notices=sum(told.notices for told in traffic.told),
            posts=len(traffic.posted),
            digests=sum(told.notices > 1 for told in traffic.told),
            most_in_one=max((told.notices for told in traffic.told), default=0),
            busiest=sorted(busy, key=_weight, reverse=True)[:BUSIEST],
            by_hour_of_day=by_hour,
            most_in_a_second=max(traffic.seconds.values(), default=0),
            most_in_a_minute=max(minutes.values(), default=0),
            fullest_minute=None if fullest is None else began + timedelta(minutes=fullest),
            quiet=sum(not is_allowed(told.at, zone) for told in (*traffic.told, *traffic.posted)),
        )

    def _texts(self, language: str) -> list[tuple[datetime, str]]:
        speaking = {
            life.person.number for life in self._played.lives if life.person.language == language
        }
        first: dict[str, datetime] = {}
        for told in self._traffic.told:
            if told.chat_id in speaking:
                first.setdefault(told.html, told.at)
        return [(at, html) for html, at in first.items()]


def _is_for_everyone(announcement: Announcement) -> bool:
    """Tell whether everybody who wants news should have been told; groups and channels apart."""
    given_up = announcement.state in {AnnouncementState.STOPPED, AnnouncementState.TAKEN_BACK}
    return not announcement.audience.conditions and not given_up


def _ballot(life: Life, cycle: Cycle) -> set[int]:
    return life.person.ballots.get(cycle.id, set())


def _weight(hour: BusyHour) -> tuple[int, float]:
    total = hour.updates + hour.replies + hour.edits + hour.news
    return total, -hour.begins.timestamp()
