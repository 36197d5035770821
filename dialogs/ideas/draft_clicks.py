"""What the buttons and answers of writing an idea do.

The draft is the row in the database. What a conversation itself keeps are numbers and where the
author is; so another device, or a restart, finds every word.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.draft_idea import (
    BeginIdea,
    DiscardIdeaDraft,
    DraftShown,
    KeepPhoto,
    ReadIdeaDraft,
    WriteIdea,
)
from civic.actions.edit_idea import EditIdea
from civic.actions.find_similar_ideas import FindSimilarIdeas
from civic.actions.read_ideas import ReadIdea
from civic.actions.submit_idea import SubmitIdea
from civic.model.community import Community, District, Topic
from civic.model.refusal import Reason, Refused
from civic.rules.ideas import (
    About,
    AtPoint,
    Change,
    Costing,
    Field,
    InDistrict,
    WithoutPhoto,
    Words,
)
from dialogs.ideas import steps
from dialogs.ideas.states import IdeaDraftState, IdeasState
from dialogs.kit.acting import Acting
from dialogs.kit.pressed import Pressed
from dialogs.kit.received import sent_photo
from dialogs.kit.text import _
from dialogs.refusals import sentence

_Entry = TypeVar("_Entry", bound=District | Topic)


@inject
async def begin(
    data: Any,  # noqa: ANN401 - start data is any JSON
    manager: DialogManager,
    begin_idea: FromDishka[BeginIdea],
    read: FromDishka[ReadIdea],
    acting: FromDishka[Acting],
) -> None:
    """Find out what is to be written; somebody with a draft is asked whether to go on with it."""
    if "idea" in data:
        card = await read(acting.resident, int(data["idea"]))
        manager.dialog_data[steps.IDEA] = card.idea.id
        manager.dialog_data[steps.CYCLE] = card.cycle.id
    else:
        manager.dialog_data[steps.CYCLE] = int(data["cycle"])
    shown = await begin_idea(acting.resident, steps.target_of(manager))
    _remember(manager, shown)
    if shown.draft is not None:
        await manager.switch_to(IdeaDraftState.resume)


def _remember(manager: DialogManager, shown: DraftShown) -> None:
    # Sending twice must find the idea that the draft became, though the draft itself is gone.
    if shown.draft is not None:
        manager.dialog_data[steps.DRAFT] = shown.draft.id


@inject
async def write(
    message: Message,
    widget: MessageInput,
    manager: DialogManager,
    write_idea: FromDishka[WriteIdea],
    acting: FromDishka[Acting],
) -> None:
    """Keep the words of the step that is shown, and go on."""
    del widget
    field = steps.field_of(manager.current_context().state)
    change = _typed(field, message.text or "", acting.community)
    if change is None:
        await message.answer(_("Please choose from the list: press a button or write its number."))
        return
    _remember(manager, await write_idea(acting.resident, steps.target_of(manager), change))
    if not isinstance(change, InDistrict):
        await _go_on(manager, field, acting)


def _typed(field: Field, text: str, town: Community) -> Change | None:
    """Return what was meant, or None for an entry that a list does not have."""
    match field:
        case Field.TOPIC:
            topic = _chosen(text, town.topics)
            return None if topic is None else About(topic.code)
        case Field.PLACE:
            district = _chosen(text, town.districts)
            return Words(field, text) if district is None else InDistrict(district.code)
        case Field.COST:
            # An empty cost would mean «I do not know», which is the button's to say.
            return Costing(text.strip() or "?")
        case _:
            return Words(field, text)


def _chosen(text: str, entries: Sequence[_Entry]) -> _Entry | None:
    """Return the entry with the number or the name that was typed."""
    typed = text.strip().casefold()
    for number, entry in enumerate(entries, start=1):
        if typed in {str(number), *(name.casefold() for name in entry.names.values())}:
            return entry
    return None


@inject
async def locate(
    message: Message,
    widget: MessageInput,
    manager: DialogManager,
    write_idea: FromDishka[WriteIdea],
    acting: FromDishka[Acting],
) -> None:
    """Keep the point on the map that was sent, and go on."""
    del widget
    if message.location is None:
        raise Refused(Reason.TEXT_EMPTY)
    change = AtPoint(message.location.latitude, message.location.longitude)
    _remember(manager, await write_idea(acting.resident, steps.target_of(manager), change))
    await _go_on(manager, Field.PLACE, acting)


@inject
async def choose_topic(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    code: str,
    write_idea: FromDishka[WriteIdea],
    acting: FromDishka[Acting],
) -> None:
    """Keep the topic and go on."""
    del callback, select
    shown = await write_idea(acting.resident, steps.target_of(manager), About(code))
    _remember(manager, shown)
    await _go_on(manager, Field.TOPIC, acting)


@inject
async def choose_district(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    code: str,
    write_idea: FromDishka[WriteIdea],
    acting: FromDishka[Acting],
) -> None:
    """Keep the district and stay, because the place in words can be added to it."""
    del callback, select
    shown = await write_idea(acting.resident, steps.target_of(manager), InDistrict(code))
    _remember(manager, shown)


@inject
async def skip_cost(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    write_idea: FromDishka[WriteIdea],
    acting: FromDishka[Acting],
) -> None:
    """Leave the cost open and go on."""
    del callback, button
    shown = await write_idea(acting.resident, steps.target_of(manager), Costing(""))
    _remember(manager, shown)
    await _go_on(manager, Field.COST, acting)


@inject
async def add_photo(
    message: Message,
    widget: MessageInput,
    manager: DialogManager,
    keep: FromDishka[KeepPhoto],
    acting: FromDishka[Acting],
) -> None:
    """Keep a photo, sent as a photo or as a file, and wait for another."""
    del widget
    if message.content_type == ContentType.TEXT:
        await message.answer(_("Here go photos. When you have sent them, press the button below."))
        return
    content = await sent_photo(message, manager.middleware_data["bot"])
    _remember(manager, await keep(acting.resident, steps.target_of(manager), content))


@inject
async def remove_photo(
    callback: CallbackQuery,
    select: Pressed,
    manager: DialogManager,
    picture_id: int,
    write_idea: FromDishka[WriteIdea],
    acting: FromDishka[Acting],
) -> None:
    """Take one photo back and stay."""
    del callback, select
    await write_idea(acting.resident, steps.target_of(manager), WithoutPhoto(picture_id))


@inject
async def go_on(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    find: FromDishka[FindSimilarIdeas],
    acting: FromDishka[Acting],
) -> None:
    """Leave a step as it is and go on; after the last one come similar ideas, if there are any."""
    del callback, button
    field = steps.field_of(manager.current_context().state)
    if _compares(manager, field, acting) and await find(acting.resident, steps.target_of(manager)):
        await manager.switch_to(IdeaDraftState.similar)
    else:
        await _go_on(manager, field, acting)


def _compares(manager: DialogManager, field: Field, acting: Acting) -> bool:
    data = manager.dialog_data
    settled = data.get(steps.EDITING) or data.get(steps.COMPARED)
    return steps.after(field, acting.community) is None and not settled


async def _go_on(manager: DialogManager, field: Field, acting: Acting) -> None:
    following = steps.after(field, acting.community)
    if manager.dialog_data.pop(steps.EDITING, False) or following is None:
        following = IdeaDraftState.preview
    await manager.switch_to(following)


@inject
async def go_back(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    acting: FromDishka[Acting],
) -> None:
    """Return to the step before, or to the preview if one part is being changed."""
    del callback, button
    if manager.dialog_data.pop(steps.EDITING, False):
        await manager.switch_to(IdeaDraftState.preview)
        return
    field = steps.field_of(manager.current_context().state)
    preceding = steps.before(field, acting.community)
    if preceding is None:
        await manager.done()
    else:
        await manager.switch_to(preceding)


@inject
async def resume(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    begin_idea: FromDishka[BeginIdea],
    acting: FromDishka[Acting],
) -> None:
    """Go on at the first part that is missing; a complete draft is shown as a whole."""
    del callback, button
    shown = await begin_idea(acting.resident, steps.target_of(manager))
    if shown.missing is None or manager.dialog_data.get(steps.IDEA) is not None:
        await manager.switch_to(IdeaDraftState.preview)
    else:
        await manager.switch_to(steps.STEPS[shown.missing])


async def different(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Go on with the own idea although there are similar ones."""
    del callback, button
    manager.dialog_data[steps.COMPARED] = True
    await manager.switch_to(IdeaDraftState.preview)


