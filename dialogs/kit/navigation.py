"""Ways on and back, the same everywhere."""

from typing import Any

from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.common import Whenable
from aiogram_dialog.widgets.kbd import Back, Cancel, Start

from dialogs.kit.text import Label
from dialogs.menu.states import MenuState


def to_menu() -> Start:
    """Return a button to the menu; leaves every conversation, drafts stay."""
    return Start(Label("Menu"), id="menu", state=MenuState.main, mode=StartMode.RESET_STACK)


def close() -> Cancel:
    """Return a button back to whoever started this conversation."""
    return Cancel(Label("Back"), id="close")


def close_if_nested() -> Cancel:
    """Return a button back to whoever started this conversation, if anybody did.

    For conversations that a command may open when nothing else is going on.
    """
    return Cancel(Label("Back"), id="closen", when=_is_nested)


def _is_nested(_data: dict[str, Any], _widget: Whenable, manager: DialogManager) -> bool:
    return len(manager.current_stack().intents) > 1


def back() -> Back:
    """Return a button to the previous window of this conversation."""
    return Back(Label("Back"), id="back")
