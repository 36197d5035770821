"""Throw away pictures that no idea, draft or project shows."""

from dataclasses import dataclass

from civic.ports import Clock, Work
from civic.rules.keeping import unseen_gone_before


@dataclass(frozen=True, slots=True)
class TidyPictures:
    """Remove some of the pictures that nothing has shown for long."""

    work: Work
    clock: Clock

    async def __call__(self, limit: int) -> int:
        """Remove at most `limit` of them; return how many."""
        async with self.work.write() as work:
            removed = await work.pictures.remove_unused(
                unseen_gone_before(self.clock.now()), limit
            )
            await work.commit()
        return removed
