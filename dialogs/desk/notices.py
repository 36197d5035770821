"""What the desk shows of the notices that a stage yields by itself."""

from typing import Any

from aiogram.utils.i18n import I18n
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.word_notices import Notices, PlannedNotice, ReadNotices
from civic.model.announcement import NoticeKind
from civic.model.refusal import Reason, Refused
from civic.model.text import LANGUAGES, in_language
from civic.rules.templates import LIMIT, places_of
from dialogs.cycle.sentences import opening
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered
from dialogs.kit.languages import OWN_NAMES
from dialogs.kit.stages import stage_name
from dialogs.kit.text import Markup, _, fill
from dialogs.kit.told import how_many
from dialogs.notice_texts import notice_name, usual_text
from dialogs.notices import render


def language_of(manager: DialogManager, acting: Acting) -> str:
    """Return the language in which the notice is looked at."""
    return str(manager.dialog_data.get("language", acting.language))


def notice_of(manager: DialogManager, notices: Notices) -> PlannedNotice:
    """Return the chosen notice; raises `Refused` with `NOT_FOUND` when there is none any more."""
    position = int(manager.dialog_data["notice"])
    if not 0 < position <= len(notices.planned):
        raise Refused(Reason.NOT_FOUND)
    return notices.planned[position - 1]


@inject
async def notices(
    dialog_manager: DialogManager,
    read: FromDishka[ReadNotices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return every notice of the stage: when it goes and how many get it."""
    found = await read(acting.resident, int(dialog_manager.dialog_data["stage"]))
    return {
        "title": in_language(found.cycle.titles, acting.language),
        "stage": stage_name(found.stage.kind),
        "lines": Markup("\n").join(
            _line(position, entry, acting) for position, entry in enumerate(found.planned, start=1)
        ),
        "choices": [
            (position, numbered(position, notice_name(entry.kind)))
            for position, entry in enumerate(found.planned, start=1)
        ],
    }


def _line(position: int, entry: PlannedNotice, acting: Acting) -> Markup:
    message = _("{position}. <b>{name}</b>: {moments}. {told}")
    if entry.worded:
        message = _("{position}. <b>{name}</b>: {moments}. {told}. In your own words")
    return fill(
        message,
        {
            "position": position,
            "name": notice_name(entry.kind),
            "moments": "; ".join(opening(at, acting) for at in entry.moments),
            "told": _people(entry, acting),
        },
    )


def _people(entry: PlannedNotice, acting: Acting) -> str:
    return how_many(entry.told, entry.chats, acting.language)


@inject
async def notice(
    dialog_manager: DialogManager,
    read: FromDishka[ReadNotices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a notice as it will look in the chosen language, when it goes and who gets it."""
    found = await read(acting.resident, int(dialog_manager.dialog_data["stage"]))
    entry = notice_of(dialog_manager, found)
    language = language_of(dialog_manager, acting)
    i18n: I18n = dialog_manager.middleware_data["i18n"]
    with i18n.use_locale(language):
        shown = render(entry.announcement, found.cycle, found.stage, acting.community, language)
    return {
        "name": notice_name(entry.kind),
        "stage": stage_name(found.stage.kind),
        "notice": shown.html,
        "moments": "; ".join(opening(at, acting) for at in entry.moments),
        "who": _who(entry.kind),
        "told": _people(entry, acting),
        "languages": [
            (code, f"{'☑' if code == language else '☐'} {OWN_NAMES[code]}") for code in LANGUAGES
        ],
        "worded": language in entry.worded,
        "sent": [] if entry.latest is None else [entry.latest],
    }


def _who(kind: NoticeKind) -> str:
    return {
        NoticeKind.HALF_WAY: _("who wants news and has not finished"),
        NoticeKind.LAST_DAYS: _("who wants news and has not begun"),
        NoticeKind.REMINDER: _("who began and has not finished"),
    }.get(kind, _("everyone who wants news"))


@inject
async def words(
    dialog_manager: DialogManager,
    read: FromDishka[ReadNotices],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the text as it is, with its places, and which places there are."""
    found = await read(acting.resident, int(dialog_manager.dialog_data["stage"]))
    entry = notice_of(dialog_manager, found)
    language = language_of(dialog_manager, acting)
    own = found.stage.texts.get(entry.kind.value, {}).get(language)
    i18n: I18n = dialog_manager.middleware_data["i18n"]
    with i18n.use_locale(language):
        text = usual_text(entry.kind, found.stage.kind) if own is None else own
    meanings = _meanings()
    return {
        "name": notice_name(entry.kind),
        "language": OWN_NAMES[language],
        "text": text,
        "limit": LIMIT,
        "places": Markup("\n").join(
            fill(
                "<code>{place}</code> {meaning}",
                {"place": f"{{{each}}}", "meaning": meanings[each]},
            )
            for each in places_of(entry.kind)
        ),
    }


def _meanings() -> dict[str, str]:
    return {
        "town": _("the town"),
        "stage": _("the stage"),
        "opens": _("when it opens"),
        "closes": _("when it closes"),
        "left": _("how many days are left"),
        "funded": _("how many projects get the money"),
        "ballots": _("how many ballots were counted"),
    }
