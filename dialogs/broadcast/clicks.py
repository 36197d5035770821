"""What the buttons and answers of writing an announcement do."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from aiogram.enums import ParseMode
from aiogram.types import BufferedInputFile, CallbackQuery, LinkPreviewOptions, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.approve_broadcast import AreOthersTold, HandInBroadcast, TakeBroadcastBack
from civic.actions.draft_broadcast import (
    AddBroadcastDocument,
    AddBroadcastPhoto,
    DiscardBroadcast,
    ReadBroadcastAttachment,
    ReadBroadcastDraft,
    ReadBroadcastDrafts,
    WriteBroadcast,
)
from civic.actions.read_attachment import Attachment
from civic.actions.send_broadcast import SendBroadcast
from civic.model.audience import Trait, Value
from civic.model.broadcast import BroadcastDraft
from civic.ports import Clock
from civic.rules.broadcasts import (
    Attached,
    Change,
    ChatToggled,
    ForEveryone,
    SentFrom,
    Toggled,
    TopicToggled,
    Worded,
)
from dialogs.broadcast import drafts
from dialogs.broadcast.drafts import draft_id_of, language_of, target_of, trait_of
from dialogs.broadcast.states import BroadcastState, SendingState
from dialogs.desk.dates import read_moment
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.received import is_photo, sent_document, sent_photo
from dialogs.kit.text import _
from dialogs.kit.typed import typed_line
from dialogs.notices import Notice

USUAL_TIME: Final = time(10)
"""When it is sent if only a date is written."""
_OF_CYCLES: Final = (Trait.TOOK_PART, Trait.UNFINISHED_CYCLE)
_ONE_LANGUAGE: Final = "one"
"""How the names of buttons begin that send it in one language."""


@inject
async def begin(
    data: Any,  # noqa: ANN401 - start data is any JSON
    manager: DialogManager,
    read: FromDishka[ReadBroadcastDrafts],
    read_one: FromDishka[ReadBroadcastDraft],
    acting: FromDishka[Acting],
) -> None:
    """Find out what is to be written; somebody with drafts is asked whether to go on with one."""
    if data and "draft" in data:
        # What a message leads to, or what was just taken back.
        await _open(manager, await read_one(acting.resident, int(data["draft"])))
        return
    begun = await read(acting.resident)
    if not data:
        if not begun:
            await manager.switch_to(BroadcastState.write)
        return
    corrects = int(data["corrects"])
    same = [draft for draft in begun if draft.order.broadcast.corrects == corrects]
    if same:
        await _open(manager, same[0])


@inject
async def open_draft(
    callback: CallbackQuery,
    select: Select[int],
    manager: DialogManager,
    draft_id: int,
    read: FromDishka[ReadBroadcastDraft],
    acting: FromDishka[Acting],
) -> None:
    """Go on with a draft."""
    del callback, select
    await _open(manager, await read(acting.resident, draft_id))


@inject
async def write_draft(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    read: FromDishka[ReadBroadcastDrafts],
    acting: FromDishka[Acting],
) -> None:
    """Go on with the draft whose place in the list was typed."""
    del field
    draft = await typed_line(message, await read(acting.resident))
    if draft is not None:
        await _open(manager, draft)


async def _open(manager: DialogManager, draft: BroadcastDraft) -> None:
    drafts.remember(manager, draft)
    await manager.switch_to(BroadcastState.main)


@inject
async def write_text(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Keep the text in its language, with its formatting."""
    del field
    await _word(manager, write, acting, message.html_text)


