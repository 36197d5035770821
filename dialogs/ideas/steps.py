"""The steps of writing an idea: which window asks for which part, and what comes after it."""

from typing import Final

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager

from civic.actions.idea_drafts import Target
from civic.model.community import Community
from civic.rules.ideas import Field
from dialogs.ideas.states import IdeaDraftState

STEPS: Final = {
    Field.TITLE: IdeaDraftState.title,
    Field.PROBLEM: IdeaDraftState.problem,
    Field.PROPOSAL: IdeaDraftState.proposal,
    Field.TOPIC: IdeaDraftState.topic,
    Field.PLACE: IdeaDraftState.place,
    Field.COST: IdeaDraftState.cost,
    Field.PHOTOS: IdeaDraftState.photos,
}
COUNT: Final = len(STEPS) + 1
"""The preview is the last step."""

CYCLE: Final = "cycle"
IDEA: Final = "idea"
DRAFT: Final = "draft"
SUBMITTED: Final = "submitted"
EDITING: Final = "editing"
"""True while a single part is being changed from the preview."""
COMPARED: Final = "compared"
"""True once the author has seen similar ideas and gone on."""
LEFT: Final = "left"
"""Name of the window to which «No, keep it» returns."""


def target_of(manager: DialogManager) -> Target:
    """Return which draft this conversation writes."""
    data = manager.dialog_data
    return Target(int(data[CYCLE]), data.get(IDEA))


def field_of(state: State | None) -> Field:
    """Return the part for which the window asks."""
    return next(field for field, window in STEPS.items() if window == state)


def after(field: Field, town: Community) -> State | None:
    """Return the window after the one that asks for `field`; None after the last of them."""
    asked = _asked(town)
    place = asked.index(field) + 1
    return STEPS[asked[place]] if place < len(asked) else None


def before(field: Field, town: Community) -> State | None:
    """Return the window before the one that asks for `field`; None before the first."""
    asked = _asked(town)
    place = asked.index(field) - 1
    return STEPS[asked[place]] if place >= 0 else None


def _asked(town: Community) -> list[Field]:
    # A town without a list of topics has nothing to ask there.
    return [field for field in STEPS if field is not Field.TOPIC or town.topics]
