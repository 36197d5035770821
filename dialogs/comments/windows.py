"""Windows of reading and writing remarks.

A button that does something to a remark names it, so that a press never concerns another one than
the person saw.
"""

from typing import Any, Final

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.comments import clicks, draft_clicks, draft_getters, getters
from dialogs.comments.states import CommentDraftState, CommentsState
from dialogs.kit.buttons import button_about
from dialogs.kit.moments import When
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.text import Filled, Label, Markup, Tr, TrPlural
from dialogs.kit.window import Screen

_LINES: Final = Markup(
    "1. <b>Proposal 12</b> · Айгүл · 3 people agree\nАуыл мектептеріне көбірек ақша бөлінсін."
)
_DRAFT: Final[dict[str, Any]] = {
    "place": "Білім беру",
    "kind": "Proposal",
    "ask": "Write your proposal: what should be done differently, and why?",
    "text": "Ауыл мектептеріне көбірек ақша бөлінсін.",
    "has_text": True,
    "extract": "Ауыл мектептеріне көбірек…",
    "length": "40",
    "limit": "1,000",
    "name": "Айгүл",
    "minutes": 15,
    "is_new": True,
    "is_change": True,
    "number": 12,
    "other": True,
    "window": "You can comment until November 30.",
}

listing = Screen(
    Multi(
        Tr("<b>{title}</b>\nOn: {place}"),
        TrPlural("{total} comment", "{total} comments", "total", when="some"),
        Tr("Nobody has said anything on this yet. Be the first.", when="nothing"),
        Filled("{lines}", when="lines"),
        Tr("Page {page} of {pages}", when="paged"),
        Filled("{window}"),
        sep="\n\n",
    ),
    line_buttons("card", clicks.open_card, width=2),
    page_turns(),
    Row(
        Button(Label("Newest first"), id="new", on_click=clicks.by_newest, when="by_newest"),
        Button(Label("Most supported"), id="top", on_click=clicks.by_support, when="by_support"),
        Button(Label("Comment on this"), id="say", on_click=clicks.comment, when="is_open"),
    ),
    Row(close(), to_menu()),
    MessageInput(clicks.write_number, content_types=ContentType.TEXT),
    state=CommentsState.list,
    getter=getters.listing,
    preview_data={
        "title": "Бюджет жобасы",
        "place": "Білім беру",
        "total": 12,
        "some": True,
        "nothing": True,
        "lines": _LINES,
        "page": 2,
        "pages": 3,
        "paged": True,
        "window": "You can comment until November 30.",
        "choices": [(12, "1. Ауыл…")],
        "previous": [0],
        "following": [2],
        "by_newest": True,
        "by_support": True,
        "is_open": True,
    },
)

card = Screen(
    Multi(
        Tr("<b>{kind} {number}</b> · {author} · {when}\nOn: {place}"),
        Tr("<blockquote>{text}</blockquote>", when="text"),
        Filled("{hidden}", when="hidden"),
        Filled("{supports}"),
        Tr("The author has changed it since.", when="edited"),
        Tr("You agree with it.", when="supported"),
        Tr(
            "Thank you. A moderator looks at every report; what is decided is public.",
            when="reported",
        ),
        Filled("{left}", when="left"),
        Tr("To share it: <code>{link}</code>", when="link"),
        sep="\n",
    ),
    Row(
        button_about(Label("I agree"), "on", "on", clicks.support),
        button_about(Label("No longer agree"), "off", "off", clicks.unsupport),
        SwitchTo(Label("Report"), id="report", state=CommentsState.report, when="others"),
    ),
    Row(
        Button(Label("Change"), id="edit", on_click=clicks.edit, when="editable"),
        SwitchTo(Label("Delete"), id="delete", state=CommentsState.delete, when="deletable"),
    ),
    Row(
        Button(Label("Open the line"), id="line", on_click=clicks.open_line),
        Button(Label("Moderate"), id="moderate", on_click=clicks.moderate, when="moderated"),
    ),
    Row(
        SwitchTo(Label("Back"), id="tolist", state=CommentsState.list, when="listed"),
        SwitchTo(Label("Back"), id="tomine", state=CommentsState.mine, when="own"),
        Cancel(Label("Back"), id="closec", when="direct"),
        to_menu(),
    ),
    state=CommentsState.card,
    getter=getters.card,
    preview_data={
        "kind": "Proposal",
        "number": 12,
        "author": "Айгүл",
        "when": "November 21, 18:00",
        "place": "Білім беру",
        "text": "Ауыл мектептеріне көбірек ақша бөлінсін.",
        "supports": "3 people agree",
        "edited": True,
        "supported": True,
        "hidden": Markup("<i>Hidden by a moderator: it is advertising</i>"),
        "reported": True,
        "left": "You can change or delete it for 9 more minutes.",
        "link": "https://t.me/dauys_bot?start=k_12",
        "on": [12],
        "off": [12],
        "others": True,
        "moderated": True,
        "editable": True,
        "deletable": True,
        "listed": True,
        "own": True,
        "direct": True,
    },
)

