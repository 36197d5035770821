"""Windows about a cycle: what it is and when, its rules, its public log."""

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Column, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.cycle import clicks, getters
from dialogs.cycle.states import CycleState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import page_turns
from dialogs.kit.text import Filled, Label, Tr
from dialogs.kit.window import Screen

about = Screen(
    Multi(
        Tr("<b>{title}</b>"),
        Tr("{about}", when="about"),
        Filled("{calendar}"),
        sep="\n\n",
    ),
    Column(button_for_each("do", "doings", clicks.do)),
    Row(
        SwitchTo(Label("Rules"), id="rules", state=CycleState.rules),
        SwitchTo(Label("Changes"), id="log", state=CycleState.log, when="changes"),
    ),
    Button(
        Label("Moderation log"), id="modlog", on_click=clicks.open_moderation, when="discussed"
    ),
    Row(close(), to_menu()),
    state=CycleState.about,
    getter=getters.about,
    preview_data={
        "title": "Бюджет 2026",
        "about": "Тұрғындар нені салу керек екенін шешеді.",
        "calendar": "• <b>Voting: 1 March, 10:00 – 21 March, 18:00. Open now, 3 days left</b>",
        "doings": [("vote", "Vote")],
        "changes": True,
        "discussed": True,
    },
)

rules = Screen(
    Tr("<b>{title}</b>\nThe rules\n"),
    Filled("{rules}"),
    Row(SwitchTo(Label("Back"), id="unrules", state=CycleState.about), to_menu()),
    state=CycleState.rules,
    getter=getters.rules,
    preview_data={"title": "Бюджет 2026", "rules": "• You may choose up to 5 projects."},
)

log = Screen(
    Tr("<b>{title}</b>\nWhat was changed, newest first\n"),
    Tr("Nothing has been changed.", when="empty"),
    Filled("{entries}"),
    Tr("\nPage {page} of {pages}", when="paged"),
    page_turns(),
    Row(SwitchTo(Label("Back"), id="unlog", state=CycleState.about), to_menu()),
    state=CycleState.log,
    getter=getters.log,
    preview_data={
        "title": "Бюджет 2026",
        "empty": True,
        "entries": "1 March, 10:00\n“Voting” opened.",
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

dialog = Dialog(about, rules, log)
