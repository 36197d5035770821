"""Moderation in words."""

from civic.model.moderation import Decision, Ground, Verdict, Why
from dialogs.kit.acting import Acting
from dialogs.kit.moments import day_and_time
from dialogs.kit.text import Markup, _, fill, ngettext


def ground_name(ground: Ground) -> str:
    """Return the reason as a label of a button."""
    return {
        Ground.INSULT: _("Insult or threat"),
        Ground.ADVERTISING: _("Advertising"),
        Ground.PERSONAL: _("Personal details"),
        Ground.OTHER: _("Another reason"),
    }[ground]


def reason(why: Why) -> str:
    """Return the reason as everyone reads it."""
    return {
        Ground.INSULT: _("it insults or threatens somebody"),
        Ground.ADVERTISING: _("it is advertising"),
        Ground.PERSONAL: _("it tells somebody's personal details"),
        Ground.OTHER: why.words,
    }[why.ground]


def hidden(why: Why) -> Markup:
    """Return what stands in the place of a hidden remark."""
    return fill(_("<i>Hidden by a moderator: {reason}</i>"), {"reason": reason(why)})


def complaints(count: int) -> str:
    """Return how many people complained."""
    return ngettext("{count} report", "{count} reports", count).format(count=count)


def entry(decision: Decision, acting: Acting) -> Markup:
    """Return an entry of the public log."""
    values = {
        "when": day_and_time(decision.at, acting.community.zone, acting.language, year=True),
        "number": decision.comment_id,
        "reason": "" if decision.why is None else reason(decision.why),
    }
    message = {
        Verdict.KEPT: _("{when}\nComment {number} was looked at and stays."),
        Verdict.HIDDEN: _("{when}\nComment {number} was hidden: {reason}"),
    }[decision.verdict]
    return fill(message, values)
