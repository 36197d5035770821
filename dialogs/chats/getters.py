"""What the windows of «My chats» show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from aiogram.types import Chat as Shown
from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.join_chats import ReadJoinCode, ReadJoinOffer
from civic.actions.own_chats import ReadChats
from civic.model.joining import Chat, JoinOffer
from civic.model.refusal import Reason, Refused
from civic.model.resident import Role
from civic.model.text import LocalText, in_language
from civic.ports import Clock
from civic.rules.joining import PREFIX
from dialogs.kit.acting import Acting
from dialogs.kit.channels import channel_name
from dialogs.kit.figures import shorten
from dialogs.kit.links import Links
from dialogs.kit.moments import day_and_time
from dialogs.kit.names import shown_name
from dialogs.kit.renewal import renew_at
from dialogs.kit.text import Markup, _, fill

CHOSEN: Final = "☑"
OPEN: Final = "☐"
LATEST: Final = "latest"
"""Chosen instead of a chat: wherever the person wrote last."""
KEY: Final = "key"
"""Where the conversation holds by what the actions know a code that was written."""
LOOK: Final = timedelta(seconds=5)
"""How often a code looks whether it was used."""
_GROUP: Final = 3
"""Digits that are said and written together."""


@inject
async def main(
    dialog_manager: DialogManager,
    read: FromDishka[ReadChats],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the chats of the person, and where news may go."""
    chats = await read(acting.resident, acting.channel, chat_id(dialog_manager))
    names = _names(chats)
    chosen = next((chat.contact.id for chat in chats if chat.contact.chosen), None)
    choices = [(LATEST, _("Where I wrote last"), chosen is None)]
    choices += [
        (str(chat.contact.id), names[chat.contact.id], chat.contact.id == chosen) for chat in chats
    ]
    return {
        "lines": _lines(chats, names, wants_news=acting.resident.wants_news),
        "several": len(chats) > 1,
        "alone": len(chats) == 1,
        "choices": [
            (key, shorten(f"{CHOSEN if on else OPEN} {name}")) for key, name, on in choices
        ]
        if len(chats) > 1
        else [],
    }


