"""An announcement on its way: how far it is, and what can be done about it."""

from datetime import datetime
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.send_broadcast import ReviseBroadcast, can_be_revised
from civic.actions.steer_sending import (
    PauseSending,
    ReadSending,
    ResumeSending,
    RetryFailed,
    Sending,
    StopSending,
    worth_a_look,
)
from civic.model.announcement import (
    CHANNEL_OFF,
    FINISHED,
    STALE,
    UNWANTED,
    Announcement,
    AnnouncementState,
    DeliveryState,
    Progress,
)
from civic.ports import Clock
from civic.rules.quiet_hours import next_allowed
from dialogs.broadcast.states import BroadcastState, SendingState
from dialogs.kit.acting import Acting
from dialogs.kit.figures import bar, number, percent
from dialogs.kit.moments import day_and_time
from dialogs.kit.names import shown_name
from dialogs.kit.renewal import renew_at
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.notice_texts import notice_name

_GOES_ON = (AnnouncementState.PLANNING, AnnouncementState.RUNNING)
_OVER = (AnnouncementState.STOPPED, AnnouncementState.DONE)


@inject
async def main(
    dialog_manager: DialogManager,
    read: FromDishka[ReadSending],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return how far it is."""
    found, now = await read(acting.resident, announcement_of(dialog_manager)), clock.now()
    if (due_at := worth_a_look(found, now, acting.community.zone)) is not None:
        await renew_at(dialog_manager, due_at)
    progress, state = found.progress, found.announcement.state
    failed = progress.counts.get(DeliveryState.FAILED, 0)
    dealt_with = progress.total - progress.left
    share = 100 * dealt_with / progress.total if progress.total else 0.0
    goes_on = state in _GOES_ON
    return {
        "name": _name(found.announcement),
        "state": _state(found, now, acting),
        "bar": bar(dealt_with, progress.total),
        "percent": percent(float(int(share)), acting.language),
        "counts": _counts(found, acting),
        "speed": _speed(found, acting) if goes_on else "",
        "finish": _finish(found, acting) if goes_on else "",
        "renews": due_at is not None,
        "approved": _approved(found, acting),
        "can_pause": goes_on,
        "can_revise": found.announcement.by == acting.resident.id
        and can_be_revised(found.announcement),
        "can_resume": state is AnnouncementState.PAUSED,
        "can_stop": state not in _OVER,
        "can_correct": found.announcement.number is not None
        and found.progress.counts.get(DeliveryState.SENT, 0) > 0,
        "can_retry": failed > 0
        and state is not AnnouncementState.STOPPED
        and not found.is_corrected,
    }


@inject
async def stopping(
    dialog_manager: DialogManager,
    read: FromDishka[ReadSending],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what would be stopped."""
    found = await read(acting.resident, announcement_of(dialog_manager))
    return {"name": _name(found.announcement)}


def _name(announcement: Announcement) -> str:
    """Return what it is called: by its number, or as the notice it is."""
    if announcement.number is None:
        return notice_name(announcement.kind)
    return _("Announcement {number}").format(number=announcement.number)


def announcement_of(manager: DialogManager) -> int:
    """Return the id of the announcement that is watched."""
    start: Any = manager.start_data
    return int(start["announcement"])


@inject
async def pause(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    hold: FromDishka[PauseSending],
    acting: FromDishka[Acting],
) -> None:
    """Hold it back."""
    del callback, button
    await hold(acting.resident, announcement_of(manager))


@inject
async def resume(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    go_on: FromDishka[ResumeSending],
    acting: FromDishka[Acting],
) -> None:
    """Go on with it."""
    del callback, button
    await go_on(acting.resident, announcement_of(manager))


@inject
async def stop(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    give_up: FromDishka[StopSending],
    acting: FromDishka[Acting],
) -> None:
    """Give up what is not sent yet."""
    del callback, button
    await give_up(acting.resident, announcement_of(manager))
    await manager.switch_to(SendingState.main)


@inject
async def retry(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    try_again: FromDishka[RetryFailed],
    acting: FromDishka[Acting],
) -> None:
    """Send once more to those for whom it failed."""
    del callback, button
    await try_again(acting.resident, announcement_of(manager))


@inject
async def revise(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    take_back: FromDishka[ReviseBroadcast],
    acting: FromDishka[Acting],
) -> None:
    """Take it back to change it, before anybody got it."""
    del callback, button
    draft = await take_back(acting.resident, announcement_of(manager))
    await manager.start(BroadcastState.main, data={"draft": draft.id})


@inject
async def correct(
    callback: CallbackQuery,
    button: Button,
    manager: DialogManager,
    read: FromDishka[ReadSending],
    acting: FromDishka[Acting],
) -> None:
    """Write to those who got it what was wrong in it."""
    del callback, button
    found = (await read(acting.resident, announcement_of(manager))).announcement
    data = {"corrects": found.number}
    await manager.start(BroadcastState.write, data=data)


def _state(found: Sending, now: datetime, acting: Acting) -> str:
    announcement, zone = found.announcement, acting.community.zone
    begin = found.begins_at or next_allowed(max(now, announcement.send_from or now), zone)
    if announcement.state in _GOES_ON and begin > now:
        text = _("waits until {begin:bound}")
        return text.format(begin=day_and_time(begin, zone, acting.language))
    return {
        AnnouncementState.PLANNING: _("is being prepared"),
        AnnouncementState.RUNNING: _("is being sent"),
        AnnouncementState.PAUSED: _("paused"),
        AnnouncementState.TAKEN_BACK: _("taken back by its author to change it"),
        AnnouncementState.STOPPED: _("stopped for good"),
        AnnouncementState.DONE: _done(found, acting),
    }[announcement.state]


def _done(found: Sending, acting: Acting) -> str:
    counts = found.progress.counts
    missed = counts.get(DeliveryState.FAILED, 0) + counts.get(DeliveryState.BLOCKED, 0)
    if not found.progress.total:
        return _("there was nobody to tell")
    if not missed:
        return _("everyone is told")
    text = ngettext("over; {count} was not reached", "over; {count} were not reached", missed)
    return text.format(count=number(missed, acting.language))


def _counts(found: Sending, acting: Acting) -> Markup:
    progress, counts = found.progress, found.progress.counts
    lines = [
        (_("Sent: {count}"), counts.get(DeliveryState.SENT, 0)),
        (_("Blocked the service: {count}"), counts.get(DeliveryState.BLOCKED, 0)),
        (_("Failed: {count}"), counts.get(DeliveryState.FAILED, 0)),
        (_("• their messenger is switched off: {count}"), progress.because(CHANNEL_OFF)),
        (_("Do not want such news any more: {count}"), progress.because(UNWANTED)),
        (_("Have done what it reminds of: {count}"), progress.because(FINISHED)),
        (_("Too late to be of use: {count}"), progress.because(STALE)),
        *(_waiting(progress) if found.announcement.state not in _OVER else _unsent(progress)),
        (_("May have come twice: {count}"), progress.doubtful),
    ]
    always = 1
    return Markup("\n").join(
        fill(text, {"count": number(count, acting.language)})
        for position, (text, count) in enumerate(lines)
        if count or position < always
    )


def _waiting(progress: Progress) -> list[tuple[str, int]]:
    return [
        (_("Left: {count}"), progress.left),
        (_("• wait for the hours they chose: {count}"), progress.resting),
        (_("• wait for another day by the messenger's limit: {count}"), progress.held_back),
    ]


def _unsent(progress: Progress) -> list[tuple[str, int]]:
    return [(_("Not sent: {count}"), progress.left)]


def _speed(found: Sending, acting: Acting) -> str:
    per_second = found.progress.per_second
    if not per_second:
        return ""
    text = _("Speed: {count} a second")
    return text.format(count=number(per_second, acting.language, "#,##0.#"))


def _finish(found: Sending, acting: Acting) -> str:
    if found.finishes_at is None:
        return ""
    finish = day_and_time(found.finishes_at, acting.community.zone, acting.language)
    return _("Everyone is told by {finish:bound}").format(finish=finish)


def _approved(found: Sending, acting: Acting) -> str:
    approver, at = found.approved_by, found.announcement.approved_at
    if approver is None or at is None:
        return ""
    return _("Approved by {name} {moment:at}").format(
        name=shown_name(approver),
        moment=day_and_time(at, acting.community.zone, acting.language),
    )
