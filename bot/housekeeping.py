"""Throws away what nobody can see any more, a little at a time."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from civic.actions.tidy_attachments import TidyAttachments
from civic.ports import Clock
from civic.rules.keeping import numbers_gone_before, unseen_gone_before
from storage.inbox import SqlInbox
from storage.repositories.webchat import SqlWebChats

log = logging.getLogger(__name__)

BATCH: Final = 200
"""Rows removed in one transaction: others wait for it."""
NUMBERS: Final = 1_000
"""Numbers of updates forgotten in one transaction: they are short."""
ROUNDS: Final = 20
"""Transactions of one kind at a time; what is left is for the next time."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Removes what is deleted in the web chat, files that nothing shows, and old numbers."""

    arrivals: SqlInbox
    chats: SqlWebChats
    attachments: TidyAttachments
    clock: Clock

    async def tidy(self) -> None:
        """Remove some of everything that nobody has seen or needed for long."""
        now = self.clock.now()
        before, done_before = unseen_gone_before(now), numbers_gone_before(now)
        messages = await _again(lambda: self.chats.remove_gone(before, BATCH))
        files = await _again(lambda: self.chats.remove_unused_files(before, BATCH))
        attachments = await _again(lambda: self.attachments(BATCH))
        numbers = await _again(lambda: self.arrivals.forget(done_before, NUMBERS), NUMBERS)
        if messages or files or attachments or numbers:
            log.info(
                "removed %d messages, %d files, %d attachments, %d numbers of updates",
                *(messages, files, attachments, numbers),
            )


async def _again(remove: Callable[[], Awaitable[int]], batch: int = BATCH) -> int:
    removed = 0
    for _round in range(ROUNDS):
        count = await remove()
        removed += count
        if count < batch:
            break
    return removed
