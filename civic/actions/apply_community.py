"""Set a town up, or bring it to what its file says."""

from dataclasses import dataclass, replace
from enum import StrEnum

from civic.model.community import Community
from civic.ports import Work


class Applied(StrEnum):
    """What applying a file came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ApplyCommunity:
    """Bring the town with the file's slug to what the file says."""

    work: Work

    async def __call__(self, wanted: Community) -> Applied:
        """Store the town; its id is ignored, its slug says which town it is."""
        async with self.work.write() as work:
            existing = await work.communities.by_slug(wanted.slug)
            if existing is not None and replace(wanted, id=existing.id) == existing:
                return Applied.UNCHANGED
            await work.communities.save(wanted)
            await work.commit()
        return Applied.CREATED if existing is None else Applied.UPDATED
