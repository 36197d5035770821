"""Opening the place that a link leads to."""

from aiogram_dialog import DialogManager, ShowMode, StartMode

from dialogs.menu.states import MenuState
from dialogs.places import OPENS, Place


async def open_link(manager: DialogManager, link: str) -> None:
    """Open the place behind `link` with the menu under it; an unknown link opens the menu."""
    place = Place.parse(link)
    opens = None if place is None else OPENS.get(place.kind)
    if place is None or opens is None:
        await manager.start(MenuState.main, mode=StartMode.RESET_STACK)
        return
    state, key = opens
    shown = manager.show_mode
    await manager.start(MenuState.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await manager.start(state, data={key: place.id}, show_mode=shown)
