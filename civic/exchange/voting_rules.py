"""The part of a cycle's file that decides a vote, and how its values go together."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

from pydantic import Field, PlainValidator, StringConstraints

from civic.exchange.fields import Code, Count, Part, Positive, ShortText, Sure, unexpected
from civic.model.cycle import (
    BallotKind,
    DividedBy,
    Division,
    FundSource,
    PotShare,
    TallyRule,
    TieBreak,
    Transfer,
    VotingRules,
    WhenShort,
)

Faults = Iterator[tuple[str, str, str]]
"""Where, expected, found."""

_OLDEST: Final = 120
_WHOLE: Final = 100

Age = Annotated[int, Field(strict=True, ge=0, le=_OLDEST)]


def _percent(value: object) -> str:
    expected = "a number such as 5 or 2.5, from 0 up to, not including, 100"
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise unexpected(expected)
    try:
        percent = Decimal(value)
        is_sound = 0 <= percent < _WHOLE
    except InvalidOperation as error:
        raise unexpected(expected) from error
    if not is_sound:
        raise unexpected(expected)
    return f"{percent.normalize():f}"


class PotPart(Part):
    """A part of the fund for one district or topic."""

    code: Code
    fund: Positive


class DivisionPart(Part):
    """How the fund is divided."""

    by: DividedBy
    pots: Annotated[tuple[PotPart, ...], Field(min_length=2)]
    transfer: Transfer

    def division(self) -> Division:
        """Return the division as the model has it."""
        return Division(
            self.by, tuple(PotShare(pot.code, pot.fund) for pot in self.pots), self.transfer
        )


class SourcePart(Part):
    """Who gives a part of the fund."""

    names: ShortText
    amount: Positive
    reserve: Sure

    def source(self) -> FundSource:
        """Return the source as the model has it."""
        return FundSource(self.names.local(), self.amount, self.reserve)


class VotingRulesPart(Part):
    """How the vote is held and counted; what every vote needs has no default."""

    ballot: BallotKind
    max_choices: Positive | None
    fund: Positive
    more_than: Count
    more_than_percent: Annotated[str, PlainValidator(_percent)] = "0"
    when_short: WhenShort
    top_up_percent: Annotated[int, Field(strict=True, ge=1, lt=_WHOLE)] | None = None
    ties: tuple[TieBreak, ...]
    seed: Annotated[str, StringConstraints(max_length=200)]
    binding: Sure
    minimum_age: Age
    tally: TallyRule
    conflicts: tuple[tuple[Code, Code], ...] = ()
    division: DivisionPart | None = None
    sources: tuple[SourcePart, ...] = ()

    def rules(self) -> VotingRules:
        """Return the rules as the model has them."""
        return VotingRules(
            ballot=self.ballot,
            max_choices=self.max_choices,
            fund=self.fund,
            more_than=self.more_than,
            more_than_percent=self.more_than_percent,
            when_short=self.when_short,
            top_up_percent=self.top_up_percent,
            ties=self.ties,
            seed=self.seed,
            binding=self.binding,
            minimum_age=self.minimum_age,
            tally=self.tally,
            conflicts=self.conflicts,
            division=None if self.division is None else self.division.division(),
            sources=tuple(part.source() for part in self.sources),
        )


def voting_faults(voting: VotingRulesPart, codes: Sequence[str]) -> Faults:
    """Yield what does not go together; `codes` are those of the projects.

    Places are given within `rules.voting`.
    """
    yield from _ballot_faults(voting)
    yield from _tie_faults(voting)
    yield from _counting_faults(voting)
    yield from _conflict_faults(voting, codes)
    yield from _money_faults(voting)


def _ballot_faults(voting: VotingRulesPart) -> Faults:
    is_approval = voting.ballot is BallotKind.APPROVAL
    if is_approval and voting.max_choices is None:
        yield "max_choices", "a whole number for an approval ballot", "nothing"
    if not is_approval and voting.max_choices is not None:
        found = str(voting.max_choices)
        yield "max_choices", "null for a ballot limited by the fund", found


def _tie_faults(voting: VotingRulesPart) -> Faults:
    if len(set(voting.ties)) < len(voting.ties):
        yield "ties", "each way at most once", ", ".join(voting.ties)
    if not voting.ties or voting.ties[-1] is TieBreak.LOWER_COST:
        expected = "earlier_submission or lot at the end, so that no tie is left"
        yield "ties", expected, ", ".join(voting.ties) or "nothing"
    uses_lot = TieBreak.LOT in voting.ties
    if uses_lot and not voting.seed:
        yield "seed", "a published seed for the lot", "an empty text"
    if voting.seed and not uses_lot:
        yield "seed", 'an empty text "" when ties use no lot', f"«{voting.seed}»"


def _counting_faults(voting: VotingRulesPart) -> Faults:
    has_share = voting.more_than_percent != "0"
    if voting.more_than and has_share:
        yield "more_than_percent", "0 where more_than is not 0", voting.more_than_percent
    if voting.tally is TallyRule.TOP_UP:
        if voting.top_up_percent is None:
            yield "top_up_percent", f"a percentage such as 80 for {TallyRule.TOP_UP}", "nothing"
        if voting.when_short is not WhenShort.STOP:
            yield "when_short", f"stop for {TallyRule.TOP_UP}", voting.when_short
    elif voting.top_up_percent is not None:
        yield (
            "top_up_percent",
            f"nothing unless tally is {TallyRule.TOP_UP}",
            str(voting.top_up_percent),
        )
    if voting.tally.is_by_shares:
        if voting.when_short is not WhenShort.SKIP:
            yield "when_short", f"skip for {voting.tally}", voting.when_short
        if voting.more_than or has_share:
            yield "tally", "a rule by votes where votes have to pass a threshold", voting.tally
        if voting.conflicts:
            yield "tally", "a rule by votes where projects exclude each other", voting.tally


def _conflict_faults(voting: VotingRulesPart, codes: Sequence[str]) -> Faults:
    seen: set[frozenset[str]] = set()
    for index, pair in enumerate(voting.conflicts):
        where = f"conflicts[{index}]"
        for code in pair:
            if code not in codes:
                yield where, "codes from projects", f"«{code}»"
        if frozenset(pair) in seen or len(set(pair)) == 1:
            yield where, "two different projects, each pair once", " and ".join(pair)
        seen.add(frozenset(pair))


def _money_faults(voting: VotingRulesPart) -> Faults:
    amounts = {
        "division.pots": [] if voting.division is None else [p.fund for p in voting.division.pots],
        "sources": [part.amount for part in voting.sources],
    }
    for where, parts in amounts.items():
        if parts and sum(parts) != voting.fund:
            yield where, f"amounts that add up to the fund, {voting.fund}", str(sum(parts))
    if voting.division is not None:
        names = [pot.code for pot in voting.division.pots]
        if len(set(names)) < len(names):
            yield "division.pots", "each code once", ", ".join(names)
