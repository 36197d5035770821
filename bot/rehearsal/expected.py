"""What a phone has to show of what the ledger says was sent."""

from collections.abc import Sequence
from datetime import datetime

from bot.broadcast.letters import Letters, Subject, read_subject, urgency_of
from bot.channels.budgets import BUDGETS
from bot.rehearsal.messenger import CHANNEL
from bot.wiring import Service


class Expected:
    """Words announcements once more, after a rehearsal, from what the database holds."""

    def __init__(self, service: Service) -> None:
        """Read from the database of `service`."""
        self._work = service.work
        self._letters = Letters(service.i18n, BUDGETS[CHANNEL])
        self._subjects: dict[int, Subject] = {}
        self._known: dict[tuple[tuple[int, ...], str, tuple[datetime, ...]], str] = {}

    async def html(self, announcement_ids: Sequence[int], language: str, at: datetime) -> str:
        """Return the message in which these announcements went together, as it read at `at`.

        It is empty where one of them is gone, or where they do not fit into one message.
        """
        subjects = [await self._subject(number) for number in announcement_ids]
        found = [subject for subject in subjects if subject is not None]
        if len(found) < len(announcement_ids):
            return ""
        since = tuple(subject.reads_since(at) for subject in found)
        key = (tuple(announcement_ids), language, since)
        if key not in self._known:
            self._known[key] = self._written(found, language, at)
        return self._known[key]

    def _written(self, found: Sequence[Subject], language: str, at: datetime) -> str:
        written = self._letters.written(sorted(found, key=urgency_of), language, at)
        return written.html if written.holds == len(found) else ""

    async def _subject(self, announcement_id: int) -> Subject | None:
        if announcement_id not in self._subjects:
            async with self._work.read() as work:
                found = await read_subject(work, announcement_id)
            if found is None:
                return None
            self._subjects[announcement_id] = found
        return self._subjects[announcement_id]
