"""Addresses that people pass on."""

from types import SimpleNamespace
from typing import cast

from aiogram import Bot
from aiogram.types import User

from bot.links import ChannelLinks
from dialogs.places import Place, PlaceKind

IDEA = Place(PlaceKind.IDEA, 12)


async def _me() -> User:
    return User(id=1, is_bot=True, first_name="Dauys", username="dauys_bot")


BOT = cast("Bot", SimpleNamespace(me=_me))


async def test_on_telegram_a_link_opens_the_same_bot() -> None:
    link = await ChannelLinks("https://dauys.example.kz").to(IDEA, BOT, "telegram")
    assert link == "https://t.me/dauys_bot?start=i_12"


async def test_on_the_web_a_link_opens_the_same_chat() -> None:
    link = await ChannelLinks("https://dauys.example.kz/").to(IDEA, BOT, "webchat")
    assert link == "https://dauys.example.kz/?start=i_12"


def test_a_link_to_another_channel_is_there_once_its_name_is_known() -> None:
    links = ChannelLinks("https://dauys.example.kz/")
    web = "https://dauys.example.kz/?start=join_123456789"
    assert links.elsewhere("join_123456789", "telegram") == {"webchat": web}
    assert links.elsewhere("join_123456789", "webchat") == {}
    links.telegram_name = "dauys_bot"
    assert links.elsewhere("join_123456789", "webchat") == {
        "telegram": "https://t.me/dauys_bot?start=join_123456789"
    }
    assert links.elsewhere("join_123456789", "telegram") == {"webchat": web}


def test_a_web_chat_that_is_not_public_is_not_linked_to() -> None:
    assert ChannelLinks("http://127.0.0.1:8080").elsewhere("join_123456789", "telegram") == {}
