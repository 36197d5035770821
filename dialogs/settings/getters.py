"""What the settings show."""

from typing import Any

from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.model.text import in_language
from dialogs.kit.acting import Acting
from dialogs.kit.languages import OWN_NAMES, offered
from dialogs.kit.names import shown_name
from dialogs.kit.text import _
from dialogs.kit.town import district_choices


@inject
async def main(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return what the person has chosen."""
    resident, community = acting.resident, acting.community
    district = community.district(resident.district)
    return {
        "language": OWN_NAMES[acting.language],
        "name": shown_name(resident),
        "district": _("not chosen")
        if district is None
        else in_language(district.names, acting.language),
        "news": resident.wants_news,
        "quiet": not resident.wants_news,
        "has_districts": bool(community.districts),
    }


@inject
async def language(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the languages, the present one first."""
    return {"languages": offered(acting.language)}


@inject
async def district(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the districts of the town."""
    return {"districts": district_choices(acting.community, acting.language)}


@inject
async def town(acting: FromDishka[Acting], **_kwargs: object) -> dict[str, Any]:
    """Return the town and whom to ask there."""
    return {
        "town": in_language(acting.community.names, acting.language),
        "contact": in_language(acting.community.contact, acting.language),
    }
