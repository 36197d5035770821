"""What one organiser hands in, another approves or sends back, where the town wants it so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from civic.actions.change_stage import reason_of
from civic.actions.draft_broadcast import own_draft, require_organiser
from civic.actions.send_broadcast import announce, announced_from, require_ready
from civic.model.announcement import Announcement, NoticeKind, Parameter
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import BroadcastDraft
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Alarm, Clock, UnitOfWork, Work


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for approval, and who wrote it."""

    draft: BroadcastDraft
    author: Resident


@dataclass(frozen=True, slots=True)
class HandInBroadcast:
    """Let another organiser approve a draft; all others are told."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(
        self, organiser: Resident, draft_id: int, *, one_language: bool = False
    ) -> BroadcastDraft:
        """Return the draft; handing it in twice changes nothing.

        Raises `Refused` as `SendBroadcast` does, and with `SECOND_ORGANISER_NEEDED`.
        """
        now = self.clock.now()
        require_organiser(organiser)
        async with self.work.write() as work:
            draft = await own_draft(work, organiser, draft_id, lock=True)
            if draft.handed_in_at is not None:
                return draft
            require_ready(draft.order, now, one_language=one_language)
            others = await _others(work, organiser)
            if not others:
                raise Refused(Reason.SECOND_ORGANISER_NEEDED)
            draft = replace(
                draft,
                handed_in_at=now,
                one_language=one_language,
                sent_back="",
                version=draft.version + 1,
            )
            await work.broadcasts.save_draft(draft)
            facts: Mapping[str, Parameter] = {
                "author": organiser.display_name,
                "author_id": organiser.id,
            }
            await _tell(work, NoticeKind.BROADCAST_HANDED_IN, draft, organiser, others, facts, now)
            await work.commit()
        self.alarm.wake()
        return draft


@dataclass(frozen=True, slots=True)
class AreOthersTold:
    """Find out whether the service tells any other organiser what is handed in."""

    work: Work

    async def __call__(self, organiser: Resident) -> bool:
        """Return False when all others want no news or can be reached nowhere.

        Raises `Refused` with `NOT_ORGANISER`.
        """
        require_organiser(organiser)
        async with self.work.read() as work:
            others = await _others(work, organiser)
            audience = EVERYONE.those(Trait.PERSON, *others)
            return bool(others) and bool(
                await work.announcements.reach(organiser.community_id, audience)
            )


@dataclass(frozen=True, slots=True)
class TakeBroadcastBack:
    """Let a draft wait for approval no longer."""

    work: Work

    async def __call__(self, organiser: Resident, draft_id: int) -> BroadcastDraft:
        """Return the draft; one that does not wait stays as it is.

        Raises `Refused` with `NOT_ORGANISER`, `NOT_FOUND` or `NOT_YOURS`.
        """
        require_organiser(organiser)
        async with self.work.write() as work:
            draft = await own_draft(work, organiser, draft_id, lock=True)
            if draft.handed_in_at is None:
                return draft
            draft = replace(draft, handed_in_at=None, version=draft.version + 1)
            await work.broadcasts.save_draft(draft)
            await work.commit()
        return draft


@dataclass(frozen=True, slots=True)
class ReadWaitingBroadcasts:
    """Read what waits for this organiser's approval: what the others handed in."""

    work: Work

    async def __call__(self, organiser: Resident) -> Sequence[Waiting]:
        """Return it, the longest first; raises `Refused` with `NOT_ORGANISER`."""
        require_organiser(organiser)
        async with self.work.read() as work:
            drafts = await work.broadcasts.waiting(organiser.community_id)
            return [
                await _with_author(work, organiser, draft)
                for draft in drafts
                if draft.organiser_id != organiser.id
            ]


@dataclass(frozen=True, slots=True)
class ReadWaitingBroadcast:
    """Read one announcement that waits for approval."""

    work: Work

    async def __call__(self, organiser: Resident, draft_id: int) -> Waiting:
        """Return it; raises `Refused` with `NOT_ORGANISER` or `NOT_WAITING`."""
        require_organiser(organiser)
        async with self.work.read() as work:
            return await _waiting(work, organiser, await work.broadcasts.draft(draft_id))


