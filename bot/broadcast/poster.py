"""Posts news in groups and channels: few, each with a pace of its own, so one after the other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.i18n import I18n

from bot.broadcast.courier import ATTEMPTS, CLAIM_LASTS, FIRST_WAIT, SEND_SECONDS
from bot.broadcast.lane import POLL_SECONDS, TROUBLE_SECONDS
from bot.broadcast.letters import Subject, read_subject
from bot.broadcast.pace import Pace
from bot.metrics import Metrics
from civic.model.announcement import DeliveryState
from civic.model.destination import Destination, Posted, Posting
from civic.ports import Clock, Work
from dialogs.announcements.notice import posted_of
from dialogs.notices import Notice

_MAY_NOT: Final = (
    "chat not found",
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_admin_required",
)
"""What messengers say where the service may not write any more, in small letters."""
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """By what a channel is written to."""

    channel: str
    bot: Bot
    pace: Pace
    metrics: Metrics


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
        line: Line,
        i18n: I18n,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Send by `line` when its pace lets."""
        self._worker = worker
        self._work = work
        self._clock = clock
        self._channel = line.channel
        self._bot = line.bot
        self._pace = line.pace
        self._metrics = line.metrics
        self._i18n = i18n
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
            await work.postings.recover(now)
            claimed = await work.postings.claim(self._worker, self._channel, 1, now)
            subjects = [await read_subject(work, entry.announcement_id) for entry in claimed]
            await work.commit()
        return next(zip(claimed, subjects, strict=True), None)

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
            await work.postings.settle(self._worker, [posted], self._clock.now())
            await work.commit()
        self._unsettled = None
        return 1

    async def _post(self, posting: Posting, subject: Subject | None) -> Posted:
        if not posting.destination.present:
            return Posted(posting, DeliveryState.BLOCKED, "blocked", tried=False)
        if subject is None or not subject.is_of_use(self._clock.now()):
            return Posted(posting, DeliveryState.SKIPPED, "stale")
        claimed_at = self._clock.now()
        turn = await self._pace.turn(posting.destination.chat_id)
        late = self._clock.now() > claimed_at + CLAIM_LASTS
        if self._stopping or late or self._pace.paused_until is not None:
            self._pace.unused(turn)
            until = self._pace.paused_until
            return Posted(posting, DeliveryState.PENDING, "", until, tried=False)
        try:
            with self._metrics.sending(self._channel):
                await self._send(posting.destination, subject)
        except TelegramAPIError as error:
            return self._verdict_on(error, posting)
        except Exception as error:  # noqa: BLE001 - one bad posting must not hold up the others
            _log.exception("announcement %d could not be posted", posting.announcement_id)
            return self._later(posting, type(error).__name__)
        finally:
            self._pace.answered(turn)
        return Posted(posting, DeliveryState.SENT)

    async def _send(self, destination: Destination, subject: Subject) -> None:
        with self._i18n.context(), self._i18n.use_locale(destination.language):
            notice = posted_of(subject.told, subject.community, destination.language)
        keyboard = await self._keyboard(notice)
        if (attached := subject.attachment) is not None:
            send = self._bot.send_photo if attached.name is None else self._bot.send_document
            await send(
                destination.chat_id,
                BufferedInputFile(attached.content, attached.name or "photo.jpg"),
                caption=notice.html,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                request_timeout=SEND_SECONDS,
            )
            return
        await self._bot.send_message(
            destination.chat_id,
            notice.html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
            link_preview_options=_NO_PREVIEW,
            request_timeout=SEND_SECONDS,
        )

    async def _keyboard(self, notice: Notice) -> InlineKeyboardMarkup:
        # Links, as a press would be answered before everybody.
        return InlineKeyboardMarkup(
            inline_keyboard=[
                [
                    InlineKeyboardButton(
                        text=label, url=await create_start_link(self._bot, place.link())
                    )
                ]
                for label, place in notice.buttons
            ]
        )

    def _verdict_on(self, error: TelegramAPIError, posting: Posting) -> Posted:
        if isinstance(error, TelegramMigrateToChat):
            moved_to = error.migrate_to_chat_id
            return Posted(posting, DeliveryState.PENDING, tried=False, moved_to=moved_to)
        if isinstance(error, TelegramRetryAfter):
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            self._pace.pause(until)
            _log.warning("%s asks for a pause of %d s", self._channel, error.retry_after)
            return Posted(posting, DeliveryState.PENDING, "429", until, tried=False)
        if isinstance(error, (TelegramForbiddenError, TelegramNotFound)) or _may_not(error):
            return Posted(posting, DeliveryState.BLOCKED, "blocked")
        if isinstance(error, TelegramBadRequest):
            _log.error("announcement %d was refused as malformed", posting.announcement_id)
            return Posted(posting, DeliveryState.FAILED, "400")
        lost = isinstance(error, TelegramNetworkError)
        return self._later(posting, type(error).__name__, doubtful=lost)

    def _later(self, posting: Posting, error: str, *, doubtful: bool = False) -> Posted:
        if posting.attempts >= ATTEMPTS:
            return Posted(posting, DeliveryState.FAILED, error, doubtful=doubtful)
        again_at = self._clock.now() + FIRST_WAIT * 2 ** (posting.attempts - 1)
        return Posted(posting, DeliveryState.PENDING, error, again_at, doubtful=doubtful)


def _may_not(error: TelegramAPIError) -> bool:
    said = error.message.lower()
    return isinstance(error, TelegramBadRequest) and any(sign in said for sign in _MAY_NOT)
