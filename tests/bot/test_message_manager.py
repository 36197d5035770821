"""Windows with pictures that are in the database or in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    PhotoSize,
)
from aiogram_dialog.api.entities import MediaAttachment, NewMessage, ShowMode
from typing_extensions import override

from bot.channels.local_session import LocalSession
from bot.message_manager import PictureMessageManager
from civic.ports import UnitOfWork, Work
from dialogs.kit.pictures import PaintedCharts

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
CHAT = Chat(id=5, type="private")
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Back", callback_data="back")]]
)


class _Recording(LocalSession):
    """Keeps what was called and answers as a messenger would."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.calls: list[TelegramMethod[Any]] = []
        self.has_forgotten = False

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        self.calls.append(method)
        if self.has_forgotten and isinstance(method, SendPhoto) and isinstance(method.photo, str):
            raise TelegramBadRequest(method=method, message="Bad Request: wrong file identifier")
        if isinstance(method, DeleteMessage):
            return True
        sizes = None
        if isinstance(method, SendPhoto | EditMessageMedia | EditMessageCaption):
            name = f"{self.name}-file"
            sizes = [PhotoSize(file_id=name, file_unique_id=f"{name}-unique", width=1, height=1)]
        return Message(message_id=len(self.calls), date=MOMENT, chat=CHAT, photo=sizes, text="")


class _Pictures:
    """Stored pictures by id."""

    def __init__(self) -> None:
        self.stored = {7: b"seven", 8: b"eight"}
        self.read = 0

    async def get(self, picture_id: int) -> tuple[bytes, str] | None:
        self.read += 1
        content = self.stored.get(picture_id)
        return None if content is None else (content, "image/jpeg")


class _Work:
    def __init__(self) -> None:
        self.pictures = _Pictures()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", SimpleNamespace(pictures=self.pictures))


@pytest.fixture
def work() -> _Work:
    return _Work()


@pytest.fixture
def charts() -> PaintedCharts:
    return PaintedCharts(limit=2)


@pytest.fixture
def manager(work: _Work, charts: PaintedCharts) -> PictureMessageManager:
    return PictureMessageManager(cast("Work", work), charts)


def _bot(name: str, number: int = 1) -> tuple[Bot, list[TelegramMethod[Any]]]:
    session = _Recording(name)
    return Bot(f"{number}:{name}", session=session), session.calls


def _window(link: str | None, text: str = "caption") -> NewMessage:
    return NewMessage(
        chat=CHAT,
        text=text,
        reply_markup=KEYBOARD,
        show_mode=ShowMode.EDIT,
        media=None if link is None else MediaAttachment(ContentType.PHOTO, url=link),
    )


def _uploaded(method: TelegramMethod[Any]) -> bytes:
    photo = method.photo if isinstance(method, SendPhoto) else method.media.media  # type: ignore[attr-defined]
    assert isinstance(photo, BufferedInputFile)
    return photo.data


async def test_a_stored_photo_is_sent_with_its_bytes(manager: PictureMessageManager) -> None:
    bot, calls = _bot("telegram")
    await manager.show_message(bot, _window("picture:7"), None)
    assert _uploaded(calls[0]) == b"seven"


async def test_a_photo_is_uploaded_once_to_a_channel(
    manager: PictureMessageManager, work: _Work
) -> None:
    bot, calls = _bot("telegram")
    await manager.show_message(bot, _window("picture:7"), None)
    await manager.show_message(bot, _window("picture:7"), None)
    assert isinstance(calls[1], SendPhoto)
    assert calls[1].photo == "telegram-file"
    assert work.pictures.read == 1


async def test_a_photo_that_the_channel_no_longer_has_is_sent_anew(
    manager: PictureMessageManager,
) -> None:
    bot, calls = _bot("telegram")
    await manager.show_message(bot, _window("picture:7"), None)
    cast("_Recording", bot.session).has_forgotten = True
    await manager.show_message(bot, _window("picture:7"), None)
    assert _uploaded(calls[-1]) == b"seven"


async def test_a_file_id_of_one_channel_is_never_given_to_another(
    manager: PictureMessageManager,
) -> None:
    telegram, _ = _bot("telegram")
    web, calls = _bot("web", 2)
    await manager.show_message(telegram, _window("picture:7"), None)
    window = _window("picture:7")
    await manager.show_message(web, window, None)
    assert _uploaded(calls[0]) == b"seven"


async def test_changed_words_under_the_same_photo_do_not_send_it_again(
    manager: PictureMessageManager,
) -> None:
    bot, calls = _bot("telegram")
    shown = await manager.show_message(bot, _window("picture:7"), None)
    await manager.show_message(bot, _window("picture:7", "ticked"), shown)
    assert isinstance(calls[1], EditMessageCaption)
    assert calls[1].caption == "ticked"


async def test_another_photo_replaces_the_one_shown(manager: PictureMessageManager) -> None:
    bot, calls = _bot("telegram")
    shown = await manager.show_message(bot, _window("picture:7"), None)
    await manager.show_message(bot, _window("picture:8"), shown)
    assert isinstance(calls[1], EditMessageMedia)
    assert _uploaded(calls[1]) == b"eight"


async def test_a_window_without_a_photo_follows_one_with_it(
    manager: PictureMessageManager,
) -> None:
    bot, calls = _bot("telegram")
    shown = await manager.show_message(bot, _window("picture:7"), None)
    await manager.show_message(bot, _window(None), shown)
    assert [type(call) for call in calls[1:]] == [DeleteMessage, SendMessage]


async def test_a_photo_that_is_gone_leaves_the_words(manager: PictureMessageManager) -> None:
    bot, calls = _bot("telegram")
    await manager.show_message(bot, _window("picture:99"), None)
    assert isinstance(calls[0], SendMessage)


async def test_a_chart_is_painted_once_and_shown(
    manager: PictureMessageManager, charts: PaintedCharts
) -> None:
    painted = 0

    async def paint() -> bytes:
        nonlocal painted
        painted += 1
        return b"bars"

    bot, calls = _bot("telegram")
    assert await charts.link("one", paint) == await charts.link("one", paint)
    await manager.show_message(bot, _window(await charts.link("one", paint)), None)
    assert _uploaded(calls[0]) == b"bars"
    assert painted == 1


async def test_the_chart_asked_for_longest_ago_is_forgotten(charts: PaintedCharts) -> None:
    async def paint() -> bytes:
        return b"bars"

    first = await charts.link("one", paint)
    await charts.link("two", paint)
    await charts.link("one", paint)
    await charts.link("three", paint)
    assert charts.find(first) == b"bars"
    assert charts.find("chart:two") is None


async def test_other_media_are_left_to_the_library(manager: PictureMessageManager) -> None:
    bot, calls = _bot("telegram")
    shown = await manager.show_message(bot, _window(None), None)
    await manager.show_message(bot, _window("https://example.org/photo.jpg"), shown)
    assert isinstance(calls[1], EditMessageMedia)
    assert calls[1].media.media == "https://example.org/photo.jpg"
