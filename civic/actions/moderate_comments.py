"""Moderators decide on reported remarks, one by one, and everyone can read what they decided."""

from dataclasses import dataclass

from civic.actions.consultations import Discussion, find_comment, find_discussion, find_section
from civic.model.announcement import NoticeKind
from civic.model.audience import EVERYONE, Trait
from civic.model.budget import Section
from civic.model.comment import Comment
from civic.model.cycle import Cycle
from civic.model.moderation import (
    WORDS_LEAST,
    WORDS_LIMIT,
    Decision,
    Ground,
    Verdict,
    Why,
)
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, UnitOfWork, Work
from civic.rules.eligibility import require_moderator
from civic.rules.texts import clean


@dataclass(frozen=True, slots=True)
class Case:
    """A remark and what was complained about it."""

    comment: Comment
    complaints: int
    """How many people complained since the last decision."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with what it is about."""

    case: Case
    section: Section | None
    """None for the whole budget."""


@dataclass(frozen=True, slots=True)
class ModerationLog:
    """Everything that was decided in a cycle."""

    cycle: Cycle
    decisions: tuple[Decision, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True)
class ReadCases:
    """Read which remarks of the town wait for a decision."""

    work: Work

    async def __call__(self, moderator: Resident) -> tuple[Case, ...]:
        """Return them, longest waiting first; raises `Refused` with `NOT_MODERATOR`."""
        require_moderator(moderator)
        async with self.work.read() as work:
            found = await work.comments.reported(moderator.community_id)
        return tuple(Case(comment, complaints) for comment, complaints in found)


@dataclass(frozen=True, slots=True)
class ReadCase:
    """Read one remark to decide on, reported or not."""

    work: Work

    async def __call__(self, moderator: Resident, comment_id: int) -> CaseView:
        """Return it; raises `Refused` with `NOT_MODERATOR` or `NOT_FOUND`."""
        require_moderator(moderator)
        async with self.work.read() as work:
            comment, _ = await find_comment(work, moderator, comment_id)
            section = await find_section(work, comment.cycle_id, comment.section_id)
            complaints = await work.comments.complaints(comment_id)
        return CaseView(Case(comment, complaints), section)


@dataclass(frozen=True, slots=True)
class DecideOnComment:
    """Keep a remark, or hide its words for a reason; a hidden one that is kept is shown again."""

    work: Work
    clock: Clock

    async def __call__(
        self, moderator: Resident, comment_id: int, verdict: Verdict, why: Why | None = None
    ) -> None:
        """Decide; doing it twice changes nothing. `why` is given when the remark is hidden.

        Raises `Refused` with `NOT_MODERATOR`, `NOT_FOUND`, `OWN_CASE` or `REASON_NEEDED`.
        """
        require_moderator(moderator)
        now, reason = self.clock.now(), _reason(verdict, why)
        async with self.work.write() as work:
            comment, discussion = await find_comment(work, moderator, comment_id, lock=True)
            if comment.author_id == moderator.id:
                raise Refused(Reason.OWN_CASE)
            if comment.hidden == reason and not await work.comments.complaints(comment_id):
                return
            decision = await work.comments.decide(comment_id, verdict, reason, moderator.id, now)
            if comment.hidden != reason:
                await self._tell_author(work, comment, discussion, decision, reason)
            await work.commit()

    async def _tell_author(
        self,
        work: UnitOfWork,
        comment: Comment,
        discussion: Discussion,
        decision: int,
        why: Why | None,
    ) -> None:
        now, cycle = self.clock.now(), discussion.cycle
        await work.announcements.plan(
            f"decision:{decision}",
            cycle.community_id,
            cycle.id,
            discussion.stage.id,
            NoticeKind.COMMENT_SHOWN if why is None else NoticeKind.COMMENT_HIDDEN,
            {
                "comment": comment.id,
                "ground": None if why is None else why.ground.value,
                "words": None if why is None else why.words,
            },
            now,
            audience=EVERYONE.those(Trait.PERSON, comment.author_id),
        )


@dataclass(frozen=True, slots=True)
class ReadModerationLog:
    """Read what moderators decided in a cycle; everyone may."""

    work: Work

    async def __call__(self, resident: Resident, cycle_id: int) -> ModerationLog:
        """Return the log; raises `Refused` with `NOT_FOUND` or `NO_SUCH_STAGE`."""
        async with self.work.read() as work:
            discussion = await find_discussion(work, resident, cycle_id)
            decisions = await work.comments.decisions(cycle_id)
        return ModerationLog(discussion.cycle, tuple(decisions))


def _reason(verdict: Verdict, why: Why | None) -> Why | None:
    if verdict is Verdict.KEPT:
        return None
    if why is None:
        raise Refused(Reason.REASON_NEEDED, least=WORDS_LEAST, limit=WORDS_LIMIT)
    if why.ground is not Ground.OTHER:
        return Why(why.ground)
    words = clean(why.words)
    if not WORDS_LEAST <= len(words) <= WORDS_LIMIT:
        raise Refused(Reason.REASON_NEEDED, least=WORDS_LEAST, limit=WORDS_LIMIT)
    return Why(Ground.OTHER, words)
