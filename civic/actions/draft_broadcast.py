"""An organiser writes an announcement, part by part, over as many days as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from civic.actions.draft_idea import PHOTO_TYPE
from civic.actions.read_attachment import Attachment, attachment_of
from civic.model.announcement import AnnouncementState
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.broadcast import Broadcast, BroadcastDraft, Document, Order
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Clock, PhotoReader, UnitOfWork, Work
from civic.rules.broadcasts import Attached, Change, changed
from civic.rules.documents import MEDIA_TYPES, checked_name, ending_of


@dataclass(frozen=True, slots=True)
class Target:
    """Which draft is meant: one that is there, or a new one."""

    draft_id: int | None
    key: str = ""
    """Names a new one among its organiser's, so that a repeated first word begins only one."""
    corrects: int | None = None
    """Number of the announcement that a new one puts right."""


@dataclass(frozen=True, slots=True)
class ReadBroadcastDrafts:
    """Read what an organiser has begun to write."""

    work: Work

    async def __call__(self, organiser: Resident) -> Sequence[BroadcastDraft]:
        """Return the drafts, the one written last first; raises `NOT_ORGANISER`."""
        require_organiser(organiser)
        async with self.work.read() as work:
            return await work.broadcasts.drafts_of(organiser.id)


@dataclass(frozen=True, slots=True)
class ReadBroadcastDraft:
    """Read one of one's own drafts."""

    work: Work

    async def __call__(self, organiser: Resident, draft_id: int) -> BroadcastDraft:
        """Return it; raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND` or `NOT_YOURS`."""
        require_organiser(organiser)
        async with self.work.read() as work:
            return await own_draft(work, organiser, draft_id)


@dataclass(frozen=True, slots=True)
class WriteBroadcast:
    """Keep one part of a draft."""

    work: Work
    clock: Clock

    async def __call__(
        self, organiser: Resident, target: Target, change: Change
    ) -> BroadcastDraft:
        """Return the changed draft.

        Raises `Refused` as `civic.rules.broadcasts.changed` does, and with `NOT_ORGANISER`,
        `NOT_FOUND` or `NOT_YOURS`.
        """
        require_organiser(organiser)
        now = self.clock.now()
        async with self.work.write() as work:
            draft = await _change(work, organiser, target, change, now)
            await work.commit()
        return draft


@dataclass(frozen=True, slots=True)
class AddBroadcastPhoto:
    """Put a photo above the text, cleaned of everything but its pixels."""

    work: Work
    clock: Clock
    photos: PhotoReader

    async def __call__(
        self, organiser: Resident, target: Target, content: bytes
    ) -> BroadcastDraft:
        """Return the changed draft; the same photo is kept once.

        Raises `Refused` as `WriteBroadcast` does, and with `PHOTO_UNREADABLE` or
        `PHOTO_TOO_LARGE`.
        """
        require_organiser(organiser)
        now = self.clock.now()
        photo = await self.photos.clean(content)
        async with self.work.write() as work:
            picture = await work.pictures.add(photo, PHOTO_TYPE, now)
            draft = await _change(work, organiser, target, Attached(picture), now)
            await work.commit()
        return draft


@dataclass(frozen=True, slots=True)
class AddBroadcastDocument:
    """Let a document go with the text, exactly as it is."""

    work: Work
    clock: Clock

    async def __call__(
        self, organiser: Resident, target: Target, name: str | None, content: bytes
    ) -> BroadcastDraft:
        """Return the changed draft; the same document is kept once.

        Raises `Refused` as `WriteBroadcast` does, and with `DOCUMENT_UNREADABLE` or
        `DOCUMENT_TOO_LARGE`.
        """
        require_organiser(organiser)
        now = self.clock.now()
        safe = checked_name(name, content)
        async with self.work.write() as work:
            kept = await work.documents.add(content, MEDIA_TYPES[ending_of(safe)], now)
            attached = Attached(document=Document(kept, safe))
            draft = await _change(work, organiser, target, attached, now)
            await work.commit()
        return draft


