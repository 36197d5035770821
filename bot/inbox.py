"""The one way in: every update is stored, then dealt with once, in order for each person.

A channel hands over what arrived and may acknowledge it as soon as `receive` returns: from then on
no crash loses it. What a dead process left undone is taken up again by `resume`.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from aiogram import Bot, Dispatcher
from aiogram.types import TelegramObject, Update
from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import SQLAlchemyError

from bot.intents import named_after
from bot.metrics import Metrics
from civic.ports import Clock
from storage.connection import Step
from storage.fsm import SqlStorage
from storage.inbox import Arrival, SqlInbox

MOST_TURNS: Final = 32
"""Updates handled at the same time: the more there are, the more share a commit or a journey."""
MOST_ATTEMPTS: Final = 3
"""How often an update is taken up again after crashes."""
PAUSES: Final = (0.5, 2.0, 0.0)
"""Seconds to wait after each failed attempt to reach the database."""
LULL_SECONDS: Final = 0.05
"""How long at most others stand back for those who are being answered: longer than most answers
take, but not for ever, as in a large town somebody is being answered all the time."""
LEFT_SECONDS: Final = 30
"""How long a database that did not answer is left alone before it is asked again."""

_UNUSED: Final = {"callback_query": {"message": {"reply_markup": True}}}
"""Which buttons stood beside the one that was pressed."""

_log = logging.getLogger(__name__)


Key = tuple[str, int]
"""Channel and number of an update."""


@dataclass(slots=True)
class _Waiting:
    """An update in a person's queue."""

    channel: str
    update: Update
    bot: Bot
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def key(self) -> Key:
        """By what it is known."""
        return self.channel, self.update.update_id


