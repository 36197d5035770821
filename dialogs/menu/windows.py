"""The menu: what goes on now, and one button for each thing that can be done today."""

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Column, Row, Start

from dialogs.announcements.states import AnnouncementsState
from dialogs.desk.states import DeskState
from dialogs.kit.buttons import button_for_each
from dialogs.kit.text import Filled, Label, Markup, Tr
from dialogs.kit.window import Screen
from dialogs.menu import clicks, getters
from dialogs.menu.states import MenuState
from dialogs.mine.states import MineState
from dialogs.moderation.states import ModerationState
from dialogs.results.states import ResultsState
from dialogs.settings.states import SettingsState

main = Screen(
    Tr("<b>{town}: now</b>\n"),
    Filled("{pictures}", when="doings"),
    Tr(
        "Nothing is open at the moment. When something opens we will write to you.", when="nothing"
    ),
    Column(button_for_each("do", "doings", clicks.do)),
    Row(
        Start(Label("My things"), id="mine", state=MineState.main),
        Start(Label("All results"), id="results", state=ResultsState.cycles),
    ),
    Row(
        Start(Label("Language"), id="language", state=SettingsState.language),
        Start(Label("Help"), id="help", state=SettingsState.help),
    ),
    Row(
        Start(Label("Announcements"), id="news", state=AnnouncementsState.list),
        Start(Label("Settings"), id="settings", state=SettingsState.main),
    ),
    Start(Label("Reported comments"), id="cases", state=ModerationState.queue, when="moderator"),
    Start(Label("Organiser's desk"), id="desk", state=DeskState.main, when="organiser"),
    state=MenuState.main,
    getter=getters.main,
    preview_data={
        "town": "Хромтау",
        "pictures": Markup("<b>Бюджет 2026</b>\n▓▓▓░░░░░░░"),
        "nothing": False,
        "doings": [("comment:1", "Draft budget")],
        "organiser": True,
        "moderator": True,
    },
)

dialog = Dialog(main)
