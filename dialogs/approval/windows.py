"""Windows of approving what another organiser wants to announce."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Multi

from civic.model.broadcast import Broadcast
from dialogs.approval import clicks, getters
from dialogs.approval.states import ApprovalState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.moments import When
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredAttachment
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen

waiting = Screen(
    Tr("<b>Announcements that wait for your approval</b>\n"),
    Filled("{lines}", when="choices"),
    Tr("None at the moment. Whatever is handed in, you are told.", when="empty"),
    Tr("\nPage {page} of {pages}", when="paged"),
    line_buttons("waits", clicks.open_waiting),
    page_turns(),
    Row(close(), to_menu()),
    MessageInput(clicks.write_number, content_types=ContentType.TEXT),
    state=ApprovalState.list,
    getter=getters.waiting,
    preview_data={
        "lines": Markup("1. <b>Айгүл</b>: Су болмайды"),
        "choices": [(1, "1. Су болмайды")],
        "empty": True,
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

read = Screen(
    StoredAttachment("broadcast"),
    Filled("{notice}"),
    Row(button_for_each("lang", "languages", clicks.choose_language)),
    SwitchTo(Label("For whom and when"), id="decide", state=ApprovalState.decide),
    Row(SwitchTo(Label("Back"), id="unread", state=ApprovalState.list), to_menu()),
    state=ApprovalState.read,
    getter=getters.read,
    preview_data={
        "broadcast": Broadcast(photo=1),
        "notice": Markup("<b>Хромтау: announcement …</b>\n\nСу болмайды."),
        "languages": [("kk", "☐ Қазақша"), ("ru", "☑ Русский"), ("en", "☐ English")],
    },
)

decide = Screen(
    Multi(
        Tr("Written by <b>{author}</b>, handed in {handed_in:at}."),
        Filled("{attached}", when="attached"),
        Tr(
            "⚠ It is not there in both Kazakh and Russian: not everyone will be able to read it.",
            when="lacking",
        ),
        Tr("<b>For whom:</b> {whom}\n{people}"),
        Tr("<b>Groups and channels:</b> {chats}", when="chats"),
        Tr("⚠ The moment chosen for it has passed. Approved, it goes out now.", when="late"),
        Tr("<b>When:</b> {when}\n{takes}"),
        Tr("⚠ It was changed since you read it.", when="changed"),
        Tr("You wrote it, so another organiser approves it.", when="own"),
        sep="\n\n",
    ),
    Button(Label("Approve: {count}"), id="approve", on_click=clicks.approve, when="decidable"),
    SwitchTo(Label("Send back"), id="back", state=ApprovalState.why, when="decidable"),
    Button(Label("Read it again"), id="again", on_click=clicks.read_again, when="changed"),
    Row(SwitchTo(Label("Back"), id="undecide", state=ApprovalState.read), to_menu()),
    state=ApprovalState.decide,
    getter=getters.decide,
    preview_data={
        "author": "Айгүл",
        "handed_in": When("21 November, 10:00"),
        "attached": "With the document «план.pdf».",
        "lacking": True,
        "whom": "everyone",
        "people": "1 234 people will be told.",
        "chats": "Абай көшесі",
        "when": "at once",
        "takes": "Takes about 2 minutes; everyone is told by 10:02 21 November.",
        "late": True,
        "count": "123 456",
        "changed": True,
        "own": True,
        "decidable": True,
    },
)

why = Screen(
    Tr("What has to be changed? Write one or two sentences, up to 500 characters, to the author."),
    Row(SwitchTo(Label("Back"), id="unwhy", state=ApprovalState.decide), to_menu()),
    MessageInput(clicks.write_why, content_types=ContentType.TEXT),
    state=ApprovalState.why,
    preview_data={},
)

dialog = Dialog(waiting, read, decide, why, on_start=clicks.begin)
