"""A messenger in memory, and broadcasters that send through it while time stands still."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMyCommands, SendDocument, SendMessage, SendPhoto, TelegramMethod
from aiogram.types import (
    Chat,
    Document,
    InlineKeyboardMarkup,
    InputFile,
    Message,
    PhotoSize,
)
from typing_extensions import override

from bot.broadcast.broadcaster import Broadcaster
from bot.broadcast.lane import Lull, without_waiting
from bot.broadcast.pace import Sleep
from bot.channels.budgets import Budget
from bot.channels.local_session import LocalSession
from bot.metrics import Metrics
from bot.wiring import catalogues
from civic.model.resident import Contact, Resident
from civic.ports import Work
from tests.fakes import MORNING, CountingRandomness, FrozenClock

METHOD: Final = SendMessage(chat_id=1, text="-")
BUDGET: Final = Budget(per_second=30, in_flight=8)


@dataclass
class Sent:
    """A message that reached somebody."""

    chat_id: int
    html: str
    keyboard: InlineKeyboardMarkup
    at: datetime
    photo: InputFile | str | None = None
    document: InputFile | str | None = None


class Messenger(LocalSession):
    """Delivers in memory, or answers with the errors that a test has prepared for a chat."""

    def __init__(self, clock: FrozenClock) -> None:
        """Begin with nothing sent and no errors prepared."""
        super().__init__()
        self.clock = clock
        self.sent: list[Sent] = []
        self.asked: list[int] = []
        self.timeouts: list[int | None] = []
        self.errors: dict[int, list[BaseException]] = defaultdict(list)
        self.outage: BaseException | None = None
        self.takes_files = True
        self.in_flight = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @property
    def reached(self) -> list[int]:
        """Chats that got a message, in order."""
        return [entry.chat_id for entry in self.sent]

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        if isinstance(method, GetMyCommands):
            if self.outage is not None:
                raise self.outage
            return []
        assert isinstance(method, SendMessage | SendPhoto | SendDocument)
        assert method.parse_mode == "HTML"
        assert isinstance(method.reply_markup, InlineKeyboardMarkup)
        chat_id = int(method.chat_id)
        self.asked.append(chat_id)
        self.timeouts.append(timeout)
        self.in_flight.set()
        await self.may_go_on.wait()
        if self.outage is not None:
            raise self.outage
        if self.errors[chat_id]:
            raise self.errors[chat_id].pop(0)
        if not self.takes_files and _uploads(method):
            _be_late(method)
        text = method.text if isinstance(method, SendMessage) else method.caption or ""
        photo = method.photo if isinstance(method, SendPhoto) else None
        document = method.document if isinstance(method, SendDocument) else None
        now = self.clock.now()
        self.sent.append(Sent(chat_id, text, method.reply_markup, now, photo, document))
        size = PhotoSize(file_id="known", file_unique_id="known", width=1, height=1)
        file = Document(file_id="known file", file_unique_id="known")
        return Message(
            message_id=len(self.sent),
            date=MORNING,
            chat=Chat(id=chat_id, type="private"),
            photo=None if photo is None else [size],
            document=None if document is None else file,
        )


def _uploads(method: SendMessage | SendPhoto | SendDocument) -> bool:
    file = getattr(method, "photo", None) or getattr(method, "document", None)
    return isinstance(file, InputFile)


def _be_late(method: TelegramMethod[Any]) -> NoReturn:
    """Fail as aiogram does when a call takes too long."""
    late = TelegramNetworkError(method, "Request timeout error")
    late.__context__ = TimeoutError()
    raise late


def moving(clock: FrozenClock) -> Sleep:
    """Return a sleep that moves the clock instead of waiting, once for all who sleep together."""

    async def sleep(seconds: float) -> None:
        until = clock.now() + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        clock.set(max(until, clock.now()))

    return sleep


def broadcaster_through(
    work: Work,
    clock: FrozenClock,
    messengers: Mapping[str, Messenger],
    randomness: CountingRandomness,
    budget: Budget = BUDGET,
    gathering: timedelta = timedelta(),
    lull: Lull = without_waiting,
) -> Broadcaster:
    """Return a broadcaster whose waiting moves the clock; news does not wait for other news."""
    bots = {
        channel: Bot("42:test", session=messenger) for channel, messenger in messengers.items()
    }
    budgets = dict.fromkeys(messengers, budget)
    return Broadcaster(
        work,
        clock,
        randomness,
        bots,
        catalogues(),
        Metrics(),
        budgets=budgets,
        gathering=gathering,
        sleep=moving(clock),
        lull=lull,
    )


async def contact_of(work: Work, person: Resident) -> Contact:
    """Return where the person is written to."""
    async with work.read() as unit:
        return (await unit.residents.contacts(person.id))[0]


async def chat_of(work: Work, person: Resident) -> int:
    """Return the chat with the person."""
    return (await contact_of(work, person)).chat_id
