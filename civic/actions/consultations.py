"""What the actions on a draft budget and its remarks share: finding things, in one's own town."""

from dataclasses import dataclass
from datetime import datetime

from civic.model.budget import Section
from civic.model.comment import Comment, CommentDraft
from civic.model.cycle import ConsultationRules, Cycle, Stage, StageKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import UnitOfWork
from civic.rules.eligibility import in_town
from civic.rules.stages import Permission, stage_for


@dataclass(frozen=True, slots=True)
class Discussion:
    """A consultation of the person's town."""

    cycle: Cycle
    rules: ConsultationRules
    stage: Stage
    """The window in which people may comment."""

    @property
    def answers(self) -> Stage | None:
        """The stage in which the official answers are published, where one is planned."""
        return self.cycle.stage(StageKind.ANSWERS)

    def is_open(self, now: datetime) -> bool:
        """Tell whether people may comment now."""
        return self.stage.is_open(now)


async def find_discussion(work: UnitOfWork, resident: Resident, cycle_id: int) -> Discussion:
    """Return the consultation; raises `Refused` with `NOT_FOUND` or `NO_SUCH_STAGE`."""
    cycle = in_town(await work.cycles.get(cycle_id), resident)
    stage = stage_for(cycle, Permission.COMMENT)
    if stage is None or cycle.rules.consultation is None:
        raise Refused(Reason.NO_SUCH_STAGE)
    return Discussion(cycle, cycle.rules.consultation, stage)


async def note_taken_back(work: UnitOfWork, resident: Resident, discussion: Discussion) -> None:
    """Note what is left of what the person began, once a remark or a draft is gone."""
    cycle_id, stage_id = discussion.cycle.id, discussion.stage.id
    comments = await work.comments.of_author(resident.id)
    if any(comment.cycle_id == cycle_id for comment in comments):
        return
    if await work.comments.draft_of(resident.id, cycle_id) is not None:
        await work.engagements.unfinish(stage_id, resident.id)
    else:
        await work.engagements.forget(stage_id, resident.id)


async def find_section(work: UnitOfWork, cycle_id: int, section_id: int | None) -> Section | None:
    """Return the line, None for the whole budget; raises `Refused` with `NOT_FOUND`."""
    if section_id is None:
        return None
    section = await work.sections.get(section_id)
    if section is None or section.cycle_id != cycle_id:
        raise Refused(Reason.NOT_FOUND)
    return section


async def find_comment(
    work: UnitOfWork, resident: Resident, comment_id: int, *, lock: bool = False
) -> tuple[Comment, Discussion]:
    """Return a remark that was not deleted, locked if asked for; raises `NOT_FOUND`."""
    comment = await work.comments.get(comment_id, lock=lock)
    if comment is None:
        raise Refused(Reason.NOT_FOUND)
    return comment, await find_discussion(work, resident, comment.cycle_id)


async def find_draft(
    work: UnitOfWork, resident: Resident, draft_id: int
) -> tuple[CommentDraft, Discussion]:
    """Return the person's own draft; raises `Refused` with `NOT_FOUND` or `NOT_YOURS`."""
    draft = await work.comments.draft(draft_id)
    if draft is None:
        raise Refused(Reason.NOT_FOUND)
    if draft.resident_id != resident.id:
        raise Refused(Reason.NOT_YOURS)
    return draft, await find_discussion(work, resident, draft.cycle_id)
