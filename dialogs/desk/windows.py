"""Windows of the organisers' desk."""

import operator

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Select, Start, SwitchTo
from aiogram_dialog.widgets.text import Format, Multi

from dialogs.desk import clicks, getters
from dialogs.desk.states import DeskState
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen
from dialogs.moderation.states import ModerationState

main = Screen(
    Tr("<b>Organiser's desk: {town}</b>\n"),
    Filled("{lines}"),
    Tr("There is no cycle yet. The operator sets one up from a file.", when="empty"),
    Tr("\nPage {page} of {pages}", when="paged"),
    Filled("\n{waiting}", when="waiting"),
    line_buttons("cycle", clicks.open_cycle),
    page_turns(clicks.turn_page),
    Start(Label("Reported comments"), id="cases", state=ModerationState.queue),
    Row(close(), to_menu()),
    MessageInput(clicks.write_cycle, content_types=ContentType.TEXT),
    state=DeskState.main,
    getter=getters.main,
    preview_data={
        "town": "Хромтау",
        "waiting": "Comments to decide on: 2",
        "lines": "1. <b>Бюджет 2026</b>: Voting, open",
        "empty": True,
        "choices": [(1, "1. Бюджет 2026")],
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

cycle = Screen(
    Multi(
        Tr("<b>{title}</b>"),
        Filled("{calendar}"),
        Tr(
            "People who have ever written: {residents}\n"
            "Ideas: {ideas}\n"
            "Comments: {comments}\n"
            "Took part in this cycle: {participants}"
        ),
        sep="\n\n",
    ),
    line_buttons("stage", clicks.open_stage),
    Button(Label("Changes"), id="log", on_click=clicks.open_log),
    Row(SwitchTo(Label("Back"), id="uncycle", state=DeskState.main), to_menu()),
    MessageInput(clicks.write_stage, content_types=ContentType.TEXT),
    state=DeskState.cycle,
    getter=getters.cycle,
    preview_data={
        "title": "Бюджет 2026",
        "calendar": "1. <b>Voting: 1 March, 10:00 – 21 March, 18:00. Open now</b>",
        "residents": "1 234",
        "ideas": "45",
        "comments": "0",
        "participants": "321",
        "choices": [(1, "1. Voting")],
    },
)

stage = Screen(
    Multi(
        Tr("<b>{title}</b>"),
        Filled("{line}"),
        Filled("{last}", when="last"),
        sep="\n\n",
    ),
    Button(Label("Open now"), id="open", on_click=clicks.open_now, when="can_open"),
    Button(Label("Close now"), id="shut", on_click=clicks.close_now, when="can_close"),
    SwitchTo(Label("Extend"), id="extend", state=DeskState.extend, when="can_extend"),
    Row(SwitchTo(Label("Back"), id="unstage", state=DeskState.cycle), to_menu()),
    state=DeskState.stage,
    getter=getters.stage,
    preview_data={
        "title": "Бюджет 2026",
        "line": "Voting: 1 March, 10:00 – 21 March, 18:00. Open now",
        "last": "1 March, 10:00\n«Voting» opened.",
        "can_open": True,
        "can_close": True,
        "can_extend": True,
    },
)

extend = Screen(
    Tr("<b>{title}</b>"),
    Filled("{line}\n"),
    Tr(
        "Until when? Choose, or write a date and time in the town, "
        "like 2026-12-05 18:00 or 5 December 18:00."
    ),
    Row(
        Select(
            Format("{item[1]}"),
            id="plus",
            item_id_getter=operator.itemgetter(0),
            items="choices",
            type_factory=int,
            on_click=clicks.extend_by,
        )
    ),
    Row(SwitchTo(Label("Back"), id="unextend", state=DeskState.stage), to_menu()),
    MessageInput(clicks.write_date, content_types=ContentType.TEXT),
    state=DeskState.extend,
    getter=getters.extend,
    preview_data={
        "title": "Бюджет 2026",
        "line": "Voting: 1 March – 21 March. Open now",
        "choices": [(1, "+1 day"), (3, "+3 days")],
    },
)

reason = Screen(
    Tr("<b>{wish}</b>\n"),
    Tr(
        "Why? Write one or two sentences, up to 500 characters. Everyone will read them in the "
        "announcement, and they stay in the public list of changes."
    ),
    Row(SwitchTo(Label("Back"), id="unreason", state=DeskState.stage), to_menu()),
    MessageInput(clicks.write_reason, content_types=ContentType.TEXT),
    state=DeskState.reason,
    getter=getters.reason,
    preview_data={"wish": "«Voting»: close now"},
)

preview = Screen(
    Tr("This is what everyone who gets news will read:"),
    Tr("<blockquote>{notice}</blockquote>"),
    Filled("{told}"),
    Button(Label("Do it and tell all"), id="do", on_click=clicks.do_it),
    SwitchTo(Label("Change the reason"), id="again", state=DeskState.reason),
    Row(SwitchTo(Label("Do not do it"), id="unpreview", state=DeskState.stage), to_menu()),
    state=DeskState.preview,
    getter=getters.preview,
    preview_data={
        "notice": Markup("<b>Бюджет 2026</b>\n\n«Voting» is over."),
        "told": "321 people will be told.",
    },
)

dialog = Dialog(main, cycle, stage, extend, reason, preview)
