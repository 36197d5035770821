"""What went wrong is logged without anybody's words, and the person is told."""

import io
import logging
from collections.abc import Iterator

import pytest
from aiogram import Router
from aiogram.types import Message

from bot.logs import WordlessFormatter, set_up
from dialogs.places import PlaceKind
from tests.conftest import Talk

WORDS = "my phone is 8 701 000 00 00"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the service writes it down."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(WordlessFormatter("%(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


async def test_trouble_is_told_kindly_and_logged_without_words(
    talk: Talk, log: io.StringIO
) -> None:
    person = await talk("ru")
    breaking = Router()

    async def trip(message: Message) -> None:
        try:
            int(message.text or "")
        except ValueError as error:
            raise KeyError(message.text) from error

    breaking.message.register(trip, lambda message: message.text == WORDS)
    person.service.dispatcher.include_router(breaking)
    routers = person.service.dispatcher.sub_routers
    routers.insert(0, routers.pop())
    await person.say(WORDS)
    assert "У нас что-то сломалось" in person.screen.text
    written = log.getvalue()
    assert "KeyError" in written
    assert "ValueError" in written
    assert "test_logs.py" in written
    assert "8 701" not in written
    await person.say("/menu")
    assert "Моё участие" in person.screen.buttons


@pytest.fixture
def as_in_service() -> Iterator[None]:
    """Loggers as the running service has them."""
    before = {
        name: logger.level
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    handlers = list(logging.root.handlers)
    set_up()
    yield
    logging.root.handlers[:] = handlers
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger):
            logger.setLevel(before.get(name, logging.NOTSET))


@pytest.mark.usefixtures("as_in_service")
@pytest.mark.parametrize("letter", sorted(PlaceKind))
async def test_a_link_to_nothing_is_a_sentence_and_no_error_in_the_log(
    talk: Talk, log: io.StringIO, letter: str
) -> None:
    person = await talk("en")
    await person.say(f"/start {letter}_9999")

    kept_for_organisers = letter in {PlaceKind.APPROVAL, PlaceKind.DRAFT}
    answer = "Only organisers of this" if kept_for_organisers else "This is not here any more"
    assert any(answer in screen.text for screen in person.screens)
    assert "My things" in person.screen.buttons
    assert log.getvalue() == ""