@inject
async def code(
    dialog_manager: DialogManager,
    read: FromDishka[ReadJoinCode],
    links: FromDishka[Links],
    clock: FromDishka[Clock],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the code, and look again whether the other chat was joined."""
    shown = await read(acting.resident)
    waits = shown is not None and not shown.spent
    if shown is None or shown.spent:
        addresses: Mapping[str, str] = {}
    else:
        await renew_at(dialog_manager, min(clock.now() + LOOK, shown.expires_at))
        addresses = links.elsewhere(f"{PREFIX}{shown.code}", acting.channel)
    zone = acting.community.zone
    return {
        "code": "" if shown is None else grouped(shown.code),
        "until": "" if shown is None else day_and_time(shown.expires_at, zone, acting.language),
        "waits": waits,
        "spent": shown is not None and shown.spent,
        "over": shown is None,
        "telegram": addresses.get("telegram", ""),
        "webchat": addresses.get("webchat", ""),
    }


@inject
async def offer(
    dialog_manager: DialogManager,
    read: FromDishka[ReadJoinOffer],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return whose chat this one would be joined to, and what would become of what both have.

    Raises `Refused` as joining would.
    """
    found = await read(acting.resident, key_of(dialog_manager))
    return {
        "giver": shown_name(found.giver),
        "channels": ", ".join(map(channel_name, found.channels)),
        "lines": Markup("\n").join(_consequences(found, acting.language)),
    }


@inject
async def joined(
    dialog_manager: DialogManager,
    read: FromDishka[ReadChats],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what has become one."""
    chats = await read(acting.resident, acting.channel, chat_id(dialog_manager))
    wants_news = acting.resident.wants_news
    return {
        "name": shown_name(acting.resident),
        "lines": _lines(chats, _names(chats), wants_news=wants_news),
    }


@inject
async def separate(
    dialog_manager: DialogManager,
    read: FromDishka[ReadChats],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the chats, to choose one."""
    chats = await read(acting.resident, acting.channel, chat_id(dialog_manager))
    names = _names(chats)
    return {"chats": [(chat.contact.id, _button(chat, names)) for chat in chats]}


@inject
async def sure(
    dialog_manager: DialogManager,
    read: FromDishka[ReadChats],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what separating the chat would do; raises `Refused` when it is not there any more."""
    chats = await read(acting.resident, acting.channel, chat_id(dialog_manager))
    wanted = dialog_manager.dialog_data.get("chat")
    found = next((chat for chat in chats if chat.contact.id == wanted), None)
    if found is None:
        raise Refused(Reason.NOT_FOUND)
    return {
        "chat": _names(chats)[found.contact.id],
        "here": found.is_here,
        "kept": found.contact.channel != "webchat",
        "erased": found.contact.channel == "webchat",
        "about": [found.contact.id],
    }


def chat_id(manager: DialogManager) -> int:
    """Return by what aiogram knows the chat that is looked at."""
    chat: Shown = manager.middleware_data["event_chat"]
    return chat.id


def key_of(manager: DialogManager) -> str:
    """Return by what the actions know the code that was written; raises `Refused` without."""
    key = manager.dialog_data.get(KEY)
    if key is None:
        raise Refused(Reason.JOIN_CODE_SPENT)
    return str(key)


def grouped(digits: str) -> str:
    """Return a code as it is said: «123 456 789»."""
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def _names(chats: Sequence[Chat]) -> Mapping[int, str]:
    """Return how each chat is called: by its channel, numbered where there are several there."""
    each = Counter(chat.contact.channel for chat in chats)
    seen: Counter[str] = Counter()
    names = {}
    for chat in chats:
        channel = chat.contact.channel
        seen[channel] += 1
        number = f" {seen[channel]}" if each[channel] > 1 else ""
        names[chat.contact.id] = f"{channel_name(channel)}{number}"
    return names


def _lines(chats: Sequence[Chat], names: Mapping[int, str], *, wants_news: bool) -> Markup:
    """Return a line for each chat: what it is called, and what is to be known of it."""
    lines = []
    for chat in chats:
        notes = []
        if chat.is_here:
            notes.append(_("this chat"))
        if chat.is_told and wants_news:
            notes.append(_("news comes here"))
        if not chat.contact.reachable:
            notes.append(_("you blocked it, so nothing arrives"))
        name = {"name": names[chat.contact.id]}
        lines.append(
            fill("• <b>{name}</b>: {notes}", {**name, "notes": ", ".join(notes)})
            if notes
            else fill("• <b>{name}</b>", name)
        )
    return Markup("\n").join(lines)


def _button(chat: Chat, names: Mapping[int, str]) -> str:
    return shorten(names[chat.contact.id])


def _consequences(found: JoinOffer, language: str) -> list[Markup]:
    lines = [
        *_about_votes(
            _(
                "• You have a ballot in both chats in “{title}”. The one of the other chat "
                "counts, the one from here is withdrawn. You can change it until the vote closes."
            ),
            found.withdrawn,
            language,
        ),
        *_about_votes(
            _("• Your ballot in “{title}” comes along and gets a new receipt."),
            found.carried,
            language,
        ),
    ]
    if Role.ORGANISER in found.roles:
        lines.append(fill(_("• The other chat becomes an organiser too, as you are."), {}))
    if Role.MODERATOR in found.roles:
        lines.append(fill(_("• The other chat becomes a moderator too, as you are."), {}))
    if found.idea_drafts:
        text = _("• Both chats have an unfinished idea. The one you changed last stays.")
        lines.append(fill(text, {}))
    if found.comment_drafts:
        text = _("• Both chats have an unfinished comment. The one you began last stays.")
        lines.append(fill(text, {}))
    return lines


def _about_votes(text: str, votes: Sequence[LocalText], language: str) -> list[Markup]:
    return [fill(text, {"title": in_language(titles, language)}) for titles in votes]
