"""What a phone has to show of what the ledger says was sent."""

from collections.abc import Sequence

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
        self._known: dict[tuple[tuple[int, ...], str], str] = {}

    async def html(self, announcement_ids: Sequence[int], language: str) -> str:
        """Return the message in which these announcements went together.

        It is empty where one of them is gone, or where they do not fit into one message.
        """
        key = (tuple(announcement_ids), language)
        if key not in self._known:
            self._known[key] = await self._written(announcement_ids, language)
        return self._known[key]

    async def _written(self, announcement_ids: Sequence[int], language: str) -> str:
        subjects = [await self._subject(number) for number in announcement_ids]
        found = [subject for subject in subjects if subject is not None]
        if len(found) < len(announcement_ids):
            return ""
        written = self._letters.written(sorted(found, key=urgency_of), language)
        return written.html if written.holds == len(found) else ""

    async def _subject(self, announcement_id: int) -> Subject | None:
        if announcement_id not in self._subjects:
            async with self._work.read() as work:
                found = await read_subject(work, announcement_id)
            if found is None:
                return None
            self._subjects[announcement_id] = found
        return self._subjects[announcement_id]
