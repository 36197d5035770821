"""Windows of the groups and channels that are told news."""

import operator

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Format, Multi

from dialogs.destinations import clicks, getters
from dialogs.destinations.states import DestinationsState
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
    page_turns(clicks.turn_page),
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
        Tr("In which language is it told?"),
        Tr(
            "It is also told when a stage opens, closes, moves, and what came of a vote.",
            when="stages",
        ),
        Tr("It is told only what you announce to it yourselves.", when="no_stages"),
        sep="\n\n",
    ),
    Row(
        Select(
            Format("{item[1]}"),
            id="lang",
            item_id_getter=operator.itemgetter(0),
            items="languages",
            on_click=clicks.choose_language,
        )
    ),
    Button(
        Label("News of stages: on"), id="stages", on_click=clicks.tell_stages, when="no_stages"
    ),
    Button(
        Label("News of stages: off"), id="nostages", on_click=clicks.tell_stages, when="stages"
    ),
    Row(SwitchTo(Label("Back"), id="uncard", state=DestinationsState.list), to_menu()),
    state=DestinationsState.card,
    getter=getters.card,
    preview_data={
        "title": "Хромтау жаңалықтары",
        "kind": "channel",
        "languages": [("kk", "✓ Қазақша"), ("ru", "· Русский"), ("en", "· English")],
        "stages": True,
        "no_stages": True,
    },
)

dialog = Dialog(destinations, card)
