"""The running program: channels in, news out, the clock in between, and a clean end."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiohttp import web

from bot.alerts import Alerts
from bot.broadcast.broadcaster import NAME_BYTES, Broadcaster
from bot.broadcast.room import MakeRoom, Room
from bot.channels import telegram
from bot.channels.telegram.inbound import (
    PATH,
    Polling,
    TokenRefusedError,
    Webhook,
    connect,
    webhook_secret,
)
from bot.channels.telegram.profile import present
from bot.channels.telegram.session import news_bot, reply_bot
from bot.channels.webchat import CHANNEL as WEBCHAT
from bot.channels.webchat import TOKEN
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.inbound import WebChatInbound
from bot.channels.webchat.session import WebChatSession
from bot.housekeeping import Housekeeping
from bot.metrics import served
from bot.photos import PillowPhotoReader
from bot.renewals import Renewals
from bot.scheduler import Scheduler
from bot.settings import PREFIX, Settings, SettingsError
from bot.web.access_log import AccessLog
from bot.web.app import make_web_app
from bot.wiring import Service
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.meet_resident import MeetResident
from civic.actions.remind import RemindUnfinished
from civic.actions.tidy_attachments import TidyAttachments
from storage.inbox import SqlInbox
from storage.repositories.webchat import SqlWebChats

Say = Callable[[str], None]
_log = logging.getLogger(__name__)


class ProcessRole(StrEnum):
    """What one of several processes does."""

    ALL = "all"
    WEB = "web"
    """Talks to people."""
    WORKER = "worker"
    """Keeps the clock and sends the news."""


class Program:
    """One process of the service; every part of it is entered in `running` and left in reverse."""

    def __init__(self, settings: Settings, service: Service, role: ProcessRole, say: Say) -> None:
        """Prepare to run as `role`; `say` prints a line for the operator."""
        self._settings = settings
        self._service = service
        self._role = role
        self._say = say
        self._bell = Bell()
        self._chats = SqlWebChats(service.database)
        self._replies: dict[str, Bot] = {WEBCHAT: self._webchat_bot()}
        self._news: dict[str, Bot] = {WEBCHAT: self._replies[WEBCHAT]}
        if settings.telegram_token is not None:
            token = settings.telegram_token.get_secret_value()
            self._replies[telegram.CHANNEL] = reply_bot(token, settings.telegram_api)
            self._news[telegram.CHANNEL] = news_bot(token, settings.telegram_api)
        # The bots of the news do not repeat what failed: a renewal that fails waits for the next.
        self._renewing = {**self._news, WEBCHAT: self._webchat_bot(renewing=True)}
        self._webhook = self._make_webhook()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve while the block runs."""
        async with AsyncExitStack() as parts:
            # Not a set: bots of one token count as equal, but each has a session of its own.
            for bot in (*self._replies.values(), *self._renewing.values()):
                parts.push_async_callback(bot.session.close)
            news = None if self._role is ProcessRole.WEB else self._broadcaster()
            if self._role is not ProcessRole.WORKER:
                await parts.enter_async_context(self._room(news))
                await parts.enter_async_context(self._service.inbox.running())
                await self._service.inbox.resume(self._replies)
                await parts.enter_async_context(self._unasked())
                await parts.enter_async_context(self._web())
                await parts.enter_async_context(self._telegram())
            await parts.enter_async_context(self._metrics())
            if news is not None:
                await parts.enter_async_context(self._clock_and_news(news))
            yield

    def _webchat_bot(self, *, renewing: bool = False) -> Bot:
        service = self._service
        session = WebChatSession(
            self._chats, self._bell, service.clock, service.randomness, renewing=renewing
        )
        return Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))

    def _make_webhook(self) -> Webhook | None:
        bot = self._replies.get(telegram.CHANNEL)
        if bot is None or self._settings.public_url is None:
            return None
        secret = webhook_secret(self._service.randomness, bot)
        return Webhook(bot, self._service.inbox, secret)

    @asynccontextmanager
    async def _unasked(self) -> AsyncIterator[None]:
        """Show what nobody has pressed for: windows anew, and what was joined to a chat."""
        service = self._service
        renewals = Renewals(
            service.work,
            service.conversations,
            service.inbox,
            service.dispatcher,
            service.messages,
            self._renewing,
            service.clock,
        )
        alerts = Alerts(service.work, self._replies, service.i18n, service.clock)
        async with asyncio.TaskGroup() as tasks:
            showing = [tasks.create_task(part.run()) for part in (renewals, alerts)]
            try:
                yield
            finally:
                for task in showing:
                    task.cancel()

    @asynccontextmanager
    async def _web(self) -> AsyncIterator[None]:
        settings, service = self._settings, self._service
        app = make_web_app(
            chats=self._chats,
            inbound=WebChatInbound(
                self._chats,
                service.inbox,
                self._replies[WEBCHAT],
                self._bell,
                service.clock,
                service.randomness,
                PillowPhotoReader(),
            ),
            bell=self._bell,
            meet=MeetResident(service.work, service.clock),
            i18n=service.i18n,
            clock=service.clock,
            randomness=service.randomness,
            public_url=settings.public_url,
            redis_url=settings.redis_url,
            trusted_proxies=settings.trusted_proxies,
        )
        if self._webhook is not None:
            app.router.add_post(PATH, self._webhook.take)
        runner = web.AppRunner(app, access_log_class=AccessLog, handle_signals=False)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, settings.host, settings.port).start()
            except OSError as error:
                where = f"{settings.host}:{settings.port}"
                message = (
                    f"{PREFIX}HOST, {PREFIX}PORT: cannot listen on {where} ({error.strerror})"
                )
                raise SettingsError(message) from error
            yield
        finally:
            await runner.cleanup()

    @asynccontextmanager
    async def _telegram(self) -> AsyncIterator[None]:
        bot = self._replies.get(telegram.CHANNEL)
        if bot is None:
            self._say("Telegram is off: to turn it on, set DAUYS_TELEGRAM_TOKEN.")
            yield
            return
        async with asyncio.TaskGroup() as tasks:
            talking = tasks.create_task(self._talk_telegram(bot))
            try:
                yield
            finally:
                talking.cancel()

    async def _talk_telegram(self, bot: Bot) -> None:
        # Trouble with one channel must not take the others down.
        try:
            me = await connect(bot)
            self._service.links.telegram_name = me.username
            if self._webhook is not None and self._settings.public_url is not None:
                await self._webhook.announce(self._settings.public_url)
            self._say(f"Telegram is on: @{me.username}")
            await present(bot, self._service.i18n)
            if self._webhook is None:
                await Polling(bot, self._service.inbox).run()
        except TokenRefusedError as error:
            self._say(f"Telegram is off: {error}")
        except Exception:  # noqa: BLE001 - the other channels go on, whatever it was
            _log.exception("talking to Telegram ended")

    @asynccontextmanager
    async def _metrics(self) -> AsyncIterator[None]:
        port = self._settings.metrics_port
        try:
            async with served(self._service.metrics, port):
                yield
        except OSError as error:
            message = f"{PREFIX}METRICS_PORT: cannot listen on {port} ({error.strerror})"
            raise SettingsError(message) from error

    def _broadcaster(self) -> Broadcaster:
        service = self._service
        return Broadcaster(
            service.work,
            service.clock,
            service.randomness,
            self._news,
            service.i18n,
            service.metrics,
            budgets=service.budgets.of,
            lull=service.inbox.lull,
        )

    @asynccontextmanager
    async def _room(self, news: Broadcaster | None) -> AsyncIterator[None]:
        """Let the news, of this process or of others, make room for what people are answered."""
        service = self._service
        name = news.name if news is not None else service.randomness.token(NAME_BYTES)
        room = Room(service.work, service.clock, name, news, service.budgets.of)
        for channel, bot in self._replies.items():
            if bot is not self._news[channel]:
                bot.session.middleware(MakeRoom(channel, room))
                self._renewing[channel].session.middleware(MakeRoom(channel, room, "edit"))
        async with room.running():
            yield

    @asynccontextmanager
    async def _clock_and_news(self, broadcaster: Broadcaster) -> AsyncIterator[None]:
        service = self._service
        housekeeping = Housekeeping(
            SqlInbox(service.database),
            self._chats,
            await service.container.get(TidyAttachments),
            service.clock,
        )
        scheduler = Scheduler(
            service.work,
            service.clock,
            await service.container.get(AdvanceCycle),
            await service.container.get(RemindUnfinished),
            broadcaster.wake,
            housekeeping.tidy,
        )
        service.bell.listen(scheduler.wake)
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(broadcaster.run())
            await scheduler.start()
            try:
                yield
            finally:
                await scheduler.stop()
                broadcaster.stop()
                await sending


def stop_signal() -> asyncio.Event:
    """Return what is set when the process gets Ctrl-C or is told to end, from now on."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    return told
