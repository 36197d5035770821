"""Throws away what nobody can see any more, a little at a time."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from civic.actions.tidy_attachments import TidyAttachments
from civic.ports import Clock
from civic.rules.keeping import unseen_gone_before
from storage.repositories.webchat import SqlWebChats

log = logging.getLogger(__name__)

BATCH: Final = 200
"""Rows removed in one transaction: others wait for it."""
ROUNDS: Final = 20
"""Transactions of one kind at a time; what is left is for the next time."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Removes deleted messages of the web chat, and files and attachments that nothing shows."""

    chats: SqlWebChats
    attachments: TidyAttachments
    clock: Clock

    async def tidy(self) -> None:
        """Remove some of everything that has been unseen for long."""
        before = unseen_gone_before(self.clock.now())
        messages = await _again(lambda: self.chats.remove_gone(before, BATCH))
        files = await _again(lambda: self.chats.remove_unused_files(before, BATCH))
        attachments = await _again(lambda: self.attachments(BATCH))
        if messages or files or attachments:
            log.info("removed %d messages, %d files, %d attachments", messages, files, attachments)


async def _again(remove: Callable[[], Awaitable[int]]) -> int:
    removed = 0
    for _round in range(ROUNDS):
        count = await remove()
        removed += count
        if count < BATCH:
            break
    return removed
