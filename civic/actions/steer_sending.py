"""Pause, resume or stop an announcement, try again what failed, and watch how far it is."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from civic.model.announcement import Announcement, AnnouncementState, DeliveryState, Progress
from civic.model.audience import Audience
from civic.model.refusal import Reason, Refused
from civic.model.resident import BY_DAY, Resident, Role
from civic.ports import Alarm, Clock, Throughput, UnitOfWork, Work
from civic.rules.quiet_hours import next_allowed
from civic.rules.sending import IDLE, QUICKEST, SLOWEST, finish, next_look
from civic.rules.strangers import DAY, Queue

_OVER = (AnnouncementState.STOPPED, AnnouncementState.DONE)


@dataclass(frozen=True, slots=True)
class PauseSending:
    """Hold an announcement back until it is resumed; what is in flight still arrives."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, announcement_id: int) -> Announcement:
        """Return the announcement; pausing it twice changes nothing.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND`, `SENDING_OVER` or `TAKEN_BACK`.
        """
        async with self.work.write() as work:
            found = await _unfinished(work, organiser, announcement_id)
            return await _steer(work, found, AnnouncementState.PAUSED, self.clock.now())


@dataclass(frozen=True, slots=True)
class ResumeSending:
    """Go on with an announcement that was paused."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(self, organiser: Resident, announcement_id: int) -> Announcement:
        """Return the announcement; resuming what runs changes nothing.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND`, `SENDING_OVER` or `TAKEN_BACK`.
        """
        async with self.work.write() as work:
            found = await _unfinished(work, organiser, announcement_id)
            resumed = await _steer(work, found, _as_it_was(found), self.clock.now())
        self.alarm.wake()
        return resumed


@dataclass(frozen=True, slots=True)
class StopSending:
    """Give up what is not sent yet, for good."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, announcement_id: int) -> Announcement:
        """Return the announcement; stopping what is over changes nothing.

        Raises `Refused` with `NOT_ORGANISER` or `NOT_FOUND`.
        """
        async with self.work.write() as work:
            found = await _find(work, organiser, announcement_id, lock=True)
            if found.state in _OVER:
                return found
            return await _steer(work, found, AnnouncementState.STOPPED, self.clock.now())


@dataclass(frozen=True, slots=True)
class RetryFailed:
    """Send once more to those for whom it was given up."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(self, organiser: Resident, announcement_id: int) -> int:
        """Return to how many it is tried again.

        Raises `Refused` with `NOT_ORGANISER` or `NOT_FOUND`, with `SENDING_OVER` for what was
        stopped, and with `CORRECTED` for what turned out to be wrong.
        """
        now = self.clock.now()
        async with self.work.write() as work:
            found = await _find(work, organiser, announcement_id, lock=True)
            if found.state is AnnouncementState.STOPPED:
                raise Refused(Reason.SENDING_OVER)
            if corrections := await _corrections(work, found):
                raise Refused(Reason.CORRECTED, number=corrections[-1])
            retried = await work.announcements.retry_failed(found.id, now)
            if retried and found.state is AnnouncementState.DONE:
                await work.announcements.steer(found.id, AnnouncementState.RUNNING, now)
            await work.commit()
        self.alarm.wake()
        return retried


@dataclass(frozen=True, slots=True)
class Sending:
    """How far an announcement has come, and when it will be through."""

    announcement: Announcement
    progress: Progress
    finishes_at: datetime | None
    """None when nothing is left, or when it does not go on."""
    approved_by: Resident | None = None
    """The other organiser who approved it."""
    is_corrected: bool = False
    """True once a correction of it has gone out."""
    begins_at: datetime | None = None
    """When the next of those who are left may be told; None when nobody is."""


def worth_a_look(sending: Sending, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when to look again at a sending to people of that zone; None when it is over."""
    state, progress = sending.announcement.state, sending.progress
    if state in _OVER:
        # What was in flight still comes back.
        return now + QUICKEST if progress.counts.get(DeliveryState.SENDING) else None
    if state in {AnnouncementState.PAUSED, AnnouncementState.TAKEN_BACK}:
        return now + SLOWEST
    if progress.left and progress.left == progress.held_back:
        # For hours, until the next day of those who have not written.
        return now + IDLE
    wanted = max(now, sending.announcement.send_from or now)
    # Whom it goes to is written down at once, also in the quiet hours.
    being_planned = state is AnnouncementState.PLANNING and wanted == now
    begin = now if being_planned else sending.begins_at or next_allowed(wanted, zone)
    return next_look(now, begin, sending.finishes_at)


@dataclass(frozen=True, slots=True)
class ReadSending:
    """Watch an announcement on its way."""

    work: Work
    clock: Clock
    throughput: Throughput

    async def __call__(self, organiser: Resident, announcement_id: int) -> Sending:
        """Return how far it is; raises `Refused` with `NOT_ORGANISER` or `NOT_FOUND`."""
        now = self.clock.now()
        async with self.work.read() as work:
            found = await _find(work, organiser, announcement_id)
            town = await work.communities.get(found.community_id)
            progress = await work.announcements.progress(found.id, now)
            left = await work.announcements.left(found.id)
            is_corrected = bool(await _corrections(work, found))
            begin = max(now, found.send_from or now)

            async def waiting(channel: str) -> int:
                return await work.strangers.waiting(channel, now)

            channels = {channel for channel, _hours in left}
            queues = await _queues(work, self.throughput, channels, waiting, (now, begin))
            approver = (
                None if found.approved_by is None else await work.residents.get(found.approved_by)
            )
        goes_on = found.state in {AnnouncementState.PLANNING, AnnouncementState.RUNNING}
        if town is None or not goes_on or not left:
            return Sending(found, progress, None, approver, is_corrected)
        finishes_at = finish(begin, left, self.throughput.rates(channels), town.zone, queues)
        begins_at = min(next_allowed(begin, town.zone, hours) for _channel, hours in left)
        return Sending(found, progress, finishes_at, approver, is_corrected, begins_at)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an announcement would reach, and until when."""

    people: int
    begins_at: datetime
    """When the first of them is told."""
    finishes_at: datetime | None
    """None when it would take more than a year."""
    chats: int = 0
    """Groups and channels besides."""
    queue: Queue | None = None
    """The longest queue of people who have not written lately; None where nobody has to wait."""


@dataclass(frozen=True, slots=True)
class CountAudience:
    """Tell an organiser how many people an audience is and how long telling them takes."""

    work: Work
    clock: Clock
    throughput: Throughput

    async def __call__(
        self, organiser: Resident, audience: Audience, send_from: datetime | None = None
    ) -> Reach:
        """Return the reach of an announcement about no cycle.

        Raises `Refused` with `NOT_ORGANISER`.
        """
        if not organiser.has(Role.ORGANISER):
            raise Refused(Reason.NOT_ORGANISER)
        now = self.clock.now()
        begin = max(now, send_from or now)
        async with self.work.read() as work:
            counted = Counter(await work.announcements.reach(organiser.community_id, audience))
            found = await work.destinations.of_community(organiser.community_id)
            town = await work.communities.get(organiser.community_id)

            async def waiting(channel: str) -> int:
                here = organiser.community_id
                return await work.strangers.queue(channel, now, here, audience)

            channels = {channel for channel, _hours in counted}
            queues = await _queues(work, self.throughput, channels, waiting, (now, begin))
        people = counted.total()
        chats = [entry.channel for entry in found if entry.id in audience.chats]
        counted.update((channel, BY_DAY) for channel in chats)
        if town is None:
            raise Refused(Reason.NOT_FOUND)
        begins_at = min(
            (next_allowed(begin, town.zone, hours) for _channel, hours in counted), default=begin
        )
        rates = self.throughput.rates(channels.union(chats))
        finishes_at = finish(begin, counted, rates, town.zone, queues)
        longest = max(queues.values(), key=lambda queue: queue.waiting, default=None)
        queue = longest if longest is not None and longest.waiting else None
        return Reach(people, begins_at, finishes_at, len(chats), queue)


async def _queues(
    work: UnitOfWork,
    throughput: Throughput,
    channels: Collection[str],
    waiting: Callable[[str], Awaitable[int]],
    moments: tuple[datetime, datetime],
) -> Mapping[str, Queue]:
    """Return the queue on each channel that has one, now and when the sending begins."""
    now, begin = moments
    queues = {}
    for channel in channels:
        a_day = throughput.strangers_a_day(channel)
        if a_day is not None:
            counted = 0 if begin - now > DAY else await work.strangers.counted(channel, now)
            queues[channel] = Queue(await waiting(channel), a_day, max(a_day - counted, 0))
    return queues


async def _corrections(work: UnitOfWork, found: Announcement) -> Sequence[int]:
    """Return the numbers of those that correct it; a notice of a stage has no number."""
    if found.number is None:
        return ()
    return await work.announcements.corrections(found.community_id, found.number, waiting=True)


async def _find(
    work: UnitOfWork, organiser: Resident, announcement_id: int, *, lock: bool = False
) -> Announcement:
    """Return the announcement; with `lock` nobody else can steer or revise it meanwhile."""
    if not organiser.has(Role.ORGANISER):
        raise Refused(Reason.NOT_ORGANISER)
    found = await work.announcements.get(announcement_id, lock=lock)
    if found is None or found.community_id != organiser.community_id:
        raise Refused(Reason.NOT_FOUND)
    return found


async def _unfinished(work: UnitOfWork, organiser: Resident, announcement_id: int) -> Announcement:
    found = await _find(work, organiser, announcement_id, lock=True)
    if found.state in _OVER:
        raise Refused(Reason.SENDING_OVER)
    if found.state is AnnouncementState.TAKEN_BACK:
        raise Refused(Reason.TAKEN_BACK)
    return found


def _as_it_was(found: Announcement) -> AnnouncementState:
    return AnnouncementState.PLANNING if found.planned_at is None else AnnouncementState.RUNNING


async def _steer(
    work: UnitOfWork, found: Announcement, state: AnnouncementState, now: datetime
) -> Announcement:
    await work.announcements.steer(found.id, state, now)
    await work.commit()
    return await work.announcements.get(found.id) or found