report = Screen(
    Tr(
        "<b>Report {kind} {number} by {author}?</b>\n\n<blockquote>{extract}</blockquote>\n"
        "Report insults, advertising, or somebody's personal details: a moderator looks at it "
        "and keeps or hides it. To disagree with an opinion, write your own comment instead."
    ),
    button_about(Label("Yes, report it"), "yes", "asked", clicks.report),
    SwitchTo(Label("Back"), id="noreport", state=CommentsState.card),
    state=CommentsState.report,
    getter=getters.asked,
    preview_data={
        "kind": "Proposal",
        "number": 12,
        "author": "Айгүл",
        "extract": "Ауыл мектептеріне…",
        "asked": [12],
    },
)

delete = Screen(
    Tr(
        "<b>Delete {kind} {number}?</b>\n\n<blockquote>{extract}</blockquote>\n"
        "Its words and the support for it go for good; nobody else gets its number."
    ),
    button_about(Label("Yes, delete it"), "gone", "asked", clicks.delete),
    SwitchTo(Label("Back"), id="nodelete", state=CommentsState.card),
    state=CommentsState.delete,
    getter=getters.asked,
    preview_data={
        "kind": "Proposal",
        "number": 12,
        "author": "Айгүл",
        "extract": "Ауыл мектептеріне…",
        "asked": [12],
    },
)

mine = Screen(
    Multi(
        Tr("<b>My comments</b>"),
        Filled("{lines}", when="lines"),
        Tr(
            "You have not published any comment yet. Open the draft budget in the menu, choose a "
            "line and say what you think.",
            when="nothing",
        ),
        Tr("Page {page} of {pages}", when="paged"),
        sep="\n\n",
    ),
    line_buttons("own", clicks.open_own, width=2),
    page_turns("mine", "m"),
    Row(close(), to_menu()),
    MessageInput(clicks.write_own_number, content_types=ContentType.TEXT),
    state=CommentsState.mine,
    getter=getters.mine,
    preview_data={
        "lines": _LINES,
        "nothing": True,
        "choices": [(12, "1. Ауыл…")],
        "page": 2,
        "pages": 3,
        "paged": True,
        "previous": [0],
        "following": [2],
    },
)

resume = Screen(
    Multi(
        Tr("<b>You have an unfinished comment</b> on: {place}"),
        Tr("<blockquote>{extract}</blockquote>"),
        Tr("Publish it or throw it away; then you can write the next one.", when="other"),
        sep="\n",
    ),
    Button(Label("Go on with it"), id="goon", on_click=draft_clicks.go_on),
    SwitchTo(Label("Throw it away"), id="away", state=CommentDraftState.discard),
    Row(close(), to_menu()),
    state=CommentDraftState.resume,
    getter=draft_getters.draft,
    preview_data=_DRAFT,
)

