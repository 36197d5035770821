"""Remarks in words."""

from datetime import datetime
from typing import Final

from civic.actions.consultations import Discussion
from civic.model.comment import Comment, CommentKind
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered, shorten
from dialogs.kit.moments import day, last_day
from dialogs.kit.names import author_name
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.moderation.sentences import hidden

EXTRACT: Final = 140


def kind_name(kind: CommentKind) -> str:
    """Return what a remark is, as a heading."""
    return {
        CommentKind.COMMENT: _("Comment"),
        CommentKind.PROPOSAL: _("Proposal"),
        CommentKind.QUESTION: _("Question"),
    }[kind]


def supports(count: int) -> str:
    """Return how many people agree."""
    return ngettext("{count} person agrees", "{count} people agree", count).format(count=count)


def extract(text: str) -> str:
    """Return the beginning of a remark on one line."""
    return shorten(" ".join(text.split()), EXTRACT)


def label(position: int, comment: Comment) -> str:
    """Return the label of the button that opens a remark."""
    words = comment.text if comment.hidden is None else _("Hidden")
    return numbered(position, extract(words))


def listed(position: int, comment: Comment) -> Markup:
    """Return a remark in a list."""
    values = {
        "position": position,
        "kind": kind_name(comment.kind),
        "number": comment.id,
        "author": author_name(comment.author_name, comment.author_id),
        "supports": supports(comment.supports),
        "text": extract(comment.text) if comment.hidden is None else hidden(comment.hidden),
    }
    return fill(_("{position}. <b>{kind} {number}</b> · {author} · {supports}\n{text}"), values)


def listed_own(position: int, comment: Comment) -> Markup:
    """Return one's own remark in a list."""
    values = {
        "position": position,
        "kind": kind_name(comment.kind),
        "number": comment.id,
        "supports": supports(comment.supports),
        "text": extract(comment.text) if comment.hidden is None else hidden(comment.hidden),
    }
    return fill(_("{position}. <b>{kind} {number}</b> · {supports}\n{text}"), values)


def window(discussion: Discussion, acting: Acting, *, is_open: bool) -> str:
    """Return until when people may comment, or when they could."""
    zone, language = acting.community.zone, acting.language
    opens = day(discussion.stage.opens_at, zone, language)
    closes = last_day(discussion.stage.closes_at, zone, language)
    if is_open:
        return _("You can comment until {closes}.").format(closes=closes)
    return _("Comments are taken from {opens} to {closes}; reading is always open.").format(
        opens=opens, closes=closes
    )


def answers(discussion: Discussion, acting: Acting) -> str:
    """Return what happens with remarks next, and by when; empty when no answers are planned."""
    stage = discussion.answers
    if stage is None:
        return ""
    zone, language = acting.community.zone, acting.language
    return _(
        "What happens next: the discussion closes {closes}, "
        "and answers are published by {answered}."
    ).format(
        closes=last_day(discussion.stage.closes_at, zone, language),
        answered=last_day(stage.closes_at, zone, language),
    )


def minutes_left(until: datetime, now: datetime) -> str:
    """Return how long a remark can still be changed."""
    count = max(1, -(-int((until - now).total_seconds()) // 60))
    return ngettext(
        "You can change or delete it for {count} more minute.",
        "You can change or delete it for {count} more minutes.",
        count,
    ).format(count=count)
