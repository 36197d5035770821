"""Every window of every conversation, in every language."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import InlineKeyboardMarkup
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Back, Cancel, Start, SwitchTo
from aiogram_dialog.widgets.kbd.base import Keyboard
from aiogram_dialog.widgets.text import Format, Text

import dialogs
from bot.wiring import catalogues
from civic.model.text import LANGUAGES
from dialogs.hello.states import HelloState
from dialogs.kit.window import Screen
from dialogs.menu.states import MenuState
from dialogs.places import OPENS, PlaceKind
from dialogs.registry import DIALOGS
from locales.check import LABEL_LIMIT
from tests.preview import Preview

MOST_TEXT = 1500
MOST_CAPTION = 1024
ALLOWED_TAGS = {"b", "i", "u", "s", "code", "a", "blockquote"}

WINDOWS = [(dialog, state) for dialog in DIALOGS for state in dialog.states()]
BEGINNINGS = {MenuState.main, HelloState.language}
"""Where everything begins: there is no way back from there."""


def _name(value: object) -> str:
    return value.state or "" if isinstance(value, State) else ""


def _modules(name: str) -> Iterator[Any]:
    for found in pkgutil.iter_modules(dialogs.__path__):
        if found.ispkg and importlib.util.find_spec(f"dialogs.{found.name}.{name}"):
            yield importlib.import_module(f"dialogs.{found.name}.{name}")


def _groups() -> set[type[StatesGroup]]:
    return {
        found
        for module in _modules("states")
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, StatesGroup) and found is not StatesGroup
    }


def test_every_conversation_is_in_the_registry() -> None:
    found = {
        id(value)
        for module in _modules("windows")
        for value in vars(module).values()
        if isinstance(value, Dialog)
    }
    assert found == {id(dialog) for dialog in DIALOGS}


def test_every_state_has_a_window_and_every_group_a_conversation() -> None:
    shown = {state for dialog in DIALOGS for state in dialog.states()}
    declared = {state for group in _groups() for state in group.__all_states__}
    assert declared == shown


def test_every_kind_of_link_opens_somewhere() -> None:
    assert set(OPENS) == set(PlaceKind)
    shown = {state for dialog in DIALOGS for state in dialog.states()}
    assert {state for state, _key in OPENS.values()} <= shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("dialog", "state"), WINDOWS, ids=_name)
async def test_every_window_shows_itself(dialog: Dialog, state: State, language: str) -> None:
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        shown = await Preview(dialog, state, i18n).shown()
    assert shown.text
    assert shown.text.strip()
    assert len(shown.text) <= (MOST_CAPTION if shown.media else MOST_TEXT)
    assert not re.search(r"(?<!\{)\{[a-z_]+\}", shown.text), "a place was not filled"
    assert set(re.findall(r"</?([a-z]+)", shown.text)) <= ALLOWED_TAGS
    assert isinstance(shown.reply_markup, InlineKeyboardMarkup)
    labels = [key.text for row in shown.reply_markup.inline_keyboard for key in row]
    assert labels, "a window without a way on"
    assert all(0 < len(label) <= LABEL_LIMIT for label in labels), labels
    for row in shown.reply_markup.inline_keyboard:
        for key in row:
            # aiogram_dialog puts six characters of its own and a separator in front.
            assert len((key.callback_data or "").encode()) <= 64, key


@pytest.mark.parametrize(("dialog", "state"), WINDOWS, ids=_name)
def test_every_window_is_a_screen(dialog: Dialog, state: State) -> None:
    """A plain window would stay silent when somebody writes where there is nothing to write."""
    assert isinstance(dialog.windows[state], Screen)


def _texts(widget: Any) -> Iterator[Text]:  # noqa: ANN401 - widgets nest in several ways
    if isinstance(widget, Text):
        yield widget
    for inner in getattr(widget, "texts", ()):
        yield from _texts(inner)


@pytest.mark.parametrize(("dialog", "state"), WINDOWS, ids=_name)
def test_no_window_takes_any_text_for_html(dialog: Dialog, state: State) -> None:
    """`Format` escapes nothing, so that somebody's «<» would spoil the message."""
    window = dialog.windows[state]
    assert isinstance(window, Screen)
    assert not [text for text in _texts(window.text) if isinstance(text, Format)]


def _leads_back(key: Keyboard) -> bool:
    """Tell whether a button is always there and leads out of the window again."""
    to_menu = isinstance(key, Start) and key.state == MenuState.main
    return isinstance(key, Cancel | SwitchTo) or to_menu


@pytest.mark.parametrize(
    ("dialog", "state"), [one for one in WINDOWS if one[1] not in BEGINNINGS], ids=_name
)
def test_every_window_has_a_way_back(dialog: Dialog, state: State) -> None:
    window = dialog.windows[state]
    assert isinstance(window, Screen)
    assert any(_leads_back(key) for key in _keys(window.keyboard))


def _keys(widget: Any) -> Iterator[Keyboard]:  # noqa: ANN401 - widgets nest in several ways
    if isinstance(widget, Keyboard):
        yield widget
    for inner in getattr(widget, "buttons", ()) or ():
        yield from _keys(inner)


def test_every_jump_leads_to_a_window_and_ids_are_unique() -> None:
    shown = {state for dialog in DIALOGS for state in dialog.states()}
    for dialog in DIALOGS:
        for state, window in dialog.windows.items():
            assert isinstance(window, Screen)
            keys = list(_keys(window.keyboard))
            ids = [key.widget_id for key in keys if key.widget_id]
            assert len(ids) == len(set(ids)), f"{state}: {ids}"
            for key in keys:
                if isinstance(key, Start | SwitchTo) and not isinstance(key, Back | Cancel):
                    assert key.state in shown, f"{state} jumps to {key.state}"
                if isinstance(key, SwitchTo):
                    assert key.state in dialog.states(), f"{state} switches out of its dialog"
