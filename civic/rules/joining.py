"""Two residents turn out to be one person: by which code, and what becomes of what each has."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from civic.model.comment import CommentDraft
from civic.model.idea import IdeaDraft
from civic.model.resident import Contact, Resident

VALID_FOR: Final = timedelta(minutes=15)
"""How long a code joins."""
KEPT_FOR: Final = timedelta(days=1)
"""How long it is known after that, so that whoever writes it is told what is wrong with it."""
DIGITS: Final = 9
"""Of a code: they are on every keyboard, are said in every language, and are not confused."""
PREFIX: Final = "join_"
"""What the payload of a link that joins begins with; the code follows."""
MOST_FAILURES: Final = 5
"""Wrong codes that one person may write within `FAILURES_LAST`."""
FAILURES_LAST: Final = timedelta(hours=1)
"""How long a wrong code counts, from the first one on."""

_IN_LINK: Final = re.compile(rf"{PREFIX}(\d{{{DIGITS}}})\b")
_BETWEEN: Final = frozenset("PZC")
"""Kinds of signs that may stand between digits: punctuation, spaces, what is not seen."""


def code_from(number: int) -> str:
    """Return the code that stands for any number."""
    return str(number % 10**DIGITS).zfill(DIGITS)


def read_code(text: str) -> str | None:
    """Return the code that was written: alone, in groups, in any script's digits, or in a link.

    None when it is anything else.
    """
    if (link := _IN_LINK.search(text)) is not None:
        return str(link[1])
    digits = ""
    for sign in text:
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            digits += str(digit)
        elif unicodedata.category(sign)[0] not in _BETWEEN:
            return None
    return digits if len(digits) == DIGITS else None


def joined(giver: Resident, other: Resident) -> Resident:
    """Return the person who stays: what they said of themselves holds, also their wish for news.

    Of two declarations the one for the higher age holds, of two for the same age the older one.
    """
    kept = replace(
        giver,
        greeted=giver.greeted or other.greeted,
        roles=giver.roles | other.roles,
        created_at=min(giver.created_at, other.created_at),
    )
    declared = [one for one in (giver, other) if one.declared_at and one.declared_age is not None]
    if not declared:
        return kept
    best = min(declared, key=lambda one: (-(one.declared_age or 0), one.declared_at))
    return replace(kept, declared_at=best.declared_at, declared_age=best.declared_age)


def told_at(contacts: Iterable[Contact]) -> Contact | None:
    """Return where a person is told: where they want it, else where they wrote last.

    What cannot be reached is left out; None when nothing is left.
    """
    reachable = [contact for contact in contacts if contact.reachable]
    return min(reachable, key=lambda one: (not one.chosen, not one.latest, one.id), default=None)


def needless_idea(one: IdeaDraft, other: IdeaDraft) -> IdeaDraft:
    """Return which of two drafts for the same goes: the one left longer ago."""
    return min(one, other, key=lambda draft: (draft.updated_at, draft.id))


def needless_comment(one: CommentDraft, other: CommentDraft) -> CommentDraft:
    """Return which of two drafts goes: one without words, else the one begun earlier."""
    return min(one, other, key=lambda draft: (bool(draft.text), draft.id))
