"""Windows of the first hello: three at most, each answered with one tap."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, SwitchTo
from aiogram_dialog.widgets.text import Const, Multi

from dialogs.hello import clicks, getters
from dialogs.hello.states import HelloState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.languages import offered
from dialogs.kit.text import Label, Tr
from dialogs.kit.window import Screen

GREETING = "Қай тілде сөйлесеміз?\nНа каком языке будем говорить?\nWhich language shall we speak?"
"""In all languages at once, because the person's own is not known yet."""

language = Screen(
    Const(GREETING),
    Column(button_for_each("lang", "languages", clicks.choose_language)),
    state=HelloState.language,
    getter=getters.language,
    preview_data={"languages": offered("kk")},
)

name = Screen(
    Multi(
        Tr(
            "Hello! This is <b>Dauys</b> of {town}: here residents put forward ideas, discuss the "
            "draft budget and vote on where money goes."
        ),
        Tr(
            "We keep what you write here and the name you choose; your phone number and messenger "
            "name are never shown. All of it: /privacy"
        ),
        Tr(
            "What shall we call you? Others will see this name under your ideas and comments. "
            "Write one, or keep “{name}”."
        ),
        sep="\n\n",
    ),
    Button(Label("Keep this name"), id="keep", on_click=clicks.keep_name),
    SwitchTo(Label("Language"), id="relang", state=HelloState.language),
    MessageInput(clicks.write_name, content_types=ContentType.TEXT),
    state=HelloState.name,
    getter=getters.name,
    preview_data={"town": "Хромтау", "name": "Resident 1234"},
)

district = Screen(
    Tr("Where in town do you live? This makes ideas near you easier to find. You may skip this."),
    Column(button_for_each("district", "districts", clicks.choose_district)),
    Button(Label("Skip"), id="skip", on_click=clicks.skip_district),
    SwitchTo(Label("Back"), id="rename", state=HelloState.name),
    state=HelloState.district,
    getter=getters.district,
    preview_data={"districts": [("center", "Орталық")]},
)

dialog = Dialog(language, name, district)