kind = Screen(
    Multi(
        Tr("<b>What do you want to say?</b>\nOn: {place}"),
        Tr("Your words are kept:\n<blockquote>{extract}</blockquote>", when="has_text"),
        Tr(
            "1. <b>Comment</b>: what I think of it\n"
            "2. <b>Proposal</b>: what to do differently\n"
            "3. <b>Question</b>: what I want explained"
        ),
        Filled("{window}"),
        sep="\n\n",
    ),
    Row(
        Button(Label("Comment"), id="comment", on_click=draft_clicks.choose_kind),
        Button(Label("Proposal"), id="proposal", on_click=draft_clicks.choose_kind),
        Button(Label("Question"), id="question", on_click=draft_clicks.choose_kind),
    ),
    Row(close(), to_menu()),
    MessageInput(draft_clicks.write_kind, content_types=ContentType.TEXT),
    state=CommentDraftState.kind,
    getter=draft_getters.draft,
    preview_data=_DRAFT,
)

text = Screen(
    Multi(
        Tr("<b>{ask}</b>\nOn: {place}"),
        Tr("Now it says:\n<blockquote>{text}</blockquote>", when="has_text"),
        Tr("One message of up to {limit} characters. It is saved at once and published later."),
        sep="\n\n",
    ),
    SwitchTo(
        Label("Keep it as it is"), id="keep", state=CommentDraftState.preview, when="has_text"
    ),
    Row(SwitchTo(Label("Back"), id="backt", state=CommentDraftState.kind), to_menu()),
    MessageInput(draft_clicks.write_text, content_types=ContentType.TEXT),
    state=CommentDraftState.text,
    getter=draft_getters.draft,
    preview_data=_DRAFT,
)

preview = Screen(
    Multi(
        Tr("<b>{kind}, not published yet</b>\nOn: {place}", when="is_new"),
        Tr("<b>Changes in {kind} {number}, not published yet</b>\nOn: {place}", when="is_change"),
        Tr("<blockquote>{text}</blockquote>"),
        Tr(
            "{length} of {limit} characters. It is published at once, under the name “{name}”.",
            when="is_new",
        ),
        TrPlural(
            "You can change or delete it for {minutes} minute after that.",
            "You can change or delete it for {minutes} minutes after that.",
            "minutes",
            when="is_new",
        ),
        sep="\n",
    ),
    Button(Label("Publish"), id="publish", on_click=draft_clicks.publish),
    Row(
        SwitchTo(Label("Change the words"), id="totext", state=CommentDraftState.text),
        SwitchTo(Label("Change the kind"), id="tokind", state=CommentDraftState.kind),
    ),
    SwitchTo(Label("Throw it away"), id="awayp", state=CommentDraftState.discard),
    Row(close(), to_menu()),
    state=CommentDraftState.preview,
    getter=draft_getters.draft,
    preview_data=_DRAFT,
)

discard = Screen(
    Tr(
        "<b>Throw these words away?</b>\n<blockquote>{extract}</blockquote>\n"
        "They cannot be brought back."
    ),
    Column(
        Button(Label("Yes, throw away"), id="gone", on_click=draft_clicks.discard),
        Button(Label("No, keep them"), id="stay", on_click=draft_clicks.go_on),
        to_menu(),
    ),
    state=CommentDraftState.discard,
    getter=draft_getters.draft,
    preview_data=_DRAFT,
)

published = Screen(
    Multi(
        Tr("<b>Published: {kind} {number}</b>\nOn: {place}", when="is_new"),
        Tr("<b>Changed: {kind} {number}</b>\nOn: {place}", when="is_change"),
        Tr("Everyone can read it and agree with it now."),
        Tr("You can change or delete it until {until}.", when="until"),
        Filled("{answers}", when="answers"),
        Tr("To share it: <code>{link}</code>", when="link"),
        sep="\n\n",
    ),
    Button(Label("Read it"), id="read", on_click=draft_clicks.read_it),
    Row(close(), to_menu()),
    state=CommentDraftState.published,
    getter=draft_getters.published,
    preview_data={
        "kind": "Proposal",
        "number": 12,
        "place": "Білім беру",
        "is_new": True,
        "is_change": True,
        "until": When("November 21, 18:15"),
        "answers": "What happens next: the discussion closes November 30, and answers are "
        "published by December 30.",
        "link": "https://t.me/dauys_bot?start=k_12",
    },
)

reading = Dialog(listing, card, report, delete, mine, on_start=clicks.begin)
writing = Dialog(resume, kind, text, preview, discard, published, on_start=draft_clicks.begin)
