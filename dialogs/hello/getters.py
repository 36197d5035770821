"""What the windows of the first hello show."""

from typing import Any

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.model.text import in_language
from dialogs.kit.acting import Acting
from dialogs.kit.languages import offered
from dialogs.kit.names import shown_name
from dialogs.kit.town import district_choices


@inject
async def language(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the languages, the guessed one first."""
    return {"languages": offered(acting.language)}


@inject
async def name(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the town and the name offered."""
    return {
        "town": in_language(acting.community.names, acting.language),
        "name": shown_name(acting.resident),
    }


@inject
async def district(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the districts of the town."""
    return {"districts": district_choices(acting.community, acting.language)}


def link_of(manager: DialogManager) -> str:
    """Return the link by which the person came; empty when there was none."""
    start = manager.start_data
    return str(start.get("link", "")) if isinstance(start, dict) else ""
