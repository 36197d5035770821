"""Equal Shares as its definition reads: every voter apart, nothing but fractions, no haste.

Written from the published definition, knows nothing of the rule's code, and is compared with it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

Support = Mapping[str, Sequence[int]]
"""For every project the voters who approve of it."""


def share_of(cost: int, money: Sequence[Fraction]) -> Fraction | None:
    """Return the x for which the sum of min(money, x) is the cost; None if money is too little."""
    if sum(money) < cost:
        return None
    due = Fraction(cost)
    for place, own in enumerate(sorted(money)):
        share = due / (len(money) - place)
        if share <= own:
            return share
        due -= own
    raise AssertionError


def bought(
    costs: Mapping[str, int], support: Support, voters: int, endowment: Fraction
) -> list[tuple[str, Fraction]]:
    """Return what is bought, and the share; equals in the order of `costs`."""
    money = [endowment] * voters
    chosen = [(one, Fraction(0)) for one, cost in costs.items() if cost == 0 and support[one]]
    while True:
        offers = {
            one: share
            for one, cost in costs.items()
            if one not in dict(chosen) and support[one]
            if (share := share_of(cost, [money[voter] for voter in support[one]])) is not None
        }
        if not offers:
            return chosen
        best = min(offers, key=lambda one: offers[one] / costs[one])
        for voter in support[best]:
            money[voter] -= min(money[voter], offers[best])
        chosen.append((best, offers[best]))


def add1(
    costs: Mapping[str, int], support: Support, voters: int, fund: int
) -> tuple[Fraction, list[tuple[str, Fraction]]]:
    """Return the endowment, one unit below the first that overspends, and what it buys."""
    endowment = Fraction(fund, voters)
    chosen = bought(costs, support, voters, endowment)
    while len(chosen) < sum(map(bool, support.values())):
        more = bought(costs, support, voters, endowment + 1)
        if sum(costs[one] for one, _ in more) > fund:
            break
        endowment, chosen = endowment + 1, more
    return endowment, chosen