@dataclass(frozen=True, slots=True)
class ReadBroadcastAttachment:
    """Read what goes with the text of a draft."""

    work: Work

    async def __call__(self, organiser: Resident, draft_id: int) -> Attachment | None:
        """Return it, None when nothing does.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND` or `NOT_YOURS`.
        """
        require_organiser(organiser)
        async with self.work.read() as work:
            draft = await own_draft(work, organiser, draft_id)
            return await attachment_of(work, draft.order.broadcast)


@dataclass(frozen=True, slots=True)
class DiscardBroadcast:
    """Throw a draft away; an announcement that was taken back to be changed stays unsent."""

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, draft_id: int) -> None:
        """Remove the draft; one that is gone already changes nothing.

        Raises `Refused` with `NOT_ORGANISER` or `NOT_YOURS`.
        """
        require_organiser(organiser)
        async with self.work.write() as work:
            found = await work.broadcasts.draft(draft_id, lock=True)
            if found is None:
                return
            draft = own(found, organiser)
            if draft.revises is not None:
                await _give_up(work, draft.revises, self.clock.now())
            await work.broadcasts.remove_draft(draft_id)
            await work.commit()


def require_organiser(person: Resident) -> None:
    """Raise `Refused` with `NOT_ORGANISER` for anybody else."""
    if not person.has(Role.ORGANISER):
        raise Refused(Reason.NOT_ORGANISER)


async def own_draft(
    work: UnitOfWork, organiser: Resident, draft_id: int, *, lock: bool = False
) -> BroadcastDraft:
    """Return the organiser's draft; with `lock` nobody else can change it meanwhile.

    Raises `Refused` with `NOT_FOUND` or `NOT_YOURS`.
    """
    return own(await work.broadcasts.draft(draft_id, lock=lock), organiser)


def own(draft: BroadcastDraft | None, organiser: Resident) -> BroadcastDraft:
    """Return the draft if it is there and the organiser's; raises as `own_draft` does."""
    if draft is None:
        raise Refused(Reason.NOT_FOUND)
    if draft.organiser_id != organiser.id:
        raise Refused(Reason.NOT_YOURS)
    return draft


async def audience_of(work: UnitOfWork, organiser: Resident, order: Order) -> Audience:
    """Return whom it goes to: a correction goes to exactly those who got what it corrects.

    Raises `Refused` with `NOT_FOUND` when that is not there.
    """
    if order.broadcast.corrects is None:
        return order.audience
    corrected = await work.announcements.by_number(
        organiser.community_id, order.broadcast.corrects
    )
    if corrected is None:
        raise Refused(Reason.NOT_FOUND)
    chats = await work.postings.reached(corrected.id)
    return EVERYONE.those(Trait.RECIPIENT, corrected.id).also_to(*chats)


async def _change(
    work: UnitOfWork, organiser: Resident, target: Target, change: Change, now: datetime
) -> BroadcastDraft:
    draft = await _find_or_begin(work, organiser, target, now)
    order = changed(draft.order, change, now)
    # What waits for approval has to be handed in again.
    draft = replace(
        draft, order=order, updated_at=now, version=draft.version + 1, handed_in_at=None
    )
    await work.broadcasts.save_draft(draft)
    return draft


async def _give_up(work: UnitOfWork, announcement_id: int, now: datetime) -> None:
    found = await work.announcements.get(announcement_id, lock=True)
    if found is not None and found.state is AnnouncementState.TAKEN_BACK:
        await work.announcements.steer(announcement_id, AnnouncementState.STOPPED, now)


async def _find_or_begin(
    work: UnitOfWork, organiser: Resident, target: Target, now: datetime
) -> BroadcastDraft:
    if target.draft_id is not None:
        return await own_draft(work, organiser, target.draft_id, lock=True)
    start = Order(Broadcast(corrects=target.corrects))
    start = replace(start, audience=await audience_of(work, organiser, start))
    return await work.broadcasts.add_draft(organiser.id, target.key, start, now)
