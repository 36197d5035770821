"""Shows windows anew while what they show goes on, such as the progress of an announcement.

A renewal is a turn of its own between two of the person's updates. It edits the message that is
there, or does nothing: it never covers another window and never brings one back.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiogram import Bot, Dispatcher
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import Chat, User
from aiogram_dialog import ShowMode
from aiogram_dialog.api.entities import (
    DEFAULT_STACK_ID,
    DIALOG_EVENT_NAME,
    DialogAction,
    DialogUpdateEvent,
)
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState

from bot.broadcast.pace import Sleep
from bot.inbox import Inbox
from bot.looking import keep_looking
from bot.message_manager import PictureMessageManager, WindowGoneError
from civic.model.refusal import Refused
from civic.ports import Clock, Work
from dialogs.kit.acting import ACTING_KEY, Acting
from dialogs.kit.renewal import STATE, Renewal, asked, forget, keep
from storage.fsm import SqlStorage

_OVER: Final = (
    OutdatedIntent,
    UnknownIntent,
    UnknownState,
    Refused,
    WindowGoneError,
    TelegramForbiddenError,
)
"""The person has gone elsewhere, may not see it any more, or has removed the message."""

_log = logging.getLogger(__name__)


class Renewals:
    """Renews windows; of several processes that talk to people one renews each."""

    def __init__(
        self,
        work: Work,
        conversations: SqlStorage,
        inbox: Inbox,
        dispatcher: Dispatcher,
        messages: PictureMessageManager,
        bots: Mapping[str, Bot],
        clock: Clock,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Edit by `bots`, one for each channel; they should not repeat what failed."""
        self._work = work
        self._conversations = conversations
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._messages = messages
        self._bots = bots
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Renew until cancelled; trouble only delays it."""
        await keep_looking(self.renew_due, _log, "windows could not be renewed", self._sleep)

    async def renew_due(self) -> None:
        """Renew every window that is due."""
        now = self._clock.now()
        found = map(Renewal.read, await self._conversations.in_state(STATE))
        async with asyncio.TaskGroup() as tasks:
            for renewal in found:
                if renewal.due_at <= now and renewal.channel in self._bots:
                    tasks.create_task(self._in_turn(renewal))

    async def _in_turn(self, found: Renewal) -> None:
        bot = self._bots[found.channel]
        await self._inbox.between(
            found.channel, found.chat_id, lambda: self._renew(bot, found.chat_id)
        )

    async def _renew(self, bot: Bot, chat_id: int) -> None:
        async with self._conversations.turn(bot.id, chat_id) as turn:
            # Another process may have done it, or the person have gone on, meanwhile.
            renewal = await asked(self._conversations, bot, chat_id)
            if renewal is None or renewal.due_at > self._clock.now():
                return
            # The window asks again if it is still to be renewed.
            await forget(self._conversations, bot, chat_id)
            await self._show_or_leave(bot, renewal)
            await self._conversations.finish(turn)

    async def _show_or_leave(self, bot: Bot, renewal: Renewal) -> None:
        try:
            await self._show(bot, renewal)
        except _OVER:
            await forget(self._conversations, bot, renewal.chat_id)
        except TelegramAPIError as error:
            _log.warning("%s could not be renewed: %s", renewal.channel, type(error).__name__)
            if isinstance(error, TelegramRetryAfter):
                later = self._clock.now() + timedelta(seconds=error.retry_after)
                postponed = Renewal(renewal.channel, renewal.chat_id, renewal.intent_id, later)
                await keep(self._conversations, bot, postponed)

    async def _show(self, bot: Bot, renewal: Renewal) -> None:
        acting = await self._acting(renewal)
        if acting is None:
            return
        user = User(id=renewal.chat_id, is_bot=False, first_name="")
        chat = Chat(id=renewal.chat_id, type=ChatType.PRIVATE)
        event = DialogUpdateEvent(
            from_user=user,
            chat=chat,
            action=DialogAction.UPDATE,
            data={},
            intent_id=renewal.intent_id,
            stack_id=DEFAULT_STACK_ID,
            thread_id=None,
            business_connection_id=None,
            show_mode=ShowMode.EDIT,
        ).as_(bot)
        with self._messages.renewing():
            # Not as an update, whose failures are told to the person.
            await self._dispatcher.propagate_event(
                DIALOG_EVENT_NAME,
                event,
                bot=bot,
                event_from_user=user,
                event_chat=chat,
                fsm_storage=self._conversations,
                channel=renewal.channel,
                **{ACTING_KEY: acting},
                **self._dispatcher.workflow_data,
            )

    async def _acting(self, renewal: Renewal) -> Acting | None:
        # Unlike whoever writes, this person has not just shown that they can be reached.
        async with self._work.read() as work:
            found = await work.residents.behind(renewal.channel, renewal.chat_id)
            if found is None:
                return None
            town = await work.communities.get(found[0].community_id)
        return None if town is None else Acting(found[0], town, renewal.channel)
