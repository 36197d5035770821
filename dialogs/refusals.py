"""What a person is told when something may not be done: why, what to do instead, until when.

One sentence or two for each reason, at most 200 characters in every language with the facts put
in: a messenger shows no more in answer to a button.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from civic.model.refusal import Fact, Reason, Refused
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money, number
from dialogs.kit.moments import close, day_and_time
from dialogs.kit.text import _, ngettext

LIMIT: Final = 200
"""Characters that a messenger shows in answer to a button."""
_MONEY: Final = frozenset({"cost", "left", "fund"})

_OPENINGS: Final = frozenset({"opens_at", "again_at"})
"""Every other moment in a refusal is an end."""


def sentence(refused: Refused, acting: Acting) -> str:
    """Return the sentence for a refusal, as plain text in the person's language."""
    facts = {
        name: _fact(name, value, refused.reason, acting) for name, value in refused.facts.items()
    }
    texts = {**_sentences(), **_counted(refused.facts)}
    return texts[refused.reason].format_map(facts)


def _fact(name: str, value: Fact, reason: Reason, acting: Acting) -> str:
    if isinstance(value, datetime):
        shown = day_and_time if name in _OPENINGS else close
        return shown(value, acting.community.zone, acting.language)
    if isinstance(value, int):
        is_money = name in _MONEY or (reason is Reason.COST_TOO_HIGH and name == "limit")
        return money(value, acting.language) if is_money else number(value, acting.language)
    return value


def _counted(facts: Mapping[str, Fact]) -> Mapping[Reason, str]:
    """Return the sentences whose words depend on a number in the facts."""

    def count(name: str) -> int:
        value = facts.get(name)
        return value if isinstance(value, int) else 1

    return {
        Reason.NOT_DECLARED: ngettext(
            "Before voting, please confirm that you are {minimum_age} or older and live here.",
            "Before voting, please confirm that you are {minimum_age} or older and live here.",
            count("minimum_age"),
        ),
        Reason.TEXT_TOO_SHORT: ngettext(
            "That is {length} character; please write at least {least}, so that others "
            "understand you.",
            "That is {length} characters; please write at least {least}, so that others "
            "understand you.",
            count("length"),
        ),
        Reason.TOO_MANY_PHOTOS: ngettext(
            "{limit} photo is enough. Remove it if you want to send another.",
            "{limit} photos are enough. Remove one if you want to send another.",
            count("limit"),
        ),
        Reason.EDIT_TIME_OVER: ngettext(
            "A comment can be changed for {minutes} minute after it is published. "
            "You can write another one.",
            "A comment can be changed for {minutes} minutes after it is published. "
            "You can write another one.",
            count("minutes"),
        ),
        Reason.JOIN_CODE_UNKNOWN: ngettext(
            "There is no such code. Please look at it again in the other chat, or get a new one. "
            "You can try {tries} more time.",
            "There is no such code. Please look at it again in the other chat, or get a new one. "
            "You can try {tries} more times.",
            count("tries"),
        ),
        Reason.TOO_MANY_CHOICES: ngettext(
            "You have chosen {limit} project already, which is the most. Take it back to choose "
            "this one.",
            "You have chosen {limit} projects already, which is the most. Take one back to choose "
            "this one.",
            count("limit"),
        ),
    }


