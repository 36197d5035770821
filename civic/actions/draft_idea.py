"""An author writes an idea, part by part, over as many days as it takes."""

from dataclasses import dataclass, replace

from civic.actions.idea_drafts import Desk, Target, find_desk, note_taken_back, open_draft
from civic.model.cycle import Cycle, IdeaRules, Stage
from civic.model.idea import IdeaContent, IdeaDraft
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, PhotoReader, Work
from civic.rules.ideas import Change, Field, changed, missing, with_photo
from civic.rules.stages import Permission, require

PHOTO_TYPE = "image/jpeg"
"""What `PhotoReader` makes of every photo."""


@dataclass(frozen=True, slots=True)
class DraftShown:
    """A draft as its author sees it; without an id as long as nothing has been written."""

    draft: IdeaDraft | None
    content: IdeaContent
    missing: Field | None
    """The first part that is still needed."""
    cycle: Cycle
    stage: Stage
    rules: IdeaRules


@dataclass(frozen=True, slots=True)
class ReadIdeaDraft:
    """Read a draft; when the stage is over too, so that no words are ever out of reach."""

    work: Work

    async def __call__(self, resident: Resident, target: Target) -> DraftShown:
        """Return the draft; raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `IDEA_WITHDRAWN`."""
        async with self.work.read() as work:
            desk = await find_desk(work, resident, target)
            draft = await work.ideas.draft_of(resident.id, desk.cycle.id, target.idea_id)
        return _shown(draft, desk)


@dataclass(frozen=True, slots=True)
class BeginIdea:
    """See whether an idea can be written now, before the author types a word."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, target: Target) -> DraftShown:
        """Return what has been written so far; raises `Refused` while the stage is not open."""
        async with self.work.read() as work:
            desk = await find_desk(work, resident, target)
            require(desk.cycle, Permission.WRITE_IDEA, self.clock.now())
            draft = await work.ideas.draft_of(resident.id, desk.cycle.id, target.idea_id)
        return _shown(draft, desk)


@dataclass(frozen=True, slots=True)
class WriteIdea:
    """Keep one part of a draft."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, target: Target, change: Change) -> DraftShown:
        """Return the changed draft; raises `Refused` as `civic.rules.ideas.changed` does."""
        now = self.clock.now()
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            draft, desk = await open_draft(work, resident, target, now)
            content = changed(draft.content, change, desk.town, desk.rules)
            draft = replace(draft, content=content, updated_at=now)
            await work.ideas.save_draft(draft)
            await work.commit()
        return _shown(draft, desk)


@dataclass(frozen=True, slots=True)
class KeepPhoto:
    """Add a photo to a draft, cleaned of everything but its pixels."""

    work: Work
    clock: Clock
    photos: PhotoReader

    async def __call__(self, resident: Resident, target: Target, content: bytes) -> DraftShown:
        """Return the changed draft; the same photo sent twice is kept once.

        Raises `Refused` with `PHOTO_UNREADABLE`, `PHOTO_TOO_LARGE` or `TOO_MANY_PHOTOS`.
        """
        now = self.clock.now()
        photo = await self.photos.clean(content)
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            draft, desk = await open_draft(work, resident, target, now)
            picture = await work.pictures.add(photo, PHOTO_TYPE, now)
            kept = with_photo(draft.content, picture, desk.rules)
            draft = replace(draft, content=kept, updated_at=now)
            await work.ideas.save_draft(draft)
            await work.commit()
        return _shown(draft, desk)


@dataclass(frozen=True, slots=True)
class DiscardIdeaDraft:
    """Throw a draft away."""

    work: Work

    async def __call__(self, resident: Resident, draft_id: int) -> None:
        """Remove the draft; one that is gone already changes nothing. Raises `NOT_YOURS`."""
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            draft = await work.ideas.draft(draft_id)
            if draft is None:
                return
            if draft.resident_id != resident.id:
                raise Refused(Reason.NOT_YOURS)
            await work.ideas.remove_draft(draft_id)
            await note_taken_back(work, resident, draft.cycle_id)
            await work.commit()


def _shown(draft: IdeaDraft | None, desk: Desk) -> DraftShown:
    if draft is not None:
        content = draft.content
    else:
        content = IdeaContent() if desk.idea is None else desk.idea.content
    return DraftShown(
        draft=draft,
        content=content,
        missing=missing(content, desk.town),
        cycle=desk.cycle,
        stage=desk.stage,
        rules=desk.rules,
    )
