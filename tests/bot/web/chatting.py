"""A small conversation on the web chat, with everything real but the conversation itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Button, Row
from aiogram_dialog.widgets.text import Const, Format
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.webchat import TOKEN
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.inbound import WebChatInbound
from bot.channels.webchat.session import WebChatSession
from bot.inbox import Inbox
from bot.message_manager import PictureMessageManager
from bot.metrics import Metrics
from bot.middlewares.stale_buttons import StaleButtonMiddleware
from bot.photos import PillowPhotoReader
from bot.web.access_log import AccessLog
from bot.web.app import make_web_app
from bot.web.rates import Limits
from bot.wiring import catalogues
from civic.actions.meet_resident import MeetResident
from civic.ports import Clock, Randomness, Work
from dialogs.kit.pictures import PaintedCharts
from storage.database import Database
from storage.fsm import SqlStorage
from storage.inbox import SqlInbox
from storage.repositories.webchat import SqlWebChats, Visitor
from storage.tables.people import contacts
from tests.browser import PlainBrowser


class CountingState(StatesGroup):
    """A window that counts."""

    count = State()


async def _count(dialog_manager: DialogManager, **_: object) -> dict[str, int]:
    return {"count": dialog_manager.dialog_data.get("count", 0)}


async def _add(_callback: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["count"] = manager.dialog_data.get("count", 0) + 1


async def _note(callback: CallbackQuery, _button: Button, _manager: DialogManager) -> None:
    await callback.answer("Noted <b>as is</b>")


def counting_dialog() -> Dialog:
    """Return a conversation of one window with buttons that change it in place."""
    return Dialog(
        Window(
            Const("<b>Counting</b>"),
            Format("Now {count}"),
            Row(
                Button(Const("Add one"), id="add", on_click=_add),
                Button(Const("Note"), id="note", on_click=_note),
            ),
            state=CountingState.count,
            getter=_count,
        )
    )


async def _start(message: Message, command: CommandObject, dialog_manager: DialogManager) -> None:
    await message.answer(f"Hello, {command.args}")
    await dialog_manager.start(CountingState.count, mode=StartMode.RESET_STACK)


async def _menu(_message: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(CountingState.count, mode=StartMode.RESET_STACK)


async def _photo(message: Message, bot: Bot) -> None:
    assert message.photo
    content = await bot.download(message.photo[-1].file_id)
    assert content is not None
    await message.answer_document(
        BufferedInputFile(content.read(), "copy.bin"), caption=message.caption
    )


async def _echo(message: Message) -> None:
    go = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go:c_3")]]
    )
    await message.answer(
        f"You said: {message.html_text if message.text else '?'}", reply_markup=go
    )


async def _go(callback: CallbackQuery) -> None:
    assert isinstance(callback.message, Message)
    await callback.message.answer("Gone")
    await callback.answer()


def make_dispatcher(storage: SqlStorage, work: Work) -> Dispatcher:
    """Return a dispatcher with the small conversation."""
    dispatcher = Dispatcher(storage=storage, events_isolation=SimpleEventIsolation())
    first = Router()
    first.message.register(_start, CommandStart())
    first.message.register(_menu, Command("menu"))
    first.callback_query.register(_go, F.data.startswith("go:"))
    first.message.register(_photo, F.photo)
    first.message.register(_echo)
    dispatcher.include_routers(first, counting_dialog())
    messages = PictureMessageManager(work, PaintedCharts())
    setup_dialogs(dispatcher, message_manager=messages)
    dispatcher.callback_query.middleware(StaleButtonMiddleware(messages))
    return dispatcher


@dataclass(frozen=True)
class Chatting:
    """The parts of a running small web chat."""

    database: Database
    chats: SqlWebChats
    bell: Bell
    bot: Bot
    inbox: Inbox
    client: "TestClient[web.Request, web.Application]"

    @property
    def url(self) -> str:
        """Address of the first page."""
        return str(self.client.make_url("/"))

    @property
    def browser(self) -> PlainBrowser:
        """A browser without a script; all of them share one cookie jar."""
        return PlainBrowser(self.client)

    async def visitor(self) -> Visitor:
        """Return the person who came first."""
        async with self.database.read() as connection:
            address = await connection.scalar(
                sa.select(contacts.c.address).order_by(contacts.c.id).limit(1)
            )
        found = await self.chats.visitor(address or "")
        assert found is not None
        return found


@asynccontextmanager
async def chatting(
    database: Database,
    work: Work,
    clock: Clock,
    randomness: Randomness,
    *,
    limits: Limits | None = None,
    public_url: str | None = None,
) -> AsyncIterator[Chatting]:
    """Serve a small web chat on loopback while the block runs."""
    chats, bell = SqlWebChats(database), Bell()
    bot = Bot(
        TOKEN,
        session=WebChatSession(chats, bell, clock, randomness),
        default=DefaultBotProperties(parse_mode="HTML"),
    )
    storage = SqlStorage(database)
    inbox = Inbox(SqlInbox(database), storage, make_dispatcher(storage, work), clock, Metrics())
    app = make_web_app(
        chats=chats,
        inbound=WebChatInbound(chats, inbox, bot, bell, clock, randomness, PillowPhotoReader()),
        bell=bell,
        meet=MeetResident(work, clock),
        i18n=catalogues(),
        clock=clock,
        randomness=randomness,
        public_url=public_url,
        limits=limits,
        poll_seconds=0.2,
    )
    jar = CookieJar(unsafe=True)
    server = TestServer(app)
    await server.start_server(access_log_class=AccessLog)
    async with inbox.running(), TestClient(server, cookie_jar=jar) as client:
        yield Chatting(database, chats, bell, bot, inbox, client)
