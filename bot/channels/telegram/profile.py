"""How the bot presents itself on Telegram: commands, menu button, and what it says before /start.

Telegram picks a text by the language of a person's Telegram. People whose Telegram speaks Kazakh,
Russian or English read that language alone; everybody else, of whom we only know that they live in
a Kazakh town, reads Kazakh and Russian, one after the other.
"""

import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands
from aiogram.utils.i18n import I18n

from civic.model.text import LANGUAGES
from dialogs.kit.text import _

EVERYBODY_ELSE: Final = ""
"""Telegram's way to say «any other language»."""
BOTH: Final = ("kk", "ru")
"""What everybody else reads."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Profile:
    """What people read in one language."""

    commands: Sequence[tuple[str, str]]
    """Names and what they do, in the order of the menu."""
    description: str
    """Shown in the empty chat, above the button that begins it."""
    short_description: str
    """Shown on the bot's page and wherever its link is shared."""


def profiles(i18n: I18n) -> Mapping[str, Profile]:
    """Return the profile for each language, and for everybody else."""
    spoken = {language: _profile(i18n, language) for language in LANGUAGES}
    return {**spoken, EVERYBODY_ELSE: _joined([spoken[language] for language in BOTH])}


def _profile(i18n: I18n, language: str) -> Profile:
    with i18n.context(), i18n.use_locale(language):
        return Profile(
            commands=(
                ("start", _("Begin, or come back to the menu")),
                ("menu", _("What can be done now")),
                ("language", _("Choose the language")),
                ("help", _("How this works and whom to ask")),
                ("privacy", _("What is kept about you")),
                ("stop", _("No more news")),
                ("cancel", _("Leave what you are doing")),
            ),
            description=_(
                "Here residents put forward ideas for their town, read the draft budget and "
                "comment on it, vote, and see what came of it. Free, without registration. Nobody "
                "here offers money for votes or asks for codes and passwords."
            ),
            short_description=_("Ideas, draft budget and votes of your town"),
        )


def _joined(parts: Sequence[Profile]) -> Profile:
    commands = zip(*(part.commands for part in parts), strict=True)
    return Profile(
        commands=tuple(
            (same[0][0], " · ".join(description for _name, description in same))
            for same in commands
        ),
        description="\n\n".join(part.description for part in parts),
        short_description=" · ".join(part.short_description for part in parts),
    )


async def present(bot: Bot, i18n: I18n) -> None:
    """Set what differs from what Telegram already shows.

    Telegram allows few such changes a day, so nothing is set again needlessly; and what it does
    not let us set now, the next start will.
    """
    for language, profile in profiles(i18n).items():
        await _try("commands", _present_commands(bot, language, profile))
        await _try("description", _present_description(bot, language, profile))
        await _try("short description", _present_short_description(bot, language, profile))
    await _try("menu button", _present_menu_button(bot))


async def _try(what: str, change: Awaitable[None]) -> None:
    try:
        await change
    except AiogramError as error:
        _log.warning("the bot's %s could not be set: %s", what, type(error).__name__)


async def _present_commands(bot: Bot, language: str, profile: Profile) -> None:
    scope = BotCommandScopeAllPrivateChats()
    shown = await bot.get_my_commands(scope, language)
    if [(command.command, command.description) for command in shown] != list(profile.commands):
        commands = [BotCommand(command=c, description=d) for c, d in profile.commands]
        await bot.set_my_commands(commands, scope, language)


async def _present_description(bot: Bot, language: str, profile: Profile) -> None:
    if (await bot.get_my_description(language)).description != profile.description:
        await bot.set_my_description(profile.description, language)


async def _present_short_description(bot: Bot, language: str, profile: Profile) -> None:
    shown = await bot.get_my_short_description(language)
    if shown.short_description != profile.short_description:
        await bot.set_my_short_description(profile.short_description, language)


async def _present_menu_button(bot: Bot) -> None:
    if (await bot.get_chat_menu_button()).type != MenuButtonCommands().type:
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
