"""Windows of announcing in one's own words."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Group, Row, Start, SwitchTo
from aiogram_dialog.widgets.text import Multi

from civic.model.broadcast import Broadcast, Document
from dialogs.broadcast import clicks, getters, sending
from dialogs.broadcast.drafts import CHATS_PAGE
from dialogs.broadcast.states import BroadcastState, SendingState
from dialogs.destinations.states import DestinationsState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.moments import When
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredAttachment
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen

drafts = Screen(
    Tr("<b>Announcements that you have not finished</b>\n"),
    Filled("{lines}"),
    Tr("\nPage {page} of {pages}", when="paged"),
    line_buttons("draft", clicks.open_draft),
    page_turns(),
    SwitchTo(Label("Begin another"), id="another", state=BroadcastState.write),
    Row(close(), to_menu()),
    MessageInput(clicks.write_draft, content_types=ContentType.TEXT),
    state=BroadcastState.drafts,
    getter=getters.drafts,
    preview_data={
        "lines": Markup("1. <b>21 қараша, 10:00</b>: Су болмайды"),
        "choices": [(1, "1. Су болмайды")],
        "previous": [0],
        "following": [2],
        "page": 2,
        "pages": 3,
        "paged": True,
    },
)

write = Screen(
    Multi(
        Filled("<b>{asked}</b>"),
        Tr(
            "At most {limit} characters. Bold, italic, underlined, struck and linked words stay "
            "so. What people read stays in the public list for good."
        ),
        Tr("Written so far:\n<blockquote>{written}</blockquote>", when="written"),
        sep="\n\n",
    ),
    Button(
        Label("Not in this language"), id="out", on_click=clicks.leave_out, when="can_leave_out"
    ),
    SwitchTo(Label("Back"), id="unwrite", state=BroadcastState.main, when="begun"),
    Cancel(Label("Back"), id="close", when="new"),
    MessageInput(clicks.write_text, content_types=ContentType.TEXT),
    state=BroadcastState.write,
    getter=getters.write,
    preview_data={
        "asked": "Write the announcement in Kazakh.",
        "limit": 1500,
        "written": Markup("<b>Су</b> болмайды"),
        "can_leave_out": True,
        "begun": True,
        "new": True,
    },
)

main = Screen(
    Multi(
        Tr("<b>New announcement</b>", when="new"),
        Tr(
            "<b>Announcement taken back to be changed</b>\nIt goes out once you send it again.",
            when="revised",
        ),
        Tr(
            "Handed in {since:at}: another organiser has to approve it. "
            "If you change something, hand it in again.",
            when="waits",
        ),
        Tr(
            "Sent back by another organiser: <i>{sent_back}</i>",
            when="sent_back",
        ),
        Filled("{texts}"),
        Filled("{attached}", when="attached"),
        Tr(
            "⚠ It is not there in both Kazakh and Russian: not everyone will be able to read it.",
            when="lacking",
        ),
        Tr("<b>For whom:</b> {whom}\n{people}"),
        Tr("<b>When:</b> {when}\n{takes}"),
        Tr("It is saved. You can leave and go on later from your desk."),
        sep="\n\n",
    ),
    Row(button_for_each("text", "languages", clicks.open_text)),
    Row(
        SwitchTo(Label("For whom"), id="whom", state=BroadcastState.whom, when="addressed"),
        SwitchTo(Label("When"), id="when", state=BroadcastState.when),
        SwitchTo(Label("Photo or file"), id="attach", state=BroadcastState.attachment),
    ),
    SwitchTo(Label("See it and send"), id="see", state=BroadcastState.preview, when="ready"),
    Button(Label("Do not hand it in"), id="takeback", on_click=clicks.take_back, when="waits"),
    SwitchTo(Label("Throw it away"), id="discard", state=BroadcastState.discard),
    Row(close(), to_menu()),
    state=BroadcastState.main,
    getter=getters.main,
    preview_data={
        "new": True,
        "revised": True,
        "waits": True,
        "since": When("21 November, 10:00"),
        "sent_back": "The date is wrong.",
        "attached": "With a photo.",
        "texts": Markup("<b>Қазақша</b>: Су болмайды"),
        "lacking": True,
        "whom": "everyone",
        "people": "1 234 people will be told.",
        "when": "at once",
        "takes": "Takes about 2 minutes; everyone is told by 10:02 21 November.",
        "languages": [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")],
        "ready": True,
        "addressed": True,
    },
)

attachment = Screen(
    StoredAttachment("broadcast"),
    Tr(
        "Send a photo or a document if one should go with the text; another one takes its place. "
        "With either a text has at most {limit} characters.\n\n"
        "Documents: PDF, Word, Excel, PowerPoint, OpenDocument, RTF, text or CSV, at most "
        "{limit_mb} MB. They are sent as they are, with the names that may stand in them."
    ),
    Button(Label("Without it"), id="without", on_click=clicks.detach, when="attached"),
    SwitchTo(Label("Back"), id="unattach", state=BroadcastState.main),
    MessageInput(clicks.attach, content_types=[ContentType.PHOTO, ContentType.DOCUMENT]),
    state=BroadcastState.attachment,
    getter=getters.attachment,
    preview_data={
        "broadcast": Broadcast(photo=1),
        "attached": True,
        "limit": 700,
        "limit_mb": 10,
    },
)

whom = Screen(
    Multi(
        Tr("<b>For whom?</b>"),
        Filled("{whom}"),
        Filled("{people}"),
        Tr("Every condition has to hold. Who wants no news is never told."),
        sep="\n\n",
    ),
    Group(
        button_for_each("trait", "traits", clicks.open_values),
        width=2,
    ),
    Button(Label("Everyone"), id="all", on_click=clicks.tell_everyone, when="narrowed"),
    SwitchTo(Label("What it is about"), id="topics", state=BroadcastState.topics),
    SwitchTo(Label("Groups and channels"), id="chats", state=BroadcastState.chats),
    SwitchTo(Label("Back"), id="unwhom", state=BroadcastState.main),
    state=BroadcastState.whom,
    getter=getters.whom,
    preview_data={
        "whom": Markup("• Language: Русский"),
        "people": "1 234 people will be told.",
        "traits": [("district", "Part of town"), ("language", "Language")],
        "narrowed": True,
    },
)

values = Screen(
    Multi(
        Tr("<b>{trait}</b>: choose one or several."),
        Filled("{people}"),
        Tr("Also those are told who want only what concerns themselves.", when="personal"),
        sep="\n\n",
    ),
    Group(
        button_for_each("value", "choices", clicks.toggle),
        width=2,
    ),
    SwitchTo(Label("Back"), id="unvalues", state=BroadcastState.whom),
    state=BroadcastState.values,
    getter=getters.values,
    preview_data={
        "trait": "Part of town",
        "people": "1 234 people will be told.",
        "personal": True,
        "choices": [("center", "✓ Орталық"), ("east", "· Шығыс")],
    },
)

chats = Screen(
    Multi(
        Tr("<b>Which groups and channels are told too?</b>"),
        Filled("{people}"),
        Tr("There are none yet; your desk says how to add them.", when="empty"),
        sep="\n\n",
    ),
    line_buttons("chat", clicks.toggle_chat),
    page_turns(CHATS_PAGE, "c"),
    Start(Label("Languages, stages"), id="setup", state=DestinationsState.list),
    SwitchTo(Label("Back"), id="unchats", state=BroadcastState.whom),
    state=BroadcastState.chats,
    getter=getters.chats,
    preview_data={
        "people": "1 234 people will be told.",
        "empty": True,
        "choices": [(1, "✓ Хромтау")],
        "previous": [0],
        "following": [2],
    },
)

topics = Screen(
    Multi(
        Tr("<b>What is it about?</b> Choose one or several, or nothing."),
        Tr(
            "Who follows one of them gets it also when they want only their own news. Who has "
            "muted all of them does not get it."
        ),
        Filled("{people}"),
        sep="\n\n",
    ),
    Group(button_for_each("topic", "choices", clicks.toggle_topic), width=2),
    SwitchTo(Label("Back"), id="untopics", state=BroadcastState.whom),
    state=BroadcastState.topics,
    getter=getters.topics,
    preview_data={
        "people": "1 234 people will be told.",
        "choices": [("sport", "✓ Спорт"), ("roads", "· Жолдар")],
    },
)

when = Screen(
    Multi(
        Tr("<b>When?</b> Now chosen: {when}"),
        Tr(
            "Choose, or write a date and time in the town, "
            "like 2026-12-05 18:00 or 5 December 18:00."
        ),
        sep="\n\n",
    ),
    Row(
        Button(Label("At once"), id="now", on_click=clicks.send_at_once),
        Button(Label("Tomorrow at 10:00"), id="tomorrow", on_click=clicks.send_tomorrow),
    ),
    SwitchTo(Label("Back"), id="unwhen", state=BroadcastState.main),
    MessageInput(clicks.write_moment, content_types=ContentType.TEXT),
    state=BroadcastState.when,
    getter=getters.when,
    preview_data={"when": "at once"},
)

preview = Screen(
    StoredAttachment("broadcast"),
    Filled("{notice}"),
    Filled("\n———\n{told}"),
    Row(button_for_each("shown", "languages", clicks.look_in)),
    Button(Label("Send to myself"), id="myself", on_click=clicks.send_to_myself),
    Button(Label("Send: {people}"), id="send", on_click=clicks.send, when="at_once"),
    Button(Label("Schedule: {people}"), id="later", on_click=clicks.send, when="later"),
    Button(Label("Send in one language"), id="one", on_click=clicks.send, when="lacking"),
    Button(Label("Hand in for approval"), id="hand", on_click=clicks.hand_in, when="approval"),
    Button(
        Label("In one language"), id="onehand", on_click=clicks.hand_in, when="approval_lacking"
    ),
    SwitchTo(Label("Back"), id="unsee", state=BroadcastState.main),
    state=BroadcastState.preview,
    getter=getters.preview,
    preview_data={
        "broadcast": Broadcast(document=Document(1, "план.pdf")),
        "notice": Markup("<b>Хромтау: announcement …</b>\n\nСу болмайды."),
        "languages": [("kk", "☑ Қазақша"), ("ru", "☐ Русский"), ("en", "☐ English")],
        "told": "123 456 people will be told.",
        "people": "123 456",
        "at_once": True,
        "later": True,
        "lacking": True,
        "approval": True,
        "approval_lacking": True,
    },
)

discard = Screen(
    Tr("Throw this announcement away? What is written so far will be gone."),
    Button(Label("Throw it away"), id="yes", on_click=clicks.discard),
    SwitchTo(Label("No, keep it"), id="no", state=BroadcastState.main),
    state=BroadcastState.discard,
    preview_data={},
)

on_its_way = Screen(
    Multi(
        Tr("<b>{name}</b>: {state}"),
        Filled("{bar} {percent}"),
        Filled("{counts}"),
        Filled("{speed}", when="speed"),
        Filled("{finish}", when="finish"),
        Filled("{approved}", when="approved"),
        Tr("This message renews itself.", when="renews"),
        sep="\n",
    ),
    Row(
        Button(Label("Pause"), id="pause", on_click=sending.pause, when="can_pause"),
        Button(Label("Resume"), id="resume", on_click=sending.resume, when="can_resume"),
        SwitchTo(Label("Stop"), id="stop", state=SendingState.stop, when="can_stop"),
    ),
    Button(Label("Change it"), id="revise", on_click=sending.revise, when="can_revise"),
    Button(Label("Retry failed"), id="retry", on_click=sending.retry, when="can_retry"),
    Button(Label("Send a correction"), id="fix", on_click=sending.correct, when="can_correct"),
    Row(close(), to_menu()),
    state=SendingState.main,
    getter=sending.main,
    preview_data={
        "name": "Announcement 12",
        "state": "is being sent",
        "bar": "▓▓▓░░░░░░░",
        "percent": "30 %",
        "counts": "Sent: 300",
        "speed": "30 a second",
        "finish": "Everyone is told by 10:02 21 November.",
        "renews": True,
        "approved": "Approved by Айгүл, 21 November, 10:00.",
        "can_pause": True,
        "can_revise": True,
        "can_resume": True,
        "can_stop": True,
        "can_retry": True,
        "can_correct": True,
    },
)

stop = Screen(
    Tr(
        "<b>{name}</b>\n\nStop it for good? Who has not got it yet will not get it, and it cannot "
        "be started again. The public list will say that it was stopped. You can pause it instead."
    ),
    Button(Label("Stop for good"), id="yes", on_click=sending.stop),
    SwitchTo(Label("Back"), id="unstop", state=SendingState.main),
    state=SendingState.stop,
    getter=sending.stopping,
    preview_data={"name": "Announcement 12"},
)

writing = Dialog(
    drafts,
    write,
    main,
    attachment,
    whom,
    values,
    chats,
    topics,
    when,
    preview,
    discard,
    on_start=clicks.begin,
)
watching = Dialog(on_its_way, stop)
