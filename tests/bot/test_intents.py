"""Opened conversations have names of their own, the same again after a crash."""

import pytest
from aiogram_dialog.api.entities import Stack

from bot.clock import SystemRandomness
from bot.intents import name_by, named_after
from bot.wiring import build
from dialogs.menu.states import MenuState
from tests.conftest import Talk


class CrashError(BaseException):
    """The end of a process."""


async def _die(*_anything: object) -> None:
    raise CrashError


def _opened(count: int) -> list[str]:
    stack = Stack(_id="")
    return [stack.push(MenuState.main, None).id for _ in range(count)]


def test_conversations_opened_at_the_same_moment_have_different_names() -> None:
    name_by(SystemRandomness("secret"))
    names = _opened(100)
    assert len(set(names)) == len(names)
    assert all(len(name) == 6 for name in names)


def test_what_an_update_opens_is_named_after_it() -> None:
    name_by(SystemRandomness("secret"))
    with named_after("telegram", 1):
        first = _opened(3)
    with named_after("telegram", 1):
        again = _opened(3)
    with named_after("telegram", 2):
        other = _opened(3)
    with named_after("webchat", 1):
        elsewhere = _opened(3)
    assert first == again
    assert len({*first, *other, *elsewhere, *_opened(3)}) == 12


async def test_after_a_crash_the_buttons_already_seen_lead_on(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await talk("en")
    await person.say("/menu")
    service = person.service
    with monkeypatch.context() as dying:
        dying.setattr(service.conversations, "finish", _die)
        with pytest.raises(BaseExceptionGroup):
            await person.press("Settings")
    seen = person.screen
    assert "Language" in seen.buttons
    person.service = build(service.database, service.clock, service.randomness)
    async with person.service.inbox.running():
        await person.service.inbox.resume({"test": person.bot})
    await person.press("Language", on=seen)
    assert person.alerts == []
    assert "Қазақша" in person.screen.buttons
