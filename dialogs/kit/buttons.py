"""Buttons that stand for something: what they are about travels with them.

So a press never means another thing than the person saw, whatever the window shows by then.
"""

import operator
from collections.abc import Callable
from typing import Any

from aiogram_dialog.widgets.kbd import Select
from aiogram_dialog.widgets.text import Format, Text


def button_about(label: Text, widget_id: str, items: str, on_click: Any) -> Select[int]:  # noqa: ANN401
    """Return a button for each number in the window's data under `items`: often one, or none.

    `on_click` is given the number.
    """
    return Select(
        label,
        id=widget_id,
        item_id_getter=int,
        items=items,
        type_factory=int,
        on_click=on_click,
    )


def button_for_each(
    widget_id: str,
    items: str,
    on_click: Any,  # noqa: ANN401
    kind: Callable[[str], Any] = str,
) -> Select[Any]:
    """Return a button for each pair in the window's data under `items`: a key and a label.

    `on_click` is given the key, of that `kind`.
    """
    return Select(
        Format("{item[1]}"),
        id=widget_id,
        item_id_getter=operator.itemgetter(0),
        items=items,
        type_factory=kind,
        on_click=on_click,
    )
