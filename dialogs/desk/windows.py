"""Windows of the organisers' desk."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo
from aiogram_dialog.widgets.text import Multi

from dialogs.announcements.states import AnnouncementsState
from dialogs.approval.states import ApprovalState
from dialogs.broadcast.states import BroadcastState
from dialogs.desk import clicks, getters
from dialogs.desk import notices as desk_notices
from dialogs.desk.states import DeskState
from dialogs.destinations.states import DestinationsState
from dialogs.kit.buttons import button_about, button_for_each
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
    page_turns(),
    Row(
        Start(Label("Announcements"), id="told", state=AnnouncementsState.list),
        Start(Label("Reported comments"), id="cases", state=ModerationState.queue),
    ),
    Row(
        Start(Label("To approve"), id="approve", state=ApprovalState.list, when="approvals"),
        Start(Label("Drafts"), id="drafts", state=BroadcastState.drafts, when="drafts"),
    ),
    Start(Label("Groups and channels"), id="chats", state=DestinationsState.list),
    Row(close(), to_menu()),
    MessageInput(clicks.write_cycle, content_types=ContentType.TEXT),
    state=DeskState.main,
    getter=getters.main,
    preview_data={
        "town": "Хромтау",
        "waiting": "Comments to decide on: 2",
        "drafts": True,
        "approvals": True,
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
    Row(
        Button(Label("Extend"), id="extend", on_click=clicks.extend, when="can_extend"),
        Button(Label("Shorten"), id="shorten", on_click=clicks.shorten, when="can_extend"),
    ),
    Row(
        Button(Label("Move"), id="move", on_click=clicks.move, when="can_move"),
        Button(Label("Cancel"), id="cancel", on_click=clicks.cancel, when="can_move"),
    ),
    SwitchTo(Label("Notices"), id="notices", state=DeskState.notices),
    Row(SwitchTo(Label("Back"), id="unstage", state=DeskState.cycle), to_menu()),
    state=DeskState.stage,
    getter=getters.stage,
    preview_data={
        "title": "Бюджет 2026",
        "line": "Voting: 1 March, 10:00 – 21 March, 18:00. Open now",
        "last": "1 March, 10:00\n“Voting” opened.",
        "can_open": True,
        "can_close": True,
        "can_extend": True,
        "can_move": True,
    },
)

date = Screen(
    Tr("<b>{title}</b>"),
    Filled("{line}\n"),
    Filled("{question}"),
    Tr("Choose, or write a date and time in the town, like 2026-12-05 18:00 or 5 December 18:00."),
    Row(button_for_each("step", "choices", clicks.change_by, int)),
    Row(SwitchTo(Label("Back"), id="undate", state=DeskState.stage), to_menu()),
    MessageInput(clicks.write_date, content_types=ContentType.TEXT),
    state=DeskState.date,
    getter=getters.date,
    preview_data={
        "title": "Бюджет 2026",
        "line": "Voting: 1 March – 21 March. Open now",
        "question": "Until when? Later stages that are in the way move along.",
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
    preview_data={"wish": "“Voting”: close now"},
)

preview = Screen(
    Tr("This is what everyone who gets news will read:"),
    Tr("<blockquote>{notice}</blockquote>"),
    Filled("{told} {waits}"),
    Tr("\nThe calendar afterwards:"),
    Filled("{calendar}"),
    Button(Label("Do it and tell all"), id="do", on_click=clicks.do_it),
    SwitchTo(Label("Change the reason"), id="again", state=DeskState.reason),
    Row(SwitchTo(Label("Do not do it"), id="unpreview", state=DeskState.stage), to_menu()),
    state=DeskState.preview,
    getter=getters.preview,
    preview_data={
        "notice": Markup("<b>Бюджет 2026</b>\n\n«Voting» is over."),
        "told": "321 people will be told.",
        "waits": "It is night or Sunday: most will be told from 2 March, 09:00 on.",
        "calendar": Markup("• <b>Voting: 1 March, 10:00 – 21 March, 18:00</b>"),
    },
)

notices = Screen(
    Tr("<b>{title}</b>\n“{stage}”: what people are told by itself\n"),
    Filled("{lines}"),
    line_buttons("notice", clicks.open_notice),
    Row(SwitchTo(Label("Back"), id="unnotices", state=DeskState.stage), to_menu()),
    state=DeskState.notices,
    getter=desk_notices.notices,
    preview_data={
        "title": "Бюджет 2026",
        "stage": "Voting",
        "lines": Markup("1. <b>Opening</b>: 1 March, 09:00. 321 people"),
        "choices": [(1, "1. Opening")],
    },
)

notice = Screen(
    Tr("<b>{name}</b>, “{stage}”"),
    Tr("<blockquote>{notice}</blockquote>"),
    Tr("When: {moments}\nWho gets it: {who}. Now that is {told}."),
    Row(button_for_each("lang", "languages", clicks.choose_language)),
    SwitchTo(Label("Change the text"), id="words", state=DeskState.words),
    Button(Label("The usual text"), id="usual", on_click=clicks.use_usual, when="worded"),
    button_about(Label("How it goes out"), "watch", "sent", clicks.watch),
    Row(SwitchTo(Label("Back"), id="unnotice", state=DeskState.notices), to_menu()),
    state=DeskState.notice,
    getter=desk_notices.notice,
    preview_data={
        "name": "Opening",
        "stage": "Voting",
        "notice": Markup("<b>Бюджет 2026</b>\n\nVoting is open."),
        "moments": "1 March, 09:00",
        "who": "everyone who wants news",
        "told": "321 people",
        "languages": [("kk", "☐ Қазақша"), ("ru", "☑ Русский"), ("en", "☐ English")],
        "sent": [1],
        "worded": True,
    },
)

words = Screen(
    Tr("<b>{name}</b>, {language}. The text now:"),
    Tr("<code>{text}</code>"),
    Tr(
        "Write your own, up to {limit} characters. The title, what comes next and how to stop are "
        "added by themselves. These places are filled in:"
    ),
    Filled("{places}"),
    Row(SwitchTo(Label("Back"), id="unwords", state=DeskState.notice), to_menu()),
    MessageInput(clicks.write_words, content_types=ContentType.TEXT),
    state=DeskState.words,
    getter=desk_notices.words,
    preview_data={
        "name": "Opening",
        "language": "Русский",
        "text": "Voting is open until the end of the month.",
        "limit": 600,
        "places": Markup("<code>town</code> the town"),
    },
)

dialog = Dialog(main, cycle, stage, date, reason, preview, notices, notice, words)
