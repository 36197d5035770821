"""Takes one letter to its messenger and says what became of it."""

import logging
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from aiogram.types import BufferedInputFile, LinkPreviewOptions

from bot.broadcast.letters import Letter, Letters, Written
from bot.broadcast.pace import Pace
from bot.metrics import Metrics
from civic.actions.read_attachment import Attachment
from civic.model.announcement import Addressee, Delivery, DeliveryState, Outcome
from civic.model.resident import Contact
from civic.ports import Clock, Randomness

ATTEMPTS: Final = 5
"""After so many failures a delivery is given up."""
FIRST_WAIT: Final = timedelta(seconds=15)
"""Before the second attempt; twice as long before each further one, and up to a quarter more or
less, so that what failed together does not come back together."""
SEND_SECONDS: Final = 15
"""How long one call may take."""
CLAIM_LASTS: Final = timedelta(seconds=8)
"""What has not gone out so long after it was claimed is given back; shorter than `LEASE`."""

_JITTER: Final = 0.25
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_log = logging.getLogger(__name__)


class Courier:
    """Sends letters on one channel."""

    def __init__(
        self,
        channel: str,
        bot: Bot,
        pace: Pace,
        letters: Letters,
        clock: Clock,
        randomness: Randomness,
        metrics: Metrics,
    ) -> None:
        """Send by `bot` when `pace` lets."""
        self._metrics = metrics
        self.channel = channel
        self.pace = pace
        self.letters = letters
        self.stopping = False
        self._bot = bot
        self._file_ids: dict[tuple[str | None, int], str] = {}
        self._clock = clock
        self._randomness = randomness

    async def carry(self, letter: Letter) -> Outcome:
        """Send the letter, unless that makes no sense any more; never raises for one letter."""
        outcome = await self._carry(letter)
        self._metrics.settled(self.channel, outcome)
        return outcome

    async def _carry(self, letter: Letter) -> Outcome:
        try:
            return self._objection(letter) or await self._deliver(letter)
        except Exception as error:  # noqa: BLE001 - one bad letter must not hold up the others
            _log.exception("a delivery of announcement %d failed", letter.delivery.announcement_id)
            return self._later(letter.delivery, type(error).__name__)

    def _objection(self, letter: Letter) -> Outcome | None:
        if letter.addressee is None or letter.subject is None or not letter.addressee.wants_news:
            return Outcome(letter.delivery, DeliveryState.SKIPPED, "unwanted")
        if not letter.subject.is_of_use(self._clock.now()):
            return Outcome(letter.delivery, DeliveryState.SKIPPED, "stale")
        if self._contact(letter.addressee) is None:
            return _on_another_channel(letter)
        return None

    async def _deliver(self, letter: Letter) -> Outcome:
        addressee, subject = letter.addressee, letter.subject
        contact = None if addressee is None else self._contact(addressee)
        if addressee is None or subject is None or contact is None:
            return _on_another_channel(letter)
        written = self.letters.written(subject, addressee.language)
        turn = await self.pace.turn(contact.chat_id)
        if (outcome := self._hindrance(letter)) is not None:
            self.pace.unused(turn)
            return outcome
        try:
            with self._metrics.sending(self.channel):
                await self._send(contact, written)
        except TelegramAPIError as error:
            return self._verdict_on(error, letter, contact)
        finally:
            self.pace.answered(turn)
        return Outcome(letter.delivery, DeliveryState.SENT, channel=self.channel)

    def _hindrance(self, letter: Letter) -> Outcome | None:
        """Return what keeps the letter from going out now that it is its turn."""
        if (until := self.pace.paused_until) is not None:
            return _given_back(letter.delivery, "429", until)
        if self.stopping or self._clock.now() > letter.claimed_at + CLAIM_LASTS:
            return _given_back(letter.delivery)
        return None

    async def _send(self, contact: Contact, written: Written) -> None:
        if written.attachment is not None:
            await self._send_attached(contact, written, written.attachment)
            return
        await self._bot.send_message(
            contact.chat_id,
            written.html,
            parse_mode=ParseMode.HTML,
            reply_markup=written.keyboard,
            link_preview_options=_NO_PREVIEW,
            request_timeout=SEND_SECONDS,
        )

    async def _send_attached(
        self, contact: Contact, written: Written, attachment: Attachment
    ) -> None:
        """Send the file by the name that the messenger gave it, or its bytes if it has none."""
        key = (attachment.name, attachment.id)
        known = self._file_ids.get(key)
        send = self._bot.send_photo if attachment.name is None else self._bot.send_document
        try:
            sent = await send(
                contact.chat_id,
                known or BufferedInputFile(attachment.content, attachment.name or "photo.jpg"),
                caption=written.html,
                parse_mode=ParseMode.HTML,
                reply_markup=written.keyboard,
                request_timeout=SEND_SECONDS,
            )
        except TelegramBadRequest as error:
            if known is None or _is_gone(error):
                raise
            # The messenger may have forgotten the name.
            self._file_ids.pop(key, None)
            await self._send_attached(contact, written, attachment)
            return
        file = sent.photo[-1] if sent.photo else sent.document
        if known is None and file is not None:
            self._file_ids[key] = file.file_id

    def _contact(self, addressee: Addressee) -> Contact | None:
        here = (entry for entry in addressee.contacts if entry.channel == self.channel)
        return next(here, None)

    def _verdict_on(self, error: TelegramAPIError, letter: Letter, contact: Contact) -> Outcome:
        if isinstance(error, TelegramRetryAfter):
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            self.pace.pause(until)
            _log.warning("%s asks for a pause of %d s", self.channel, error.retry_after)
            return _given_back(letter.delivery, "429", until)
        if isinstance(error, (TelegramForbiddenError, TelegramNotFound)) or _is_gone(error):
            return _on_another_channel(letter, lost=contact)
        if isinstance(error, TelegramBadRequest):
            _log.error("announcement %d was refused as malformed", letter.delivery.announcement_id)
            return Outcome(letter.delivery, DeliveryState.FAILED, "400")
        lost = isinstance(error, TelegramNetworkError)
        return self._later(letter.delivery, type(error).__name__, doubtful=lost)

    def _later(self, delivery: Delivery, error: str, *, doubtful: bool = False) -> Outcome:
        if delivery.attempts >= ATTEMPTS:
            return Outcome(delivery, DeliveryState.FAILED, error, doubtful=doubtful)
        wait = FIRST_WAIT * 2 ** (delivery.attempts - 1) * (1 + _JITTER * self._chance(delivery))
        again_at = self._clock.now() + wait
        return Outcome(delivery, DeliveryState.PENDING, error, again_at, doubtful=doubtful)

    def _chance(self, delivery: Delivery) -> float:
        """Return a number from -1 to 1 that is the same for the same attempt."""
        drawn = self._randomness.keyed_hash(
            "backoff", delivery.announcement_id, delivery.resident_id, delivery.attempts
        )
        return int(drawn[:8], 16) / 0x7FFFFFFF - 1


def _is_gone(error: TelegramAPIError) -> bool:
    return isinstance(error, TelegramBadRequest) and "chat not found" in error.message.lower()


def _given_back(
    delivery: Delivery, error: str = "", not_before: datetime | None = None
) -> Outcome:
    return Outcome(delivery, DeliveryState.PENDING, error, not_before, tried=False)


def _on_another_channel(letter: Letter, lost: Contact | None = None) -> Outcome:
    """Return the way on when the person cannot be reached here: their next address, or none."""
    contacts = () if letter.addressee is None else letter.addressee.contacts
    others = [contact for contact in contacts if contact != lost]
    if not others:
        return Outcome(letter.delivery, DeliveryState.BLOCKED, "blocked", lost=lost)
    return Outcome(
        letter.delivery,
        DeliveryState.PENDING,
        "blocked",
        tried=False,
        channel=others[0].channel,
        lost=lost,
    )
