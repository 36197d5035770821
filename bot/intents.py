"""Names of opened conversations that do not repeat.

aiogram_dialog 2.6 names an opened conversation by the second and one of a hundred numbers. A link
opens two at once, the menu and what it leads to, and one time in a hundred both would get the same
name and the way back would be lost.
"""

from aiogram_dialog.api.entities import stack

from civic.ports import Randomness

_BYTES = 4
"""Six characters, as many as aiogram_dialog's own names have; a button holds 64."""


def name_by(randomness: Randomness) -> None:
    """Name every conversation opened from now on by `randomness`."""
    stack.new_id = lambda: randomness.token(_BYTES)
