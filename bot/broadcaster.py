"""Sends what the ledger holds: each person once, at the pace a channel bears, come what may."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from aiogram.utils.i18n import I18n

from civic.model.announcement import Announcement, Delivery, DeliveryState
from civic.model.community import Community
from civic.model.cycle import Cycle, Stage
from civic.model.resident import Contact, Resident
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.calendar import matters
from dialogs.notices import Notice, render
from handlers.links import GO

log = logging.getLogger(__name__)

BATCH: Final = 20
"""Deliveries claimed at once."""
SPACING: Final = timedelta(milliseconds=40)
"""Between two messages of one channel: 25 a second, under the 30 that messengers allow."""
ATTEMPTS: Final = 5
"""After so many failures a delivery is given up."""
FIRST_WAIT: Final = timedelta(seconds=15)
"""Before the second attempt; twice as long before each further one."""
SEND_SECONDS: Final = 15
"""How long one request may take."""
CLAIM_LASTS: Final = timedelta(minutes=1)
"""What is not sent so long after it was claimed is given back."""
STUCK: Final = timedelta(minutes=2)
"""Claims older than this were left by a process that died; longer than any claim can last."""
POLL_SECONDS: Final = 5.0
"""How often the ledger is looked at without being woken."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one delivery."""

    state: DeliveryState
    error: str = ""
    not_before: datetime | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True)
class _Letter:
    """A delivery with everything needed to send it."""

    delivery: Delivery
    resident: Resident
    contacts: Sequence[Contact]
    announcement: Announcement
    cycle: Cycle
    stage: Stage
    community: Community


