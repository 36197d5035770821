"""What an organiser is about to do, kept while the conversation goes on."""

from datetime import datetime

from aiogram_dialog import DialogManager

from civic.actions.change_stage import Wish
from civic.actions.read_calendar import Calendar, CalendarLine
from civic.model.cycle import Stage, StageAction
from civic.model.refusal import Reason, Refused


def wish_of(manager: DialogManager) -> Wish:
    """Return what has been chosen so far; without a typed reason the reason is empty."""
    chosen = manager.dialog_data
    at = chosen.get("at")
    return Wish(
        stage_id=int(chosen["stage"]),
        action=StageAction(chosen["action"]),
        reason=chosen.get("reason", ""),
        at=None if at is None else datetime.fromisoformat(at),
    )


def keep(manager: DialogManager, wish: Wish) -> None:
    """Keep the wish in the conversation; what was chosen before is forgotten."""
    manager.dialog_data.update(
        action=wish.action.value,
        reason=wish.reason,
        at=None if wish.at is None else wish.at.isoformat(),
    )


def date_before(manager: DialogManager, stage: Stage) -> datetime:
    """Return the date of the stage that is to be changed."""
    is_move = StageAction(manager.dialog_data["action"]) is StageAction.MOVED
    return stage.opens_at if is_move else stage.closes_at


def line_of(manager: DialogManager, calendar: Calendar) -> CalendarLine:
    """Return the chosen stage; raises `Refused` with `NOT_FOUND` when it is gone."""
    stage_id = int(manager.dialog_data["stage"])
    for line in calendar.lines:
        if line.stage.id == stage_id:
            return line
    raise Refused(Reason.NOT_FOUND)
