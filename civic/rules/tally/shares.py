"""One run of the Method of Equal Shares: every voter has as much, supporters pay together.

Until nothing can be bought any more, the project is bought that costs its supporters least for
each unit of its cost: all pay alike, and who has less pays all that is left (cost utilities; D.
Peters, G. Pierczyński, P. Skowron: «Proportional Participatory Budgeting with Additive Utilities»,
2021).

What a voter has is an exact rational: nothing, or the endowment less what was paid for the bought
projects that the voter supports. So it need not be stored, only what was paid for each project: an
integer over a common denominator. Doubles, with a proven bound of their error, decide whatever
they can; what they cannot decide is decided by the exact numbers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, inf
from typing import Final

import numpy as np

from civic.rules.tally.electorate import Electorate, Flags, Money, Places

_ROUNDING: Final = 2.0**-52
"""Twice the most by which one operation on doubles is off, in proportion."""
_LONG: Final = 8192


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project that its supporters bought.

    Its price is what a supporter paid for each unit of its cost: `share / cost`.
    """

    project: int
    paid: int
    per: int
    """The most that one supporter paid is `paid / per`."""
    least: float
    most: float
    """Bounds of the price."""
    equals: tuple[int, ...]
    """Projects of the same price, itself too, in the written order."""

    @property
    def share(self) -> Fraction:
        """The most that one supporter paid."""
        return Fraction(self.paid, self.per)


