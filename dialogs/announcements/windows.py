"""Windows of the public list of announcements."""

from aiogram.enums import ContentType
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo
from aiogram_dialog.widgets.text import Multi

from civic.model.broadcast import Broadcast
from dialogs.announcements import clicks, getters
from dialogs.announcements.states import AnnouncementsState
from dialogs.broadcast.states import BroadcastState
from dialogs.kit.navigation import close, to_menu
from dialogs.kit.pages import line_buttons, page_turns
from dialogs.kit.pictures import StoredAttachment
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen

announcements = Screen(
    Multi(
        Tr(
            "<b>{town}: announcements</b>\n"
            "What is not in this list was not announced by the organisers."
        ),
        Filled("{lines}", when="choices"),
        Tr("Nothing has been announced yet.", when="empty"),
        sep="\n\n",
    ),
    Start(Label("New announcement"), id="new", state=BroadcastState.drafts, when="organiser"),
    line_buttons("told", clicks.open_card),
    page_turns(),
    Row(close(), to_menu()),
    MessageInput(clicks.write_number, content_types=ContentType.TEXT),
    state=AnnouncementsState.list,
    getter=getters.announcements,
    preview_data={
        "town": "Хромтау",
        "lines": Markup("<b>12</b>, 21 қараша: Су болмайды"),
        "empty": True,
        "choices": [(12, "12. Су болмайды")],
        "previous": [0],
        "following": [2],
        "organiser": True,
    },
)

card = Screen(
    StoredAttachment("broadcast"),
    Filled("{text}"),
    Button(Label("How it goes out"), id="watch", on_click=clicks.watch, when="organiser"),
    Row(
        SwitchTo(Label("All announcements"), id="all", state=AnnouncementsState.list),
        to_menu(),
    ),
    state=AnnouncementsState.card,
    getter=getters.card,
    preview_data={
        "text": Markup("<b>Хромтау: announcement 12</b>\n\nСу болмайды."),
        "broadcast": Broadcast(photo=1),
        "organiser": True,
    },
)

dialog = Dialog(announcements, card)