def _sentences() -> Mapping[Reason, str]:
    """Return the sentence of every other reason in the language being spoken."""
    return {
        Reason.NOT_OPEN_YET: _(
            "This has not opened yet. It will be open from {opens_at} to {closes_at}; "
            "come back then, and turn news on so that we remind you."
        ),
        Reason.CLOSED: _(
            "This was open from {opens_at} to {closes_at} and is closed now. "
            "You can still read everything."
        ),
        Reason.NO_SUCH_STAGE: _("This is not part of this cycle. See its dates in the menu."),
        Reason.NOT_FOUND: _(
            "This is not here any more, or the link is mistyped. The menu shows what is open."
        ),
        Reason.NOT_YOURS: _("Only its author can do this. You can still read it."),
        Reason.NOT_ORGANISER: _(
            "Only organisers of this town can do this. Ask them for an invitation link."
        ),
        Reason.NOT_MODERATOR: _(
            "Only moderators of this town can do this. Ask the organisers for an invitation link."
        ),
        Reason.OWN_CASE: _("This is your own comment; another moderator decides on it."),
        Reason.COMMENT_HIDDEN: _(
            "A moderator has hidden this comment, so nothing more can be done with it. "
            "The reason stands in its place."
        ),
        Reason.NAME_EMPTY: _("Please write a name, or keep the one offered."),
        Reason.NAME_TOO_LONG: _(
            "That name has {length} characters; at most {limit} fit. Please write a shorter one."
        ),
        Reason.TEXT_EMPTY: _("There is no text in that message. Please write it in words."),
        Reason.TEXT_TOO_LONG: _(
            "That is {length} characters; at most {limit} fit. Please shorten it and send it "
            "again. What was saved before is still there."
        ),
        Reason.COST_UNREADABLE: _(
            "That is not a sum I can read. Write it like 1500000 or 1.5 million, "
            "or skip this step."
        ),
        Reason.COST_TOO_HIGH: _(
            "{cost} is more than one idea may cost here: {limit}. "
            "Write a smaller sum or skip this step."
        ),
        Reason.PHOTO_UNREADABLE: _(
            "That picture cannot be read, and nothing of it was kept. Please send a photo as "
            "JPEG, PNG, WebP or GIF."
        ),
        Reason.PHOTO_TOO_LARGE: _(
            "That picture is too large. Please send one of at most {limit_mb} MB."
        ),
        Reason.DOCUMENT_UNREADABLE: _(
            "That file cannot be sent on. PDF, Word, Excel, PowerPoint, OpenDocument, RTF, text "
            "and CSV can, without macros. Please save it as PDF and send that."
        ),
        Reason.DOCUMENT_TOO_LARGE: _(
            "That file is too large: at most {limit_mb} MB. Please make it smaller, or put it on "
            "a website and write its address in the text."
        ),
        Reason.DRAFT_INCOMPLETE: _("Something is still missing. Please fill it in first."),
        Reason.OWN_IDEA: _("This is your own idea; others support it. Share its link with them."),
        Reason.OWN_COMMENT: _("This is your own comment; others can support it."),
        Reason.IDEA_WITHDRAWN: _("The author has withdrawn this idea. You can read the others."),
        Reason.OVER_FUND: _(
            "This costs {cost}, and {left} is left of the money. Take something back first."
        ),
        Reason.ALREADY_OPEN: _("This stage is open already. You can extend or close it."),
        Reason.ALREADY_CLOSED: _(
            "This stage is closed already and stays closed. You can open the next one."
        ),
        Reason.WOULD_OVERLAP: _(
            "The stage before is open until {limit}. Please choose that moment or a later one."
        ),
        Reason.EARLIER_OPEN: _(
            "The stage before is open until {closes_at}. Close it first, then open this one."
        ),
        Reason.NOT_LATER: _("The stage closes {closes_at} already. Please choose a later date."),
        Reason.NOT_EARLIER: _(
            "The stage closes {closes_at} already. Please choose an earlier date."
        ),
        Reason.SAME_DATE: _("That is its date already. Please choose another one."),
        Reason.TOO_SOON: _(
            "People need a day to hear of it. Please choose {limit} or later, or close it now."
        ),
        Reason.BRACES_UNREADABLE: _(
            "A curly bracket is missing, or there is one too many. "
            "Please put one on both sides of each place."
        ),
        Reason.PLACE_UNKNOWN: _(
            "Between curly brackets stands “{place}”, which nobody can fill in. "
            "You can use: {known}."
        ),
        Reason.RULES_FROZEN: _(
            "The vote has opened, so its rules can no longer change ({changed}). "
            "Put the file back as it was."
        ),
        Reason.TOO_FAR: _(
            "A date can be moved by at most {days} days in one step. "
            "Please choose a nearer one, and check the year."
        ),
        Reason.DATE_UNREADABLE: _("I cannot read that date. Write it like 2026-12-05 18:00."),
        Reason.DATE_IN_PAST: _("That date is in the past. Please choose a later one."),
        Reason.REASON_NEEDED: _(
            "Please write why, in one sentence: everyone will be able to read it."
        ),
        Reason.INVITATION_SPENT: _(
            "This invitation has been used or is out of date. Ask the operator for a new one: "
            "dauys invite makes it."
        ),
        Reason.JOIN_CODE_UNREADABLE: _(
            "A code has {digits} digits, like 123 456 789. Please write it once more."
        ),
        Reason.JOIN_CODE_OVER: _(
            "That code was good until {ended_at:bound}. Please get a new one in the other chat: "
            "Settings → My chats."
        ),
        Reason.JOIN_CODE_SPENT: _(
            "That code has been used or replaced; each works once. If these chats are not joined "
            "yet, get a new one in the other chat: Settings → My chats."
        ),
        Reason.JOIN_TOO_OFTEN: _(
            "Too many wrong codes were written here. You can try again from {again_at:at} on, "
            "with a new code from the other chat. Nothing else has changed."
        ),
        Reason.JOIN_OWN_CODE: _(
            "This code is your own. Please write it in the chat that is to be joined to this one. "
            "Chats under Settings → My chats are joined already."
        ),
        Reason.JOIN_OTHER_TOWN: _(
            "That code comes from another town, and each town votes for itself. Only chats about "
            "the same town can be joined."
        ),
        Reason.JOIN_COUNTING: _(
            "A vote has just closed and your ballot from this chat is being counted. Please try "
            "again in a few minutes."
        ),
        Reason.ONLY_CHAT: _(
            "This is your only chat, so it stays. To get no more news: Settings → News."
        ),
        Reason.ONE_LANGUAGE: _(
            "Not everyone could read this: it is not there in both Kazakh and Russian. "
            "Write the other one too, or confirm that one is enough."
        ),
        Reason.APPROVAL_NEEDED: _(
            "In this town another organiser approves an announcement before it is sent. "
            "Please hand it in; the others are told."
        ),
        Reason.SECOND_ORGANISER_NEEDED: _(
            "Another organiser has to approve it, and there is none yet. Ask the operator to "
            "invite one: dauys invite --role organiser. The draft is kept."
        ),
        Reason.OWN_BROADCAST: _(
            "You wrote this yourself, so another organiser approves it. You can still change it."
        ),
        Reason.NOT_WAITING: _(
            "This does not wait for approval any more: it was approved, sent back or taken back. "
            "The list of announcements shows what goes out."
        ),
        Reason.CHANGED_MEANWHILE: _(
            "It was changed since you read it. Please read it again, then decide."
        ),
        Reason.TAKEN_BACK: _(
            "Its author has taken it back to change it. It goes out once it is sent again; "
            "until then it can only be stopped."
        ),
        Reason.STILL_SENDING: _(
            "Announcement {number} still goes out: who gets it from now on would not get the "
            "correction. Stop it under “How it goes out”, or wait until everyone is told."
        ),
        Reason.CORRECTED: _(
            "Announcement {number} has corrected it, so it is not sent to anybody else. "
            "To tell those who got neither, write a new announcement."
        ),
        Reason.SENDING_OVER: _(
            "This has been sent or stopped already. You can send a correction to those who got it."
        ),
        Reason.RESULTS_NOT_READY: _(
            "There are no results yet: votes are counted when the vote closes, {closes_at}. "
            "Come back then; the menu will show them."
        ),
    }