@dataclass(frozen=True, slots=True)
class Market:
    """What can be bought and who may pay; the same for every endowment."""

    voters: Electorate
    costs: Sequence[int]
    """Of every project, in the order of the electorate."""
    order: Sequence[int]
    """Projects that may be bought, as the tie rule orders equals."""
    conflicts: Mapping[int, Collection[int]]
    """For a project those that cannot be bought together with it."""

    def buy(self, endowment: Fraction) -> list[Purchase]:
        """Return what is bought when every voter has `endowment`, in the order of buying."""
        return self._run(endowment).bought

    def buy_alike(self, before: Sequence[Purchase], endowment: Fraction) -> list[Purchase] | None:
        """Return what is bought if it provably is the same from the endowment of `before` on.

        None where that is not so, or not proven.

        Proof. As long as the same projects are bought in the same order, a higher endowment leaves
        every voter with no less: supporters who have more pay a lower share, and who pays
        min(money, share) then keeps no less. So prices only fall, and what cannot be bought at the
        higher endowment cannot be bought below it. Hence a project that at the lower endowment is
        cheaper than every other is at the higher one (or as cheap, and first by the tie rule) is
        the one to be bought at every endowment between.
        """
        run = _Run(self, endowment)
        while len(run.bought) < len(before):
            choice = run.still_cheapest(before[len(run.bought)])
            if choice is None:
                return None
            run.pay(choice)
        return run.bought if run.cheapest() is None else None

    def settle(self, endowment: Fraction) -> tuple[list[Purchase], list[int]]:
        """Return what is bought, and for every project what its supporters have left, in whole."""
        run = self._run(endowment)
        return run.bought, [run.means(project) for project in range(len(self.costs))]

    def _run(self, endowment: Fraction) -> "_Run":
        run = _Run(self, endowment)
        while (choice := run.cheapest()) is not None:
            run.pay(choice)
        return run

    def has_more_than(self, bought: Sequence[Purchase]) -> bool:
        """Tell whether there are more projects that somebody supports and nothing excludes."""
        gone = {one.project for one in bought}
        for one in bought:
            gone.update(self.conflicts.get(one.project, ()))
        return any(self.voters.sizes[one] and one not in gone for one in self.order)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A project that can be bought, with its exact share: `paid / (denominator * payers)`."""

    project: int
    paid: int
    payers: int
    """Supporters who have that much."""
    poorer: Flags
    """Of the groups that support the project, those who have less."""
    equals: tuple[int, ...]


class _Run:
    """Who has what, and which prices are known, in one run."""

    def __init__(self, market: Market, endowment: Fraction) -> None:
        self.bought: list[Purchase] = []
        self._voters = market.voters
        self._costs = market.costs
        self._conflicts = market.conflicts
        self._rank = {project: rank for rank, project in enumerate(market.order)}
        # Exact money: everything over one denominator.
        self._denominator = endowment.denominator
        self._endowment = endowment.numerator
        self._paid: dict[int, int] = {}
        # The same money as doubles, and how far they are off; who has nothing is known exactly.
        groups = market.voters.times.size
        self._money = np.full(groups, float(endowment))
        self._has_money = np.ones(groups, np.bool_)
        self._step = 2 * _ROUNDING * float(endowment)
        self._off = self._step
        # Bounds of shares and prices. Money only falls, so that a lower bound stays one.
        projects = len(market.costs)
        self._least_share = [0.0] * projects
        self._least_price = np.full(projects, inf)
        self._most_price = [inf] * projects
        self._open()

    def _open(self) -> None:
        for project in self._rank:
            size, cost = self._voters.sizes[project], self._costs[project]
            if size and size * self._endowment >= cost * self._denominator:
                self._least_share[project] = cost / size * (1 - _ROUNDING)
                self._least_price[project] = (1 - _ROUNDING) / size
        for project in self._rank:
            if self._costs[project] == 0 and self._least_price[project] < inf:
                self._close(Purchase(project, 0, 1, 0.0, 0.0, (project,)))

    def _close(self, purchase: Purchase) -> None:
        self.bought.append(purchase)
        self._least_price[[purchase.project, *self._conflicts.get(purchase.project, ())]] = inf

    def cheapest(self) -> _Choice | None:
        """Return the project of the least price, the first by the tie rule; None if there is none.

        Only projects whose known lower bound does not rule them out are valued anew.
        """
        rivals = self._rivals(inf)
        if not rivals:
            return None
        if len(rivals) == 1:
            return self._choice(rivals[0], (rivals[0],))
        choices = [self._choice(one, ()) for one in rivals]
        prices = [self._price(choice) for choice in choices]
        equals = sorted(
            (one for one, price in zip(rivals, prices, strict=True) if price == min(prices)),
            key=self._rank.__getitem__,
        )
        first = choices[rivals.index(equals[0])]
        return replace(first, equals=tuple(equals))

    def still_cheapest(self, expected: Purchase) -> _Choice | None:
        """Return the project bought before, if all others cost more here than it did there."""
        project = expected.project
        # It is among them: its own price has not risen.
        rivals = self._rivals(expected.most)
        if any(self._may_precede(rival, expected) for rival in rivals if rival != project):
            return None
        return self._choice(project, expected.equals)

    def _may_precede(self, rival: int, expected: Purchase) -> bool:
        """Tell whether a project is cheaper than another was, or as cheap and first in order."""
        if self._most_price[rival] < expected.least:
            return True
        choice = self._choice(rival, ())
        before = expected.paid * self._costs[rival] * choice.payers * self._denominator
        now = choice.paid * self._costs[expected.project] * expected.per
        return (now, self._rank[rival]) < (before, self._rank[expected.project])

    def _rivals(self, limit: float) -> list[int]:
        """Return the projects that may have the least price, and all that may not exceed `limit`.

        With an infinite limit only the former.
        """
        unknown = self._least_price.copy()
        valued: list[int] = []
        best = limit
        while inf > unknown[project := int(unknown.argmin())] <= best:
            unknown[project] = inf
            if self._value(project):
                valued.append(project)
                if limit == inf:
                    best = min(best, self._most_price[project])
        return [one for one in valued if self._least_price[one] <= best]

    def _value(self, project: int) -> bool:
        """Bound the share and price of a project by doubles; tell whether it can be bought.

        The share is the least x for which the supporters' money, of each at most x, covers the
        cost. x rises to it from below: who has less than x pays all, the others share the rest.
        """
        groups = self._voters.supporters[project]
        size, cost = self._voters.sizes[project], self._costs[project]
        money = self._money[groups]
        weights = self._voters.weights[project]
        weighted = money if weights is None else money * weights
        # No sum of what supporters pay is off by more than this, however it is added up; nor is
        # the share, because the sum rises at least as fast as the share does.
        off = (groups.size + 8) * _ROUNDING * cost + size * self._off
        share, poor = self._least_share[project], -1
        while True:
            poorer = (money < share).astype(np.float64)
            count = int(poorer.sum() if weights is None else _dot(poorer, weights))
            if count <= poor:
                break
            total = _dot(poorer, weighted) if count else 0.0
            if count == size:
                if not self._can_pay(groups, cost, total, off):
                    self._least_price[project] = inf
                    return False
                share = float(money.max())
                break
            poor, share = count, max(share, (cost - total) / (size - count))
        self._least_share[project] = max(self._least_share[project], share - off)
        self._least_price[project] = self._least_share[project] / cost * (1 - _ROUNDING)
        self._most_price[project] = (share + off) / cost * (1 + _ROUNDING)
        return True

    def _can_pay(self, groups: Places, cost: int, total: float, off: float) -> bool:
        if abs(total - cost) > off:
            return total > cost
        return self._total(groups) >= cost * self._denominator

    def _choice(self, project: int, equals: tuple[int, ...]) -> _Choice:
        """Return the exact share of a project that was valued just now and can be bought."""
        groups = self._voters.supporters[project]
        money = self._money[groups]
        poorer = money < self._least_share[project] - self._off
        while True:
            poor = groups[poorer]
            paid = self._costs[project] * self._denominator - self._total(poor)
            payers = self._voters.sizes[project] - int(self._voters.times[poor].sum())
            more = self._poorer_than(paid, payers, groups, money, poorer)
            if more is None:
                return _Choice(project, paid, payers, poorer, equals)
            poorer = more

    def _poorer_than(
        self, paid: int, payers: int, groups: Places, money: Money, known: Flags
    ) -> Flags | None:
        """Return those who have less than `paid / (denominator * payers)`, exactly.

        None if they are those `known` to have less.
        """
        share = paid / (self._denominator * payers)
        off = self._off + _ROUNDING * share
        perhaps = money <= share + off
        if np.count_nonzero(perhaps) == np.count_nonzero(known):
            return None
        poorer = known | (money < share - off)
        for place in np.flatnonzero(perhaps & ~poorer):
            poorer[place] = self._exactly(int(groups[place])) * payers < paid
        return None if np.array_equal(poorer, known) else poorer

    def means(self, project: int) -> int:
        """Return what the supporters of a project have together, rounded down."""
        return self._total(self._voters.supporters[project]) // self._denominator

    def _price(self, choice: _Choice) -> Fraction:
        per = self._denominator * choice.payers * self._costs[choice.project]
        return Fraction(choice.paid, per)

    def _total(self, groups: Places) -> int:
        """Return, over the denominator, all the money of the voters in these groups."""
        owners = groups[self._has_money[groups]]
        spent = 0
        if self._paid and owners.size:
            support = self._voters.support_among(owners)
            spent = sum(support[project] * paid for project, paid in self._paid.items())
        return int(self._voters.times[owners].sum()) * self._endowment - spent

    def _exactly(self, group: int) -> int:
        """Return, over the denominator, the money of one voter of this group."""
        if not self._has_money[group]:
            return 0
        start, end = self._voters.starts[group : group + 2]
        supported = self._voters.marks[start:end].tolist()
        return self._endowment - sum(self._paid.get(project, 0) for project in supported)

    def pay(self, choice: _Choice) -> None:
        """Let the supporters pay for their choice."""
        groups = self._voters.supporters[choice.project]
        per = self._denominator * choice.payers
        left = self._money[groups] - choice.paid / per
        left[choice.poorer] = 0.0
        self._money[groups] = left
        self._has_money[groups[choice.poorer]] = False
        self._off += self._step
        common = gcd(choice.paid, choice.payers)
        scale = choice.payers // common
        self._denominator *= scale
        self._endowment *= scale
        self._paid = {one: paid * scale for one, paid in self._paid.items()}
        self._paid[choice.project] = choice.paid // common
        least = float(self._least_price[choice.project])
        most = self._most_price[choice.project]
        self._close(Purchase(choice.project, choice.paid, per, least, most, choice.equals))


def _dot(one: Money, other: Money) -> float:
    # `@` is quicker to start, but takes threads for long vectors that cost more than they bring.
    return float(one @ other if one.size < _LONG else np.einsum("i,i->", one, other))
