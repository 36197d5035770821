"""Posts news in groups and channels: few, each with a pace of its own, so one after the other."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Final

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.broadcast.backoff import ATTEMPTS, FIRST_WAIT, wait_after
from bot.broadcast.courier import CLAIM_LASTS
from bot.broadcast.lane import POLL_SECONDS, TROUBLE_SECONDS
from bot.broadcast.letters import Subject, read_subject
from bot.broadcast.line import Line, NotUploaded
from bot.broadcast.outage import is_of_channel
from bot.broadcast.pace import Sleep, chat_of, is_group
from bot.broadcast.posts import Post, Posts
from civic.model.announcement import STALE, DeliveryState
from civic.model.destination import Destination, Posted, Posting
from civic.ports import Clock, Randomness, Work

_MAY_NOT: Final = (
    "chat not found",
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_admin_required",
)
"""What messengers say where the service may not write any more, in small letters."""
_log = logging.getLogger(__name__)


class Poster:
    """Sends on one channel what its groups and channels are told.

    It keeps to the same pace as the messages to people, and one copy at most is in doubt when the
    process dies.
    """

    def __init__(
        self,
        worker: str,
        work: Work,
        clock: Clock,
        randomness: Randomness,
        line: Line,
        posts: Posts,
        rest: timedelta,
        sleep: Sleep,
    ) -> None:
        """Send `posts` by `line` when its pace lets, and in each chat `rest` after another."""
        self._worker = worker
        self._work = work
        self._clock = clock
        self._randomness = randomness
        self._line = line
        self._channel = line.channel
        self._pace = line.pace
        self._metrics = line.metrics
        self._posts = posts
        self._rest = rest
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._stopping = False
        self._unsettled: Posted | None = None

    def wake(self) -> None:
        """Look at the ledger at once."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is in flight, and let `run` return."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Post until stopped; trouble with the database only delays it."""
        while not self._stopping:
            try:
                await self.send_due()
            except Exception:  # noqa: BLE001 - the next round tries again
                _log.exception("groups and channels of %s cannot be told", self._channel)
                await self._sleep(TROUBLE_SECONDS)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
                self._woken.clear()
            except TimeoutError:
                continue

    async def send_due(self) -> int:
        """Post until nothing is due; return how many postings were settled."""
        settled = await self._settle()
        while not self._stopping and self._pace.paused_until is None:
            claimed = await self._claim()
            if claimed is None:
                break
            self._unsettled = await self._post(*claimed)
            self._metrics.settled(self._channel, self._unsettled)
            settled += await self._settle()
        return settled

    async def _claim(self) -> tuple[Posting, Subject | None] | None:
        now = self._clock.now()
        async with self._work.write() as work:
            until = await work.deliveries.paused_until(self._channel)
            if until is not None and until > now:
                self._pace.pause(until)
                return None
            await work.postings.recover(now)
            posting = await work.postings.claim(self._worker, self._channel, now, self._rest)
            subject = None
            if posting is not None:
                subject = await read_subject(work, posting.announcement_id)
            await work.commit()
        return None if posting is None else (posting, subject)

    async def _settle(self) -> int:
        """Write down what became of the last posting, unless that is done; return how many.

        It is kept until the database has taken it: as long as this process lives, nobody else
        takes a posting over that is not settled.
        """
        if (posted := self._unsettled) is None:
            return 0
        destination = posted.posting.destination
        async with self._work.write() as work:
            if (until := self._pace.paused_until) is not None:
                await work.deliveries.pause(self._channel, until)
            if posted.moved_to is not None:
                await work.destinations.move(destination, posted.moved_to)
            if posted.state is DeliveryState.BLOCKED:
                found = await work.destinations.get(destination.id)
                if found is not None:
                    await work.destinations.save(found.lost())
            await work.postings.settle(self._worker, [posted], self._clock.now(), self._rest)
            await work.commit()
        self._unsettled = None
        return 1

    async def _post(self, posting: Posting, subject: Subject | None) -> Posted:
        if posting.free_at is not None:
            self._pace.keep_free(posting.destination.chat_id, posting.free_at)
        if not posting.destination.present:
            return Posted(posting, DeliveryState.BLOCKED, "blocked", tried=False)
        now = self._clock.now()
        if subject is None or not subject.is_of_use(now):
            return Posted(posting, DeliveryState.SKIPPED, STALE)
        try:
            posts = self._posts.of(subject, posting.destination.languages, now)
        except Exception as error:  # noqa: BLE001 - one bad posting must not hold up the others
            return replace(self._in_trouble(posting, error), parts=posting.parts)
        for parts in range(posting.parts, len(posts)):
            if (outcome := await self._post_part(posting, posts[parts])) is not None:
                return replace(outcome, parts=parts)
        return Posted(posting, DeliveryState.SENT, parts=len(posts))

    async def _post_part(self, posting: Posting, post: Post) -> Posted | None:
        """Post one message of it; return what hindered it, None when nothing did."""
        lasts_until = self._clock.now() + CLAIM_LASTS
        turn = await self._pace.turn(posting.destination.chat_id, lasts_until)
        late = self._clock.now() > lasts_until
        hindered = self._stopping or self._line.outage.is_probed
        if hindered or late or self._pace.paused_until is not None:
            self._pace.unused(turn)
            until = self._pace.paused_until
            return Posted(posting, DeliveryState.PENDING, "", until, tried=False)
        try:
            with self._metrics.sending(self._channel):
                await self._send(posting.destination, post)
        except (TelegramAPIError, ClientDecodeError) as error:
            return self._verdict_on(error, posting)
        except NotUploaded:
            again_at = self._clock.now() + FIRST_WAIT
            return Posted(posting, DeliveryState.PENDING, "upload", again_at, tried=False)
        except Exception as error:  # noqa: BLE001 - one bad posting must not hold up the others
            return self._in_trouble(posting, error)
        finally:
            self._pace.answered(turn)
        return None

    async def _send(self, destination: Destination, post: Post) -> None:
        # Links, as a press would be answered before everybody.
        rows = [
            [
                InlineKeyboardButton(
                    text=label, url=await self._line.link(destination.chat_id, place.link())
                )
                for label, place in row
            ]
            for row in post.rows
        ]
        keyboard = InlineKeyboardMarkup(inline_keyboard=rows)
        await self._line.send(destination.chat_id, post.html, keyboard, post.attachment)

    def _verdict_on(self, error: AiogramError, posting: Posting) -> Posted:
        if isinstance(error, TelegramMigrateToChat):
            moved_to = error.migrate_to_chat_id
            return Posted(posting, DeliveryState.PENDING, tried=False, moved_to=moved_to)
        if isinstance(error, TelegramRetryAfter):
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            is_of_group = is_group(chat_of(error.method))
            whose = "a group of " if is_of_group else ""
            _log.warning("%s%s asks for a pause of %d s", whose, self._channel, error.retry_after)
            if not is_of_group:
                self._pace.pause(until)
            free_at = until if is_of_group else None
            return Posted(
                posting, DeliveryState.PENDING, "429", until, tried=False, free_at=free_at
            )
        if isinstance(error, TelegramForbiddenError) or _may_not(error):
            return Posted(posting, DeliveryState.BLOCKED, "blocked")
        if isinstance(error, TelegramBadRequest):
            _log.error("announcement %d was refused as malformed", posting.announcement_id)
            return Posted(posting, DeliveryState.FAILED, "400")
        lost = isinstance(error, TelegramNetworkError)
        if self._line.outage.is_on and is_of_channel(error):
            again_at = self._line.outage.again_at()
            name = type(error).__name__
            return Posted(
                posting, DeliveryState.PENDING, name, again_at, tried=False, doubtful=lost
            )
        return self._later(posting, type(error).__name__, doubtful=lost)

    def _in_trouble(self, posting: Posting, error: Exception) -> Posted:
        """Return what becomes of a posting that failed here, not at the messenger."""
        _log.error("announcement %d could not be posted", posting.announcement_id, exc_info=error)
        return self._later(posting, type(error).__name__)

    def _later(self, posting: Posting, error: str, *, doubtful: bool = False) -> Posted:
        if posting.attempts >= ATTEMPTS:
            return Posted(posting, DeliveryState.FAILED, error, doubtful=doubtful)
        copy = "chat", posting.announcement_id, posting.destination.id
        again_at = self._clock.now() + wait_after(posting.attempts, self._randomness, *copy)
        return Posted(posting, DeliveryState.PENDING, error, again_at, doubtful=doubtful)


def _may_not(error: AiogramError) -> bool:
    if not isinstance(error, TelegramBadRequest):
        return False
    said = error.message.lower()
    return any(sign in said for sign in _MAY_NOT)
