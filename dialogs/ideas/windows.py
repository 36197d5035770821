"""Windows of reading ideas; those of writing one are in `draft_windows`."""

from typing import Any, Final

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.ideas import clicks, getters
from dialogs.ideas.draft_windows import dialog as writing
from dialogs.ideas.states import IdeasState
from dialogs.kit.buttons import button_about, button_for_each
from dialogs.kit.moments import When
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredPicture
from dialogs.kit.text import Filled, Label, Markup, Tr, TrPlural
from dialogs.kit.window import Screen

_CHOICES: Final = [("sport", "Спорт"), ("parks", "Саябақтар")]
_LINES: Final = Markup("<b>12.</b> Көше шамдары\n<i>Көлік · 5</i>")
_CARD: Final[dict[str, Any]] = {
    "number": 12,
    "title": "Көше шамдары",
    "body": Markup("<b>Мәселе</b>\nҚараңғы"),
    "author": "Айгүл",
    "supporters": "5",
    "status": "Submitted",
    "supported": True,
    "can_support": True,
    "can_unsupport": True,
    "can_change": True,
    "closed": When("21 наурыз"),
    "own_and_closed": True,
    "photos": 2,
    "link": "https://t.me/dauys_bot?start=i_12",
}


listing = Screen(
    Multi(
        Tr("<b>Ideas: {title}</b>"),
        TrPlural("{found} idea", "{found} ideas", "found", when="found"),
        Tr("Nobody has put an idea forward yet. Yours can be the first.", when="empty"),
        Tr("Nothing like that was found. Try another word, or show all.", when="not_found"),
        Tr("Only the topic: {topic}", when="topic"),
        Tr("Only this part of town: {district}", when="district"),
        Tr("Searched for: “{words}”", when="words"),
        Tr(
            "The order is shuffled for each person, so that every idea gets its turn.",
            when="shuffled",
        ),
        Filled("{lines}", when="lines"),
        Tr("Page {page} of {pages}", when="paged"),
        Tr("Write a word to search, or the number of an idea to open it.", when="found"),
        sep="\n\n",
    ),
    Button(
        Label("Put an idea forward"), id="write", on_click=clicks.put_forward, when="can_write"
    ),
    line_buttons("open", clicks.open_idea),
    page_turns(),
    Row(
        SwitchTo(Label("By topic"), id="topics", state=IdeasState.topics, when="by_topic"),
        SwitchTo(
            Label("By part of town"),
            id="districts",
            state=IdeasState.districts,
            when="by_district",
        ),
    ),
    Button(Label("Show all"), id="all", on_click=clicks.show_all, when="narrowed"),
    Row(close(), to_menu()),
    MessageInput(clicks.look_for, content_types=ContentType.TEXT),
    state=IdeasState.list,
    getter=getters.listing,
    preview_data={
        "title": "Бюджет 2026",
        "found": 7,
        "shuffled": True,
        "lines": _LINES,
        "choices": [(12, "12. Көше шамдары")],
        "page": 2,
        "pages": 3,
        "paged": True,
        "previous": [0],
        "following": [2],
        "topic": "Спорт",
        "district": "Орталық",
        "words": "шам",
        "narrowed": True,
        "can_write": True,
        "empty": False,
        "not_found": False,
        "by_topic": True,
        "by_district": True,
    },
)

topics = Screen(
    Tr("Which topic?"),
    Group(
        button_for_each("topic", "choices", clicks.choose_topic),
        width=2,
    ),
    Button(Label("Show all"), id="all", on_click=clicks.show_all),
    Row(SwitchTo(Label("Back"), id="back", state=IdeasState.list), to_menu()),
    state=IdeasState.topics,
    getter=getters.topics,
    preview_data={"choices": _CHOICES},
)

districts = Screen(
    Tr("Which part of town?"),
    Group(
        button_for_each("district", "choices", clicks.choose_district),
        width=2,
    ),
    Button(Label("Show all"), id="all", on_click=clicks.show_all),
    Row(SwitchTo(Label("Back"), id="back", state=IdeasState.list), to_menu()),
    state=IdeasState.districts,
    getter=getters.districts,
    preview_data={"choices": _CHOICES},
)

card = Screen(
    Multi(
        Tr("<b>No. {number}. {title}</b>"),
        Tr("Where it stands: {status}", when="status"),
        Filled("{body}"),
        Tr("Author: {author}\nSupport: {supporters}"),
        Tr("You support this idea.", when="supported"),
        Tr(
            "Ideas were taken until {closed}, so this one can be read but no longer changed.",
            when="own_and_closed",
        ),
        Tr("To share it: <code>{link}</code>", when="link"),
        sep="\n\n",
    ),
    Button(Label("Support"), id="support", on_click=clicks.support, when="can_support"),
    Button(
        Label("Take support back"),
        id="unsupport",
        on_click=clicks.take_support_back,
        when="can_unsupport",
    ),
    SwitchTo(Label("Photos ({photos})"), id="photos", state=IdeasState.photo, when="photos"),
    Row(
        Button(Label("Change"), id="edit", on_click=clicks.edit, when="can_change"),
        SwitchTo(Label("Withdraw"), id="withdraw", state=IdeasState.withdraw, when="can_change"),
    ),
    Row(close(), to_menu()),
    state=IdeasState.card,
    getter=getters.card,
    preview_data=_CARD,
)

photo = Screen(
    StoredPicture("picture"),
    Tr("Photo {position} of {count}. No. {number}. {title}"),
    Button(Label("Next photo"), id="next", on_click=clicks.next_photo, when="several"),
    Row(SwitchTo(Label("Back"), id="back", state=IdeasState.card), to_menu()),
    state=IdeasState.photo,
    getter=getters.photo,
    preview_data={
        "number": 12,
        "title": "Көше шамдары",
        "position": 1,
        "count": 2,
        "several": True,
        "picture": 1,
    },
)

withdraw = Screen(
    Tr(
        "Withdraw idea No. {number}, <b>{title}</b>? Nobody else will see it any more, and it "
        "cannot be brought back."
    ),
    Button(Label("Yes, withdraw it"), id="yes", on_click=clicks.withdraw),
    SwitchTo(Label("No, keep it"), id="no", state=IdeasState.card),
    to_menu(),
    state=IdeasState.withdraw,
    getter=getters.card,
    preview_data=_CARD,
)

mine = Screen(
    Multi(
        Tr("<b>My ideas</b>"),
        Tr("You have not put any idea forward yet.", when="nothing"),
        Filled("{lines}", when="lines"),
        Tr("Unfinished:\n{unfinished}", when="unfinished"),
        sep="\n\n",
    ),
    line_buttons("open", clicks.open_idea),
    page_turns(),
    Column(button_about(Label("Finish my idea"), "draft", "drafts", clicks.go_on_writing)),
    Row(close(), to_menu()),
    MessageInput(clicks.write_own_number, content_types=ContentType.TEXT),
    state=IdeasState.mine,
    getter=getters.mine,
    preview_data={
        "nothing": True,
        "lines": _LINES,
        "choices": [(12, "12. Көше шамдары")],
        "unfinished": "• Саябақ",
        "drafts": [1],
        "previous": [0],
        "following": [2],
    },
)

reading = Dialog(listing, topics, districts, card, photo, withdraw, mine)

dialogs = (reading, writing)
