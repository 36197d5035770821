"""What the buttons and answers of the draft budget do."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_budget import ReadBudget
from civic.actions.search_budget import SearchBudget
from civic.actions.write_comment import BeginComment
from civic.rules.texts import one_line
from dialogs.budget.getters import QUERY, cycle_of, query_of, shown
from dialogs.budget.states import BudgetState
from dialogs.comments.states import CommentDraftState, CommentsState
from dialogs.kit.acting import Acting
from dialogs.kit.pages import turn_to
from dialogs.kit.typed import typed_number


@inject
async def begin(
    data: Any,  # noqa: ANN401 - start data is any JSON
    manager: DialogManager,
    read: FromDishka[ReadBudget],
    acting: FromDishka[Acting],
) -> None:
    """Stand at the line that a link or a button named."""
    view = await read(acting.resident, data.get("cycle"), data.get("section"))
    manager.dialog_data["cycle"] = view.discussion.cycle.id
    _stand_at(manager, None if view.section is None else view.section.id)


async def open_line(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, section_id: int
) -> None:
    """Show a line and what is under it; 0 is the whole."""
    del callback, select
    _stand_at(manager, section_id or None)
    await manager.switch_to(BudgetState.section)


async def open_hit(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, section_id: int
) -> None:
    """Show a line that was found."""
    del callback, select
    await _show_hit(manager, section_id)


async def leave_search(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Return to the line from which the person began to search."""
    del callback, button
    _stand_at(manager, manager.dialog_data.get("searched_from"))
    await manager.switch_to(BudgetState.section)


@inject
async def write(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadBudget],
    acting: FromDishka[Acting],
) -> None:
    """Open the line whose number was typed; look for anything else."""
    del field
    view = await shown(manager, read, acting)
    number = typed_number(message.text, len(view.lines))
    if number is None:
        await _look_for(message, manager)
    else:
        _stand_at(manager, view.lines[number - 1].section.id)


@inject
async def write_again(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    look: FromDishka[SearchBudget],
    acting: FromDishka[Acting],
) -> None:
    """Open the result whose number was typed; look for anything else."""
    del field
    result = await look(acting.resident, cycle_of(manager), query_of(manager))
    number = typed_number(message.text, len(result.found))
    if number is None:
        await _look_for(message, manager)
    else:
        await _show_hit(manager, result.found[number - 1].section.id)


async def write_query(message: Message, field: MessageInput, manager: DialogManager) -> None:
    """Look for what was typed."""
    del field
    await _look_for(message, manager)


async def _show_hit(manager: DialogManager, section_id: int) -> None:
    _stand_at(manager, section_id)
    manager.dialog_data["hit"] = section_id
    await manager.switch_to(BudgetState.section)


async def _look_for(message: Message, manager: DialogManager) -> None:
    if manager.current_context().state != BudgetState.found:
        manager.dialog_data["searched_from"] = manager.dialog_data.get("section")
    manager.dialog_data["query"] = one_line(message.text or "")[:QUERY]
    manager.dialog_data["found"] = 0
    await manager.switch_to(BudgetState.found)


@inject
async def comment(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    begin_comment: FromDishka[BeginComment],
    acting: FromDishka[Acting],
) -> None:
    """Write a remark on the line."""
    del callback, button
    place = _place(manager)
    # Asked here, a refusal leaves the person where they read; `CommentDraftState` asks again.
    await begin_comment(acting.resident, place["cycle"], place["section"])
    await manager.start(CommentDraftState.kind, data=place)


async def comments(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Read what others say about the line."""
    del callback, button
    await manager.start(CommentsState.list, data=_place(manager))


def _place(manager: DialogManager) -> dict[str, Any]:
    return {"cycle": cycle_of(manager), "section": manager.dialog_data.get("section")}


def _stand_at(manager: DialogManager, section_id: int | None) -> None:
    manager.dialog_data["section"] = section_id
    turn_to(manager, 0)
