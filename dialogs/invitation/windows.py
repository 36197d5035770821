"""Windows of an invitation."""

from typing import Any, Final

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.accept_invitation import AcceptInvitation, ReadInvitation
from civic.model.resident import Role
from civic.model.text import in_language
from dialogs.desk.states import DeskState
from dialogs.invitation.states import InvitationState
from dialogs.kit.acting import Acting
from dialogs.kit.navigation import to_menu
from dialogs.kit.text import Label, Tr
from dialogs.kit.window import Screen
from dialogs.menu.states import MenuState
from dialogs.moderation.states import ModerationState


@inject
async def offered(
    dialog_manager: DialogManager,
    read: FromDishka[ReadInvitation],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the town and the role that is offered."""
    start: Any = dialog_manager.start_data
    role = await read(acting.resident, start["token"])
    return {
        "town": in_language(acting.community.names, acting.language),
        "organiser": role is Role.ORGANISER,
        "moderator": role is Role.MODERATOR,
    }


@inject
async def accept(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    take: FromDishka[AcceptInvitation],
    acting: FromDishka[Acting],
) -> None:
    """Take the role and open the place where it works."""
    del callback, button
    start: Any = manager.start_data
    role = await take(acting.resident, start["token"])
    await manager.start(MenuState.main, mode=StartMode.RESET_STACK)
    acting.resident = acting.resident.with_role(role)
    await manager.start(_DOORS[role])


_DOORS: Final = {Role.ORGANISER: DeskState.main, Role.MODERATOR: ModerationState.queue}

offer = Screen(
    Tr(
        "You are invited to be an <b>organiser</b> of {town}: to open, close and extend stages "
        "and to decide on reported comments. What you do is public and carries a reason. The "
        "invitation works once.",
        when="organiser",
    ),
    Tr(
        "You are invited to be a <b>moderator</b> of {town}: to look at reported comments and to "
        "keep or hide each. What you decide is public and carries a reason. The invitation works "
        "once.",
        when="moderator",
    ),
    Button(Label("Accept"), id="accept", on_click=accept),
    to_menu(),
    state=InvitationState.offer,
    getter=offered,
    preview_data={"town": "Хромтау", "organiser": True, "moderator": True},
)

dialog = Dialog(offer)
