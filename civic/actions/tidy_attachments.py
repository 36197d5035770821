"""Throw away pictures and documents that no idea, draft, project or announcement shows."""

from dataclasses import dataclass

from civic.ports import Clock, Work
from civic.rules.keeping import unseen_gone_before


@dataclass(frozen=True, slots=True)
class TidyAttachments:
    """Remove some of what nothing has shown for long."""

    work: Work
    clock: Clock

    async def __call__(self, limit: int) -> int:
        """Remove at most `limit` pictures and documents; return how many."""
        before = unseen_gone_before(self.clock.now())
        async with self.work.write() as work:
            removed = await work.pictures.remove_unused(before, limit)
            removed += await work.documents.remove_unused(before, limit - removed)
            await work.commit()
        return removed
