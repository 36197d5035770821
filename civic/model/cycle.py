"""A cycle (one run of a participatory budget or a consultation) and its dated stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from civic.model.text import LocalText


class CycleKind(StrEnum):
    """What residents take part in."""

    PARTICIPATORY_BUDGET = "participatory_budget"
    CONSULTATION = "consultation"


class StageKind(StrEnum):
    """What a stage is for; `civic.rules.stages` says what each permits."""

    IDEAS = "ideas"
    REVIEW = "review"
    VOTING = "voting"
    RESULTS = "results"
    BUILDING = "building"
    CONSULTATION = "consultation"
    ANSWERS = "answers"


class StageState(StrEnum):
    """How far the clock has brought a stage: which of its transitions have been carried out."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    """An organiser decided before the opening that it will not take place."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A dated part of a cycle.

    Open from `opens_at` (inclusive) to `closes_at` (exclusive), UTC.
    """

    id: int
    cycle_id: int
    kind: StageKind
    opens_at: datetime
    closes_at: datetime
    state: StageState
    texts: Mapping[str, LocalText] = field(default_factory=dict, hash=False)
    """What the organisers want said instead of the usual, by the kind of notice."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether the dates hold `now`, even if the clock is late with the opening."""
        return self.opens_at <= now < self.closes_at


class BallotKind(StrEnum):
    """What one ballot may hold."""

    APPROVAL = "approval"
    """Up to `max_choices` projects."""
    KNAPSACK = "knapsack"
    """Any projects whose costs together fit the fund."""


class WhenShort(StrEnum):
    """What the count does with a project that costs more than is left."""

    SKIP = "skip"
    STOP = "stop"


class TieBreak(StrEnum):
    """Written order between projects with equal votes."""

    LOWER_COST = "lower_cost"
    EARLIER_SUBMISSION = "earlier_submission"
    LOT = "lot"
    """By SHA-256 of the published seed and the project's number."""


class TallyRule(StrEnum):
    """Counting rules that a cycle may choose, by their names in `civic.rules.tally.RULES`."""

    GREEDY = "greedy"
    """Most votes first, until the money is spent."""
    TOP_UP = "greedy-custom"
    """The same, but the first project that does not fit may be topped up from outside."""
    EQUAL_SHARES = "equalshares/add1"
    """Every voter has an equal share of the fund, with which they pay for what they chose."""
    EQUAL_SHARES_COMPARED = "equalshares/add1-comparison"
    """The same, unless more voters prefer what counting by votes would fund."""

    @property
    def is_by_shares(self) -> bool:
        """Tell whether voters pay with equal shares."""
        return self in {TallyRule.EQUAL_SHARES, TallyRule.EQUAL_SHARES_COMPARED}


class DividedBy(StrEnum):
    """What decides from which pot a project is paid."""

    DISTRICT = "district"
    TOPIC = "topic"


class Transfer(StrEnum):
    """Where goes what a pot has left."""

    NONE = "none"
    """Nowhere: it stays unspent."""
    NEXT = "next"
    """Into the next pot in the written order."""
    TOGETHER = "together"
    """Into one pot, when all are counted, for the projects of every pot that lost for money."""


@dataclass(frozen=True, slots=True)
class PotShare:
    """A part of the fund for the projects of one district or topic."""

    code: str
    """Of the district or topic."""
    fund: int
    """Whole tenge."""


@dataclass(frozen=True, slots=True)
class Division:
    """How the fund is divided; the parts add up to it and are counted in this order."""

    by: DividedBy
    pots: tuple[PotShare, ...]
    transfer: Transfer


@dataclass(frozen=True, slots=True)
class FundSource:
    """Who gives a part of the fund; all parts add up to it, and are spent in this order."""

    names: LocalText
    amount: int
    """Whole tenge."""
    is_reserve: bool
    """Touched only for what the others do not cover."""


@dataclass(frozen=True, slots=True)
class VotingRules:
    """How a vote is held and counted; frozen and hashed when voting opens."""

    ballot: BallotKind
    max_choices: int | None
    fund: int
    """Whole tenge to be shared out."""
    more_than: int
    """A project needs strictly more votes than this."""
    when_short: WhenShort
    ties: tuple[TieBreak, ...]
    seed: str
    """Published seed of the lot; empty when ties do not use one."""
    binding: bool
    minimum_age: int
    tally: TallyRule = TallyRule.GREEDY
    more_than_percent: str = "0"
    """A project has to be chosen on strictly more of the ballots than this: a decimal number."""
    top_up_percent: int | None = None
    """What is left has to cover so much of a project's cost to be topped up; None for never."""
    conflicts: tuple[tuple[str, str], ...] = ()
    """Codes of projects of which only one can be funded."""
    division: Division | None = None
    sources: tuple[FundSource, ...] = ()


@dataclass(frozen=True, slots=True)
class IdeaRules:
    """What may be put forward."""

    max_cost: int | None
    """Whole tenge; None for no limit."""
    max_photos: int


@dataclass(frozen=True, slots=True)
class ConsultationRules:
    """What the draft budget under discussion is."""

    years: tuple[int, int, int]
    """Years of a section's three amounts: the one under discussion and the two after it."""
    source: LocalText
    """Where the official document is published."""
    edit_minutes: int
    """How long the author may edit or delete a published comment."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of a cycle; the parts that its kind needs are present."""

    ideas: IdeaRules | None = None
    voting: VotingRules | None = None
    consultation: ConsultationRules | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run with a calendar of stages, ordered by `opens_at`."""

    id: int
    community_id: int
    slug: str
    kind: CycleKind
    titles: LocalText
    about: LocalText
    rules: Rules
    rules_hash: str
    """SHA-256 of the canonical rules, fixed when voting opened; empty before."""
    stages: tuple[Stage, ...]
    """Those that take place."""
    cancelled: tuple[Stage, ...] = ()

    def stage(self, kind: StageKind) -> Stage | None:
        """Return the stage of that kind, or None when this cycle has none."""
        return next((found for found in self.stages if found.kind is kind), None)

    def found(self, stage_id: int | None) -> Stage | None:
        """Return the stage with that id, also one that was cancelled."""
        return next(
            (stage for stage in self.stages + self.cancelled if stage.id == stage_id), None
        )

    def current(self, now: datetime) -> Stage | None:
        """Return the stage that is open at `now`, or None between stages."""
        return next((found for found in self.stages if found.is_open(now)), None)

    def following(self, now: datetime) -> Stage | None:
        """Return the next stage that has not opened by `now`, or None when none is left."""
        return next((found for found in self.stages if found.opens_at > now), None)


class StageAction(StrEnum):
    """What was done to a stage, by the clock or by an organiser."""

    OPENED = "opened"
    CLOSED = "closed"
    OPENED_EARLY = "opened_early"
    CLOSED_EARLY = "closed_early"
    EXTENDED = "extended"
    MOVED = "moved"
    """Both dates were moved: by an organiser, or because the stage before moved."""
    SHORTENED = "shortened"
    CANCELLED = "cancelled"
    UNLINKED = "unlinked"
    """The link between voters and ballots was destroyed for good."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """An entry of the public log of a stage."""

    id: int
    stage_id: int
    action: StageAction
    at: datetime
    reason: str
    """Words of the organiser that everyone can read; empty when the clock did it."""
    before: datetime | None
    after: datetime | None
    """For a moved date: what it was and what it became."""
