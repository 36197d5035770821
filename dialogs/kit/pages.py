"""Long lists in pages: numbered lines in the text, a short button for each, and ways to turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Group, Row, Select

from dialogs.kit.buttons import button_about, button_for_each
from dialogs.kit.text import Label

Entry = TypeVar("Entry")

PAGE: Final = "page"
"""Where a conversation keeps to which page its list is turned."""


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
        button_for_each(widget_id, "choices", on_click, int),
        width=width,
    )


def page_turns(name: str = PAGE, suffix: str = "") -> Row:
    """Return buttons to the pages beside this one; see `turned_to`.

    The window's data hold the numbers as lists, see `Page.previous` and `Page.following`. A second
    list of the same conversation needs a `name`, and a `suffix` for the names of its buttons.
    """

    async def click(
        _callback: CallbackQuery, _select: Select[int], manager: DialogManager, page: int
    ) -> None:
        turn_to(manager, page, name)

    return Row(
        button_about(Label("Previous page"), f"prev{suffix}", "previous", click),
        button_about(Label("Next page"), f"next{suffix}", "following", click),
    )


def turned_to(manager: DialogManager, name: str = PAGE) -> int:
    """Return the number of the page that a list was turned to, from 0; it may be past the end."""
    return int(manager.dialog_data.get(name, 0))


def turn_to(manager: DialogManager, page: int, name: str = PAGE) -> None:
    """Turn a list to a page."""
    manager.dialog_data[name] = page
