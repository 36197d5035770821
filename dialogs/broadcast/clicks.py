"""What the buttons and answers of writing an announcement do."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from aiogram.enums import ParseMode
from aiogram.types import BufferedInputFile, CallbackQuery, LinkPreviewOptions, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.broadcast_photos import KeepBroadcastPhoto, ReadBroadcastPhoto
from civic.actions.send_broadcast import SendBroadcast, checked, checked_text, those_who_got
from civic.model.audience import EVERYONE, Trait, Value
from civic.model.refusal import Reason, Refused
from civic.ports import Clock
from dialogs.announcements.notice import notice_of
from dialogs.broadcast.drafts import Draft, draft_of, keep, key_of, language_of, trait_of
from dialogs.broadcast.states import BroadcastState, SendingState
from dialogs.desk.dates import read_moment
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.received import sent_photo

USUAL_TIME: Final = time(10)
"""When it is sent if only a date is written."""
_OF_CYCLES: Final = (Trait.TOOK_PART, Trait.UNFINISHED_CYCLE)
_ONE_LANGUAGE: Final = "one"


async def begin(data: Any, manager: DialogManager) -> None:  # noqa: ANN401 - start data is any JSON
    """Begin a draft; a correction is for those who got what it corrects."""
    if data:
        audience = those_who_got(int(data["announcement"]))
        keep(manager, Draft(audience=audience, corrects=int(data["corrects"])))


async def write_text(message: Message, field: MessageInput, manager: DialogManager) -> None:
    """Keep the text in its language, with its formatting."""
    del field
    draft = draft_of(manager)
    text = checked_text(message.html_text, draft.broadcast.limit)
    await _go_on(manager, draft.written(language_of(manager), text))


async def leave_out(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Do without that language."""
    del callback, button
    await _go_on(manager, draft_of(manager).written(language_of(manager), None))


async def _go_on(manager: DialogManager, draft: Draft) -> None:
    keep(manager, draft)
    unwritten = draft.unwritten
    if unwritten is None:
        await manager.switch_to(BroadcastState.main)
        return
    manager.dialog_data["language"] = unwritten
    await manager.switch_to(BroadcastState.write)


async def open_text(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, language: str
) -> None:
    """Write the text in a language, or write it anew."""
    del callback, select
    manager.dialog_data["language"] = language
    await manager.switch_to(BroadcastState.write)


@inject
async def add_photo(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    keep_photo: FromDishka[KeepBroadcastPhoto],
    acting: FromDishka[Acting],
) -> None:
    """Put a photo above the text, if the text leaves room for it."""
    del field
    content = await sent_photo(message, manager.middleware_data["bot"])
    draft = replace(draft_of(manager), photo=await keep_photo(acting.resident, content))
    checked(draft.broadcast)
    keep(manager, draft)
    await manager.switch_to(BroadcastState.main)


async def remove_photo(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Announce it without a photo."""
    del callback, button
    keep(manager, replace(draft_of(manager), photo=None))
    await manager.switch_to(BroadcastState.main)


async def tell_everyone(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Address everyone again."""
    del callback, button
    keep(manager, replace(draft_of(manager), audience=EVERYONE))


async def open_values(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, trait: str
) -> None:
    """Choose people by something."""
    del callback, select
    manager.dialog_data["trait"] = trait
    await manager.switch_to(BroadcastState.values)


async def toggle(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, chosen: str
) -> None:
    """Choose these people too, or no longer."""
    del callback, select
    trait = trait_of(manager)
    value: Value = int(chosen) if trait in _OF_CYCLES else chosen
    keep(manager, draft_of(manager).toggled(trait, value))


async def send_at_once(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Let it be sent as soon as it is confirmed."""
    del callback, button
    await _send_from(manager, None)


@inject
async def send_tomorrow(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
) -> None:
    """Let it be sent tomorrow at the usual time."""
    del callback, button
    zone = acting.community.zone
    tomorrow = clock.now().astimezone(zone).date() + timedelta(days=1)
    await _send_from(manager, datetime.combine(tomorrow, USUAL_TIME, zone))


@inject
async def write_moment(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
) -> None:
    """Let it be sent at the moment that was written."""
    del field
    now = clock.now()
    moment = read_moment(message.text or "", now, acting.community.zone, USUAL_TIME)
    if moment <= now:
        raise Refused(Reason.DATE_IN_PAST)
    await _send_from(manager, moment)


async def _send_from(manager: DialogManager, moment: datetime | None) -> None:
    keep(manager, replace(draft_of(manager), send_from=moment))
    await manager.switch_to(BroadcastState.main)


@inject
async def send_to_myself(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    clock: FromDishka[Clock],
    read_photo: FromDishka[ReadBroadcastPhoto],
    acting: FromDishka[Acting],
) -> None:
    """Send the organiser what everyone will get."""
    del button
    if callback.message is None:
        return
    draft = draft_of(manager)
    told = draft.told(acting.resident.id, acting.community.id, clock.now())
    notice = notice_of(told, acting.community, acting.language)
    keyboard = notice.keyboard() if notice.buttons else None
    if draft.photo is not None:
        photo = await read_photo(acting.resident, draft.photo)
        await callback.message.answer_photo(
            BufferedInputFile(photo, "photo.jpg"),
            caption=notice.html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
        )
    else:
        await callback.message.answer(
            notice.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=keyboard,
        )
    manager.show_mode = ShowMode.DELETE_AND_SEND


@inject
async def send(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    announce: FromDishka[SendBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Announce it, and show how it goes out."""
    del callback
    one_language = button.widget_id == _ONE_LANGUAGE
    order = draft_of(manager).order(key_of(manager), one_language=one_language)
    announced = await announce(acting.resident, order)
    await manager.done(show_mode=ShowMode.NO_UPDATE)
    await manager.start(
        SendingState.main, data={"announcement": announced.id}, show_mode=ShowMode.EDIT
    )