@dataclass(slots=True)
class _Between:
    """What is done in a person's queue without an update of theirs."""

    channel: str
    act: Callable[[], Awaitable[None]]
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Inbox:
    """Takes updates from all channels to the dispatcher."""

    def __init__(
        self,
        arrivals: SqlInbox,
        conversations: SqlStorage,
        dispatcher: Dispatcher,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """Keep updates in `arrivals`, feed them to `dispatcher`, and time them in `metrics`."""
        self._metrics = metrics
        self._arrivals = arrivals
        self._conversations = conversations
        self._dispatcher = dispatcher
        self._clock = clock
        self._queues: dict[tuple[str, int], deque[_Waiting | _Between]] = {}
        self._places = asyncio.Semaphore(MOST_TURNS)
        self._workers: asyncio.TaskGroup | None = None
        self._arriving = 0
        """Batches of updates that are being stored."""
        self._calm = asyncio.Event()
        """Set while nobody waits for an answer."""
        self._calm.set()
        self._in_hand: set[Key] = set()
        self._left: dict[Key, _Waiting] = {}
        """What may be stored and undone, because the database did not answer."""
        self._is_left = asyncio.Event()
        """Set while there is something of that kind."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deal with updates while the block runs.

        At its end what is in flight is finished first.
        """
        async with asyncio.TaskGroup() as workers:
            self._workers = workers
            looking = workers.create_task(self._look_after_left())
            try:
                yield
            finally:
                looking.cancel()
                self._workers = None

    async def receive(self, channel: str, updates: Sequence[Update], bot: Bot) -> None:
        """Store the updates, begin to deal with those not seen before, and return."""
        await self._receive(channel, updates, bot)

    async def receive_and_wait(self, channel: str, update: Update, bot: Bot) -> None:
        """Store the update and return once it is dealt with; do not wait for a repeated one."""
        for waiting in await self._receive(channel, [update], bot):
            await waiting.done.wait()

    async def between(
        self, channel: str, chat_id: int, act: Callable[[], Awaitable[None]]
    ) -> None:
        """Do something in the person's conversation after the updates that wait; return when done.

        Nothing of it is stored: what has not begun when the process ends is not done, and what it
        raises is logged.
        """
        entry = _Between(channel, act)
        if self._queue(channel, chat_id, entry):
            await entry.done.wait()

    async def lull(self) -> None:
        """Return when nobody waits for an answer of this process, after `LULL_SECONDS` anyway.

        For whatever else runs in it and can wait: while people are answered it would make that
        take longer.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LULL_SECONDS):
                await self._calm.wait()

    async def resume(self, bots: Mapping[str, Bot]) -> None:
        """Take up what a process that died left undone."""
        for channel, bot in bots.items():
            for arrival in await self._arrivals.waiting(channel, MOST_ATTEMPTS):
                update = Update.model_validate_json(arrival.payload, context={"bot": bot})
                self._enqueue(_Waiting(channel, update, bot))

    async def take_up_left(self) -> None:
        """Deal with what is stored and undone because the database did not answer."""
        left = list(self._left.values())
        undone = await self._arrivals.undone([waiting.key for waiting in left])
        for waiting in left:
            del self._left[waiting.key]
            if waiting.key in undone and waiting.key not in self._in_hand:
                self._enqueue(_Waiting(waiting.channel, waiting.update, waiting.bot))
        if not self._left:
            self._is_left.clear()

    async def _look_after_left(self) -> None:
        while await self._is_left.wait():
            await asyncio.sleep(LEFT_SECONDS)
            try:
                await self.take_up_left()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("what was left undone cannot be read yet: %s", type(error).__name__)

    def _keep_as_left(self, *waiting: _Waiting) -> None:
        self._left.update({entry.key: entry for entry in waiting})
        self._is_left.set()

    async def _receive(
        self, channel: str, updates: Sequence[Update], bot: Bot
    ) -> Sequence[_Waiting]:
        with self._storing():
            return await self._store(channel, updates, bot)

    async def _store(
        self, channel: str, updates: Sequence[Update], bot: Bot
    ) -> Sequence[_Waiting]:
        ordered = sorted({update.update_id: update for update in updates}.values(), key=_number)
        written = [_written(update, bot) for update in ordered]
        waiting = [_Waiting(channel, update, bot) for update, _payload in written]
        try:
            fresh = await self._arrivals.add(
                channel,
                [Arrival(update.update_id, payload) for update, payload in written],
                self._clock.now(),
            )
        except (SQLAlchemyError, OSError):
            # It may be stored all the same, and would then not be new when it comes again.
            self._keep_as_left(*waiting)
            raise
        waiting = [entry for entry in waiting if entry.update.update_id in fresh]
        for entry in waiting:
            self._enqueue(entry)
        return waiting

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Count it as somebody's waiting for an answer that updates are stored."""
        self._arriving += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._arriving -= 1
            self._note_calm()

    def _note_calm(self) -> None:
        if not self._queues and not self._arriving:
            self._calm.set()

    def _enqueue(self, waiting: _Waiting) -> None:
        self._in_hand.add(waiting.key)
        if not self._queue(waiting.channel, _chat_id(waiting.update), waiting):
            # The service is stopping: the update stays stored and is taken up at the next start.
            waiting.done.set()

    def _queue(self, channel: str, chat_id: int, entry: _Waiting | _Between) -> bool:
        """Put the entry at the end of a person's queue; False when the service is stopping."""
        if self._workers is None:
            return False
        key = (channel, chat_id)
        queue = self._queues.get(key)
        if queue is None:
            self._queues[key] = deque([entry])
            self._calm.clear()
            self._workers.create_task(self._work(key))
        else:
            queue.append(entry)
        return True

    async def _work(self, key: tuple[str, int]) -> None:
        queue = self._queues[key]
        while queue:
            entry = queue.popleft()
            try:
                async with self._places:
                    if isinstance(entry, _Between):
                        await self._do(entry)
                    else:
                        await self._try(entry, key[1])
            finally:
                entry.done.set()
                if isinstance(entry, _Waiting):
                    self._in_hand.discard(entry.key)
        del self._queues[key]
        self._note_calm()

    async def _do(self, entry: _Between) -> None:
        try:
            await entry.act()
        except Exception:  # noqa: BLE001 - it must not take the person's updates down
            _log.exception("what was to be done on %s by itself failed", entry.channel)

    async def _try(self, waiting: _Waiting, chat_id: int) -> None:
        # What a handler raises is answered by the dispatcher; what comes here is a database that
        # does not answer. Nothing is lost by giving up: the update stays stored and undone until
        # the database answers again.
        for pause in PAUSES:
            try:
                await self._deal_with(waiting, chat_id)
            except (SQLAlchemyError, OSError):
                _log.exception("an update of %s could not be dealt with yet", waiting.channel)
                await asyncio.sleep(pause)
            except Exception:  # noqa: BLE001 - see below
                # One update in trouble must not take the service down, nor come back for ever.
                _log.exception("an update of %s failed and is left", waiting.channel)
                await self._leave(waiting, chat_id)
                return
            else:
                return
        self._keep_as_left(waiting)

    async def _leave(self, waiting: _Waiting, chat_id: int) -> None:
        try:
            async with self._conversations.turn(waiting.bot.id, chat_id) as turn:
                await self._conversations.finish(turn, self._done(waiting))
        except (SQLAlchemyError, OSError):
            self._keep_as_left(waiting)

    def _done(self, waiting: _Waiting) -> Step:
        return self._arrivals.done(waiting.channel, waiting.update.update_id, self._clock.now())

    async def _deal_with(self, waiting: _Waiting, chat_id: int) -> None:
        with self._metrics.update(waiting.channel):
            await self._take_a_turn(waiting, chat_id)

    async def _take_a_turn(self, waiting: _Waiting, chat_id: int) -> None:
        async with self._conversations.turn(waiting.bot.id, chat_id) as turn:
            with named_after(*waiting.key):
                await self._dispatcher.feed_update(
                    waiting.bot, waiting.update, channel=waiting.channel
                )
            await self._conversations.finish(turn, self._done(waiting))


def _written(update: Update, bot: Bot) -> tuple[Update, str]:
    """Return the update, bound to its bot, and its JSON.

    Half a character, which nothing could keep, becomes «?».
    """
    try:
        payload = update.model_dump_json(exclude_none=True, exclude=_UNUSED, fallback=_nothing)
    except PydanticSerializationError:
        values = update.model_dump(
            mode="json", exclude_none=True, exclude=_UNUSED, fallback=_nothing
        )
        payload = json.dumps(values, ensure_ascii=False).encode(errors="replace").decode()
        return Update.model_validate_json(payload, context={"bot": bot}), payload
    if update.bot is not bot:
        # aiogram would do it by writing and reading everything once more.
        _bind(update, bot)
    return update, payload


def _bind(part: TelegramObject, bot: Bot) -> None:
    """Bind an object and what it holds to its bot, as if the bot had received it.

    Left out are rows of buttons, which nobody answers.
    """
    part.as_(bot)
    for value in vars(part).values():
        if value is None:
            continue  # as nearly all of a message's hundred fields are
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, TelegramObject):
                _bind(inner, bot)


def _nothing(_value: object) -> None:
    """Stand for aiogram's own markers of «the bot's default», which an update has no use for."""


def _number(update: Update) -> int:
    return update.update_id


def _chat_id(update: Update) -> int:
    """Return the private chat an update belongs to; 0 for what belongs to nobody."""
    if update.callback_query is not None:
        return update.callback_query.from_user.id
    event = update.event
    if (chat := getattr(event, "chat", None)) is not None:
        return int(chat.id)
    if (person := getattr(event, "from_user", None)) is not None:
        return int(person.id)
    return 0
