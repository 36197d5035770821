"""A resident takes a remark back."""

from dataclasses import dataclass

from civic.actions.consultations import find_discussion, note_taken_back
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.remarks import require_editable


@dataclass(frozen=True, slots=True)
class DeleteComment:
    """Delete one's own remark while it may still be changed; its number stays used."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, comment_id: int) -> None:
        """Delete the remark; one that is gone already changes nothing.

        Raises `Refused` with `NOT_FOUND`, `NOT_YOURS` or `EDIT_TIME_OVER`.
        """
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            comment = await work.comments.get(comment_id, lock=True)
            if comment is None:
                return
            discussion = await find_discussion(work, resident, comment.cycle_id)
            require_editable(comment, resident, discussion.rules, self.clock.now())
            await work.comments.delete(comment_id)
            await note_taken_back(work, resident, discussion)
            await work.commit()
