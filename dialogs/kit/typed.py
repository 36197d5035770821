"""What people type instead of pressing a button."""

from collections.abc import Sequence
from typing import TypeVar

from aiogram.types import Message

from dialogs.kit.text import _

Entry = TypeVar("Entry")


def typed_number(text: str | None, last: int) -> int | None:
    """Return the number of a list's line that was typed («3», «3.»), or None for anything else."""
    typed = (text or "").strip().rstrip(".)")
    # Other alphabets have digits that `int` reads, but the list shows these; and a number longer
    # than nine digits is no line of a list.
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):  # noqa: PLR2004
        return None
    return int(typed) if 1 <= int(typed) <= last else None


async def typed_line(message: Message, entries: Sequence[Entry]) -> Entry | None:
    """Return the entry whose number in the list was typed; for anything else say what to do."""
    number = typed_number(message.text, len(entries))
    if number is not None:
        return entries[number - 1]
    await ask_for_line(message)
    return None


async def ask_for_line(message: Message) -> None:
    """Say what can be done with a numbered list."""
    await message.answer(_("Please press a button, or write the number of a line in the list."))