class Broadcaster:
    """Claims due deliveries and sends them one after another.

    A copy that was being sent when the process died is sent again after `STUCK`: that one person
    may read it twice, but nobody misses it. All other copies go out exactly once.
    """

    def __init__(
        self,
        work: Work,
        clock: Clock,
        bots: Mapping[str, Bot],
        i18n: I18n,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Send by `bots`, one for each channel."""
        self._work = work
        self._clock = clock
        self._bots = bots
        self._i18n = i18n
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._stopping = False
        self._free_at: dict[str, datetime] = {}
        self._paused_until: dict[str, datetime] = {}

    def wake(self) -> None:
        """Look at the ledger at once."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the message in flight, give the rest back, and let `run` return."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped; trouble with the database or a channel only makes it wait."""
        while not self._stopping:
            try:
                sent = await self.send_due()
            except Exception:  # the next round tries again: news must not end with one bad round
                log.exception("sending announcements failed; trying again")
                sent = 0
            if sent == 0:
                await self._rest()

    async def send_due(self) -> int:
        """Send one batch of what is due; return how many deliveries were claimed."""
        now = self._clock.now()
        async with self._work.write() as work:
            recovered = await work.announcements.recover(now - STUCK, now)
            claimed = await work.announcements.claim(BATCH, now, avoiding=self._paused(now))
            await work.commit()
        if recovered:
            log.warning("recovered %d deliveries left by a process that died", recovered)
        for delivery in claimed:
            await self._settle(delivery, await self._deal_with(delivery, now))
        return len(claimed)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _deal_with(self, delivery: Delivery, claimed_at: datetime) -> Verdict:
        if self._stopping or self._clock.now() > claimed_at + CLAIM_LASTS:
            return Verdict(DeliveryState.PENDING, tried=False)
        try:
            return await self._deliver(delivery)
        except Exception as error:  # one bad letter must not hold up the others
            log.exception("delivery %d failed", delivery.id)
            return self._later(delivery, type(error).__name__)

    async def _deliver(self, delivery: Delivery) -> Verdict:
        async with self._work.read() as work:
            letter = await _gather(work, delivery)
        if letter is None or not letter.resident.wants_news:
            return Verdict(DeliveryState.SKIPPED, "unwanted")
        if not matters(letter.announcement.kind, letter.stage, self._clock.now()):
            return Verdict(DeliveryState.SKIPPED, "stale")
        notice = self._render(letter)
        missing = False
        for contact in letter.contacts:
            bot = self._bots.get(contact.channel)
            if bot is None:
                missing = True
                continue
            verdict = await self._send(letter, contact, bot, notice)
            if verdict.state is not DeliveryState.BLOCKED:
                return verdict
            await self._note_unreachable(contact)
        if missing:
            return self._later(delivery, "channel is off")
        return Verdict(DeliveryState.BLOCKED, "blocked")

    async def _send(self, letter: _Letter, contact: Contact, bot: Bot, notice: Notice) -> Verdict:
        paused_until = self._paused_until.get(contact.channel)
        if paused_until is not None and paused_until > self._clock.now():
            return Verdict(DeliveryState.PENDING, "429", paused_until, tried=False)
        await self._keep_pace(contact.channel)
        try:
            await bot.send_message(
                contact.chat_id,
                notice.html,
                parse_mode=ParseMode.HTML,
                reply_markup=_keyboard(notice),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                request_timeout=SEND_SECONDS,
            )
        except TelegramAPIError as error:
            return self._verdict_on(error, letter, contact)
        return Verdict(DeliveryState.SENT)

    def _verdict_on(self, error: TelegramAPIError, letter: _Letter, contact: Contact) -> Verdict:
        if isinstance(error, TelegramRetryAfter):
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            self._paused_until[contact.channel] = until
            log.warning("%s asks for a pause of %d s", contact.channel, error.retry_after)
            return Verdict(DeliveryState.PENDING, "429", until, tried=False)
        if isinstance(error, (TelegramForbiddenError, TelegramNotFound)):
            return Verdict(DeliveryState.BLOCKED)
        if isinstance(error, TelegramBadRequest):
            if "chat not found" in error.message.lower():
                return Verdict(DeliveryState.BLOCKED)
            log.error("delivery %d was refused as malformed", letter.delivery.id)
            return Verdict(DeliveryState.FAILED, "400")
        return self._later(letter.delivery, type(error).__name__)

    def _later(self, delivery: Delivery, error: str) -> Verdict:
        if delivery.attempts >= ATTEMPTS:
            return Verdict(DeliveryState.FAILED, error)
        wait = FIRST_WAIT * 2 ** (delivery.attempts - 1)
        return Verdict(DeliveryState.PENDING, error, self._clock.now() + wait)

    async def _settle(self, delivery: Delivery, verdict: Verdict) -> None:
        async with self._work.write() as work:
            await work.announcements.settle(
                delivery.id,
                verdict.state,
                self._clock.now(),
                error=verdict.error,
                not_before=verdict.not_before,
                tried=verdict.tried,
            )
            await work.commit()

    async def _note_unreachable(self, contact: Contact) -> None:
        async with self._work.write() as work:
            await work.residents.set_reachable(contact.channel, contact.chat_id, reachable=False)
            await work.commit()

    async def _keep_pace(self, channel: str) -> None:
        now = self._clock.now()
        free_at = self._free_at.get(channel, now)
        # Never longer than the spacing, in case the machine's clock was set back.
        wait = min(max(free_at - now, timedelta()), SPACING)
        self._free_at[channel] = now + wait + SPACING
        if wait:
            await self._sleep(wait.total_seconds())

    def _paused(self, now: datetime) -> frozenset[str]:
        return frozenset(channel for channel, until in self._paused_until.items() if until > now)

    def _render(self, letter: _Letter) -> Notice:
        language = letter.resident.language
        with self._i18n.context(), self._i18n.use_locale(language):
            return render(
                letter.announcement, letter.cycle, letter.stage, letter.community, language
            )


async def _gather(work: UnitOfWork, delivery: Delivery) -> _Letter | None:
    announcement = await work.announcements.get(delivery.announcement_id)
    resident = await work.residents.get(delivery.resident_id)
    if announcement is None or resident is None:
        return None
    cycle = await work.cycles.get(announcement.cycle_id)
    community = await work.communities.get(announcement.community_id)
    if cycle is None or community is None:
        return None
    stage = next((stage for stage in cycle.stages if stage.id == announcement.stage_id), None)
    if stage is None:
        return None
    contacts = [
        contact for contact in await work.residents.contacts(resident.id) if contact.reachable
    ]
    return _Letter(delivery, resident, contacts, announcement, cycle, stage, community)


def _keyboard(notice: Notice) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=label, callback_data=f"{GO}{place.link()}")]
            for label, place in notice.buttons
        ]
    )
