"""Windows of the draft budget."""

from typing import Final

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.budget import clicks, getters
from dialogs.budget.states import BudgetState
from dialogs.kit.buttons import button_about
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredPicture
from dialogs.kit.text import Filled, Label, Markup, Tr, TrPlural
from dialogs.kit.window import Screen

_LINES: Final = Markup(
    "1. Білім беру\n<b>456.9 bn ₸</b> → 463.2 bn ₸ (+1.4%) · 58.2%\n"
    "2. Қорғаныс\n<b>3.28 bn ₸</b> → 15.5 bn ₸ (+373%) · 0.4%"
)

section = Screen(
    Multi(
        Tr("<b>{title}</b>", when="is_whole"),
        Tr(
            "This is what is planned to be spent in {first}–{last}, line by line. {window}",
            when="is_whole",
        ),
        Tr("<i>{way}</i>", when="way"),
        Tr("<b>{name}</b>", when="name"),
        Filled("{years}\n{shares}", when="shares"),
        Filled("{years}", when="no_shares"),
        Tr("Largest first: {first} → {second}, change · share", when="lines"),
        Filled("{lines}", when="lines"),
        Tr("Page {page} of {pages}", when="paged"),
        Filled("{said}", when="said"),
        Tr("The official document: {source}", when="is_whole"),
        Tr("The names are in Russian: the official document has no English.", when="foreign"),
        Tr("Press a line, or write its number. Any other words are searched for.", when="lines"),
        sep="\n\n",
    ),
    line_buttons("line", clicks.open_line, width=2),
    page_turns(),
    Row(
        button_about(Label("One level up"), "up", "up", clicks.open_line),
        SwitchTo(Label("Search"), id="search", state=BudgetState.search),
        SwitchTo(Label("Chart"), id="chart", state=BudgetState.chart, when="can_draw"),
    ),
    SwitchTo(Label("Search results"), id="hits", state=BudgetState.found, when="is_hit"),
    Row(
        Button(Label("Comments ({n})"), id="said", on_click=clicks.comments),
        Button(Label("Comment on this"), id="say", on_click=clicks.comment, when="is_open"),
    ),
    Row(close(), to_menu()),
    MessageInput(clicks.write, content_types=ContentType.TEXT),
    state=BudgetState.section,
    getter=getters.section,
    preview_data={
        "is_whole": True,
        "title": "Бюджет жобасы",
        "first": 2026,
        "second": 2027,
        "last": 2028,
        "window": "You can comment on any line until November 30, 18:00.",
        "way": "Білім беру › Мектептер",
        "name": "Білім басқармасы",
        "years": Markup("2026: <b>599 bn ₸</b>\n2027: 659 bn ₸ (+10%)\n2028: 700 bn ₸"),
        "no_shares": True,
        "shares": "58% of the whole budget, 99% of the line above",
        "lines": _LINES,
        "page": 2,
        "pages": 3,
        "paged": True,
        "said": "12 comments on the whole and its lines so far.",
        "source": "Мәслихат шешімі",
        "foreign": True,
        "choices": [(1, "1. Білім беру"), (2, "2. Қорғаныс")],
        "previous": [0],
        "following": [2],
        "up": [0],
        "is_hit": True,
        "can_draw": True,
        "n": 3,
        "is_open": True,
    },
)

search = Screen(
    Tr(
        "<b>{title}: search</b>\n\nWrite one or two words: school, water, roads. Endings and "
        "small mistakes do not matter."
    ),
    SwitchTo(Label("Back"), id="backs", state=BudgetState.section),
    to_menu(),
    MessageInput(clicks.write_query, content_types=ContentType.TEXT),
    state=BudgetState.search,
    getter=getters.search,
    preview_data={"title": "Бюджет жобасы"},
)

found = Screen(
    Multi(
        TrPlural(
            "<b>“{query}”: {count} line found</b>",
            "<b>“{query}”: {count} lines found</b>",
            "count",
            when="sure",
        ),
        Tr("<b>Nothing is called exactly “{query}”. This is the nearest:</b>", when="guessed"),
        Tr(
            "<b>There is nothing like “{query}” in the draft.</b> Try one word, or another word "
            "for the same thing.",
            when="nothing",
        ),
        Filled("{lines}", when="lines"),
        Tr("Page {page} of {pages}", when="paged"),
        Tr("Write the number of a line, or other words to search again."),
        sep="\n\n",
    ),
    line_buttons("hit", clicks.open_hit, width=2),
    page_turns("found", "f"),
    Row(Button(Label("Back"), id="backf", on_click=clicks.leave_search), to_menu()),
    MessageInput(clicks.write_again, content_types=ContentType.TEXT),
    state=BudgetState.found,
    getter=getters.found,
    preview_data={
        "query": "білім",
        "count": 12,
        "sure": True,
        "guessed": True,
        "nothing": True,
        "lines": Markup("1. <b>Білім беру</b>: 456.9 bn ₸"),
        "page": 2,
        "pages": 3,
        "paged": True,
        "choices": [(1, "1. Білім беру")],
        "previous": [0],
        "following": [2],
    },
)

chart = Screen(
    StoredPicture("chart"),
    Tr("<b>{title}</b>\n\n{lines}\n\n{note}"),
    Row(SwitchTo(Label("Back"), id="backc", state=BudgetState.section), to_menu()),
    state=BudgetState.chart,
    getter=getters.chart,
    preview_data={
        "chart": None,
        "title": "Бюджет жобасы, 2026",
        "lines": Markup("Білім беру: 456.9 bn ₸ (58%)"),
        "note": "In all: 785 bn ₸",
    },
)

dialog = Dialog(section, search, found, chart, on_start=clicks.begin)
