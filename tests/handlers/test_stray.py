"""What nobody asked for is answered, and nothing is lost."""

import pytest
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import CallbackQuery, InaccessibleMessage, Update

from storage.fsm import SqlStorage
from tests.conftest import Talk
from tests.conversation import Conversation

RUBBISH = ["x" * 4096, "\u202egnirts", "🧿" * 50, "<b>&amp;", "{name}", "%s", "\n\n", "/start\nx"]


@pytest.mark.parametrize("text", RUBBISH)
async def test_any_text_in_the_menu_is_answered(talk: Talk, text: str) -> None:
    person = await talk("ru")
    await person.say("/menu")
    before = len(person.screens)
    await person.say(text)
    assert len(person.screens) > before
    assert "Моё участие" in person.screen.buttons


async def test_stickers_and_voices_are_answered_with_words_and_the_window(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await person.send_sticker()
    assert "кнопками" in person.screens[-2].text
    await person.send_voice()
    assert "Моё участие" in person.screen.buttons


async def test_writing_without_a_conversation_opens_the_menu(talk: Talk) -> None:
    person = await talk("kk")
    await person.say("Сәлем!")
    assert "Менің қатысуым" in person.screen.buttons


async def test_somebody_unknown_is_greeted_whatever_they_send(talk: Talk) -> None:
    person = await talk("kk", greeted=False)
    await person.send_sticker()
    assert "Қазақша" in person.screen.buttons


async def test_an_old_button_is_told_apart_from_the_current_one(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    old = person.screen
    await person.say("/menu")
    await person.press("Настройки", on=old)
    assert "устарела" in person.alerts[-1]
    assert "Моё участие" in person.screen.buttons


async def test_the_second_tap_of_a_double_tap_changes_nothing(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    menu = person.screen
    await person.press("Настройки")
    settings = person.screen
    key = next(key for key in menu.keys if key.text == "Настройки")
    await person.press_data(key.callback_data or "", menu)
    assert person.screen == settings
    assert not person.alerts


@pytest.mark.parametrize(
    "data", ["", "abc", "AbCdEf\x1dmenu", "go:p_1", "go:", "x" * 64, "\x1d\x1d"]
)
async def test_a_forged_button_leads_to_a_window(talk: Talk, data: str) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await person.press_data(data, person.screen)
    assert person.screen.buttons


async def _rename_the_group(person: Conversation) -> None:
    """Do what a new version with another name for a group of states would find."""
    storage = person.service.dispatcher.storage
    assert isinstance(storage, SqlStorage)
    key = StorageKey(bot_id=42, chat_id=person.person, user_id=person.person)
    stack = await storage.get_data(_with(key, "aiogd:stack:"))
    context_key = _with(key, f"aiogd:context:{stack['intents'][-1]}")
    context = await storage.get_data(context_key)
    await storage.set_data(context_key, {**context, "state": "GoneState:main"})


def _with(key: StorageKey, destiny: str) -> StorageKey:
    return StorageKey(key.bot_id, key.chat_id, key.user_id, destiny=destiny)


async def test_a_renamed_group_of_states_brings_the_person_to_the_menu(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await _rename_the_group(person)
    await person.press("Настройки")
    assert "Моё участие" in person.screen.buttons
    await person.press("Настройки")
    assert "Настройки" in person.screen.text


async def test_a_renamed_group_of_states_does_not_swallow_a_message(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await _rename_the_group(person)
    await person.say("Здравствуйте")
    assert "Моё участие" in person.screen.buttons


async def test_somebody_who_never_goes_back_ends_in_the_menu(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    storage = person.service.dispatcher.storage
    key = StorageKey(bot_id=42, chat_id=person.person, user_id=person.person)
    stack = await storage.get_data(_with(key, "aiogd:stack:"))
    deep = {**stack, "intents": stack["intents"] * 100}
    await storage.set_data(_with(key, "aiogd:stack:"), deep)
    await person.press("Моё участие")
    await person.press("Моё участие")
    assert "Моё участие · " in person.screen.text


async def test_a_button_from_before_anything_was_open_leads_to_the_menu(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    menu = person.screen
    storage = person.service.dispatcher.storage
    key = StorageKey(bot_id=42, chat_id=person.person, user_id=person.person)
    await storage.set_data(_with(key, "aiogd:stack:"), {})
    await person.press_data("nothing we know", menu)
    assert "устарела" in person.alerts[-1]
    assert "Моё участие" in person.screen.buttons


async def test_an_older_message_of_the_same_window_is_told_apart(talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await person.press("Настройки")
    older = person.screen
    await person.send_sticker()
    assert person.screen.message_id != older.message_id
    await person.press("Новости", on=older)
    assert "устарела" in person.alerts[-1]
    assert "Новости" in person.screen.buttons


async def test_a_press_on_what_a_page_showed_before_is_told_and_the_present_window_shown(
    talk: Talk,
) -> None:
    person = await talk("en")
    await person.say("/menu")
    key = next(key for key in person.screen.keys if key.text == "My things")
    before = len(person.screens)
    outdated = InaccessibleMessage(message_id=0, chat=person.chat, date=0)

    number = person.session.number()
    person.session.callbacks[f"callback{number}"] = person.person
    await person.feed(
        Update(
            update_id=number,
            callback_query=CallbackQuery(
                id=f"callback{number}",
                from_user=person.user,
                chat_instance="test",
                data=key.callback_data,
                message=outdated,
            ),
        )
    )

    assert person.alerts == ["That button was old. Here is where you are now."]
    assert len(person.screens) == before + 1
    assert "My things" in person.screen.buttons
