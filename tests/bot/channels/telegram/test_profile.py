"""The bot presents itself in the person's language, and only when something changed."""

import pytest
from aiogram import Bot

from bot.channels.telegram import limits
from bot.channels.telegram.profile import EVERYBODY_ELSE, present, profiles
from bot.wiring import catalogues
from handlers.words import WORDS
from tests.telegram import faults
from tests.telegram.standin import Standin

CHANGES = ("setMyCommands", "setMyDescription", "setMyShortDescription", "setChatMenuButton")


def test_every_text_is_translated_and_within_telegrams_limits() -> None:
    made = profiles(catalogues())
    assert set(made) == {"kk", "ru", "en", EVERYBODY_ELSE}
    assert len({profile.description for profile in made.values()}) == len(made)
    for profile in made.values():
        assert limits.utf16_length(profile.description) <= limits.DESCRIPTION
        assert limits.utf16_length(profile.short_description) <= limits.SHORT_DESCRIPTION
        for _name, description in profile.commands:
            assert 0 < limits.utf16_length(description) <= limits.COMMAND_DESCRIPTION


def test_every_command_of_the_menu_is_one_that_is_understood() -> None:
    understood = {"start", *WORDS.values()}
    for profile in profiles(catalogues()).values():
        assert {name for name, _description in profile.commands} == understood


def test_people_of_other_languages_read_kazakh_and_russian() -> None:
    made = profiles(catalogues())
    both = made[EVERYBODY_ELSE]
    assert both.description == f"{made['kk'].description}\n\n{made['ru'].description}"
    assert both.commands[1] == ("menu", "Қазір не істеуге болады · Что можно сделать сейчас")


async def test_everything_is_set_at_the_first_start_and_nothing_at_the_second(
    telegram: Standin, bot: Bot
) -> None:
    await present(bot, catalogues())
    assert [telegram.counts[method] for method in CHANGES] == [4, 4, 4, 1]
    profile = telegram.methods.profile
    assert profile.descriptions["kk"].startswith("Мұнда тұрғындар")
    assert profile.short_descriptions["en"] == "Ideas, draft budget and votes of your town"
    assert profile.commands["all_private_chats", "ru"][0]["command"] == "start"
    assert profile.menu_button == {"type": "commands"}
    await present(bot, catalogues())
    assert [telegram.counts[method] for method in CHANGES] == [4, 4, 4, 1]
    assert telegram.violations == []


async def test_only_what_changed_is_set_again(telegram: Standin, bot: Bot) -> None:
    await present(bot, catalogues())
    telegram.methods.profile.commands["all_private_chats", "kk"].pop()
    telegram.methods.profile.menu_button = {"type": "default"}
    await present(bot, catalogues())
    assert [telegram.counts[method] for method in CHANGES] == [5, 4, 4, 2]


async def test_what_can_not_be_set_now_does_not_stop_the_rest(
    telegram: Standin, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults.add(faults.too_many_requests(3600), times=4, method="setMyCommands")
    await present(bot, catalogues())
    assert telegram.counts["setMyDescription"] == 4
    assert "the bot's commands could not be set: TelegramRetryAfter" in caplog.text
