"""The service under rehearsal: the parts of `bot.program`, on simulated time, on and off."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiogram import BaseMiddleware
from aiogram.types import ErrorEvent, Update
from typing_extensions import override

from bot.broadcast.broadcaster import Broadcaster
from bot.broadcast.room import MakeRoom, Room
from bot.channels.telegram.session import FitAnswers, InsistOnReplies
from bot.rehearsal.clock import SimulatedClock
from bot.rehearsal.messenger import CHANNEL, Messenger, Purpose
from bot.scheduler import Scheduler
from bot.wiring import Service, build
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.remind import RemindUnfinished
from civic.model.cycle import StageChange
from civic.ports import Randomness
from civic.rules.quiet_hours import next_allowed
from storage import ledger
from storage.database import Database

LOOK_AT_LEAST: Final = timedelta(hours=24)
"""The scheduler looks every half minute; here at every alarm and bell, and so often anyway."""
KEPT: Final = timedelta(hours=24)
"""How long a messenger keeps what people send to a service that is off."""
_TICK: Final = 1.0
"""Seconds before the ledger is looked at again when something in it is overdue; at first."""
_MOST_PATIENCE: Final = 600.0


@dataclass(frozen=True, slots=True)
class Downtime:
    """A time in which the service is off."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry of a cycle's public log, and when the rehearsal saw it."""

    cycle_id: int
    change: StageChange
    at: datetime


class RehearsedService:
    """Runs the service, except in downtimes, and brings it what people send."""

    def __init__(
        self,
        url: str,
        clock: SimulatedClock,
        zone: ZoneInfo,
        randomness: Randomness,
        messenger: Messenger,
    ) -> None:
        """Prepare on the database at `url`, for a town in `zone`."""
        self.url = url
        self.clock = clock
        self.changes: list[Seen] = []
        """Everything that went into the public logs."""
        self.on_failure: Callable[[BaseException], None] = lambda _failure: None
        """Hears of every exception that a handler raised."""
        self._zone = zone
        self._randomness = randomness
        self._messenger = messenger
        self._service: Service | None = None
        self._replies = messenger.bot(Purpose.REPLY)
        self._news = messenger.bot(Purpose.NEWS)
        self._undelivered: deque[tuple[datetime, Update]] = deque()
        self._on = asyncio.Event()

    async def post(self, update: Update) -> bool:
        """Bring an update to the service and wait until it is dealt with; False when it is off."""
        service = self._service
        if service is None:
            self._undelivered.append((self.clock.now(), update))
            return False
        await service.inbox.receive_and_wait(CHANNEL, update, self._replies)
        return True

    async def answers_again(self) -> None:
        """Wait until the service is on."""
        await self._on.wait()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Service]:
        """Give the service with its database, without conversations and clock."""
        database = Database(self.url, throwaway=True)
        service = build(database, self.clock, self._randomness)
        try:
            yield service
        finally:
            await service.close()

    async def run(self, downtimes: Sequence[Downtime], until: datetime) -> None:
        """Be on until that moment, except in the downtimes."""
        for downtime in sorted(downtimes, key=lambda entry: entry.begins):
            if self.clock.now() < downtime.begins < until:
                async with self._running():
                    await self.clock.sleep_until(downtime.begins)
            await self.clock.sleep_until(min(downtime.ends, until))
        async with self._running():
            await self.clock.sleep_until(until)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as parts:
            service = await parts.enter_async_context(self.opened())
            service.dispatcher.errors.outer_middleware(_Failures(self.on_failure))
            self._replies = self._messenger.bot(Purpose.REPLY)
            self._replies.session.middleware(FitAnswers())
            self._replies.session.middleware(InsistOnReplies())
            await parts.enter_async_context(service.inbox.running())
            await service.inbox.resume({CHANNEL: self._replies})
            await parts.enter_async_context(self._clock_and_news(service))
            self._service = service
            self._on.set()
            await self._deliver(service)
            try:
                yield
            finally:
                self._on.clear()
                self._service = None

    async def _deliver(self, service: Service) -> None:
        kept_since = self.clock.now() - KEPT
        while self._undelivered:
            sent_at, update = self._undelivered.popleft()
            if sent_at < kept_since:
                self._messenger.traffic.lost += 1
                if update.callback_query is not None:
                    self._messenger.presses.pop(update.callback_query.id, None)
                continue
            await service.inbox.receive(CHANNEL, [update], self._replies)

    @asynccontextmanager
    async def _clock_and_news(self, service: Service) -> AsyncIterator[None]:
        news, looks = asyncio.Event(), asyncio.Event()
        broadcaster = Broadcaster(
            service.work,
            service.clock,
            service.randomness,
            {CHANNEL: self._news},
            service.i18n,
            service.metrics,
        )
        room = Room(service.work, service.clock, broadcaster.name, broadcaster)
        self._replies.session.middleware(MakeRoom(CHANNEL, room))
        scheduler = Scheduler(
            service.work,
            service.clock,
            await service.container.get(AdvanceCycle),
            await service.container.get(RemindUnfinished),
            news.set,
        )
        service.bell.listen(looks.set)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look(service, scheduler, looks, stopping))
            tasks.create_task(self._send(service, broadcaster, news, stopping))
            try:
                yield
            finally:
                stopping.set()
                broadcaster.stop()
                looks.set()
                news.set()

    async def _look(
        self, service: Service, scheduler: Scheduler, woken: asyncio.Event, stopping: asyncio.Event
    ) -> None:
        while not stopping.is_set():
            woken.clear()
            upcoming = await scheduler.look()
            await self._note_changes(service)
            latest = self.clock.now() + LOOK_AT_LEAST
            await self._wait(woken, latest if upcoming is None else min(upcoming, latest))

    async def _send(
        self,
        service: Service,
        broadcaster: Broadcaster,
        woken: asyncio.Event,
        stopping: asyncio.Event,
    ) -> None:
        patience = _TICK
        while not stopping.is_set():
            woken.clear()
            if await broadcaster.send_due():
                patience = _TICK
                continue
            now, due = self.clock.now(), await ledger.next_due(service.database)
            if due is not None and due <= now:
                # It waits for the hours in which people may be told, or for what is to go along
                # with it, or something is in its way.
                hours = next_allowed(now, self._zone)
                patience = _TICK if hours > now else min(2 * patience, _MOST_PATIENCE)
                due = hours if hours > now else now + timedelta(seconds=patience)
            await self._wait(woken, due)

    async def _wait(self, woken: asyncio.Event, until: datetime | None) -> None:
        """Wait until woken, or for that moment."""
        seconds = None
        if until is not None:
            seconds = max(_TICK, (until - self.clock.now()).total_seconds())
        try:
            async with asyncio.timeout(seconds):
                await woken.wait()
        except TimeoutError:
            return

    async def _note_changes(self, service: Service) -> None:
        known = {seen.change.id for seen in self.changes}
        async with service.work.read() as work:
            community = await work.communities.first()
            cycles = [] if community is None else await work.cycles.all(community.id)
            for cycle in cycles:
                for change in reversed(await work.cycles.changes(cycle.id)):
                    if change.id not in known:
                        self.changes.append(Seen(cycle.id, change, self.clock.now()))


class _Failures(BaseMiddleware):
    """Hears of everything that a handler raised."""

    def __init__(self, on_failure: Callable[[BaseException], None]) -> None:
        self._on_failure = on_failure

    @override
    async def __call__(self, handler: Any, event: Any, data: dict[str, Any]) -> Any:
        if isinstance(event, ErrorEvent):
            self._on_failure(event.exception)
        return await handler(event, data)
