"""Tells chats at once that another one was joined to them, whatever is open there.

It is no news: who wants none, or is told in other hours, hears of it all the same, and in every
chat that was there before. What is to be told was written with the joining itself.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
)
from aiogram.utils.i18n import I18n

from bot.broadcast.pace import Sleep
from bot.looking import keep_looking
from civic.model.joining import JoinAlert
from civic.ports import Clock, Work
from dialogs.chats.alert import chat_joined

AGAIN: Final = timedelta(minutes=1)
"""After which it is tried again when it failed, or when the process died over it."""

_log = logging.getLogger(__name__)


class Alerts:
    """Tells chats what was joined to them; of several processes one tells each."""

    def __init__(
        self,
        work: Work,
        bots: Mapping[str, Bot],
        i18n: I18n,
        clock: Clock,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Send by `bots`, one for each channel: those that answer people."""
        self._work = work
        self._bots = bots
        self._i18n = i18n
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Tell until cancelled; trouble only delays it."""
        trouble = "chats could not be told what was joined to them"
        await keep_looking(self.tell_due, _log, trouble, self._sleep)

    async def tell_due(self) -> None:
        """Tell every chat that is to be told now."""
        now = self._clock.now()
        async with self._work.read() as work:
            due = await work.joining.alerts(self._bots.keys(), now)
        for alert in due:
            async with self._work.write() as work:
                is_mine = await work.joining.take_alert(alert.id, now, now + AGAIN)
                await work.commit()
            if is_mine and await self._is_over(alert):
                async with self._work.write() as work:
                    await work.joining.alerted(alert.id)
                    await work.commit()

    async def _is_over(self, alert: JoinAlert) -> bool:
        """Tell the chat; return False when it may still be told later."""
        with self._i18n.context(), self._i18n.use_locale(alert.language):
            html = chat_joined(alert.joined)
        try:
            await self._bots[alert.channel].send_message(
                alert.chat_id, html, parse_mode=ParseMode.HTML
            )
        except (TelegramForbiddenError, TelegramBadRequest):
            # Blocked or gone: nobody is there.
            return True
        except (TelegramAPIError, ClientDecodeError) as error:
            _log.warning("%s could not be told yet: %s", alert.channel, type(error).__name__)
            return False
        return True
