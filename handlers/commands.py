"""Commands: /start /menu /language /help /privacy /stop /cancel, and words that mean them."""

import re
from typing import Final

from aiogram import Router
from aiogram.filters import BaseFilter, CommandObject, CommandStart
from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from dishka.integrations.aiogram import FromDishka, inject
from typing_extensions import override

from civic.actions.introduce_oneself import ChooseLanguage, ChooseNews
from civic.model.resident import NewsChoice
from civic.model.text import LANGUAGES
from dialogs.hello.states import HelloState
from dialogs.kit.acting import Acting
from dialogs.kit.languages import speak
from dialogs.kit.text import _
from dialogs.menu.states import MenuState
from dialogs.opening import joins, open_link
from dialogs.settings.states import SettingsState
from handlers import words

_PAYLOAD: Final = re.compile(
    rf"(?:(?P<language>{'|'.join(LANGUAGES)})(?:-|$))?(?P<link>[A-Za-z0-9_-]{{0,64}})"
)


class Says(BaseFilter):
    """Passes a text that is the command `name` or a word for it."""

    def __init__(self, name: str) -> None:
        """Wait for the command `name`."""
        self.name = name

    @override
    async def __call__(self, message: Message) -> bool:
        return message.text is not None and words.command_in(message.text) == self.name


@inject
async def start(
    message: Message,
    command: CommandObject,
    dialog_manager: DialogManager,
    acting: FromDishka[Acting],
    choose: FromDishka[ChooseLanguage],
) -> None:
    """Greet a newcomer, or bring somebody back to the menu; follow a link if there is one.

    A link may begin with the language it was written in (`ru-p_12`); only a newcomer follows that.
    """
    del message
    spoken, link = _link(command.args or "")
    if acting.resident.greeted or acting.resident.display_name:
        await open_link(dialog_manager, link)
        return
    first = HelloState.language
    if spoken is not None:
        acting.resident = await choose(acting.resident, spoken)
        speak(dialog_manager, spoken)
        first = HelloState.name
    if joins(link):
        # Who has a name and a language elsewhere is not asked for them here.
        await open_link(dialog_manager, link)
        return
    await dialog_manager.start(first, data={"link": link}, mode=StartMode.RESET_STACK)


async def menu(message: Message, dialog_manager: DialogManager) -> None:
    """Show what can be done now; drafts stay."""
    del message
    await dialog_manager.start(MenuState.main, mode=StartMode.RESET_STACK)


async def language(message: Message, dialog_manager: DialogManager) -> None:
    """Offer the languages."""
    del message
    await _open_setting(dialog_manager, "language")


async def about(message: Message, dialog_manager: DialogManager) -> None:
    """Say what this is and whom to ask."""
    del message
    await _open_setting(dialog_manager, "help")


async def privacy(message: Message, dialog_manager: DialogManager) -> None:
    """Say in full what is kept."""
    del message
    await _open_setting(dialog_manager, "privacy")


@inject
async def stop(
    message: Message, acting: FromDishka[Acting], choose: FromDishka[ChooseNews]
) -> None:
    """Send no more announcements to this person."""
    acting.resident = await choose(acting.resident, NewsChoice.NONE)
    await message.answer(
        _(
            "No more news from us. Your ideas, comments and votes stay. "
            "To get news again: Menu → Settings → News."
        )
    )


async def cancel(message: Message, dialog_manager: DialogManager) -> None:
    """Leave the conversation; what was written stays as a draft."""
    await message.answer(_("Left off. What you wrote is kept as a draft."))
    await dialog_manager.start(MenuState.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def _link(payload: str) -> tuple[str | None, str]:
    found = _PAYLOAD.fullmatch(payload.strip())
    return (None, "") if found is None else (found["language"], found["link"] or "")


async def _open_setting(manager: DialogManager, window: str) -> None:
    # On top of what is going on, so that the way back leads there.
    await manager.start(getattr(SettingsState, window))


def router() -> Router:
    """Return a router with all commands."""
    made = Router(name="commands")
    made.message.register(start, CommandStart())
    for name, handler in (
        (words.MENU, menu),
        (words.LANGUAGE, language),
        (words.HELP, about),
        (words.PRIVACY, privacy),
        (words.STOP, stop),
        (words.CANCEL, cancel),
    ):
        made.message.register(handler, Says(name))
    return made
