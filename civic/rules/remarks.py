"""Until when an author may take words back."""

from datetime import datetime, timedelta

from civic.model.comment import Comment
from civic.model.cycle import ConsultationRules
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident


def editable_until(comment: Comment, rules: ConsultationRules) -> datetime:
    """Return the moment until which (exclusive) the author may change or delete the remark."""
    return comment.published_at + timedelta(minutes=rules.edit_minutes)


def require_editable(
    comment: Comment, resident: Resident, rules: ConsultationRules, now: datetime
) -> None:
    """Raise `Refused` with `NOT_YOURS` or `EDIT_TIME_OVER` when the remark has to stay."""
    if comment.author_id != resident.id:
        raise Refused(Reason.NOT_YOURS)
    if now >= editable_until(comment, rules):
        raise Refused(Reason.EDIT_TIME_OVER, minutes=rules.edit_minutes)


def require_of_others(comment: Comment, resident: Resident) -> None:
    """Raise `Refused` with `OWN_COMMENT` when the remark is the person's own."""
    if comment.author_id == resident.id:
        raise Refused(Reason.OWN_COMMENT)
