"""What organisers tell in their own words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from civic.actions.draft_broadcast import audience_of, own, require_organiser
from civic.model.announcement import Announcement, AnnouncementState, NoticeKind
from civic.model.broadcast import Broadcast, BroadcastDraft, Order
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Alarm, Clock, UnitOfWork, Work
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

        Raises `Refused` with `NOT_ORGANISER`, `NOT_YOURS`, `APPROVAL_NEEDED`, `TEXT_EMPTY`,
        `TEXT_TOO_LONG`, `ONE_LANGUAGE`, `DATE_IN_PAST`, `SENDING_OVER`, `STILL_SENDING`, or with
        `NOT_FOUND` when the draft or what it corrects is not there.
        """
        now = self.clock.now()
        require_organiser(organiser)
        async with self.work.write() as work:
            # The draft first: whoever announces it just now has done so when it is looked for.
            written = await work.broadcasts.draft(draft_id, lock=True)
            found = await announced_from(work, draft_id)
            if found is not None:
                return _own(found, organiser)
            draft = own(written, organiser)
            town = await work.communities.get(organiser.community_id)
            if town is not None and town.broadcasts_need_second_organiser:
                raise Refused(Reason.APPROVAL_NEEDED)
            require_ready(draft.order, now, one_language=one_language)
            planned = await announce(work, organiser, draft, now)
            await work.commit()
        self.alarm.wake()
        return planned


def require_ready(order: Order, now: datetime, *, one_language: bool) -> None:
    """Raise `Refused` unless it could be sent as it is.

    With `TEXT_EMPTY`, `TEXT_TOO_LONG`, `DATE_IN_PAST`, or with `ONE_LANGUAGE` unless the organiser
    knows that not every expected language is there.
    """
    if checked(order.broadcast).missing and not one_language:
        raise Refused(Reason.ONE_LANGUAGE)
    if order.send_from is not None and order.send_from < now - LATENESS:
        raise Refused(Reason.DATE_IN_PAST)


async def announced_from(work: UnitOfWork, draft_id: int) -> Announcement | None:
    """Return the announcement that came from a draft; None while it is a draft."""
    return await work.announcements.by_key(_key(draft_id))


async def announce(
    work: UnitOfWork, author: Resident, draft: BroadcastDraft, now: datetime
) -> Announcement:
    """Turn the draft into an announcement that is sent by itself when its moment comes.

    The new wording of one that was taken back keeps its number. Raises `Refused` with `NOT_FOUND`
    when what it corrects is not there, with `STILL_SENDING` while that goes out, and with
    `SENDING_OVER` when what it revises was stopped.
    """
    order = draft.order
    if order.broadcast.corrects is not None:
        await _require_told(work, author, order.broadcast.corrects)
    audience, broadcast = await audience_of(work, author, order), checked(order.broadcast)
    if draft.revises is None:
        await work.announcements.plan(
            _key(draft.id),
            author.community_id,
            None,
            None,
            NoticeKind.BROADCAST,
            broadcast.parameters(),
            now,
            audience=audience,
            public=True,
            send_from=order.send_from,
            by=author.id,
        )
    else:
        revised = await work.announcements.get(draft.revises, lock=True)
        if revised is None or revised.state is not AnnouncementState.TAKEN_BACK:
            raise Refused(Reason.SENDING_OVER)
        await work.announcements.replan(
            revised.id, _key(draft.id), broadcast.parameters(), audience, order.send_from or now
        )
    planned = await announced_from(work, draft.id)
    if planned is None:
        message = "an announcement that was just planned is gone"
        raise LookupError(message)
    await work.broadcasts.remove_draft(draft.id)
    return planned


async def _require_told(work: UnitOfWork, author: Resident, number: int) -> None:
    """Raise `Refused` while people may still get what is wrong, but not its correction."""
    wrong = await work.announcements.by_number(author.community_id, number)
    if wrong is None or wrong.state is AnnouncementState.STOPPED:
        return
    if wrong.planned_at is None or await work.announcements.left(wrong.id):
        raise Refused(Reason.STILL_SENDING, number=number)


@dataclass(frozen=True, slots=True)
class ReviseBroadcast:
    """Take an announcement back of which no copy has left, to change it.

    So may one be that waits for the morning, though its copies are written. Its approval no
    longer holds, and it is sent again as any draft is.
    """

    work: Work
    clock: Clock

    async def __call__(self, organiser: Resident, announcement_id: int) -> BroadcastDraft:
        """Return the draft with which it is changed; taking it back twice changes nothing.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND`, `NOT_YOURS`, or with `SENDING_OVER`
        when somebody may have got it already.
        """
        now = self.clock.now()
        require_organiser(organiser)
        async with self.work.write() as work:
            found = await work.announcements.get(announcement_id)
            if found is None or found.kind is not NoticeKind.BROADCAST:
                raise Refused(Reason.NOT_FOUND)
            _own(found, organiser)
            # The draft first, then the announcement: in the order in which others take them.
            draft = await work.broadcasts.add_draft(
                organiser.id, f"revise:{found.id}", _order(found, now), now, revises=found.id
            )
            found = await work.announcements.get(announcement_id, lock=True)
            if found is None or not can_be_revised(found):
                raise Refused(Reason.SENDING_OVER)
            if found.state is not AnnouncementState.TAKEN_BACK:
                # It may have been sent in other words since it was looked at.
                draft = replace(draft, order=_order(found, now))
                await work.broadcasts.save_draft(draft)
            await work.announcements.call_back(found.id)
            await work.announcements.steer(found.id, AnnouncementState.TAKEN_BACK, now)
            await work.announcements.approve(found.id, None, None)
            await work.commit()
        return draft


def can_be_revised(found: Announcement) -> bool:
    """Tell whether nobody can have got it yet."""
    is_over = found.state in {AnnouncementState.STOPPED, AnnouncementState.DONE}
    return found.kind is NoticeKind.BROADCAST and found.begun_at is None and not is_over


def _order(found: Announcement, now: datetime) -> Order:
    broadcast = Broadcast.read(found.parameters)
    order = Order(broadcast, broadcast.missing, found.audience)
    waits = found.send_from is not None and found.send_from > now
    return replace(order, send_from=found.send_from) if waits else order


def _key(draft_id: int) -> str:
    return f"broadcast:{draft_id}"


def _own(found: Announcement, organiser: Resident) -> Announcement:
    if found.by != organiser.id:
        raise Refused(Reason.NOT_YOURS)
    return found
