"""What people type instead of pressing a button."""


def typed_number(text: str | None, last: int) -> int | None:
    """Return the number of a list's line that was typed («3», «3.»), or None for anything else."""
    typed = (text or "").strip().rstrip(".)")
    # Other alphabets have digits that `int` reads, but the list shows these; and a number longer
    # than nine digits is no line of a list.
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):  # noqa: PLR2004
        return None
    return int(typed) if 1 <= int(typed) <= last else None
