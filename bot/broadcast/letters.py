"""What is told to each person, in one message: read once for many, and rendered once.

Once, that is, in each language, and again when it reads otherwise: on another day, or when a stage
has opened or closed.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import I18n

from bot.channels.budgets import Budget
from bot.channels.telegram.limits import utf16_length
from civic.actions.read_announcements import Told, told
from civic.actions.read_attachment import Attachment, attachment_of
from civic.model.announcement import Addressee, Delivery
from civic.model.broadcast import Broadcast
from civic.model.community import Community
from civic.ports import UnitOfWork
from civic.rules.digests import MOST, goes_alone, urgency
from civic.rules.formatting import plain
from civic.rules.news import REMINDING, matters, may_be_unwanted, reads_since
from dialogs.announcements.digest import digest_of
from dialogs.announcements.notice import notice_of
from dialogs.notices import Notice

SUBJECT_LASTS: Final = timedelta(seconds=5)
"""How long what an announcement is about is taken to be as it was read."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An announcement and what it is about."""

    told: Told
    community: Community
    attachment: Attachment | None = None

    @property
    def reminds_of(self) -> int | None:
        """Id of the stage in which whoever has finished need not hear it; None without any."""
        announcement = self.told.announcement
        return announcement.stage_id if announcement.kind in REMINDING else None

    def is_of_use(self, now: datetime) -> bool:
        """Tell whether it still makes sense to tell it."""
        until, about = self.told.announcement.send_until, self.told.about
        if until is not None and now >= until:
            return False
        return about is None or matters(self.told.announcement, about[1], now)

    def reads_since(self, now: datetime) -> datetime:
        """Return since when it reads as it does now; organisers' own words never change."""
        if self.told.about is None:
            return self.told.announcement.created_at
        return reads_since(self.told.about[0], now, self.community.zone)


Reading = tuple[Subject, datetime]
"""What it is about, and since when it reads as it does."""


