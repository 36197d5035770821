"""Reasons for which an action is denied.

Each has one sentence in every language (`dialogs.refusals`).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why an action may not happen. The facts each carries are named beside it."""

    NOT_OPEN_YET = "not_open_yet"
    """opens_at: datetime, closes_at: datetime."""
    CLOSED = "closed"
    """opens_at: datetime, closes_at: datetime."""
    NO_SUCH_STAGE = "no_such_stage"
    NOT_FOUND = "not_found"
    NOT_YOURS = "not_yours"
    NOT_ORGANISER = "not_organiser"
    NOT_MODERATOR = "not_moderator"
    NOT_DECLARED = "not_declared"
    """minimum_age: int."""
    NAME_EMPTY = "name_empty"
    NAME_TOO_LONG = "name_too_long"
    """length: int, limit: int."""
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_SHORT = "text_too_short"
    """length: int, least: int."""
    TEXT_TOO_LONG = "text_too_long"
    """length: int, limit: int."""
    COST_UNREADABLE = "cost_unreadable"
    COST_TOO_HIGH = "cost_too_high"
    """cost: int, limit: int."""
    TOO_MANY_PHOTOS = "too_many_photos"
    """limit: int."""
    PHOTO_UNREADABLE = "photo_unreadable"
    PHOTO_TOO_LARGE = "photo_too_large"
    """limit_mb: int."""
    DOCUMENT_UNREADABLE = "document_unreadable"
    DOCUMENT_TOO_LARGE = "document_too_large"
    """limit_mb: int."""
    DRAFT_INCOMPLETE = "draft_incomplete"
    """field: str, the first field that is missing."""
    OWN_IDEA = "own_idea"
    OWN_COMMENT = "own_comment"
    OWN_CASE = "own_case"
    COMMENT_HIDDEN = "comment_hidden"
    IDEA_WITHDRAWN = "idea_withdrawn"
    EDIT_TIME_OVER = "edit_time_over"
    """minutes: int."""
    TOO_MANY_CHOICES = "too_many_choices"
    """limit: int."""
    OVER_FUND = "over_fund"
    """left: int, cost: int."""
    ALREADY_OPEN = "already_open"
    ALREADY_CLOSED = "already_closed"
    EARLIER_OPEN = "earlier_open"
    """closes_at: datetime, the close of an earlier stage that is not over."""
    WOULD_OVERLAP = "would_overlap"
    """limit: datetime, the close of the stage before."""
    DATE_UNREADABLE = "date_unreadable"
    DATE_IN_PAST = "date_in_past"
    NOT_LATER = "not_later"
    """closes_at: datetime, the present close that the new one must come after."""
    NOT_EARLIER = "not_earlier"
    """closes_at: datetime, the present close that the new one must come before."""
    SAME_DATE = "same_date"
    TOO_SOON = "too_soon"
    """limit: datetime, the earliest close that leaves people time."""
    TOO_FAR = "too_far"
    """days: int, by how many a date can be moved at once."""
    REASON_NEEDED = "reason_needed"
    """least: int, limit: int, in characters."""
    INVITATION_SPENT = "invitation_spent"
    BRACES_UNREADABLE = "braces_unreadable"
    PLACE_UNKNOWN = "place_unknown"
    """place: str, what stands in braces; known: str, what may stand there."""
    RULES_FROZEN = "rules_frozen"
    """changed: str, what the file changes in a vote that has opened."""
    SENDING_OVER = "sending_over"
    ONE_LANGUAGE = "one_language"
    APPROVAL_NEEDED = "approval_needed"
    SECOND_ORGANISER_NEEDED = "second_organiser_needed"
    OWN_BROADCAST = "own_broadcast"
    NOT_WAITING = "not_waiting"
    """The announcement does not wait for approval any more."""
    CHANGED_MEANWHILE = "changed_meanwhile"
    TAKEN_BACK = "taken_back"
    STILL_SENDING = "still_sending"
    """number: int, of the announcement that not everyone has got yet."""
    CORRECTED = "corrected"
    """number: int, of the announcement that corrects it."""
    RESULTS_NOT_READY = "results_not_ready"
    """closes_at: datetime."""


Fact = str | int | datetime
"""A value that a refusal's sentence needs."""


class Refused(Exception):  # noqa: N818 - it is an answer to a person, not an error of the program
    """An action may not happen; carries the reason and the facts that its sentence needs."""

    def __init__(self, reason: Reason, **facts: Fact) -> None:
        """Keep `reason` and `facts`; the log shows the reason only."""
        super().__init__(reason.value)
        self.reason = reason
        self.facts: Mapping[str, Fact] = facts
