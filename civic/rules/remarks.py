"""Until when an author may take words back, and who may read what was hidden."""

from dataclasses import replace
from datetime import datetime, timedelta

from civic.model.comment import Comment
from civic.model.cycle import ConsultationRules
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.rules.eligibility import may_moderate


def editable_until(comment: Comment, rules: ConsultationRules) -> datetime:
    """Return the moment until which (exclusive) the author may change or delete the remark."""
    return comment.published_at + timedelta(minutes=rules.edit_minutes)


def require_editable(
    comment: Comment, resident: Resident, rules: ConsultationRules, now: datetime
) -> None:
    """Raise `Refused` when the remark has to stay as it is.

    With `NOT_YOURS`, `COMMENT_HIDDEN` or `EDIT_TIME_OVER`.
    """
    if comment.author_id != resident.id:
        raise Refused(Reason.NOT_YOURS)
    require_shown(comment)
    if now >= editable_until(comment, rules):
        raise Refused(Reason.EDIT_TIME_OVER, minutes=rules.edit_minutes)


def require_of_others(comment: Comment, resident: Resident) -> None:
    """Raise `Refused` with `OWN_COMMENT` when the remark is the person's own."""
    if comment.author_id == resident.id:
        raise Refused(Reason.OWN_COMMENT)


def require_shown(comment: Comment) -> None:
    """Raise `Refused` with `COMMENT_HIDDEN` when a moderator has hidden the remark."""
    if comment.hidden is not None:
        raise Refused(Reason.COMMENT_HIDDEN)


def as_read_by(comment: Comment, resident: Resident) -> Comment:
    """Return the remark without its words when it is hidden from the person.

    The author and the moderators can go on reading it.
    """
    is_shown = comment.hidden is None or comment.author_id == resident.id
    return comment if is_shown or may_moderate(resident) else replace(comment, text="")
