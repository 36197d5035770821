"""Join two chats of one person: by a code that one gives and the other writes.

Whoever got the code stays; what the other has goes over to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from civic.actions.cast_ballot import voter_key_of
from civic.model.ballot import Ballot
from civic.model.comment import CommentDraft
from civic.model.cycle import Cycle, Stage, StageKind, StageState
from civic.model.idea import IdeaDraft
from civic.model.joining import JoinCode, JoinOffer, ShownCode
from civic.model.refusal import Reason, Refused
from civic.model.resident import Contact, Resident
from civic.ports import Clock, Randomness, UnitOfWork, Work
from civic.rules.joining import (
    DIGITS,
    FAILURES_LAST,
    KEPT_FOR,
    MOST_FAILURES,
    VALID_FOR,
    code_from,
    joined,
    needless_comment,
    needless_idea,
    read_code,
    told_at,
)
from civic.rules.quiet_hours import next_allowed

_SALT_BYTES: Final = 18


@dataclass(frozen=True, slots=True)
class GiveJoinCode:
    """Give somebody a code by which they can join another chat of theirs."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident) -> ShownCode:
        """Return a new code; the person's earlier one is no good any more."""
        now = self.clock.now()
        async with self.work.write() as work:
            await work.joining.remove_old(now - KEPT_FOR)
            code = self._new(resident, now)
            while await work.joining.by_hash(code.code_hash) is not None:
                code = self._new(resident, now)
            await work.joining.put(code)
            await work.commit()
        return _shown(self.randomness, code)

    def _new(self, resident: Resident, now: datetime) -> JoinCode:
        salt = self.randomness.token(_SALT_BYTES)
        return JoinCode(
            resident.id,
            salt,
            _hashed(self.randomness, _code(self.randomness, resident.id, salt)),
            now + VALID_FOR,
        )


@dataclass(frozen=True, slots=True)
class ReadJoinCode:
    """Read the code that a person got last."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident) -> ShownCode | None:
        """Return it, also when it was used; None when there is none or it is out of date."""
        async with self.work.read() as work:
            code = await work.joining.of(resident.id)
        if code is None or code.expires_at <= self.clock.now():
            return None
        return _shown(self.randomness, code)


@dataclass(frozen=True, slots=True)
class TryJoinCode:
    """See whether a code is good, before anything is shown; wrong ones are counted."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, written: str) -> str:
        """Return the key by which the other actions know the code.

        Raises `Refused` with `JOIN_CODE_UNREADABLE`, `JOIN_TOO_OFTEN`, `JOIN_CODE_UNKNOWN`,
        `JOIN_CODE_OVER`, `JOIN_CODE_SPENT`, `JOIN_OWN_CODE` or `JOIN_OTHER_TOWN`.
        """
        code = read_code(written)
        if code is None:
            raise Refused(Reason.JOIN_CODE_UNREADABLE, digits=DIGITS)
        key, now = _hashed(self.randomness, code), self.clock.now()
        counted_since = now - FAILURES_LAST
        async with self.work.write() as work:
            await work.residents.hold(resident.id)
            failures = await work.joining.failures(resident.id, counted_since)
            if failures is not None and failures[0] >= MOST_FAILURES:
                raise Refused(Reason.JOIN_TOO_OFTEN, again_at=failures[1] + FAILURES_LAST)
            found = await work.joining.by_hash(key)
            if found is None:
                await work.joining.failed(resident.id, now, counted_since)
                await work.commit()
                before = 0 if failures is None else failures[0]
                raise Refused(Reason.JOIN_CODE_UNKNOWN, tries=MOST_FAILURES - before - 1)
            await _giver(work, found, resident, now)
        return key


