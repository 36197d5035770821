"""How updates come in: by asking Telegram for them, or by its calls to a webhook.

Either way an update is acknowledged only after it is stored. What arrives twice is dropped by
whoever stores it; what arrives out of order is put in order here.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, NoReturn, Protocol, TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates, SetWebhook
from aiogram.types import Update, User
from aiohttp import web
from pydantic import ValidationError

from bot.channels.telegram import CHANNEL, limits
from bot.channels.telegram.session import Sleep, read_json
from civic.ports import Randomness

ALLOWED_UPDATES: Final = ("message", "callback_query", "my_chat_member")
"""What people write and press, and whether they block us; nothing else is asked for."""
POLL_SECONDS: Final = 30
"""How long Telegram holds a request for updates open."""
POLL_GRACE_SECONDS: Final = 10
"""How much later than that a request counts as lost."""
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
GAP_SECONDS: Final = 0.3
"""How long an update waits for one with a lower number."""
PATH: Final = "/telegram"
"""Where the webhook listens."""
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

T = TypeVar("T")
Store = Callable[[Sequence[Update]], Awaitable[None]]

_log = logging.getLogger(__name__)


class Receives(Protocol):
    """Takes updates in; they are safe once `receive` returns. Implemented by `bot.inbox.Inbox`."""

    async def receive(self, channel: str, updates: Sequence[Update], bot: Bot) -> None:
        """Store the updates, those seen before excepted, and begin to deal with them."""
        ...


class TokenRefusedError(Exception):
    """Telegram does not know the token; asking again would not help."""

    def __init__(self) -> None:
        """Say which setting is wrong; the token itself is never shown."""
        super().__init__(
            "DAUYS_TELEGRAM_TOKEN is not right: the Bot API server does not know this token"
        )


async def connect(bot: Bot, sleep: Sleep = asyncio.sleep) -> User:
    """Return how the bot is called, as soon as Telegram answers; wait however long it does not.

    Raises:
        TokenRefusedError: Telegram does not know the token.
    """
    try:
        return await _as_soon_as_possible(bot.me, sleep)
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise TokenRefusedError from None


async def _as_soon_as_possible(call: Callable[[], Awaitable[T]], sleep: Sleep) -> T:
    failures = 0
    while True:
        try:
            return await call()
        except (
            TelegramNetworkError,
            TelegramServerError,
            TelegramRetryAfter,
            ClientDecodeError,
        ) as error:
            _log.warning("Telegram does not answer: %s", type(error).__name__)
            failures += 1
        await sleep(_pause(failures))


def _pause(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return min(FIRST_PAUSE * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE)


class Polling:
    """Asks Telegram for updates, again and again."""

    def __init__(self, bot: Bot, inbox: Receives, sleep: Sleep = asyncio.sleep) -> None:
        """Hand what comes for `bot` to `inbox`."""
        self._bot = bot
        self._inbox = inbox
        self._sleep = sleep
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> NoReturn:
        """Receive until cancelled.

        Cancelling loses nothing: what was not stored yet was not confirmed either, and Telegram
        keeps it for a day.

        Raises:
            TokenRefusedError: Telegram does not know the token.
        """
        while True:
            try:
                await self._receive_some()
            except (TelegramUnauthorizedError, TelegramNotFound):
                raise TokenRefusedError from None
            except Exception as error:  # noqa: BLE001 - Telegram keeps what is not confirmed
                # The error's own text may hold somebody's words, so only its name is logged.
                _log.warning("updates could not be received: %s", type(error).__name__)
                await self._sleep(await self._pause_after(error))
            else:
                self._failures = 0

    async def _receive_some(self) -> None:
        updates = sorted(await self._ask(), key=_number)
        if updates:
            await self._inbox.receive(CHANNEL, updates, self._bot)
            self._confirm(updates[-1].update_id)

    async def _ask(self) -> Sequence[Update]:
        request = GetUpdates(
            offset=self._offset, timeout=POLL_SECONDS, allowed_updates=list(ALLOWED_UPDATES)
        )
        try:
            return await self._bot(request, POLL_SECONDS + POLL_GRACE_SECONDS)
        except ClientDecodeError as error:
            if not isinstance(error.data, dict):
                raise
            return self._readable(error.data.get("result") or [])

    def _readable(self, received: Sequence[Any]) -> Sequence[Update]:
        """Return the updates that can be read, so that a strange one does not stop the rest."""
        updates = [read_update(raw, self._bot) for raw in received]
        numbers = [raw["update_id"] for raw in received if "update_id" in raw]
        if numbers and not any(updates):
            self._confirm(max(numbers))
        return [update for update in updates if update is not None]

    def _confirm(self, number: int) -> None:
        self._offset = number + 1

    async def _pause_after(self, error: Exception) -> float:
        if isinstance(error, TelegramRetryAfter):
            return error.retry_after
        if isinstance(error, TelegramConflictError) and "webhook" in error.message:
            with suppress(AiogramError):
                await self._bot.delete_webhook()
        self._failures += 1
        return _pause(self._failures)


def read_update(raw: object, bot: Bot) -> Update | None:
    """Return the update, or None and a line in the log (no contents) when it is unreadable."""
    try:
        return Update.model_validate(raw, context={"bot": bot})
    except ValidationError as error:
        number = raw.get("update_id") if isinstance(raw, dict) else None
        places = {".".join(str(part) for part in fault["loc"]) for fault in error.errors()}
        _log.error("update %s could not be read: %s", number, ", ".join(sorted(places)))
        return None


def webhook_secret(randomness: Randomness, bot: Bot) -> str:
    """Return what Telegram must send along to be believed; the same at every start."""
    return randomness.keyed_hash("telegram webhook", bot.id)


class Webhook:
    """Takes the calls by which Telegram delivers updates."""

    def __init__(
        self, bot: Bot, inbox: Receives, secret: str, sleep: Sleep = asyncio.sleep
    ) -> None:
        """Believe only calls that carry `secret`."""
        self._bot = bot
        self._sleep = sleep
        self._secret = secret.encode()
        self._inbox = inbox
        self._in_order = Resequencer(self._store)

    async def announce(self, public_url: str) -> None:
        """Tell Telegram, as soon as it answers, to deliver to this service, one update at a time.

        One at a time is Telegram's own way to keep order; the resequencer is for what it repeats.
        """
        call = SetWebhook(
            url=f"{public_url.rstrip('/')}{PATH}",
            secret_token=self._secret.decode(),
            max_connections=1,
            allowed_updates=list(ALLOWED_UPDATES),
        )
        await _as_soon_as_possible(lambda: self._bot(call), self._sleep)

    async def take(self, request: web.Request) -> web.Response:
        """Answer 200 once the update is stored, 401 without the secret, 500 to get it again.

        What can not be read is answered with 200 as well: it would be no better the next time.
        """
        given = request.headers.get(SECRET_HEADER, "").encode(errors="replace")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        update = await self._read(request)
        if update is None:
            return web.Response()
        try:
            await self._in_order.hand_on(update)
        except Exception as error:  # noqa: BLE001 - whatever it was, Telegram shall try again
            _log.warning("an update could not be stored: %s", type(error).__name__)
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return web.Response()

    async def _read(self, request: web.Request) -> Update | None:
        try:
            raw = read_json(await request.clone(client_max_size=limits.UPDATE_BYTES).read())
        except (ValueError, web.HTTPRequestEntityTooLarge):
            _log.warning("a webhook call held no update")
            return None
        return read_update(raw, self._bot)

    async def _store(self, updates: Sequence[Update]) -> None:
        await self._inbox.receive(CHANNEL, updates, self._bot)


@dataclass(order=True, slots=True)
class _Held:
    number: int
    update: Update = field(compare=False)
    stored: asyncio.Future[Exception | None] = field(compare=False)


class Resequencer:
    """Hands updates on by number; one that came too early waits a moment for those before it."""

    def __init__(self, store: Store, gap_seconds: float = GAP_SECONDS) -> None:
        """Hand on to `store`; wait at most `gap_seconds` for a missing number."""
        self._store = store
        self._gap_seconds = gap_seconds
        self._held: list[_Held] = []
        self._next: int | None = None
        self._turn = asyncio.Lock()

    async def hand_on(self, update: Update) -> None:
        """Return once the update is stored; raise what storing it raised."""
        stored: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self._held.append(_Held(update.update_id, update, stored))
        await self._store_due()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._gap_seconds):
                await asyncio.shield(stored)
        if not stored.done():
            # What is missing did not come in time: it may be a number that was never given.
            await self._store_due(update.update_id)
        failure = await stored
        if failure is not None:
            raise failure

    async def _store_due(self, at_least: int | None = None) -> None:
        async with self._turn:
            due = self._take_due(at_least)
            if not due:
                return
            failure: Exception | None = InterruptedError()
            try:
                await self._store([held.update for held in due])
                failure = None
            except Exception as error:  # noqa: BLE001 - raised again where the update came in
                failure = error
            finally:
                for held in due:
                    held.stored.set_result(failure)

    def _take_due(self, at_least: int | None) -> Sequence[_Held]:
        """Take out, in order, what follows on what was handed on, and what must not wait on."""
        self._held.sort()
        due: list[_Held] = []
        while self._held:
            first = self._held[0].number
            early = self._next is not None and first > self._next
            if early and (at_least is None or first > at_least):
                break
            due.append(self._held.pop(0))
            self._next = max(self._next or 0, first + 1)
        return due


def _number(update: Update) -> int:
    return update.update_id
