"""What each claimed delivery says and to whom: read once for many, rendered once per language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import I18n

from civic.actions.read_announcements import Told, told
from civic.actions.read_attachment import Attachment, attachment_of
from civic.model.announcement import Addressee, Delivery
from civic.model.broadcast import Broadcast
from civic.model.community import Community
from civic.ports import UnitOfWork
from civic.rules.news import matters
from dialogs.announcements.notice import notice_of

SUBJECT_LASTS: Final = timedelta(seconds=5)
"""How long what an announcement is about is taken to be as it was read."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An announcement and what it is about."""

    told: Told
    community: Community
    attachment: Attachment | None = None

    def is_of_use(self, now: datetime) -> bool:
        """Tell whether it still makes sense to tell it."""
        until, about = self.told.announcement.send_until, self.told.about
        if until is not None and now >= until:
            return False
        return about is None or matters(self.told.announcement, about[1], now)


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed delivery with everything needed to send it; None where that is gone."""

    delivery: Delivery
    addressee: Addressee | None
    subject: Subject | None
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What everyone reads who speaks the language."""

    html: str
    keyboard: InlineKeyboardMarkup | None
    attachment: Attachment | None


class Letters:
    """Turns claimed deliveries into letters, and letters into what is read."""

    def __init__(self, i18n: I18n) -> None:
        """Speak by the catalogues of `i18n`."""
        self._i18n = i18n
        self._subjects: dict[int, tuple[datetime, Subject | None]] = {}
        self._written: dict[tuple[int, str], tuple[Subject, Written]] = {}

    async def gather(
        self, work: UnitOfWork, claimed: Sequence[Delivery], now: datetime
    ) -> Sequence[Letter]:
        """Return a letter for each delivery."""
        if not claimed:
            return []
        people = await work.deliveries.addressees([entry.resident_id for entry in claimed])
        subjects = {
            announcement_id: await self._subject(work, announcement_id, now)
            for announcement_id in {entry.announcement_id for entry in claimed}
        }
        self._forget_others(subjects)
        return [
            Letter(entry, people.get(entry.resident_id), subjects[entry.announcement_id], now)
            for entry in claimed
        ]

    def written(self, subject: Subject, language: str) -> Written:
        """Return what the announcement says in that language."""
        key = (subject.told.announcement.id, language)
        known = self._written.get(key)
        if known is not None and known[0] == subject:
            return known[1]
        with self._i18n.context(), self._i18n.use_locale(language):
            notice = notice_of(subject.told, subject.community, language)
        written = Written(notice.html, notice.keyboard(), subject.attachment)
        self._written[key] = (subject, written)
        return written

    async def _subject(
        self, work: UnitOfWork, announcement_id: int, now: datetime
    ) -> Subject | None:
        known = self._subjects.get(announcement_id)
        if known is not None and abs(now - known[0]) < SUBJECT_LASTS:
            return known[1]
        before = None if known is None else known[1]
        subject = await read_subject(work, announcement_id, before)
        self._subjects[announcement_id] = (now, subject)
        return subject

    def _forget_others(self, subjects: Mapping[int, Subject | None]) -> None:
        self._subjects = {key: kept for key, kept in self._subjects.items() if key in subjects}
        self._written = {key: kept for key, kept in self._written.items() if key[0] in subjects}


async def read_subject(
    work: UnitOfWork, announcement_id: int, before: Subject | None = None
) -> Subject | None:
    """Return the announcement and what it is about; None where that is gone.

    What goes with it is taken from what was read `before` if it cannot have changed.
    """
    announcement = await work.announcements.get(announcement_id)
    if announcement is None:
        return None
    community = await work.communities.get(announcement.community_id)
    entry = await told(work, announcement)
    if community is None or entry is None:
        return None
    if before is not None and before.told.announcement.parameters == announcement.parameters:
        # Megabytes that cannot have changed.
        return Subject(entry, community, before.attachment)
    attachment = await attachment_of(work, Broadcast.read(announcement.parameters))
    return Subject(entry, community, attachment)
