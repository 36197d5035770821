"""A resident writes a remark, step by step; every step is kept."""

from dataclasses import dataclass, replace

from civic.actions.consultations import (
    Discussion,
    find_comment,
    find_discussion,
    find_draft,
    find_section,
    note_taken_back,
)
from civic.model.budget import Section
from civic.model.comment import MAX_LENGTH, CommentDraft, CommentKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.remarks import require_editable
from civic.rules.stages import Permission, require
from civic.rules.texts import clean, within

LEAST_LENGTH = 2
"""«Жоқ» is an opinion; a single letter is a slip."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft and what it is about."""

    draft: CommentDraft
    discussion: Discussion
    section: Section | None
    """None for the whole budget."""
    is_other: bool = False
    """True when something else was asked for, but these unpublished words come first."""


@dataclass(frozen=True, slots=True)
class BeginComment:
    """Begin a remark on a line (or the whole), or go on with the one that was begun."""

    work: Work
    clock: Clock

    async def __call__(
        self, resident: Resident, cycle_id: int, section_id: int | None
    ) -> DraftView:
        """Return the draft; words on another line are kept and returned instead, `is_other`.

        Raises `Refused` with `NOT_FOUND`, `NO_SUCH_STAGE`, or while people may not comment.
        """
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            discussion = await find_discussion(work, resident, cycle_id)
            require(discussion.cycle, Permission.COMMENT, self.clock.now())
            section = await find_section(work, cycle_id, section_id)
            draft = await work.comments.draft_of(resident.id, cycle_id)
            if draft is not None and (draft.section_id, draft.comment_id) == (section_id, None):
                return DraftView(draft, discussion, section)
            if draft is not None and draft.text:
                return await _shown(work, draft, discussion, is_other=True)
            draft = await work.comments.add_draft(resident.id, cycle_id, section_id, None)
            await work.engagements.begin(discussion.stage.id, resident.id)
            await work.commit()
        return DraftView(draft, discussion, section)


@dataclass(frozen=True, slots=True)
class EditComment:
    """Begin to change one's own remark; readers see the old words until the new are published."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, comment_id: int) -> DraftView:
        """Return the draft; words on something else are kept and returned instead, `is_other`.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `EDIT_TIME_OVER`, or while people may not
        comment.
        """
        now = self.clock.now()
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            comment, discussion = await find_comment(work, resident, comment_id)
            require(discussion.cycle, Permission.COMMENT, now)
            require_editable(comment, resident, discussion.rules, now)
            draft = await work.comments.draft_of(resident.id, comment.cycle_id)
            if draft is not None and (draft.text or draft.comment_id == comment_id):
                is_other = draft.comment_id != comment_id
                return await _shown(work, draft, discussion, is_other=is_other)
            draft = await work.comments.add_draft(
                resident.id, comment.cycle_id, comment.section_id, comment_id
            )
            draft = replace(draft, kind=comment.kind, text=comment.text)
            await work.comments.save_draft(draft)
            shown = await _shown(work, draft, discussion)
            await work.commit()
        return shown


@dataclass(frozen=True, slots=True)
class ReadCommentDraft:
    """Read the draft that the person has in a consultation."""

    work: Work

    async def __call__(self, resident: Resident, cycle_id: int) -> DraftView | None:
        """Return the draft, None when there is none; raises `Refused` with `NOT_FOUND`."""
        async with self.work.read() as work:
            discussion = await find_discussion(work, resident, cycle_id)
            draft = await work.comments.draft_of(resident.id, cycle_id)
            return None if draft is None else await _shown(work, draft, discussion)


@dataclass(frozen=True, slots=True)
class WriteComment:
    """Keep the kind or the words of a draft."""

    work: Work
    clock: Clock

    async def __call__(
        self,
        resident: Resident,
        draft_id: int,
        *,
        kind: CommentKind | None = None,
        text: str | None = None,
    ) -> CommentDraft:
        """Return the changed draft; what is None stays.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `TEXT_EMPTY`, `TEXT_TOO_SHORT`,
        `TEXT_TOO_LONG` (what was kept before stays), or while people may not comment.
        """
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            draft, discussion = await find_draft(work, resident, draft_id)
            require(discussion.cycle, Permission.COMMENT, self.clock.now())
            if kind is not None:
                draft = replace(draft, kind=kind)
            if text is not None:
                words = within(clean(text), least=LEAST_LENGTH, limit=MAX_LENGTH)
                draft = replace(draft, text=words)
            await work.comments.save_draft(draft)
            await work.commit()
        return draft


@dataclass(frozen=True, slots=True)
class DiscardComment:
    """Throw a draft away."""

    work: Work

    async def __call__(self, resident: Resident, draft_id: int) -> None:
        """Remove the draft; one that is gone already changes nothing. Raises `NOT_YOURS`."""
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            draft = await work.comments.draft(draft_id)
            if draft is None:
                return
            if draft.resident_id != resident.id:
                raise Refused(Reason.NOT_YOURS)
            await work.comments.remove_draft(draft_id)
            discussion = await find_discussion(work, resident, draft.cycle_id)
            await note_taken_back(work, resident, discussion)
            await work.commit()


async def _shown(
    work: UnitOfWork, draft: CommentDraft, discussion: Discussion, *, is_other: bool = False
) -> DraftView:
    section = await find_section(work, draft.cycle_id, draft.section_id)
    return DraftView(draft, discussion, section, is_other)
