"""Who pays: several sources of one fund, and a reserve, as in Khromtau: a company, the akimat."""

from dataclasses import replace

from civic.rules.tally.contest import Terms
from civic.rules.tally.decisions import Count, Decision


def paid_from(counted: Count, terms: Terms) -> Count:
    """Share what is spent out among the sources, project by project in the order of decisions.

    Sources pay in the written order, reserves after all others. What is left of each is told.
    """
    if not terms.sources:
        return counted
    left = {
        source.name: source.amount
        for source in sorted(terms.sources, key=lambda source: source.is_reserve)
    }
    reserves = {source.name for source in terms.sources if source.is_reserve}
    decisions: list[Decision] = []
    for one in counted.decisions:
        due = one.cost - one.added if one.outcome.is_funded else 0
        paid: list[tuple[str, int]] = []
        for name, available in left.items():
            part = min(due, available)
            left[name] = available - part
            due -= part
            if part:
                paid.append((name, part))
        from_reserve = sum(part for name, part in paid if name in reserves)
        decisions.append(replace(one, paid=tuple(paid), from_reserve=from_reserve))
    return replace(counted, decisions=tuple(decisions), left_of=tuple(left.items()))
