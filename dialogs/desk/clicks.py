"""What the buttons of the desk do."""

from dataclasses import replace
from datetime import datetime, timedelta

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.change_stage import ChangeStage, CheckChange, PreviewChange, Wish
from civic.actions.read_calendar import ReadCalendar
from civic.actions.read_desk import ReadDesk
from civic.actions.word_notices import ReadNotices, WordNotice
from civic.model.cycle import StageAction
from dialogs.broadcast.states import SendingState
from dialogs.cycle.states import CycleState
from dialogs.desk.dates import read_moment
from dialogs.desk.notices import language_of, notice_of
from dialogs.desk.states import DeskState
from dialogs.desk.wishes import date_before, keep, line_of, wish_of
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.typed import typed_line


async def open_cycle(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, cycle_id: int
) -> None:
    """Show the calendar of a cycle."""
    del callback, select
    await _show_cycle(manager, cycle_id)


@inject
async def write_cycle(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadDesk],
    acting: FromDishka[Acting],
) -> None:
    """Show the calendar of the cycle whose place in the list was typed."""
    del field
    line = await typed_line(message, await read(acting.resident))
    if line is not None:
        await _show_cycle(manager, line.cycle.id)


async def _show_cycle(manager: DialogManager, cycle_id: int) -> None:
    manager.dialog_data["cycle"] = cycle_id
    await manager.switch_to(DeskState.cycle)


async def open_log(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Show the public log of the cycle, as everyone sees it."""
    del callback, button
    await manager.start(CycleState.log, data={"cycle": manager.dialog_data["cycle"]})


async def open_stage(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, stage_id: int
) -> None:
    """Show a stage."""
    del callback, select
    await _show_stage(manager, stage_id)


@inject
async def write_stage(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadCalendar],
    acting: FromDishka[Acting],
) -> None:
    """Show the stage whose place in the calendar was typed."""
    del field
    calendar = await read(acting.resident, int(manager.dialog_data["cycle"]))
    line = await typed_line(message, calendar.lines)
    if line is not None:
        await _show_stage(manager, line.stage.id)


async def _show_stage(manager: DialogManager, stage_id: int) -> None:
    manager.dialog_data["stage"] = stage_id
    await manager.switch_to(DeskState.stage)


@inject
async def open_now(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    check: FromDishka[CheckChange],
    acting: FromDishka[Acting],
) -> None:
    """Begin to open the stage."""
    del callback, button
    await _choose(manager, check, acting, StageAction.OPENED_EARLY)


@inject
async def close_now(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    check: FromDishka[CheckChange],
    acting: FromDishka[Acting],
) -> None:
    """Begin to close the stage."""
    del callback, button
    await _choose(manager, check, acting, StageAction.CLOSED_EARLY)


async def _choose(
    manager: DialogManager, check: CheckChange, acting: Acting, action: StageAction
) -> None:
    wish = Wish(int(manager.dialog_data["stage"]), action, "")
    await check(acting.resident, wish)
    keep(manager, wish)
    await manager.switch_to(DeskState.reason)


@inject
async def cancel(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    check: FromDishka[CheckChange],
    acting: FromDishka[Acting],
) -> None:
    """Begin to cancel the stage."""
    del callback, button
    await _choose(manager, check, acting, StageAction.CANCELLED)


async def extend(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Begin to choose a later close."""
    del callback, button
    await _choose_date(manager, StageAction.EXTENDED)


async def shorten(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Begin to choose an earlier close."""
    del callback, button
    await _choose_date(manager, StageAction.SHORTENED)


async def move(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Begin to choose another opening."""
    del callback, button
    await _choose_date(manager, StageAction.MOVED)


async def _choose_date(manager: DialogManager, action: StageAction) -> None:
    manager.dialog_data["action"] = action.value
    await manager.switch_to(DeskState.date)


@inject
async def change_by(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    days: int,
    read: FromDishka[ReadCalendar],
    check: FromDishka[CheckChange],
    acting: FromDishka[Acting],
) -> None:
    """Move the date by some days."""
    del callback, select
    calendar = await read(acting.resident, int(manager.dialog_data["cycle"]))
    before = date_before(manager, line_of(manager, calendar).stage)
    await _take_date(manager, check, acting, before + timedelta(days=days))


@inject
async def write_date(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadCalendar],
    check: FromDishka[CheckChange],
    acting: FromDishka[Acting],
) -> None:
    """Move the date to the one that was typed."""
    del field
    calendar = await read(acting.resident, int(manager.dialog_data["cycle"]))
    zone = acting.community.zone
    usual = date_before(manager, line_of(manager, calendar).stage).astimezone(zone).time()
    at = read_moment(message.text or "", calendar.now, zone, usual)
    await _take_date(manager, check, acting, at)


async def _take_date(
    manager: DialogManager, check: CheckChange, acting: Acting, at: datetime
) -> None:
    action = StageAction(manager.dialog_data["action"])
    wish = Wish(int(manager.dialog_data["stage"]), action, "", at)
    await check(acting.resident, wish)
    keep(manager, wish)
    await manager.switch_to(DeskState.reason)


@inject
async def write_reason(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    look: FromDishka[PreviewChange],
    acting: FromDishka[Acting],
) -> None:
    """Take the reason that was typed and show what everyone will read."""
    del field
    wish = replace(wish_of(manager), reason=message.text or "")
    await look(acting.resident, wish)
    keep(manager, wish)
    await manager.switch_to(DeskState.preview)


@inject
async def do_it(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    change: FromDishka[ChangeStage],
    acting: FromDishka[Acting],
) -> None:
    """Change the stage."""
    del callback, button
    wish = wish_of(manager)
    await change(acting.resident, wish)
    gone = wish.action is StageAction.CANCELLED
    await manager.switch_to(DeskState.cycle if gone else DeskState.stage)


async def open_notice(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, number: int
) -> None:
    """Show a notice as people will read it, in the organiser's language first."""
    del callback, select
    manager.dialog_data["notice"] = number
    manager.dialog_data.pop("language", None)
    await manager.switch_to(DeskState.notice)


async def watch(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, announcement: int
) -> None:
    """Show how far the notice is that was told last, and try again what failed."""
    del callback, select
    await manager.start(SendingState.main, data={"announcement": announcement})


async def choose_language(
    callback: CallbackQuery, select: Select[str], manager: DialogManager, language: str
) -> None:
    """Show the notice in that language."""
    del callback, select
    manager.dialog_data["language"] = language


@inject
async def write_words(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadNotices],
    word: FromDishka[WordNotice],
    acting: FromDishka[Acting],
) -> None:
    """Take the organiser's own words and show the notice with them."""
    del field
    await _word(manager, read, word, acting, message.text or "")
    await manager.switch_to(DeskState.notice)


@inject
async def use_usual(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadNotices],
    word: FromDishka[WordNotice],
    acting: FromDishka[Acting],
) -> None:
    """Bring the usual text back."""
    del callback, button
    await _word(manager, read, word, acting, None)


async def _word(
    manager: DialogManager, read: ReadNotices, word: WordNotice, acting: Acting, words: str | None
) -> None:
    stage_id = int(manager.dialog_data["stage"])
    planned = notice_of(manager, await read(acting.resident, stage_id))
    language = language_of(manager, acting)
    await word(acting.resident, stage_id, planned.kind, language, words)
