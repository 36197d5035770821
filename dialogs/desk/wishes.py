"""What an organiser is about to do, kept while the conversation goes on."""

from datetime import datetime

from aiogram_dialog import DialogManager

from civic.actions.change_stage import Wish
from civic.actions.read_calendar import Calendar, CalendarLine
from civic.model.cycle import StageAction
from civic.model.refusal import Reason, Refused


def wish_of(manager: DialogManager) -> Wish:
    """Return what has been chosen so far; without a typed reason the reason is empty."""
    chosen = manager.dialog_data
    closes_at = chosen.get("closes_at")
    return Wish(
        stage_id=int(chosen["stage"]),
        action=StageAction(chosen["action"]),
        reason=chosen.get("reason", ""),
        closes_at=None if closes_at is None else datetime.fromisoformat(closes_at),
    )


def keep(manager: DialogManager, wish: Wish) -> None:
    """Keep the wish in the conversation; what was chosen before is forgotten."""
    manager.dialog_data.update(
        action=wish.action.value,
        reason=wish.reason,
        closes_at=None if wish.closes_at is None else wish.closes_at.isoformat(),
    )


def line_of(manager: DialogManager, calendar: Calendar) -> CalendarLine:
    """Return the chosen stage; raises `Refused` with `NOT_FOUND` when it is gone."""
    stage_id = int(manager.dialog_data["stage"])
    for line in calendar.lines:
        if line.stage.id == stage_id:
            return line
    raise Refused(Reason.NOT_FOUND)
