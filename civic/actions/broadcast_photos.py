"""The photo of an announcement in organisers' own words."""

from dataclasses import dataclass

from civic.actions.draft_idea import PHOTO_TYPE
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Clock, PhotoReader, Work


@dataclass(frozen=True, slots=True)
class KeepBroadcastPhoto:
    """Keep a photo for an announcement, cleaned of everything but its pixels."""

    work: Work
    clock: Clock
    photos: PhotoReader

    async def __call__(self, organiser: Resident, content: bytes) -> int:
        """Return the picture's id; the same photo is kept once.

        Raises `Refused` with `NOT_ORGANISER`, `PHOTO_UNREADABLE` or `PHOTO_TOO_LARGE`.
        """
        _require_organiser(organiser)
        photo = await self.photos.clean(content)
        async with self.work.write() as work:
            picture = await work.pictures.add(photo, PHOTO_TYPE, self.clock.now())
            await work.commit()
        return picture


@dataclass(frozen=True, slots=True)
class ReadBroadcastPhoto:
    """Read the photo of an announcement that is being written."""

    work: Work

    async def __call__(self, organiser: Resident, picture: int) -> bytes:
        """Return the JPEG; raises `Refused` with `NOT_ORGANISER` or `NOT_FOUND`."""
        _require_organiser(organiser)
        async with self.work.read() as work:
            found = await work.pictures.get(picture)
        if found is None:
            raise Refused(Reason.NOT_FOUND)
        return found[0]


def _require_organiser(person: Resident) -> None:
    if not person.has(Role.ORGANISER):
        raise Refused(Reason.NOT_ORGANISER)
