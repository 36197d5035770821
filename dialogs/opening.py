"""Opening the place that a link leads to."""

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, ShowMode, StartMode

from civic.actions.invite import PREFIX
from civic.rules.joining import PREFIX as JOINS
from dialogs.chats.states import ChatsState
from dialogs.invitation.states import InvitationState
from dialogs.menu.states import MenuState
from dialogs.places import OPENS, Place


async def open_link(manager: DialogManager, link: str) -> None:
    """Open what is behind `link` with the menu under it; an unknown link opens the menu alone."""
    behind = _behind(link)
    if behind is None:
        await manager.start(MenuState.main, mode=StartMode.RESET_STACK)
        return
    state, data = behind
    show_mode = manager.show_mode
    await manager.start(MenuState.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await manager.start(state, data=data, show_mode=show_mode)


def joins(link: str) -> bool:
    """Tell whether the link joins the chat in which it is opened to another one."""
    return link.startswith(JOINS)


def _behind(link: str) -> tuple[State, dict[str, str | int]] | None:
    if link.startswith(PREFIX):
        return InvitationState.offer, {"token": link.removeprefix(PREFIX)}
    if joins(link):
        return ChatsState.offer, {"code": link}
    place = Place.parse(link)
    if place is None or place.kind not in OPENS:
        return None
    state, key = OPENS[place.kind]
    return state, {key: place.id}