async def open_similar(
    callback: CallbackQuery, select: Select[int], manager: DialogManager, idea_id: int
) -> None:
    """Open a similar idea, where it can be supported."""
    del callback, select
    await manager.start(IdeasState.card, data={"idea": idea_id})


async def change_part(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Ask again for the part that the button is named after."""
    del callback
    manager.dialog_data[steps.EDITING] = True
    await manager.switch_to(steps.STEPS[Field(str(button.widget_id))])


@inject
async def submit(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadIdeaDraft],
    submit_idea: FromDishka[SubmitIdea],
    acting: FromDishka[Acting],
) -> None:
    """Put the idea forward; pressed twice, it is one idea."""
    del button
    shown = await read(acting.resident, steps.target_of(manager))
    _remember(manager, shown)
    try:
        idea = await submit_idea(acting.resident, int(manager.dialog_data.get(steps.DRAFT, 0)))
    except Refused as refused:
        await _ask_for_missing(callback, manager, refused, acting)
        return
    manager.dialog_data[steps.SUBMITTED] = idea.id
    await manager.switch_to(IdeaDraftState.submitted)


@inject
async def save_changes(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    edit: FromDishka[EditIdea],
    acting: FromDishka[Acting],
) -> None:
    """Put the changes into the submitted idea and return to it."""
    del button
    try:
        await edit(acting.resident, int(manager.dialog_data[steps.IDEA]))
    except Refused as refused:
        await _ask_for_missing(callback, manager, refused, acting)
        return
    await callback.answer(_("Saved."))
    await manager.done()


async def _ask_for_missing(
    callback: CallbackQuery, manager: DialogManager, refused: Refused, acting: Acting
) -> None:
    if refused.reason is not Reason.DRAFT_INCOMPLETE:
        raise refused
    await callback.answer(sentence(refused, acting), show_alert=True)
    manager.dialog_data[steps.EDITING] = True
    await manager.switch_to(steps.STEPS[Field(str(refused.facts["field"]))])


async def ask_discard(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Ask before anything is thrown away."""
    del callback, button
    left = manager.current_context().state
    manager.dialog_data[steps.LEFT] = left.state
    await manager.switch_to(IdeaDraftState.discard)


async def keep_draft(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Return to where throwing away was asked for."""
    del callback, button
    left = manager.dialog_data.get(steps.LEFT)
    states = {state.state: state for state in IdeaDraftState}
    await manager.switch_to(states.get(left, IdeaDraftState.preview))


@inject
async def discard(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadIdeaDraft],
    throw_away: FromDishka[DiscardIdeaDraft],
    acting: FromDishka[Acting],
) -> None:
    """Throw the draft away: to begin anew if that was the wish, otherwise to leave."""
    del callback, button
    shown = await read(acting.resident, steps.target_of(manager))
    if shown.draft is not None:
        await throw_away(acting.resident, shown.draft.id)
    begins_anew = manager.dialog_data.get(steps.LEFT) == IdeaDraftState.resume.state
    for key in (steps.DRAFT, steps.COMPARED, steps.EDITING, steps.LEFT):
        manager.dialog_data.pop(key, None)
    if not begins_anew:
        await manager.done()
    elif manager.dialog_data.get(steps.IDEA) is None:
        await manager.switch_to(IdeaDraftState.title)
    else:
        await manager.switch_to(IdeaDraftState.preview)
