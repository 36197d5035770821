"""Windows of the groups and channels that are told news."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.destinations import clicks, getters
from dialogs.destinations.states import DestinationsState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen

destinations = Screen(
    Multi(
        Tr("<b>Groups and channels</b>"),
        Filled("{lines}", when="choices"),
        Tr("There are none yet.", when="empty"),
        Tr(
            "Add the bot to a group in Telegram, or make it an administrator of a channel with "
            "the right to post: then it appears here. Remove it there, and it is gone from here."
        ),
        Tr("Page {page} of {pages}", when="paged"),
        sep="\n\n",
    ),
    line_buttons("chat", clicks.open_card),
    page_turns(),
    Row(close(), to_menu()),
    MessageInput(clicks.write_number, content_types=ContentType.TEXT),
    state=DestinationsState.list,
    getter=getters.destinations,
    preview_data={
        "lines": Markup("1. <b>Хромтау жаңалықтары</b>: channel, Қазақша"),
        "empty": True,
        "choices": [(1, "1. Хромтау")],
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

card = Screen(
    Multi(
        Tr("<b>{title}</b>, {kind}"),
        Tr("In which language is it told? Both go into one post where that fits."),
        Tr(
            "It is also told when a stage opens, closes, moves, and what came of a vote.",
            when="stages",
        ),
        Tr(
            "It is reminded half-way, and three days and one day before the close.",
            when="reminders",
        ),
        Tr("It is not reminded before the close.", when="no_reminders"),
        Tr("It is told only what you announce to it yourselves.", when="no_stages"),
        sep="\n\n",
    ),
    Group(
        button_for_each("lang", "languages", clicks.choose_language),
        width=2,
    ),
    Button(
        Label("Turn stage news on"), id="stages", on_click=clicks.tell_stages, when="no_stages"
    ),
    Button(
        Label("Turn stage news off"), id="nostages", on_click=clicks.tell_stages, when="stages"
    ),
    Button(Label("Turn reminders on"), id="remind", on_click=clicks.remind, when="no_reminders"),
    Button(Label("Turn reminders off"), id="noremind", on_click=clicks.remind, when="reminders"),
    Row(SwitchTo(Label("Back"), id="uncard", state=DestinationsState.list), to_menu()),
    state=DestinationsState.card,
    getter=getters.card,
    preview_data={
        "title": "Хромтау жаңалықтары",
        "kind": "channel",
        "languages": [("kk", "· Қазақша"), ("kk+ru", "✓ Қазақша + Русский")],
        "stages": True,
        "no_stages": True,
        "reminders": True,
        "no_reminders": True,
    },
)

dialog = Dialog(destinations, card)
