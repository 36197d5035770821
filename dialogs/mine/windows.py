"""«My things»: what a person has put forward, said and voted on."""

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Column, Row, Start

from dialogs.comments.states import CommentsState
from dialogs.ideas.states import IdeasState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.navigation import to_menu
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen
from dialogs.mine import clicks, getters
from dialogs.mine.states import MineState

main = Screen(
    Tr("<b>My things</b> · {name}\n"),
    Filled("{lines}"),
    Column(button_for_each("begun", "drafts", clicks.go_on)),
    Row(
        Start(Label("My ideas"), id="ideas", state=IdeasState.mine, when="ideas"),
        Start(Label("My comments"), id="comments", state=CommentsState.mine, when="comments"),
    ),
    to_menu(),
    state=MineState.main,
    getter=getters.main,
    preview_data={
        "name": "Resident 1234",
        "lines": Markup("1 idea\n2 comments"),
        "ideas": True,
        "comments": True,
        "drafts": [("idea:1", "Finish my idea")],
    },
)

dialog = Dialog(main)
