"""Windows of moderation."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.kit.buttons import button_for_each
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen
from dialogs.moderation import clicks, getters
from dialogs.moderation.states import ModerationState

queue = Screen(
    Multi(
        Tr("<b>Reported comments</b>"),
        Filled("{lines}", when="lines"),
        Tr("Nothing waits for a decision.", when="nothing"),
        Tr("Page {page} of {pages}", when="paged"),
        sep="\n\n",
    ),
    line_buttons("case", clicks.open_case, width=2),
    page_turns(),
    Row(close(), to_menu()),
    MessageInput(clicks.write_number, content_types=ContentType.TEXT),
    state=ModerationState.queue,
    getter=getters.queue,
    preview_data={
        "lines": Markup("1. <b>Comment 12</b> · Айгүл · 2 reports\nАуыл мектептеріне…"),
        "nothing": True,
        "choices": [(12, "1. Ауыл…")],
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

case = Screen(
    Multi(
        Tr("<b>{kind} {number}</b> · {author} · {when}\nOn: {place}"),
        Tr("<blockquote>{text}</blockquote>"),
        Filled("{complaints}"),
        Filled("{hidden}", when="hidden"),
        Tr(
            "Hide insults, advertising and somebody's personal details, never an opinion. "
            "What you decide and why is public; your name is not."
        ),
        sep="\n",
    ),
    Row(
        Button(Label("Keep it"), id="keep", on_click=clicks.keep, when="shown"),
        SwitchTo(Label("Hide it"), id="hide", state=ModerationState.hide, when="shown"),
        Button(Label("Show it again"), id="show", on_click=clicks.keep, when="hidden"),
    ),
    Row(
        SwitchTo(Label("Back"), id="toqueue", state=ModerationState.queue, when="listed"),
        Cancel(Label("Back"), id="closem", when="direct"),
        to_menu(),
    ),
    state=ModerationState.case,
    getter=getters.case,
    preview_data={
        "kind": "Proposal",
        "number": 12,
        "author": "Айгүл",
        "when": "November 21, 18:00",
        "place": "Білім беру",
        "text": "Ауыл мектептеріне көбірек ақша бөлінсін.",
        "complaints": "2 reports",
        "hidden": Markup("<i>Hidden by a moderator: it is advertising</i>"),
        "shown": True,
        "listed": True,
        "direct": True,
    },
)

hide = Screen(
    Tr(
        "<b>Hide {kind} {number}: why?</b>\n\n<blockquote>{extract}</blockquote>\n"
        "The author is told the reason, and everyone can read it in its place."
    ),
    Column(
        button_for_each("ground", "grounds", clicks.hide),
        SwitchTo(Label("Another reason"), id="words", state=ModerationState.words),
    ),
    Row(SwitchTo(Label("Back"), id="unhide", state=ModerationState.case), to_menu()),
    state=ModerationState.hide,
    getter=getters.hide,
    preview_data={
        "kind": "Proposal",
        "number": 12,
        "extract": "Ауыл мектептеріне…",
        "grounds": [("insult", "Insult or threat")],
    },
)

words = Screen(
    Tr(
        "<b>Hide {kind} {number}: why?</b>\n\n"
        "Write the reason in one sentence, up to {limit} characters. Everyone will read it."
    ),
    Row(SwitchTo(Label("Back"), id="unwords", state=ModerationState.hide), to_menu()),
    MessageInput(clicks.write_words, content_types=ContentType.TEXT),
    state=ModerationState.words,
    getter=getters.hide,
    preview_data={"kind": "Proposal", "number": 12, "limit": 300},
)

log = Screen(
    Multi(
        Tr("<b>{title}</b>\nWhat moderators decided, newest first"),
        Filled("{entries}", when="entries"),
        Tr("Nothing has been decided yet.", when="empty"),
        Tr("Page {page} of {pages}", when="paged"),
        sep="\n\n",
    ),
    page_turns(suffix="l"),
    Row(close(), to_menu()),
    state=ModerationState.log,
    getter=getters.log,
    preview_data={
        "title": "Бюджет 2026",
        "entries": Markup("November 21, 2026, 18:00\nComment 12 was hidden: it is advertising"),
        "empty": True,
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

dialog = Dialog(queue, case, hide, words, log, on_start=clicks.begin)
