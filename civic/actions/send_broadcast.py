"""What organisers tell in their own words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from civic.actions.draft_broadcast import audience_of, own_draft, require_organiser
from civic.model.announcement import Announcement, NoticeKind
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Alarm, Clock, Work
from civic.rules.broadcasts import checked

LATENESS: Final = timedelta(minutes=10)
"""A moment chosen for sending may have passed by so much while the organiser looked again."""


@dataclass(frozen=True, slots=True)
class SendBroadcast:
    """Announce a draft, under the town's next number.

    A correction goes to exactly those who got what it corrects.
    """

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(
        self, organiser: Resident, draft_id: int, *, one_language: bool = False
    ) -> Announcement:
        """Return the announcement; it is sent by itself when its moment comes.

        Sending the same draft again returns the same announcement. `one_language` says that the
        organiser knows that not every expected language is there.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_YOURS`, `TEXT_EMPTY`, `TEXT_TOO_LONG`,
        `ONE_LANGUAGE`, `DATE_IN_PAST`, or with `NOT_FOUND` when the draft or what it corrects is
        not there.
        """
        now = self.clock.now()
        require_organiser(organiser)
        key = f"broadcast:{draft_id}"
        async with self.work.write() as work:
            found = await work.announcements.by_key(key)
            if found is not None:
                return _own(found, organiser)
            draft = await own_draft(work, organiser, draft_id, lock=True)
            order, broadcast = draft.order, checked(draft.order.broadcast)
            if broadcast.missing and not one_language:
                raise Refused(Reason.ONE_LANGUAGE)
            if order.send_from is not None and order.send_from < now - LATENESS:
                raise Refused(Reason.DATE_IN_PAST)
            await work.announcements.plan(
                key,
                organiser.community_id,
                None,
                None,
                NoticeKind.BROADCAST,
                broadcast.parameters(),
                now,
                audience=await audience_of(work, organiser, order),
                public=True,
                send_from=order.send_from,
                by=organiser.id,
            )
            planned = await work.announcements.by_key(key)
            await work.broadcasts.remove_draft(draft_id)
            await work.commit()
        if planned is None:
            message = "an announcement that was just planned is gone"
            raise LookupError(message)
        self.alarm.wake()
        return planned


def _own(found: Announcement, organiser: Resident) -> Announcement:
    if found.by != organiser.id:
        raise Refused(Reason.NOT_YOURS)
    return found
