"""A resident publishes a remark; it can be read at once."""

from dataclasses import dataclass

from civic.actions.consultations import Discussion, find_comment, find_discussion, find_draft
from civic.model.comment import Comment
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.remarks import require_editable
from civic.rules.stages import Permission, require


@dataclass(frozen=True, slots=True)
class Published:
    """A remark that is out."""

    comment: Comment
    discussion: Discussion


@dataclass(frozen=True, slots=True)
class PublishComment:
    """Publish a draft, or put its words in place of those of the remark that it changes."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, draft_id: int) -> Published:
        """Return the remark; however often one draft is published, there is one remark.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `DRAFT_INCOMPLETE`, `EDIT_TIME_OVER`, or
        while people may not comment.
        """
        now = self.clock.now()
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            published = await self._published(work, resident, draft_id)
            if published is not None:
                return published
            draft, discussion = await find_draft(work, resident, draft_id)
            require(discussion.cycle, Permission.COMMENT, now)
            if draft.kind is None:
                raise Refused(Reason.DRAFT_INCOMPLETE, field="kind")
            if not draft.text:
                raise Refused(Reason.DRAFT_INCOMPLETE, field="text")
            if draft.comment_id is None:
                comment = await work.comments.publish(draft, now)
                await work.engagements.finish(discussion.stage.id, resident.id)
            else:
                comment, _ = await find_comment(work, resident, draft.comment_id, lock=True)
                require_editable(comment, resident, discussion.rules, now)
                await work.comments.edit(draft, now)
                comment, _ = await find_comment(work, resident, draft.comment_id)
            await work.comments.remove_draft(draft_id)
            await work.commit()
        return Published(comment, discussion)

    @staticmethod
    async def _published(work: UnitOfWork, resident: Resident, draft_id: int) -> Published | None:
        comment = await work.comments.by_draft(draft_id)
        if comment is None:
            return None
        if comment.author_id != resident.id:
            raise Refused(Reason.NOT_YOURS)
        discussion = await find_discussion(work, resident, comment.cycle_id)
        return Published(comment, discussion)
