"""A resident says: I think so too."""

from dataclasses import dataclass

from civic.actions.consultations import find_comment
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.remarks import require_of_others, require_shown
from civic.rules.stages import Permission, require


@dataclass(frozen=True, slots=True)
class SupportComment:
    """Set or take back a resident's support for a remark of somebody else."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, comment_id: int, *, on: bool) -> None:
        """Support the remark, or no longer; repeating changes nothing.

        Raises `Refused` with `NOT_FOUND`, `OWN_COMMENT`, `COMMENT_HIDDEN`, or while people may
        not comment.
        """
        async with self.work.write() as work:
            comment, discussion = await find_comment(work, resident, comment_id)
            require_of_others(comment, resident)
            require_shown(comment)
            require(discussion.cycle, Permission.COMMENT, self.clock.now())
            await work.comments.support(comment_id, resident.id, on=on)
            await work.commit()
