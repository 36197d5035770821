"""Windows of the vote.

Every button that marks a project names it, so that a press never marks another one than the
person saw. While voting is open, nothing here shows how others chose.
"""

from typing import Final

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.kit.buttons import button_about, button_for_each
from dialogs.kit.moments import When
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredPicture
from dialogs.kit.text import Filled, Label, Markup, Tr, TrPlural
from dialogs.kit.window import Screen
from dialogs.voting import clicks, getters
from dialogs.voting.states import BallotState

_DATES: Final = "Open until 21 November, 18:00."

projects = Screen(
    Multi(
        Tr("<b>{title}</b>"),
        Tr("{rule} {binding}"),
        Filled("{dates}"),
        Tr("Only: {narrowed}", when="narrowed"),
        Filled("{lines}"),
        Tr("Page {page} of {pages}", when="paged"),
        Tr("<b>{standing}</b>", when="standing"),
        sep="\n\n",
    ),
    line_buttons("card", clicks.open_card, width=2),
    page_turns(),
    Row(
        SwitchTo(Label("The rule in full"), id="rule", state=BallotState.rule),
        SwitchTo(Label("My receipt"), id="receipt", state=BallotState.receipt, when="receipt"),
    ),
    Row(
        SwitchTo(Label("Narrow down"), id="narrow", state=BallotState.narrow, when="can_narrow"),
        Button(Label("Results"), id="results", on_click=clicks.read_results, when="counted"),
    ),
    Row(close(), to_menu()),
    MessageInput(clicks.write_number, content_types=ContentType.TEXT),
    state=BallotState.projects,
    getter=getters.projects,
    preview_data={
        "title": "Бюджет 2026",
        "rule": "You may choose up to 5 projects.",
        "binding": "The result is binding.",
        "dates": _DATES,
        "lines": Markup("1. ☑ <b>Жарық</b>: 4 m ₸. Chosen\n2. ☐ Аллея: 9 m ₸"),
        "narrowed": "Parks",
        "standing": "Chosen: 1 of 5.",
        "choices": [(1, "1. Жарық"), (2, "2. Аллея")],
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
        "receipt": True,
        "counted": True,
        "can_narrow": True,
    },
)

card = Screen(
    StoredPicture("photo"),
    Multi(
        Tr("<b>{title}</b>\nProject {number} · {position} of {count} in your order"),
        Tr("Cost: {cost}"),
        Tr("Place: {place}", when="place"),
        Filled("{exclusive}", when="exclusive"),
        Tr("{about}", when="about"),
        Filled("{status}", when="status"),
        Filled("{mark}", when="mark"),
        Tr("<b>{standing}</b>", when="standing"),
        sep="\n",
    ),
    Row(
        button_about(Label("Vote for it"), "on", "tick", clicks.tick),
        button_about(Label("Take back"), "off", "untick", clicks.untick),
    ),
    Row(
        button_about(Label("Previous project"), "prevp", "previous", clicks.open_card),
        button_about(Label("Next project"), "nextp", "following", clicks.open_card),
    ),
    Row(
        Button(Label("Photo"), id="photo", on_click=clicks.show_photo, when="can_show"),
        Button(Label("Without photo"), id="nophoto", on_click=clicks.hide_photo, when="can_hide"),
        Button(Label("Results"), id="resultsp", on_click=clicks.read_results, when="counted"),
    ),
    SwitchTo(Label("All projects"), id="list", state=BallotState.projects),
    Row(Cancel(Label("Back"), id="closep", when="direct"), to_menu()),
    state=BallotState.card,
    getter=getters.card,
    preview_data={
        "title": "Жарық",
        "number": 12,
        "position": 1,
        "count": 12,
        "cost": "4 m ₸ (a sample figure)",
        "place": "Орталық",
        "exclusive": "Only one of these can win: this project or “Аллея”.",
        "about": "Аулаға он шам.",
        "mark": "☑ This project is on your ballot.",
        "standing": "Chosen: 1 of 5.",
        "status": _DATES,
        "tick": [12],
        "untick": [12],
        "previous": [11],
        "following": [13],
        "photo": None,
        "can_show": True,
        "can_hide": True,
        "counted": True,
        "direct": True,
    },
)

declare = Screen(
    TrPlural(
        "One thing before your first vote here. Those who live in {town} and are {age} or older "
        "may vote; your word is enough, and we ask only once.\n\n"
        "<b>I am {age} or older, and I live here: {town}.</b>\n\n"
        "With this your vote for “{title}” is in at once.",
        "One thing before your first vote here. Those who live in {town} and are {age} or older "
        "may vote; your word is enough, and we ask only once.\n\n"
        "<b>I am {age} or older, and I live here: {town}.</b>\n\n"
        "With this your vote for “{title}” is in at once.",
        "age",
    ),
    Column(button_about(Label("Yes, this is true"), "yes", "waiting", clicks.declare)),
    SwitchTo(Label("Back"), id="nodecl", state=BallotState.card),
    state=BallotState.declare,
    getter=getters.declare,
    preview_data={"age": 16, "town": "Хромтау", "title": "Жарық", "waiting": [12]},
)

receipt = Screen(
    Multi(
        Tr("<b>{title}</b>"),
        Tr("Your ballot is in. Receipt: <code>{receipt}</code>", when="is_in"),
        Tr(
            "It counts as it stands; you can change it until {closes}. The receipt does not show "
            "your choices, so you may show it to anyone.",
            when="is_open",
        ),
        Tr(
            "Voting closed {closes}, and your ballot counts as it stood. The receipt does not "
            "show your choices.",
            when="is_over",
        ),
        Tr("Your ballot is empty now, so there is no receipt.", when="is_empty"),
        sep="\n\n",
    ),
    SwitchTo(Label("Back"), id="norec", state=BallotState.projects),
    to_menu(),
    state=BallotState.receipt,
    getter=getters.receipt,
    preview_data={
        "title": "Бюджет 2026",
        "receipt": "7K3M-Q9TD",
        "is_in": True,
        "is_open": True,
        "is_over": True,
        "is_empty": True,
        "closes": When("21 November, 18:00"),
    },
)

rule = Screen(
    Multi(
        Tr("<b>{title}</b>"),
        Filled("{choosing}", when="choosing"),
        Filled("{counting}"),
        TrPlural(
            "Who may vote: those who live in {town} and are {age} or older.",
            "Who may vote: those who live in {town} and are {age} or older.",
            "age",
        ),
        Filled("{dates}"),
        Tr(
            "Fingerprint of the rules, fixed when voting opened:\n<code>{hash}</code>", when="hash"
        ),
        sep="\n",
    ),
    SwitchTo(Label("Back"), id="norule", state=BallotState.projects),
    to_menu(),
    state=BallotState.rule,
    getter=getters.rule,
    preview_data={
        "title": "Бюджет 2026",
        "choosing": "You may choose up to 5 projects.",
        "counting": "Projects with more than 10 votes win.",
        "dates": _DATES,
        "age": 16,
        "town": "Хромтау",
        "hash": "0" * 64,
    },
)

narrow = Screen(
    Tr("Which projects do you want to see?"),
    Column(button_for_each("kind", "kinds", clicks.narrow)),
    Button(Label("All projects"), id="wide", on_click=clicks.widen),
    to_menu(),
    state=BallotState.narrow,
    getter=getters.narrow,
    preview_data={"kinds": [("t.parks", "Parks"), ("d.center", "Орталық")]},
)

dialog = Dialog(projects, card, declare, receipt, rule, narrow, on_start=clicks.begin)