@dataclass(frozen=True, slots=True)
class ApproveBroadcast:
    """Announce what another organiser handed in; where its moment has passed, at once."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(self, organiser: Resident, draft_id: int, version: int) -> Announcement:
        """Return the announcement; approving it twice changes nothing.

        `version` is what the organiser has read. Raises `Refused` with `NOT_ORGANISER`,
        `NOT_WAITING`, `OWN_BROADCAST` or `CHANGED_MEANWHILE`, and as `announce` does.
        """
        now = self.clock.now()
        require_organiser(organiser)
        async with self.work.write() as work:
            # The draft first: whoever approves it just now has done so when it is looked for.
            draft = await work.broadcasts.draft(draft_id, lock=True)
            found = await announced_from(work, draft_id)
            if found is not None and found.approved_by == organiser.id:
                return found
            waiting = await _waiting(work, organiser, draft)
            _require_decidable(waiting.draft, organiser, version)
            planned = await announce(work, waiting.author, _not_before(waiting.draft, now), now)
            await work.announcements.approve(planned.id, organiser.id, now)
            facts = {"number": planned.number, "approver": organiser.display_name}
            await _answer(work, NoticeKind.BROADCAST_APPROVED, waiting, organiser, facts, now)
            await work.commit()
        self.alarm.wake()
        return replace(planned, approved_by=organiser.id, approved_at=now)


@dataclass(frozen=True, slots=True)
class SendBroadcastBack:
    """Ask the author of an announcement that waits for approval to change it."""

    work: Work
    clock: Clock
    alarm: Alarm

    async def __call__(
        self, organiser: Resident, draft_id: int, version: int, why: str
    ) -> BroadcastDraft:
        """Return the draft, which waits no longer.

        Raises `Refused` with `NOT_ORGANISER`, `REASON_NEEDED`, `NOT_WAITING`, `OWN_BROADCAST` or
        `CHANGED_MEANWHILE`.
        """
        now, reason = self.clock.now(), reason_of(why)
        require_organiser(organiser)
        async with self.work.write() as work:
            found = await work.broadcasts.draft(draft_id, lock=True)
            waiting = await _waiting(work, organiser, found)
            _require_decidable(waiting.draft, organiser, version)
            draft = replace(
                waiting.draft, handed_in_at=None, sent_back=reason, version=version + 1
            )
            await work.broadcasts.save_draft(draft)
            facts = {"approver": organiser.display_name, "why": reason}
            await _answer(work, NoticeKind.BROADCAST_SENT_BACK, waiting, organiser, facts, now)
            await work.commit()
        self.alarm.wake()
        return draft


async def _waiting(work: UnitOfWork, organiser: Resident, draft: BroadcastDraft | None) -> Waiting:
    if draft is None or draft.handed_in_at is None:
        raise Refused(Reason.NOT_WAITING)
    return await _with_author(work, organiser, draft)


async def _with_author(work: UnitOfWork, organiser: Resident, draft: BroadcastDraft) -> Waiting:
    author = await work.residents.get(draft.organiser_id)
    # Whoever organises no more announces nothing: two organisers have to stand by it.
    theirs = author is not None and author.community_id == organiser.community_id
    if author is None or not theirs or not author.has(Role.ORGANISER):
        raise Refused(Reason.NOT_WAITING)
    return Waiting(draft, author)


def _require_decidable(draft: BroadcastDraft, organiser: Resident, version: int) -> None:
    if draft.organiser_id == organiser.id:
        raise Refused(Reason.OWN_BROADCAST)
    if draft.version != version:
        raise Refused(Reason.CHANGED_MEANWHILE)


def _not_before(draft: BroadcastDraft, now: datetime) -> BroadcastDraft:
    send_from = draft.order.send_from
    if send_from is None or send_from >= now:
        return draft
    return replace(draft, order=replace(draft.order, send_from=None))


async def _answer(
    work: UnitOfWork,
    kind: NoticeKind,
    waiting: Waiting,
    organiser: Resident,
    facts: Mapping[str, Parameter],
    now: datetime,
) -> None:
    facts = {**facts, "approver_id": organiser.id}
    await _tell(work, kind, waiting.draft, organiser, [waiting.author.id], facts, now)


async def _others(work: UnitOfWork, organiser: Resident) -> Sequence[int]:
    holders = await work.residents.holders(organiser.community_id, Role.ORGANISER)
    return [holder for holder in holders if holder != organiser.id]


async def _tell(
    work: UnitOfWork,
    kind: NoticeKind,
    draft: BroadcastDraft,
    organiser: Resident,
    whom: Sequence[int],
    facts: Mapping[str, Parameter],
    now: datetime,
) -> None:
    await work.announcements.plan(
        f"{kind.value}:{draft.id}:{draft.version}",
        organiser.community_id,
        None,
        None,
        kind,
        {**facts, "draft": draft.id},
        now,
        audience=EVERYONE.those(Trait.PERSON, *whom),
        by=organiser.id,
    )
