"""Takes one letter to its messenger and says what became of all that is in it."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)

from bot.broadcast.backoff import ATTEMPTS, FIRST_WAIT, wait_after
from bot.broadcast.letters import Letter, Letters, Part, Written
from bot.broadcast.line import Line, NotUploaded, is_gone
from bot.broadcast.outage import is_of_channel
from civic.model.announcement import (
    FINISHED,
    STALE,
    UNWANTED,
    Addressee,
    Delivery,
    DeliveryState,
    Outcome,
)
from civic.model.resident import Contact
from civic.ports import Clock, Randomness

CLAIM_LASTS: Final = timedelta(seconds=8)
"""What has not gone out so long after it was claimed is given back; shorter than `LEASE`."""

_log = logging.getLogger(__name__)


class Courier:
    """Sends letters on one channel."""

    def __init__(
        self,
        line: Line,
        letters: Letters,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        """Send by `line` when its pace lets."""
        self._line = line
        self._metrics = line.metrics
        self.channel = line.channel
        self.pace = line.pace
        self.letters = letters
        self.stopping = False
        self._clock = clock
        self._randomness = randomness

    def places(self, usual: int) -> int:
        """Return how many messages may be in flight: one as long as the channel is out."""
        return 1 if self._line.outage.is_on else usual

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
        if addressee is None or part.is_unwanted:
            return Outcome(part.delivery, DeliveryState.SKIPPED, UNWANTED)
        if part.is_done:
            return Outcome(part.delivery, DeliveryState.SKIPPED, FINISHED)
        if part.subject is None or not part.subject.is_of_use(self._clock.now()):
            return Outcome(part.delivery, DeliveryState.SKIPPED, STALE)
        return None

    async def _deliver(self, letter: Letter) -> list[Outcome]:
        addressee = letter.addressee
        subjects = [part.subject for part in letter.parts if part.subject is not None]
        if addressee is None or not subjects:
            return []
        if (contact := self._contact(addressee)) is None:
            return _on_another_channel(letter)
        written = self.letters.written(subjects, addressee.language, self._clock.now())
        turn = await self.pace.turn(contact.chat_id, letter.claimed_at + CLAIM_LASTS)
        if (outcomes := self._hindrance(letter)) is not None:
            self.pace.unused(turn)
            return outcomes
        now, later = letter.parts[: written.holds], letter.parts[written.holds :]
        try:
            error = await self._attempt(contact, written, turn)
        except NotUploaded:
            # Later, so that news without the file may go before.
            return _given_back(letter, "upload", self._clock.now() + FIRST_WAIT)
        if error is None:
            return [*_sent(letter.only(*now), self.channel), *_given_back(letter.only(*later))]
        verdict = await self._verdict_on(error, letter.only(*now), contact)
        return [*verdict, *_given_back(letter.only(*later))]

    async def _attempt(
        self, contact: Contact, written: Written, turn: datetime
    ) -> AiogramError | None:
        """Make the call; return what the messenger objected; raise `NotUploaded`."""
        try:
            with self._metrics.sending(self.channel):
                await self._line.send(
                    contact.chat_id, written.html, written.keyboard, written.attachment
                )
        except (TelegramAPIError, ClientDecodeError) as error:
            return error
        finally:
            self.pace.answered(turn)
        return None

    def _hindrance(self, letter: Letter) -> list[Outcome] | None:
        """Return what keeps the letter from going out now that it is its turn."""
        if (until := self.pace.paused_until) is not None:
            return _given_back(letter, self._line.outage.name or "429", until)
        if self._line.outage.is_probed or self.stopping:
            return _given_back(letter)
        if self._clock.now() > letter.claimed_at + CLAIM_LASTS:
            return _given_back(letter)
        return None

    def _contact(self, addressee: Addressee) -> Contact | None:
        here = (entry for entry in addressee.contacts if entry.channel == self.channel)
        return next(here, None)

    async def _verdict_on(
        self, error: AiogramError, letter: Letter, contact: Contact
    ) -> list[Outcome]:
        if isinstance(error, TelegramRetryAfter):
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            self.pace.pause(until)
            _log.warning("%s asks for a pause of %d s", self.channel, error.retry_after)
            return _given_back(letter, "429", until)
        if isinstance(error, TelegramForbiddenError) or is_gone(error):
            return _on_another_channel(letter, lost=contact)
        if isinstance(error, TelegramBadRequest):
            _log.error("announcements %s were refused as malformed", _numbers(letter))
            return await self._malformed(letter)
        lost = isinstance(error, TelegramNetworkError)
        if self._line.outage.is_on and is_of_channel(error):
            again_at = self._line.outage.again_at()
            return _given_back(letter, type(error).__name__, again_at, doubtful=lost)
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
        copy = delivery.announcement_id, delivery.resident_id
        return wait_after(delivery.attempts, self._randomness, *copy)


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
    letter: Letter,
    error: str = "",
    not_before: datetime | None = None,
    *,
    doubtful: bool = False,
) -> list[Outcome]:
    return [
        Outcome(entry, DeliveryState.PENDING, error, not_before, tried=False, doubtful=doubtful)
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
