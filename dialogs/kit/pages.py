"""Long lists in pages: numbered lines in the text, a short button for each, and ways to turn."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiogram_dialog.widgets.kbd import Group, Row, Select
from aiogram_dialog.widgets.text import Format

from dialogs.kit.text import Label

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """A part of a list, and which pages lie beside it."""

    lines: tuple[tuple[int, Entry], ...]
    """Entries with their numbers in the whole list, from 1."""
    number: int
    """From 0."""
    count: int

    @property
    def previous(self) -> list[int]:
        """Number of the page before, as a list of one; empty on the first."""
        return [self.number - 1] if self.number > 0 else []

    @property
    def following(self) -> list[int]:
        """Number of the page after, as a list of one; empty on the last."""
        return [self.number + 1] if self.number + 1 < self.count else []

    @property
    def shown(self) -> dict[str, Any]:
        """What a window with `page_turns` and «Page 2 of 3» needs among its data."""
        return {
            "previous": self.previous,
            "following": self.following,
            "page": self.number + 1,
            "pages": self.count,
            "paged": self.count > 1,
        }


def page_of(entries: Sequence[Entry], number: int, size: int) -> Page[Entry]:
    """Return page `number`, or the nearest one when the list has become shorter."""
    count = max(1, -(-len(entries) // size))
    number = min(max(number, 0), count - 1)
    numbered = list(enumerate(entries, start=1))
    return Page(tuple(numbered[number * size : (number + 1) * size]), number, count)


def line_buttons(widget_id: str, on_click: Any, *, width: int = 1) -> Group:  # noqa: ANN401
    """Return a button for each line of a list.

    The window's data hold under `choices` pairs of an int, which `on_click` is given, and a label.
    """
    return Group(
        Select(
            Format("{item[1]}"),
            id=widget_id,
            item_id_getter=operator.itemgetter(0),
            items="choices",
            type_factory=int,
            on_click=on_click,
        ),
        width=width,
    )


def page_turns(on_click: Any, suffix: str = "") -> Row:  # noqa: ANN401
    """Return buttons to the pages beside this one; `on_click` is given the page's number.

    The window's data hold the numbers as lists, see `Page.previous` and `Page.following`. A second
    list of the same conversation needs a `suffix` for the names of its buttons.
    """
    return Row(
        Select(
            Label("Previous page"),
            id=f"prev{suffix}",
            item_id_getter=int,
            items="previous",
            type_factory=int,
            on_click=on_click,
        ),
        Select(
            Label("Next page"),
            id=f"next{suffix}",
            item_id_getter=int,
            items="following",
            type_factory=int,
            on_click=on_click,
        ),
    )
