"""Updates on their way to the bot: kept until confirmed, fetched by polling or posted."""

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession

from bot.rehearsal.rules import DeniedError

FIRST_UPDATE: Final = 500_000_001
MOST_AT_ONCE: Final = 100
RETRY_SECONDS: Final = 0.05
"""How soon a refused webhook call is repeated; Telegram takes longer, tests need not."""
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_NOT_BY_DEFAULT: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Webhook:
    """Where updates are posted."""

    url: str
    secret: str | None
    max_connections: int
    last_error: str | None = None
    posts: int = 0
    """Attempts so far."""


class Arrivals:
    """The queue of one bot's updates."""

    def __init__(self) -> None:
        """Start empty, with long polling."""
        self.webhook: Webhook | None = None
        self._ids = itertools.count(FIRST_UPDATE)
        self._pending: deque[dict[str, Any]] = deque()
        self._held: list[dict[str, Any]] | None = None
        self._again: list[dict[str, Any]] = []
        self._to_repeat = 0
        self._repeated: set[int] = set()
        self._allowed: frozenset[str] | None = None
        self._arrived = asyncio.Event()
        self.polled = asyncio.Event()
        """Set once the bot has asked for updates."""
        self._polls = 0
        self._closed = False
        self._poster: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> Sequence[Mapping[str, Any]]:
        """Updates that the bot has not confirmed."""
        return tuple(self._pending)

    def put(self, kind: str, content: Mapping[str, Any]) -> int | None:
        """Queue an update and return its id; None when the bot did not ask for that kind."""
        wanted = kind in self._allowed if self._allowed else kind not in _NOT_BY_DEFAULT
        if not wanted:
            return None
        number = next(self._ids)
        update = {"update_id": number, kind: dict(content)}
        if self._to_repeat:
            self._to_repeat -= 1
            self._repeated.add(number)
        if self._held is not None:
            self._held.append(update)
        else:
            self._push([update])
        return number

    def repeat_next(self, times: int = 1) -> None:
        """Deliver each of the next updates twice, though the bot confirms it."""
        self._to_repeat += times

    def hold(self) -> None:
        """Keep new updates back until `release`."""
        self._held = []

    def release(self, *, reverse: bool = False) -> None:
        """Let go what was held back, in order or in reverse."""
        held, self._held = self._held or [], None
        self._push(held[::-1] if reverse else held)

    def skip_ids(self, count: int) -> None:
        """Leave a gap in the numbering, as Telegram does after a quiet week."""
        for _ in range(count):
            next(self._ids)

    def _push(self, updates: Sequence[dict[str, Any]]) -> None:
        self._pending.extend(updates)
        self._arrived.set()

    # Long polling.

    async def poll(
        self,
        offset: int = 0,
        limit: int = MOST_AT_ONCE,
        timeout: float = 0,  # noqa: ASYNC109 - the name is Telegram's
        allowed: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Confirm what is below `offset`; return what waits, or [] after `timeout` seconds."""
        if self.webhook is not None:
            message = (
                "Conflict: can't use getUpdates method while webhook is active;"
                " use deleteWebhook to delete the webhook first"
            )
            raise DeniedError(message, HTTPStatus.CONFLICT)
        self.allow(allowed)
        self._confirm(offset)
        self._polls += 1
        mine = self._polls
        self.polled.set()
        self._arrived.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._something(mine)
        again, self._again = self._again, []
        return [*again, *itertools.islice(self._pending, min(limit, MOST_AT_ONCE))]

    async def _something(self, mine: int) -> None:
        while not (self._pending or self._again or self._closed):
            self._arrived.clear()
            await self._arrived.wait()
            if mine != self._polls:
                message = (
                    "Conflict: terminated by other getUpdates request;"
                    " make sure that only one bot instance is running"
                )
                raise DeniedError(message, HTTPStatus.CONFLICT)

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Remember which kinds the bot asks for; None leaves the last choice."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
            return
        confirmed = [update for update in self._pending if update["update_id"] < offset]
        for update in confirmed:
            self._pending.remove(update)
            if update["update_id"] in self._repeated:
                self._repeated.discard(update["update_id"])
                self._again.append(update)

    # Webhook.

    async def set_webhook(self, webhook: Webhook | None) -> None:
        """Post updates from now on, or return to polling."""
        if self._poster is not None:
            self._poster.cancel()
            with suppress(asyncio.CancelledError):
                await self._poster
            self._poster = None
        self.webhook = webhook
        if webhook is not None:
            self._poster = asyncio.ensure_future(self._post_all(webhook))

    def drop(self) -> None:
        """Forget all that waits."""
        self._pending.clear()

    async def close(self) -> None:
        """End polls and posts."""
        self._closed = True
        self._arrived.set()
        await self.set_webhook(None)

    async def _post_all(self, webhook: Webhook) -> None:
        async with ClientSession() as session:
            while True:
                while not self._pending:
                    self._arrived.clear()
                    await self._arrived.wait()
                batch = list(itertools.islice(self._pending, webhook.max_connections))
                taken = await asyncio.gather(*(_post(session, webhook, one) for one in batch))
                for update, accepted in zip(batch, taken, strict=True):
                    if accepted:
                        self._posted(update)
                if not all(taken):
                    await asyncio.sleep(RETRY_SECONDS)

    def _posted(self, update: dict[str, Any]) -> None:
        if update["update_id"] in self._repeated:
            self._repeated.discard(update["update_id"])
        else:
            self._pending.remove(update)


async def _post(session: ClientSession, webhook: Webhook, update: Mapping[str, Any]) -> bool:
    webhook.posts += 1
    headers = {SECRET_HEADER: webhook.secret} if webhook.secret is not None else {}
    try:
        async with session.post(webhook.url, json=update, headers=headers) as response:
            accepted = response.ok
            reason = f"Wrong response from the webhook: {response.status} {response.reason}"
    except ClientError as error:
        accepted, reason = False, f"Connection refused: {type(error).__name__}"
    webhook.last_error = None if accepted else reason
    return accepted
