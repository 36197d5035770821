"""Opened conversations have names of their own."""

from aiogram_dialog.api.entities import Stack

from bot.clock import SystemRandomness
from bot.intents import name_by
from dialogs.menu.states import MenuState


def test_conversations_opened_at_the_same_moment_have_different_names() -> None:
    name_by(SystemRandomness("secret"))
    stack = Stack(_id="")
    names = [stack.push(MenuState.main, None).id for _ in range(100)]
    assert len(set(names)) == len(names)
    assert all(len(name) == 6 for name in names)
