"""What organisers tell in their own words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from civic.model.announcement import Announcement, NoticeKind
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.broadcast import Broadcast
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.model.text import LANGUAGES
from civic.ports import Alarm, Clock, UnitOfWork, Work
from civic.rules.formatting import formatted, plain
from civic.rules.texts import within

LATENESS: Final = timedelta(minutes=10)
"""A moment chosen for sending may have passed by so much while the organiser looked again."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an organiser wants sent, to whom and when."""

    key: str
    """Names the draft: sending the same one again changes nothing."""
    broadcast: Broadcast
    audience: Audience = EVERYONE
    send_from: datetime | None = None
    """None = at once."""
    one_language: bool = False
    """True when the organiser knows that not every expected language is there."""


@dataclass(frozen=True, slots=True)
class SendBroadcast:
    """Announce something in an organiser's own words, under the town's next number.

    A correction goes to exactly those who got what it corrects.
    """

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(self, organiser: Resident, order: Order) -> Announcement:
        """Return the announcement; it is sent by itself when its moment comes.

        Raises `Refused` with `NOT_ORGANISER`, `TEXT_EMPTY`, `TEXT_TOO_LONG`, `ONE_LANGUAGE`,
        `DATE_IN_PAST`, or with `NOT_FOUND` when what it corrects is not there.
        """
        now = self.clock.now()
        if not organiser.has(Role.ORGANISER):
            raise Refused(Reason.NOT_ORGANISER)
        broadcast = checked(order.broadcast)
        if broadcast.missing and not order.one_language:
            raise Refused(Reason.ONE_LANGUAGE)
        key = f"broadcast:{organiser.id}:{order.key}"
        async with self.work.write() as work:
            found = await work.announcements.by_key(key)
            if found is not None:
                return found
            if order.send_from is not None and order.send_from < now - LATENESS:
                raise Refused(Reason.DATE_IN_PAST)
            audience = await _audience(work, organiser, order)
            await work.announcements.plan(
                key,
                organiser.community_id,
                None,
                None,
                NoticeKind.BROADCAST,
                broadcast.parameters(),
                now,
                audience=audience,
                public=True,
                send_from=order.send_from,
                by=organiser.id,
            )
            planned = await work.announcements.by_key(key)
            await work.commit()
        if planned is None:
            message = "an announcement that was just planned is gone"
            raise LookupError(message)
        self.alarm.wake()
        return planned


async def _audience(work: UnitOfWork, organiser: Resident, order: Order) -> Audience:
    if order.broadcast.corrects is None:
        return order.audience
    corrected = await work.announcements.by_number(
        organiser.community_id, order.broadcast.corrects
    )
    if corrected is None:
        raise Refused(Reason.NOT_FOUND)
    return those_who_got(corrected.id)


def those_who_got(announcement_id: int) -> Audience:
    """Return the people whom an announcement reached, or may have."""
    return EVERYONE.those(Trait.RECIPIENT, announcement_id)


def checked(broadcast: Broadcast) -> Broadcast:
    """Return the content with clean texts.

    Raises `Refused` with `TEXT_EMPTY` or `TEXT_TOO_LONG`.
    """
    texts = {
        language: checked_text(broadcast.texts[language], broadcast.limit)
        for language in LANGUAGES
        if broadcast.texts.get(language)
    }
    if not texts:
        raise Refused(Reason.TEXT_EMPTY)
    return replace(broadcast, texts=texts)


def checked_text(markup: str, limit: int) -> str:
    """Return the clean HTML of one text; raises `Refused` with `TEXT_EMPTY` or `TEXT_TOO_LONG`."""
    cleaned = formatted(markup)
    read = within(plain(cleaned), least=1, limit=limit)
    # Messengers count what lies beyond the first 65,536 characters, such as emoji, twice.
    length = len(read.encode("utf-16-le")) // 2
    if length > limit:
        raise Refused(Reason.TEXT_TOO_LONG, length=length, limit=limit)
    return cleaned