@dataclass(frozen=True, slots=True)
class Part:
    """A claimed delivery and what it is about; None where that is gone."""

    delivery: Delivery
    subject: Subject | None
    is_done: bool = False
    """True when it reminds of what the person has finished meanwhile."""
    is_unwanted: bool = False
    """True when the person has chosen meanwhile not to be told such things."""

    @property
    def goes_alone(self) -> bool:
        """Tell whether it needs a message of its own."""
        subject = self.subject
        return subject is not None and goes_alone(subject.told.announcement.parameters)


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that is to be told to one person now, most urgent first."""

    addressee: Addressee | None
    """None when the person is gone."""
    parts: tuple[Part, ...]
    claimed_at: datetime

    @property
    def deliveries(self) -> list[Delivery]:
        """The claimed deliveries."""
        return [part.delivery for part in self.parts]

    def only(self, *parts: Part) -> "Letter":
        """Return the same letter with these parts alone."""
        return replace(self, parts=parts)


@dataclass(frozen=True, slots=True)
class Written:
    """What everyone reads who speaks the language and is told the same."""

    html: str
    keyboard: InlineKeyboardMarkup | None
    attachment: Attachment | None
    holds: int
    """How many announcements it tells."""


class Letters:
    """Turns claimed deliveries into letters, and letters into what is read."""

    def __init__(self, i18n: I18n, budget: Budget) -> None:
        """Speak by the catalogues of `i18n`; no message is larger than `budget` permits."""
        self._i18n = i18n
        self._budget = budget
        self._subjects: dict[int, tuple[datetime, Subject | None]] = {}
        self._notices: dict[tuple[int, str], tuple[Reading, Notice]] = {}
        self._written: dict[tuple[tuple[int, ...], str], tuple[Sequence[Reading], Written]] = {}

    async def gather(
        self, work: UnitOfWork, claimed: Sequence[Delivery], now: datetime
    ) -> Sequence[Letter]:
        """Return a letter for each person among the deliveries, and for what goes alone."""
        if not claimed:
            return []
        people = await work.deliveries.addressees({entry.resident_id for entry in claimed})
        subjects = {
            announcement_id: await self._subject(work, announcement_id, now)
            for announcement_id in {entry.announcement_id for entry in claimed}
        }
        self._forget_others(subjects)
        finished = await _finished(work, claimed, subjects)
        unwanted = await _unwanted(work, claimed, subjects, people)
        letters: dict[tuple[int, int | None], list[Part]] = {}
        for entry in claimed:
            subject = subjects[entry.announcement_id]
            part = Part(entry, subject, entry in finished, entry in unwanted)
            alone = entry.announcement_id if part.goes_alone else None
            letters.setdefault((entry.resident_id, alone), []).append(part)
        return [
            Letter(people.get(resident_id), tuple(sorted(parts, key=_urgency)), now)
            for (resident_id, _alone), parts in letters.items()
        ]

    def written(self, subjects: Sequence[Subject], language: str, now: datetime) -> Written:
        """Return one message of the announcements in that language, as it reads now.

        It holds as many of them, from the first on, as a message can, and at least one.
        """
        ids = tuple(subject.told.announcement.id for subject in subjects)
        readings = [(subject, subject.reads_since(now)) for subject in subjects]
        known = self._written.get((ids, language))
        if known is not None and known[0] == readings:
            return known[1]
        with self._i18n.context(), self._i18n.use_locale(language):
            notices = [self._notice(reading, language) for reading in readings[:MOST]]
            holds, notice = self._together(notices)
        attachment = subjects[0].attachment if holds == 1 else None
        written = Written(notice.html, notice.keyboard(), attachment, holds)
        self._written[ids, language] = (readings, written)
        return written

    def _together(self, notices: Sequence[Notice]) -> tuple[int, Notice]:
        for count in range(len(notices), 1, -1):
            digest = digest_of(notices[:count], self._budget.buttons)
            if utf16_length(plain(digest.html)) <= self._budget.text:
                return count, digest
        return 1, notices[0]

    def _notice(self, reading: Reading, language: str) -> Notice:
        subject, since = reading
        key = (subject.told.announcement.id, language)
        known = self._notices.get(key)
        if known is not None and known[0] == reading:
            return known[1]
        notice = notice_of(subject.told, subject.community, language, since)
        self._notices[key] = (reading, notice)
        return notice

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
        self._notices = {key: kept for key, kept in self._notices.items() if key[0] in subjects}
        self._written = {
            key: kept for key, kept in self._written.items() if subjects.keys() >= set(key[0])
        }


def _urgency(part: Part) -> tuple[int, datetime, int] | tuple[float]:
    """Return what sorts the parts of a letter; what is gone comes last."""
    return (math.inf,) if part.subject is None else urgency_of(part.subject)


def urgency_of(subject: Subject) -> tuple[int, datetime, int]:
    """Return what sorts announcements in one message, the most urgent first."""
    told = subject.told
    return urgency(told.announcement, None if told.about is None else told.about[1])


async def _finished(
    work: UnitOfWork, claimed: Sequence[Delivery], subjects: Mapping[int, Subject | None]
) -> Collection[Delivery]:
    """Return what reminds of something that the person has finished; most news reminds of none."""
    found: set[Delivery] = set()
    for announcement_id, subject in subjects.items():
        stage_id = None if subject is None else subject.reminds_of
        if stage_id is not None:
            mine = [entry for entry in claimed if entry.announcement_id == announcement_id]
            people = {entry.resident_id for entry in mine}
            done = await work.engagements.finished(stage_id, people)
            found.update(entry for entry in mine if entry.resident_id in done)
    return found


async def _unwanted(
    work: UnitOfWork,
    claimed: Sequence[Delivery],
    subjects: Mapping[int, Subject | None],
    people: Mapping[int, Addressee],
) -> Collection[Delivery]:
    """Return what people do not want as they choose now; most choose nothing, and are not asked.

    Copies are written long before they leave: over night, or while a large sending goes on.
    """
    found: set[Delivery] = set()
    for announcement_id, subject in subjects.items():
        mine = [entry for entry in claimed if entry.announcement_id == announcement_id]
        if subject is None:
            continue
        announcement = subject.told.announcement
        asked = {
            entry.resident_id
            for entry in mine
            if (person := people.get(entry.resident_id)) is not None
            and may_be_unwanted(announcement.audience, person)
        }
        if asked:
            left_out = await work.deliveries.unwanted(announcement, asked)
            found.update(entry for entry in mine if entry.resident_id in left_out)
    return found


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
