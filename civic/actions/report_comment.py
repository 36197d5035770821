"""A resident tells the moderators about a remark that should not be there."""

from dataclasses import dataclass

from civic.actions.consultations import find_comment
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.remarks import require_of_others, require_shown


@dataclass(frozen=True, slots=True)
class ReportComment:
    """Keep a complaint about a remark of somebody else."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, comment_id: int) -> None:
        """Keep the complaint, at any time; repeating changes nothing.

        Raises `Refused` with `NOT_FOUND`, `OWN_COMMENT` or `COMMENT_HIDDEN`.
        """
        async with self.work.write() as work:
            comment, _ = await find_comment(work, resident, comment_id)
            require_of_others(comment, resident)
            require_shown(comment)
            await work.comments.report(comment_id, resident.id, self.clock.now())
            await work.commit()
