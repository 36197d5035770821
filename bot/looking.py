"""Looking every few seconds for what is due by itself."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bot.broadcast.pace import Sleep

LOOK_SECONDS: Final = 2.0
"""Between one look and the next."""


async def keep_looking(
    look: Callable[[], Awaitable[None]], log: logging.Logger, trouble: str, sleep: Sleep
) -> None:
    """Look until cancelled; what a look raises is logged as `trouble`, and only delays it."""
    while True:
        await sleep(LOOK_SECONDS)
        try:
            await look()
        except Exception:
            log.exception(trouble)
