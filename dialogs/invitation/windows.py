"""Windows of an invitation."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.accept_invitation import AcceptInvitation
from civic.model.resident import Role
from civic.model.text import in_language
from dialogs.desk.states import DeskState
from dialogs.invitation.states import InvitationState
from dialogs.kit.acting import Acting
from dialogs.kit.navigation import to_menu
from dialogs.kit.text import Label, Tr
from dialogs.kit.window import Screen
from dialogs.menu.states import MenuState


@inject
async def offered(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the town."""
    return {"town": in_language(acting.community.names, acting.language)}


@inject
async def accept(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    take: FromDishka[AcceptInvitation],
    acting: FromDishka[Acting],
) -> None:
    """Take the role and open the desk."""
    del callback, button
    start: Any = manager.start_data
    role = await take(acting.resident, start["token"])
    await manager.start(MenuState.main, mode=StartMode.RESET_STACK)
    if role is Role.ORGANISER:
        acting.resident = acting.resident.with_role(role)
        await manager.start(DeskState.main)


offer = Screen(
    Tr(
        "You are invited to be an <b>organiser</b> of {town}: to open, close and extend stages. "
        "What you do is public and carries a reason. The invitation works once."
    ),
    Button(Label("Accept"), id="accept", on_click=accept),
    to_menu(),
    state=InvitationState.offer,
    getter=offered,
    preview_data={"town": "Хромтау"},
)

dialog = Dialog(offer)
