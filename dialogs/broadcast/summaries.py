"""An announcement that is not sent yet, in a few words: what, for whom and when."""

from datetime import datetime
from typing import Final

from civic.actions.read_audience_choices import AudienceChoices
from civic.actions.steer_sending import Reach
from civic.model.broadcast import Broadcast, Order
from civic.rules.formatting import plain
from civic.rules.quiet_hours import next_allowed
from civic.rules.strangers import Queue
from civic.rules.texts import one_line
from dialogs.broadcast.audiences import described
from dialogs.kit.acting import Acting
from dialogs.kit.figures import number
from dialogs.kit.moments import day_and_time, lasting
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.kit.told import will_be_told

SNIPPET: Final = 80
"""Characters of a text in a summary."""


def first_words(order: Order, acting: Acting) -> str:
    """Return the text on one line, in the reader's language where it is written."""
    texts = order.broadcast.in_language(acting.language)
    return one_line(plain(texts[0])) if texts else _("no text yet")


def for_whom(order: Order, choices: AudienceChoices, acting: Acting) -> Markup:
    """Return whom it is for, a line for each condition."""
    corrects = order.broadcast.corrects
    if corrects is None:
        return described(order.audience, choices, acting)
    return fill(_("those who got announcement {number}"), {"number": corrects})


def people(reach: Reach, acting: Acting) -> str:
    """Return how many people it is, and how many groups and channels."""
    return will_be_told(reach.people, reach.chats, acting.language)


def takes(reach: Reach, acting: Acting) -> str:
    """Return how long telling them takes and when it is over."""
    if not reach.people and not reach.chats:
        return _("Nobody is chosen by this. Choose more people.")
    if reach.finishes_at is None:
        return _("It would take more than a year.")
    zone, language = acting.community.zone, acting.language
    message = _("Takes about {lasting}; everyone is told by {finish:bound}.")
    told = message.format(
        lasting=lasting(reach.finishes_at - reach.begins_at, language),
        finish=day_and_time(reach.finishes_at, zone, language),
    )
    return told if reach.queue is None else f"{told} {_why_days(reach.queue, language)}"


def _why_days(queue: Queue, language: str) -> str:
    waiting = ngettext(
        "{count} person has to wait for another day.",
        "{count} people have to wait for another day.",
        queue.waiting,
    )
    a_day = ngettext(
        "The messenger lets us write to {count} person a day who has not written for a day.",
        "The messenger lets us write to {count} people a day who have not written for a day.",
        queue.a_day,
    )
    return " ".join(
        text.format(count=number(count, language))
        for text, count in ((waiting, queue.waiting), (a_day, queue.a_day))
    )


def attached(broadcast: Broadcast) -> str:
    """Return what goes with the text; empty when nothing does."""
    if broadcast.document is not None:
        return _("With the document “{name}”.").format(name=broadcast.document.name)
    return _("With a photo.") if broadcast.photo is not None else ""


def when_told(send_from: datetime | None, now: datetime, acting: Acting) -> str:
    """Return when people are told: at the chosen moment, or once the quiet hours are over.

    Both are said of the usual hours; whoever has others is named besides.
    """
    zone, language = acting.community.zone, acting.language
    wanted = send_from or now
    begin = next_allowed(wanted, zone)
    shown = day_and_time(begin, zone, language)
    if begin != wanted:
        message = _(
            "Most people are told from Monday to Saturday, 9:00–21:00. That begins {begin:at}; "
            "who chose other hours gets it in theirs."
        )
        return message.format(begin=shown)
    moment = _("at once") if send_from is None else f"{shown:at}"
    return _("{moment}; who chose other hours gets it in theirs").format(moment=moment)