@inject
async def leave_out(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Do without that language."""
    del callback, button
    await _word(manager, write, acting, None)


async def _word(
    manager: DialogManager, write: WriteBroadcast, acting: Acting, html: str | None
) -> None:
    change = Worded(language_of(manager), html)
    draft = await write(acting.resident, target_of(manager), change)
    drafts.remember(manager, draft)
    unwritten = draft.order.unwritten
    if unwritten is None:
        await manager.switch_to(BroadcastState.main)
        return
    manager.dialog_data[drafts.LANGUAGE] = unwritten
    await manager.switch_to(BroadcastState.write)


async def look_in(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, language: str
) -> None:
    """Look at it as somebody of that language reads it."""
    del callback, select
    manager.dialog_data[drafts.SHOWN] = language


async def open_text(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, language: str
) -> None:
    """Write the text in a language, or write it anew."""
    del callback, select
    manager.dialog_data[drafts.LANGUAGE] = language
    await manager.switch_to(BroadcastState.write)


@inject
async def attach(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    add_photo: FromDishka[AddBroadcastPhoto],
    add_document: FromDishka[AddBroadcastDocument],
    acting: FromDishka[Acting],
) -> None:
    """Let a photo or a document go with the text, if the text leaves room for it."""
    del field
    bot, target = manager.middleware_data["bot"], target_of(manager)
    if is_photo(message):
        await add_photo(acting.resident, target, await sent_photo(message, bot))
    else:
        name, content = await sent_document(message, bot)
        await add_document(acting.resident, target, name, content)
    await manager.switch_to(BroadcastState.main)


@inject
async def detach(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Announce it without a photo or a document."""
    del callback, button
    await _write_and_return(manager, write, acting, Attached())


@inject
async def tell_everyone(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Address everyone again."""
    del callback, button
    await write(acting.resident, target_of(manager), ForEveryone())


async def open_values(
    callback: CallbackQuery, select: Pressed, manager: DialogManager, trait: str
) -> None:
    """Choose people by something."""
    del callback, select
    manager.dialog_data[drafts.TRAIT] = trait
    await manager.switch_to(BroadcastState.values)


@inject
async def toggle(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    chosen: str,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Choose these people too, or no longer."""
    del callback, select
    trait = trait_of(manager)
    value: Value = int(chosen) if trait in _OF_CYCLES else chosen
    await write(acting.resident, target_of(manager), Toggled(trait, value))


@inject
async def toggle_chat(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    destination: int,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Tell this group or channel too, or no longer."""
    del callback, select
    await write(acting.resident, target_of(manager), ChatToggled(destination))


@inject
async def toggle_topic(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    topic: str,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Let it be about this topic too, or no longer."""
    del callback, select
    await write(acting.resident, target_of(manager), TopicToggled(topic))


@inject
async def send_at_once(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Let it be sent as soon as it is confirmed."""
    del callback, button
    await _write_and_return(manager, write, acting, SentFrom(None))


@inject
async def send_tomorrow(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
) -> None:
    """Let it be sent tomorrow at the usual time."""
    del callback, button
    zone = acting.community.zone
    tomorrow = clock.now().astimezone(zone).date() + timedelta(days=1)
    moment = datetime.combine(tomorrow, USUAL_TIME, zone)
    await _write_and_return(manager, write, acting, SentFrom(moment))


@inject
async def write_moment(
    message: Message,
    field: MessageInput,
    manager: DialogManager,
    write: FromDishka[WriteBroadcast],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
) -> None:
    """Let it be sent at the moment that was written."""
    del field
    moment = read_moment(message.text or "", clock.now(), acting.community.zone, USUAL_TIME)
    await _write_and_return(manager, write, acting, SentFrom(moment))


async def _write_and_return(
    manager: DialogManager, write: WriteBroadcast, acting: Acting, change: Change
) -> None:
    await write(acting.resident, target_of(manager), change)
    await manager.switch_to(BroadcastState.main)


@inject
async def discard(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    throw_away: FromDishka[DiscardBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Throw the draft away and leave."""
    del callback, button
    await throw_away(acting.resident, draft_id_of(manager))
    await manager.done()


@inject
async def send_to_myself(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadBroadcastDraft],
    read_attachment: FromDishka[ReadBroadcastAttachment],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
) -> None:
    """Send the organiser what everyone of the language looked at will get."""
    del button
    if not isinstance(callback.message, Message):
        return
    order = await drafts.order_of(manager, read, acting)
    told = drafts.as_told(order, acting, clock.now())
    notice = drafts.in_its_language(manager, told, acting)
    attachment = await read_attachment(acting.resident, draft_id_of(manager))
    await _show(callback.message, notice, attachment)
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def _show(message: Message, notice: Notice, attachment: Attachment | None) -> None:
    keyboard = notice.keyboard() if notice.buttons else None
    if attachment is None:
        await message.answer(
            notice.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=keyboard,
        )
        return
    answer = message.answer_photo if attachment.name is None else message.answer_document
    await answer(
        BufferedInputFile(attachment.content, attachment.name or "photo.jpg"),
        caption=notice.html,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard,
    )


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
    one_language = _is_one_language(button)
    announced = await announce(acting.resident, draft_id_of(manager), one_language=one_language)
    await manager.done(show_mode=ShowMode.NO_UPDATE)
    await manager.start(
        SendingState.main, data={"announcement": announced.id}, show_mode=ShowMode.EDIT
    )


@inject
async def hand_in(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    hand_in: FromDishka[HandInBroadcast],
    are_others_told: FromDishka[AreOthersTold],
    acting: FromDishka[Acting],
) -> None:
    """Let another organiser approve it."""
    one_language = _is_one_language(button)
    await hand_in(acting.resident, draft_id_of(manager), one_language=one_language)
    if await are_others_told(acting.resident):
        await callback.answer(_("Handed in. The other organisers are told."))
    else:
        untold = _(
            "Handed in. The service cannot tell the other organisers: please tell one of them"
            " yourself."
        )
        await callback.answer(untold, show_alert=True)
    await manager.switch_to(BroadcastState.main)


@inject
async def take_back(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    take_back: FromDishka[TakeBroadcastBack],
    acting: FromDishka[Acting],
) -> None:
    """Let it wait for approval no longer."""
    del callback, button
    await take_back(acting.resident, draft_id_of(manager))


def _is_one_language(button: Button) -> bool:
    return (button.widget_id or "").startswith(_ONE_LANGUAGE)
