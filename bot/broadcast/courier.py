"""Takes one letter to its messenger and says what became of all that is in it."""

import logging
from collections.abc import Sequence
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

from bot.broadcast.letters import Letter, Letters, Part, Written
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

    async def carry(self, letter: Letter) -> Sequence[Outcome]:
        """Send what of the letter makes sense; return what became of each part, and never raise.

        What does not fit into one message is given back and goes in the next.
        """
        outcomes = await self._carry(letter)
        for outcome in outcomes:
            self._metrics.settled(self.channel, outcome)
        return outcomes

    async def _carry(self, letter: Letter) -> list[Outcome]:
        try:
            objections = [self._objection(letter.addressee, part) for part in letter.parts]
            untold = [outcome for outcome in objections if outcome is not None]
            wanted = zip(letter.parts, objections, strict=True)
            rest = letter.only(*(part for part, outcome in wanted if outcome is None))
            return [*untold, *await self._deliver(rest)]
        except Exception as error:  # noqa: BLE001 - one bad letter must not hold up the others
            _log.exception("telling announcements %s failed", _numbers(letter))
            return self._later(letter, type(error).__name__)

    def _objection(self, addressee: Addressee | None, part: Part) -> Outcome | None:
        if addressee is None or part.subject is None or not addressee.wants_news:
            return Outcome(part.delivery, DeliveryState.SKIPPED, "unwanted")
        if not part.subject.is_of_use(self._clock.now()):
            return Outcome(part.delivery, DeliveryState.SKIPPED, "stale")
        return None

    async def _deliver(self, letter: Letter) -> list[Outcome]:
        addressee = letter.addressee
        subjects = [part.subject for part in letter.parts if part.subject is not None]
        if addressee is None or not subjects:
            return []
        if (contact := self._contact(addressee)) is None:
            return _on_another_channel(letter)
        written = self.letters.written(subjects, addressee.language)
        turn = await self.pace.turn(contact.chat_id)
        if (outcomes := self._hindrance(letter)) is not None:
            self.pace.unused(turn)
            return outcomes
        now, later = letter.parts[: written.holds], letter.parts[written.holds :]
        error = await self._attempt(contact, written, turn)
        if error is None:
            return [*_sent(letter.only(*now), self.channel), *_given_back(letter.only(*later))]
        verdict = await self._verdict_on(error, letter.only(*now), contact)
        return [*verdict, *_given_back(letter.only(*later))]

    async def _attempt(
        self, contact: Contact, written: Written, turn: datetime
    ) -> TelegramAPIError | None:
        """Make the call; return what the messenger objected."""
        try:
            with self._metrics.sending(self.channel):
                await self._send(contact, written)
        except TelegramAPIError as error:
            return error
        finally:
            self.pace.answered(turn)
        return None

    def _hindrance(self, letter: Letter) -> list[Outcome] | None:
        """Return what keeps the letter from going out now that it is its turn."""
        if (until := self.pace.paused_until) is not None:
            return _given_back(letter, "429", until)
        if self.stopping or self._clock.now() > letter.claimed_at + CLAIM_LASTS:
            return _given_back(letter)
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

    async def _verdict_on(
        self, error: TelegramAPIError, letter: Letter, contact: Contact
    ) -> list[Outcome]:
        if isinstance(error, TelegramRetryAfter):
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            self.pace.pause(until)
            _log.warning("%s asks for a pause of %d s", self.channel, error.retry_after)
            return _given_back(letter, "429", until)
        if isinstance(error, (TelegramForbiddenError, TelegramNotFound)) or _is_gone(error):
            return _on_another_channel(letter, lost=contact)
        if isinstance(error, TelegramBadRequest):
            _log.error("announcements %s were refused as malformed", _numbers(letter))
            return await self._malformed(letter)
        lost = isinstance(error, TelegramNetworkError)
        return self._later(letter, type(error).__name__, doubtful=lost)

    async def _malformed(self, letter: Letter) -> list[Outcome]:
        """Give it up; of several in one message, only the bad one, so send each by itself."""
        if len(letter.parts) == 1:
            return [Outcome(entry, DeliveryState.FAILED, "400") for entry in letter.deliveries]
        apart = [await self._carry(letter.only(part)) for part in letter.parts]
        return [outcome for outcomes in apart for outcome in outcomes]

    def _later(self, letter: Letter, error: str, *, doubtful: bool = False) -> list[Outcome]:
        """Return when to try again, all together; what was tried often enough is given up."""
        again = [entry for entry in letter.deliveries if entry.attempts < ATTEMPTS]
        given_up = [entry for entry in letter.deliveries if entry.attempts >= ATTEMPTS]
        again_at = self._clock.now() + max(map(self._wait, again), default=timedelta())
        return [
            *(
                Outcome(entry, DeliveryState.PENDING, error, again_at, doubtful=doubtful)
                for entry in again
            ),
            *(
                Outcome(entry, DeliveryState.FAILED, error, doubtful=doubtful)
                for entry in given_up
            ),
        ]

    def _wait(self, delivery: Delivery) -> timedelta:
        """Return how long to wait before the next attempt; the same for the same attempt."""
        drawn = self._randomness.keyed_hash(
            "backoff", delivery.announcement_id, delivery.resident_id, delivery.attempts
        )
        chance = int(drawn[:8], 16) / 0x7FFFFFFF - 1
        doubled: int = 2 ** (delivery.attempts - 1)
        return FIRST_WAIT * doubled * (1 + _JITTER * chance)


def _is_gone(error: TelegramAPIError) -> bool:
    return isinstance(error, TelegramBadRequest) and "chat not found" in error.message.lower()


def _numbers(letter: Letter) -> str:
    return ", ".join(str(entry.announcement_id) for entry in letter.deliveries)


def _sent(letter: Letter, channel: str) -> list[Outcome]:
    """Return that all of it went in one message; the first announcement names it."""
    first, *others = letter.deliveries
    digest = first.announcement_id if others else None
    return [
        Outcome(entry, DeliveryState.SENT, channel=channel, digest=digest)
        for entry in letter.deliveries
    ]


def _given_back(
    letter: Letter, error: str = "", not_before: datetime | None = None
) -> list[Outcome]:
    return [
        Outcome(entry, DeliveryState.PENDING, error, not_before, tried=False)
        for entry in letter.deliveries
    ]


def _on_another_channel(letter: Letter, lost: Contact | None = None) -> list[Outcome]:
    """Return the way on when the person cannot be reached here: their next address, or none."""
    contacts = () if letter.addressee is None else letter.addressee.contacts
    others = [contact for contact in contacts if contact != lost]
    if not others:
        return [
            Outcome(entry, DeliveryState.BLOCKED, "blocked", lost=lost)
            for entry in letter.deliveries
        ]
    return [
        Outcome(
            entry,
            DeliveryState.PENDING,
            "blocked",
            tried=False,
            channel=others[0].channel,
            lost=lost,
        )
        for entry in letter.deliveries
    ]
