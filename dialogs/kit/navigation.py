"""Ways on and back, the same everywhere."""

from aiogram_dialog import StartMode
from aiogram_dialog.widgets.kbd import Back, Cancel, Start

from dialogs.kit.text import Label
from dialogs.menu.states import MenuState


def to_menu() -> Start:
    """Return a button to the menu; leaves every conversation, drafts stay."""
    return Start(Label("Menu"), id="menu", state=MenuState.main, mode=StartMode.RESET_STACK)


def close() -> Cancel:
    """Return a button back to whoever started this conversation."""
    return Cancel(Label("Back"), id="close")


def back() -> Back:
    """Return a button to the previous window of this conversation."""
    return Back(Label("Back"), id="back")
