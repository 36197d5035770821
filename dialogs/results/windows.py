"""Windows of the results."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredPicture
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen
from dialogs.results import clicks, getters
from dialogs.results.states import ResultsState

cycles = Screen(
    Multi(
        Tr("<b>Results of votes</b>"),
        Filled("{lines}", when="lines"),
        Tr("<b>Still to come</b>\n{ahead}", when="ahead"),
        Tr("There has been no vote in this town yet.", when="nothing"),
        sep="\n\n",
    ),
    line_buttons("vote", clicks.open_table, width=2),
    page_turns("cycles_page", "c"),
    Row(close(), to_menu()),
    MessageInput(clicks.write_vote, content_types=ContentType.TEXT),
    state=ResultsState.cycles,
    getter=getters.cycles,
    preview_data={
        "lines": Markup("1. <b>Хромтау 2020</b>"),
        "ahead": Markup("Хромтау 2026"),
        "nothing": True,
        "choices": [(1, "1. Хромтау 2020")],
        "previous": [0],
        "following": [2],
    },
)

table = Screen(
    Multi(
        Tr("<b>{title}</b>\nVoting closed: {closed}\n{ballots}"),
        Filled("{winning}"),
        Tr("<b>{spending}</b>"),
        Filled("{bar}", when="bar"),
        Filled("{left}", when="left"),
        Filled("{comparison}", when="comparison"),
        Tr("Taken over from the published results of that round.", when="elsewhere"),
        Tr("What single projects cost was not published.", when="unpriced"),
        Tr("\n{lines}"),
        Tr("\nPage {page} of {pages}", when="paged"),
        Tr("\nDigest of the protocol:\n<code>{digest}</code>"),
        sep="\n",
    ),
    line_buttons("why", clicks.open_project, width=2),
    page_turns(),
    Row(
        SwitchTo(Label("Chart"), id="chart", state=ResultsState.chart),
        Button(Label("Protocol as a file"), id="file", on_click=clicks.send_protocol),
    ),
    Row(
        SwitchTo(Label("All results"), id="all", state=ResultsState.cycles, when="listed"),
        Cancel(Label("Back"), id="closet", when="direct"),
        to_menu(),
    ),
    MessageInput(clicks.write_place, content_types=ContentType.TEXT),
    state=ResultsState.table,
    getter=getters.table,
    preview_data={
        "title": "Хромтау 2020",
        "closed": "8 November 2020",
        "ballots": "412 people voted: 1,111 votes.",
        "winning": "Projects with more than 10 votes win.",
        "spending": "Funded: 13 of 17 projects, for 61.04 m ₸ of 65 m ₸.",
        "bar": "▓▓▓▓▓▓▓▓▓░ 94%",
        "left": "Орталық: 1.2 m ₸ left",
        "comparison": "Two outcomes were compared. So the outcome of equal shares stands.",
        "elsewhere": True,
        "unpriced": True,
        "lines": Markup("1. <b>Стадион</b>: 269 votes, 9 m ₸; ✓ funded"),
        "choices": [(1, "1. Стадион")],
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
        "digest": "0" * 64,
        "direct": True,
        "listed": True,
    },
)

project = Screen(
    Multi(
        Tr("<b>{title}</b>\nProject {number}, place {rank} of {count}"),
        Tr("<b>{outcome}</b>"),
        Tr("{tie} {ties}", when="tie"),
        Filled("{binding}", when="binding"),
        Tr("Votes: {votes}"),
        Tr("Cost: {cost}"),
        Tr("Part of the fund: {pot}, {pot_fund}", when="pot"),
        Tr("Place: {place}", when="place"),
        Tr("{about}", when="about"),
        sep="\n",
    ),
    SwitchTo(Label("Back"), id="tablep", state=ResultsState.table),
    to_menu(),
    state=ResultsState.project,
    getter=getters.project,
    preview_data={
        "title": "Стадион",
        "number": 12,
        "rank": 1,
        "count": 17,
        "votes": "269 votes",
        "cost": "9 m ₸",
        "pot": "Орталық",
        "pot_fund": "22 m ₸",
        "place": "Орталық",
        "about": "Жүгіру жолы.",
        "outcome": "Funded: 269 votes, place 1.",
        "tie": "As many votes went to “Аллея”; the written rule decided the order.",
        "ties": "When votes are equal, this one goes first: the one that costs less.",
        "binding": "The result is binding: the projects that win are carried out.",
    },
)

chart = Screen(
    StoredPicture("chart"),
    Tr("<b>{title}</b>\n{spending}"),
    SwitchTo(Label("Back"), id="tablec", state=ResultsState.table),
    to_menu(),
    state=ResultsState.chart,
    getter=getters.chart,
    preview_data={
        "title": "Хромтау 2020",
        "chart": None,
        "spending": "Funded: 13 of 17 projects, for 61.04 m ₸ of 65 m ₸.",
    },
)

dialog = Dialog(cycles, table, project, chart, on_start=clicks.begin)
