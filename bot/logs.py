"""A log in which nobody's words can be found."""

import logging
import traceback
from types import TracebackType

from typing_extensions import override

_NOISY = ("aiogram.event", "aiogram_dialog", "alembic", "apscheduler")
"""Loggers that tell of every ordinary step."""
_REPEATING = ("aiogram_dialog.window",)
"""Loggers that say once more what they raise.

`handlers.errors` hears of it, and a refusal among it is an answer to a person, not an error.
"""
_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class WordlessFormatter(logging.Formatter):
    """Writes down where an exception came from, and leaves its text out.

    The text of an exception often quotes what a person wrote.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        # A record keeps what the first formatter made of its exception, and that may have been
        # another one.
        record.exc_text = None
        return super().format(record)

    @override
    def formatException(self, ei: _ExceptionInfo) -> str:
        return trace_without_words(ei[1])


def trace_without_words(error: BaseException | None) -> str:
    """Return where `error` and its causes came from, without their texts."""
    parts: list[str] = []
    while error is not None:
        parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        error = error.__cause__ or error.__context__
    return "\nafter ".join(parts)


def set_up() -> None:
    """Log to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for repeating in _REPEATING:
        logging.getLogger(repeating).setLevel(logging.CRITICAL)
