"""Method of Equal Shares with cost utilities: every voter decides on an equal part of the fund.

- `equalshares`: every voter has the fund divided by the number of ballots; see `shares`.
- Add1: that is raised for every voter by one unit of currency at a time, until the next step would
  spend more than the fund. (Not until nothing more would fit: a further step may still fund more.)
- Then, unless the terms say otherwise, what is left funds by votes what still fits.
- Comparison, as the cities that use it defined it with the authors of the method (equalshares.net,
  comparison by «satisfaction»): every voter prefers the outcome with more of the projects that the
  voter supports. If more prefer the outcome by votes, that one is taken.

Projects below the threshold take no part, as in Świecie.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np

from civic.model.cycle import WhenShort
from civic.model.results import Outcome
from civic.rules.tally.by_votes import chance_of, count_by_votes, groups, is_excluded_by
from civic.rules.tally.contest import Contest
from civic.rules.tally.decisions import Count, Decision, Tie
from civic.rules.tally.electorate import Electorate
from civic.rules.tally.shares import Market, Purchase
from civic.rules.tally.ties import in_written_order

_LOST_FOR_MONEY: Final = {Outcome.DOES_NOT_FIT, Outcome.TOO_LITTLE_SUPPORT}
_MOST_PATIENCE: Final = 8


def count(contest: Contest) -> Count:
    """Count with the fund divided equally; see the module."""
    return _count(contest, Electorate.of(contest.ballots), raises=False)


def count_add1(contest: Contest) -> Count:
    """Count with Add1; see the module."""
    return _count(contest, Electorate.of(contest.ballots), raises=True)


def count_with_comparison(contest: Contest) -> Count:
    """Count without Add1, but with the comparison; see the module."""
    return _compared(contest, raises=False)


def count_add1_with_comparison(contest: Contest) -> Count:
    """Count with Add1 and the comparison; see the module."""
    return _compared(contest, raises=True)


def _compared(contest: Contest, *, raises: bool) -> Count:
    electorate = Electorate.of(contest.ballots)
    by_shares = _count(contest, electorate, raises=raises)
    by_votes = count_by_votes(contest, WhenShort.SKIP)
    preferences = _preferences(electorate, contest, by_shares.funded(), by_votes.funded())
    for_shares, for_votes = preferences
    if for_votes <= for_shares:
        return replace(by_shares, preferences=preferences)
    replaced = set(by_shares.funded()) - set(by_votes.funded())
    decisions = tuple(
        replace(one, outcome=Outcome.REPLACED) if one.id in replaced else one
        for one in by_votes.decisions
    )
    return replace(
        by_votes,
        decisions=decisions,
        endowment=by_shares.endowment,
        preferences=preferences,
    )


def _preferences(
    electorate: Electorate, contest: Contest, by_shares: Collection[str], by_votes: Collection[str]
) -> tuple[int, int]:
    """Return how many voters support more projects in the first outcome, and in the second."""
    more = np.zeros(electorate.times.size, np.int64)
    for id_, supporters in zip(contest.ballots.ids, electorate.supporters, strict=True):
        more[supporters] += (id_ in by_shares) - (id_ in by_votes)
    return int(electorate.times[more > 0].sum()), int(electorate.times[more < 0].sum())


def _count(contest: Contest, electorate: Electorate, *, raises: bool) -> Count:
    market = _market(contest, electorate)
    terms = contest.terms
    endowment = Fraction(terms.fund, max(1, contest.ballots.cast))
    if raises:
        endowment = _raised(market, endowment, terms.unit, terms.fund)
    bought, means = market.settle(endowment)
    return replace(_decided(contest, bought, means), endowment=endowment)


def _market(contest: Contest, electorate: Electorate) -> Market:
    place = {id_: index for index, id_ in enumerate(contest.ballots.ids)}
    costs = {one.id: one.cost for one in contest.candidates}
    votes = contest.votes()
    conflicts: dict[int, list[int]] = {}
    for one, other in contest.terms.conflicts:
        if one in place and other in place:
            conflicts.setdefault(place[one], []).append(place[other])
            conflicts.setdefault(place[other], []).append(place[one])
    return Market(
        voters=electorate,
        # A ballot may name projects of other pots; they are not for sale.
        costs=[costs.get(id_, 0) for id_ in contest.ballots.ids],
        order=[
            place[one.id]
            for one in in_written_order(contest.candidates, contest.terms)
            if one.id in place and votes[one.id] >= contest.needed(one)
        ],
        conflicts=conflicts,
    )


@dataclass(slots=True)
class _Pace:
    """By how many units the endowment is raised at once.

    More than one wherever it can be proven that nothing changes in between. Where it often cannot,
    trying costs more than it saves.
    """

    units: int = 1
    patience: int = 1
    rests: int = 0

    def succeeded(self) -> None:
        if self.units > 1:
            self.units *= 2
            self.patience = 1
        elif self.rests:
            self.rests -= 1
        else:
            self.units = 2

    def failed(self) -> None:
        self.units //= 3
        if self.units <= 1:
            self.units = 1
            self.rests = self.patience
            self.patience = min(2 * self.patience, _MOST_PATIENCE)


def _raised(market: Market, endowment: Fraction, unit: int, fund: int) -> Fraction:
    """Return the endowment raised until the next unit would overspend, or all is bought."""
    pace = _Pace()
    bought = market.buy(endowment)
    while market.has_more_than(bought):
        further = endowment + pace.units * unit
        if pace.units == 1:
            more = market.buy(further)
            if sum(market.costs[one.project] for one in more) > fund:
                break
        else:
            alike = market.buy_alike(bought, further)
            if alike is None:
                pace.failed()
                continue
            more = alike
        bought, endowment = more, further
        pace.succeeded()
    return endowment


def _decided(contest: Contest, bought: Sequence[Purchase], means: Sequence[int]) -> Count:
    ids, votes = contest.ballots.ids, contest.votes()
    candidates = {one.id: one for one in contest.candidates}
    left = contest.terms.fund
    decisions: list[Decision] = []
    ties: dict[str, tuple[str, ...]] = {}
    for rank, purchase in enumerate(bought, start=1):
        candidate = candidates[ids[purchase.project]]
        equals = tuple(ids[one] for one in purchase.equals)
        decisions.append(
            Decision(
                id=candidate.id,
                cost=candidate.cost,
                votes=votes[candidate.id],
                outcome=Outcome.FUNDED,
                rank=rank,
                left_before=left,
                needed=contest.needed(candidate),
                tie_with=equals[1:],
                share=purchase.share,
            )
        )
        left -= candidate.cost
        ties |= dict.fromkeys(equals, equals)
    rest = (
        count_by_votes(contest, WhenShort.SKIP, funded=decisions)
        if contest.terms.is_completed
        else _without_completion(contest, decisions)
    )
    others = [
        _explained(one, ties.get(one.id, ()), means[ids.index(one.id)] if one.id in ids else 0)
        for one in rest.decisions[len(bought) :]
    ]
    lost = {
        one.id
        for one in others
        if one.outcome is Outcome.TIE_LOST
        or is_excluded_by(one.conflict_with, ties.get(one.id, ()))
    }
    return replace(
        rest,
        decisions=(*decisions, *others),
        ties=(
            *(
                Tie(equals, is_decisive=not lost.isdisjoint(equals))
                for equals in (tuple(ids[one] for one in purchase.equals) for purchase in bought)
                if len(equals) > 1
            ),
            *rest.ties,
        ),
    )


def _explained(decision: Decision, equals: tuple[str, ...], means: int) -> Decision:
    """Return the decision about a project that was not bought, as this rule explains it."""
    if decision.outcome is Outcome.FUNDED:
        return replace(decision, outcome=Outcome.FUNDED_BY_VOTES, means=means)
    if decision.outcome in _LOST_FOR_MONEY and equals:
        tie_with = tuple(id_ for id_ in equals if id_ != decision.id)
        return replace(decision, outcome=Outcome.TIE_LOST, tie_with=tie_with, means=means)
    return replace(decision, means=means)


def _without_completion(contest: Contest, funded: Sequence[Decision]) -> Count:
    spent = sum(one.cost for one in funded)
    left = contest.terms.fund - spent
    decisions = list(funded)
    for votes, equal in groups(contest, {one.id for one in funded}):
        for candidate in equal:
            chance = chance_of(contest, candidate, votes, funded)
            decisions.append(
                Decision(
                    id=candidate.id,
                    cost=candidate.cost,
                    votes=votes,
                    outcome=chance.outcome or Outcome.TOO_LITTLE_SUPPORT,
                    rank=len(decisions) + 1,
                    left_before=left,
                    needed=chance.needed,
                    conflict_with=chance.rivals,
                )
            )
    return Count(tuple(decisions), contest.ballots.cast, spent, left)
