"""Which draft a conversation writes.

The draft is the row in the database. What a conversation itself keeps are numbers and where the
organiser is; so another device, or a restart, finds every word.
"""

from datetime import datetime
from typing import Any, Final

from aiogram.utils.i18n import I18n
from aiogram_dialog import DialogManager

from civic.actions.draft_broadcast import ReadBroadcastDraft, Target
from civic.actions.read_announcements import Told
from civic.model.announcement import Announcement, NoticeKind
from civic.model.audience import Trait
from civic.model.broadcast import EXPECTED, BroadcastDraft, Order
from dialogs.announcements.notice import notice_of
from dialogs.kit.acting import Acting
from dialogs.notices import Notice

DRAFT: Final = "broadcast"
LANGUAGE: Final = "language"
TRAIT: Final = "trait"
SHOWN: Final = "shown"
CHATS_PAGE: Final = "chats_page"


def target_of(manager: DialogManager) -> Target:
    """Return which draft this conversation writes; a new one until its first word is kept."""
    start: Any = manager.start_data or {}
    corrects = start.get("corrects")
    return Target(
        draft_id=manager.dialog_data.get(DRAFT),
        key=str(manager.current_context().id),
        corrects=None if corrects is None else int(corrects),
    )


def is_begun(manager: DialogManager) -> bool:
    """Tell whether anything was kept yet."""
    return DRAFT in manager.dialog_data


def draft_id_of(manager: DialogManager) -> int:
    """Return the id of the draft, of which something was kept already."""
    start: Any = manager.start_data or {}
    return int(manager.dialog_data.get(DRAFT) or start["draft"])


def remember(manager: DialogManager, draft: BroadcastDraft) -> None:
    """Write this draft from now on."""
    manager.dialog_data[DRAFT] = draft.id


async def order_of(manager: DialogManager, read: ReadBroadcastDraft, acting: Acting) -> Order:
    """Return what is written so far."""
    if not is_begun(manager):
        return Order()
    return (await read(acting.resident, draft_id_of(manager))).order


def as_told(order: Order, acting: Acting, now: datetime) -> Told:
    """Return it as it would be announced now, without a number."""
    announcement = Announcement(
        id=0,
        community_id=acting.community.id,
        cycle_id=None,
        stage_id=None,
        kind=NoticeKind.BROADCAST,
        parameters=order.broadcast.parameters(),
        created_at=now,
        audience=order.audience,
        send_from=order.send_from,
        by=acting.resident.id,
    )
    return Told(announcement, None)


def shown_language(manager: DialogManager, acting: Acting) -> str:
    """Return the language in which it is looked at, the organiser's own at first."""
    return str(manager.dialog_data.get(SHOWN, acting.language))


def in_its_language(manager: DialogManager, told: Told, acting: Acting) -> Notice:
    """Return it as somebody reads it whose language is looked at."""
    language = shown_language(manager, acting)
    i18n: I18n = manager.middleware_data["i18n"]
    with i18n.use_locale(language):
        return notice_of(told, acting.community, language)


def language_of(manager: DialogManager) -> str:
    """Return the language that is being written or looked at."""
    return str(manager.dialog_data.get(LANGUAGE, EXPECTED[0]))


def trait_of(manager: DialogManager) -> Trait:
    """Return by what people are being chosen."""
    return Trait(manager.dialog_data[TRAIT])
