"""What was announced in a town: one known source for everyone."""

from dataclasses import dataclass, replace
from datetime import datetime

from civic.model.announcement import Announcement, AnnouncementState, DeliveryState
from civic.model.cycle import Cycle, Stage
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Clock, UnitOfWork, Work


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement and what it is about."""

    announcement: Announcement
    about: tuple[Cycle, Stage] | None
    """None for organisers' own words."""
    corrected_by: tuple[int, ...] = ()
    """Numbers of the corrections that were sent."""
    reached: int = 0
    """How many had got it when its organisers stopped it."""


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """A part of the list, newest first."""

    entries: tuple[Told, ...]
    has_older: bool


@dataclass(frozen=True, slots=True)
class ReadAnnouncements:
    """Read what was announced; organisers also see what still waits for its moment."""

    work: Work

    async def __call__(self, resident: Resident, page: int, size: int) -> AnnouncementPage:
        """Return page `page` (from 0) of `size` announcements of the person's town."""
        async with self.work.read() as work:
            found = await work.announcements.published(
                resident.community_id,
                offset=page * size,
                limit=size + 1,
                waiting=resident.has(Role.ORGANISER),
            )
            entries = [await told(work, entry) for entry in found[:size]]
        return AnnouncementPage(tuple(filter(None, entries)), len(found) > size)


@dataclass(frozen=True, slots=True)
class ReadAnnouncement:
    """Read one announcement of the list."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, number: int) -> Told:
        """Return what the person's town knows by that number.

        Raises `Refused` with `NOT_FOUND`, for all but organisers also until it is out.
        """
        async with self.work.read() as work:
            found = await work.announcements.by_number(resident.community_id, number)
            is_organiser = resident.has(Role.ORGANISER)
            may_read = found is not None and (found.is_out or is_organiser)
            entry = await told(work, found) if found is not None and may_read else None
            corrections = await work.announcements.corrections(
                resident.community_id, number, waiting=is_organiser
            )
            reached = 0 if found is None else await _reached(work, found, self.clock.now())
        if entry is None:
            raise Refused(Reason.NOT_FOUND)
        return replace(entry, corrected_by=tuple(corrections), reached=reached)


async def _reached(work: UnitOfWork, found: Announcement, now: datetime) -> int:
    if found.state is not AnnouncementState.STOPPED:
        return 0
    progress = await work.announcements.progress(found.id, now)
    return progress.counts.get(DeliveryState.SENT, 0)


async def told(work: UnitOfWork, announcement: Announcement) -> Told | None:
    """Return the announcement with what it is about; None when that is gone."""
    if announcement.cycle_id is None:
        return Told(announcement, None)
    cycle = await work.cycles.get(announcement.cycle_id)
    stage = None if cycle is None else cycle.found(announcement.stage_id)
    return None if cycle is None or stage is None else Told(announcement, (cycle, stage))