@dataclass(frozen=True, slots=True)
class ReadJoinOffer:
    """Read what joining by a code would do, before it is done."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, key: str) -> JoinOffer:
        """Return it; raises `Refused` as joining would."""
        now = self.clock.now()
        async with self.work.read() as work:
            code, giver = await _find(work, key, resident, now)
            cycles = await work.cycles.all(resident.community_id)
            votes = await _votes(work, self.randomness, cycles, giver, resident, now)
            contacts = await work.residents.contacts(giver.id)
            return JoinOffer(
                giver=giver,
                channels=tuple(dict.fromkeys(contact.channel for contact in contacts)),
                expires_at=code.expires_at,
                withdrawn=tuple(vote.cycle.titles for vote in votes if vote.is_double),
                carried=tuple(vote.cycle.titles for vote in votes if not vote.is_double),
                roles=resident.roles - giver.roles,
                idea_drafts=len(await _double_ideas(work, giver, resident)),
                comment_drafts=len(await _double_comments(work, cycles, giver, resident)),
            )


@dataclass(frozen=True, slots=True)
class JoinChats:
    """Let whoever got a code and whoever wrote it be one person."""

    work: Work
    clock: Clock
    randomness: Randomness

    async def __call__(self, resident: Resident, key: str, channel: str, chat_id: int) -> Resident:
        """Join them and return who stays; the person wrote from `chat_id` on `channel`.

        In a vote that is open one ballot stays: that of whoever got the code, if there is one. In
        a vote that is over nothing changes. Raises `Refused` with `JOIN_CODE_OVER`,
        `JOIN_CODE_SPENT`, `JOIN_OWN_CODE`, `JOIN_OTHER_TOWN`, or with `JOIN_COUNTING` while a vote
        is being counted in which the person has a ballot.
        """
        now = self.clock.now()
        async with self.work.write() as work:
            _, giver = await _find(work, key, resident, now)
            cycles = await self._hold(work, giver, resident)
            # As they are now that nothing can change any more.
            code, giver = await _find(work, key, resident, now)
            behind = await work.residents.behind(channel, chat_id)
            if behind is None or behind[0].id != resident.id:
                raise Refused(Reason.JOIN_CODE_SPENT)
            other, here = behind
            for vote in await _votes(work, self.randomness, cycles, giver, other, now):
                await vote.leave_one_ballot(work)
            await _leave_one_draft(work, cycles, giver, other)
            there = await work.residents.contacts(giver.id)
            await _alert(work, giver, there, channel, now)
            brought = [one for one in await work.residents.contacts(other.id) if one.id != here.id]
            await _alert(work, other, brought, max(there, key=_is_latest).channel, now)
            contacts = [
                *(replace(one, latest=False) for one in there),
                replace(here, chosen=False, latest=True, reachable=True),
            ]
            # Copies of news before addresses: in the order in which senders take them.
            told = told_at(contacts) or here
            for one in (giver, other):
                await work.joining.tell_on(one.id, told.channel, now)
            await work.joining.join(other.id, giver.id, now)
            kept = joined(giver, other)
            await work.residents.save(kept)
            town = await work.communities.get(kept.community_id)
            if town is not None and other.hours != kept.hours:
                begins = next_allowed(now, town.zone, kept.hours)
                await work.deliveries.hours_changed(kept.id, begins)
            await work.residents.heard_from(replace(here, resident_id=kept.id), now)
            await work.announcements.catch_up(kept.id, other.id, now)
            await work.joining.put(replace(code, spent=True))
            await work.commit()
        return kept

    async def _hold(self, work: UnitOfWork, giver: Resident, other: Resident) -> list[Cycle]:
        """Let nobody vote or write in the name of the two; return the cycles of their town."""
        await work.joining.begin()
        found = sorted(await work.cycles.all(giver.community_id), key=lambda cycle: cycle.id)
        # Where the vote is over nothing changes any more, and nobody need wait.
        held = [
            await work.cycles.get(cycle.id, lock=True) if _may_be_voted_on(cycle) else cycle
            for cycle in found
        ]
        await work.joining.hold(giver.id, other.id)
        return [cycle for cycle in held if cycle is not None]


@dataclass(frozen=True, slots=True)
class _Vote:
    """A vote that is not over, with the ballot of whoever is joined to another."""

    cycle: Cycle
    stage: Stage
    key: str
    ballot: Ballot
    giver_key: str
    is_double: bool
    """True when whoever stays has a ballot too."""

    async def leave_one_ballot(self, work: UnitOfWork) -> None:
        """Withdraw the ballot, or hand it over to whoever has none."""
        if self.is_double:
            nothing = Ballot(self.ballot.number, frozenset())
            await work.ballots.put(self.stage.id, self.key, self.ballot, nothing)
        else:
            await work.ballots.hand_over(self.stage.id, self.key, self.giver_key)


async def _votes(
    work: UnitOfWork,
    randomness: Randomness,
    cycles: Sequence[Cycle],
    giver: Resident,
    other: Resident,
    now: datetime,
) -> list[_Vote]:
    """Return the votes that are not over in which `other` has a ballot."""
    found = []
    for cycle in cycles:
        stage = cycle.stage(StageKind.VOTING)
        if stage is None or not _may_be_voted_on(cycle):
            continue
        key, giver_key = (voter_key_of(randomness, stage, one) for one in (other, giver))
        ballot = await work.ballots.find(stage.id, key)
        if ballot is None:
            continue
        if now >= stage.closes_at:
            raise Refused(Reason.JOIN_COUNTING)
        is_double = await work.ballots.find(stage.id, giver_key) is not None
        found.append(_Vote(cycle, stage, key, ballot, giver_key, is_double))
    return found


async def _alert(
    work: UnitOfWork, whose: Resident, chats: Sequence[Contact], joined_on: str, now: datetime
) -> None:
    """Let chats be told that one on the channel `joined_on` is theirs now.

    A code may have been seen by somebody, and a phone left lying: whoever did not act hears of it.
    """
    reachable = [one for one in chats if one.reachable]
    await work.joining.alert(reachable, whose.language, joined_on, now)


def _is_latest(contact: Contact) -> bool:
    return contact.latest


def _may_be_voted_on(cycle: Cycle) -> bool:
    """Tell whether ballots of the cycle can still change, or are still to be counted."""
    stage = cycle.stage(StageKind.VOTING)
    return stage is not None and stage.state is not StageState.CLOSED


async def _leave_one_draft(
    work: UnitOfWork, cycles: Sequence[Cycle], giver: Resident, other: Resident
) -> None:
    for ideas in await _double_ideas(work, giver, other):
        await work.ideas.remove_draft(needless_idea(*ideas).id)
    for comments in await _double_comments(work, cycles, giver, other):
        await work.comments.remove_draft(needless_comment(*comments).id)


async def _double_ideas(
    work: UnitOfWork, giver: Resident, other: Resident
) -> list[tuple[IdeaDraft, IdeaDraft]]:
    """Return the drafts of both for the same."""
    theirs = {(one.cycle_id, one.idea_id): one for one in await work.ideas.drafts_of(giver.id)}
    return [
        (theirs[draft.cycle_id, draft.idea_id], draft)
        for draft in await work.ideas.drafts_of(other.id)
        if (draft.cycle_id, draft.idea_id) in theirs
    ]


async def _double_comments(
    work: UnitOfWork, cycles: Sequence[Cycle], giver: Resident, other: Resident
) -> list[tuple[CommentDraft, CommentDraft]]:
    """Return the drafts of both in the same cycle."""
    found = []
    for cycle in cycles:
        theirs = await work.comments.draft_of(giver.id, cycle.id)
        draft = await work.comments.draft_of(other.id, cycle.id)
        if theirs is not None and draft is not None:
            found.append((theirs, draft))
    return found


async def _find(
    work: UnitOfWork, key: str, resident: Resident, now: datetime
) -> tuple[JoinCode, Resident]:
    """Return a code that is good for the person, and whoever got it."""
    code = await work.joining.by_hash(key)
    if code is None:
        # There was one: it has been replaced, or whoever got it joined another chat.
        raise Refused(Reason.JOIN_CODE_SPENT)
    return code, await _giver(work, code, resident, now)


async def _giver(work: UnitOfWork, code: JoinCode, resident: Resident, now: datetime) -> Resident:
    """Return whoever got the code, if it is good for the person."""
    if code.resident_id == resident.id:
        raise Refused(Reason.JOIN_OWN_CODE)
    giver = await work.residents.get(code.resident_id)
    if code.spent or giver is None:
        raise Refused(Reason.JOIN_CODE_SPENT)
    if code.expires_at <= now:
        raise Refused(Reason.JOIN_CODE_OVER, ended_at=code.expires_at)
    if giver.community_id != resident.community_id:
        raise Refused(Reason.JOIN_OTHER_TOWN)
    return giver


def _code(randomness: Randomness, resident_id: int, salt: str) -> str:
    return code_from(int(randomness.keyed_hash("join code", resident_id, salt), 16))


def _hashed(randomness: Randomness, code: str) -> str:
    return randomness.keyed_hash("join", code)


def _shown(randomness: Randomness, code: JoinCode) -> ShownCode:
    return ShownCode(_code(randomness, code.resident_id, code.salt), code.expires_at, code.spent)
