"""A fund divided into pots, for districts or categories: every rule counts each on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from civic.model.cycle import Transfer
from civic.model.results import Outcome
from civic.rules.tally.by_votes import chance_of
from civic.rules.tally.contest import Candidate, Contest, CountingRule, Threshold
from civic.rules.tally.decisions import Count, Decision, Tie
from civic.rules.tally.ties import in_written_order

_LOST_FOR_MONEY: Final = {
    Outcome.DOES_NOT_FIT,
    Outcome.REPLACED,
    Outcome.STOPPED_BEFORE,
    Outcome.TIE_LOST,
    Outcome.TOO_LITTLE_SUPPORT,
}


def count_in_pots(contest: Contest, rule: CountingRule) -> Count:
    """Count the pots in their written order; see `Transfer` for what becomes of what is left.

    Ballots of a pot are those that mark one of its projects. A project that conflicts with one
    funded from a pot before loses. Raises `ValueError` for a candidate whose pot does not exist.
    """
    terms = contest.terms
    names = [pot.name for pot in terms.pots]
    if strangers := [one.id for one in contest.candidates if one.pot not in names]:
        msg = f"no such pot for {', '.join(sorted(strangers))}"
        raise ValueError(msg)
    decisions: list[Decision] = []
    counts: list[Count] = []
    carried = 0
    for pot in terms.pots:
        own = [one for one in contest.candidates if one.pot == pot.name]
        counted = _count(contest, own, pot.fund + carried, rule, decisions)
        counts.append(counted)
        decisions += [replace(one, pot=pot.name) for one in counted.decisions]
        carried = counted.left if terms.transfer is Transfer.NEXT else 0
    left_in = [(pot.name, one.left) for pot, one in zip(terms.pots, counts, strict=True)]
    left = sum(one.left for one in counts)
    if terms.transfer is Transfer.NEXT:
        left_in = [(name, 0) for name in names[:-1]] + left_in[-1:]
        left = left_in[-1][1]
    elif terms.transfer is Transfer.TOGETHER:
        again = _together(contest, rule, decisions, left)
        counts.append(again)
        pots = {one.id: (one.pot, one.needed) for one in decisions}
        decisions = [one for one in decisions if one.outcome not in _LOST_FOR_MONEY]
        decisions += [
            replace(one, pot=pots[one.id][0], needed=pots[one.id][1]) for one in again.decisions
        ]
        left, left_in = again.left, []
    return Count(
        decisions=tuple(replace(one, rank=rank) for rank, one in enumerate(decisions, start=1)),
        ballots=contest.ballots.cast,
        spent=terms.fund - left,
        left=left,
        left_in=tuple(left_in),
        ties=tuple(_ties(counts, decisions)),
    )


def _ties(counts: Sequence[Count], decisions: Sequence[Decision]) -> Iterator[Tie]:
    """Yield what equals there were; who lost in a pot may have won what was put together."""
    funded = {one.id for one in decisions if one.outcome.is_funded}
    for tie in (tie for counted in counts for tie in counted.ties):
        yield replace(tie, is_decisive=tie.is_decisive and not funded.issuperset(tie.ids))


def _together(
    contest: Contest, rule: CountingRule, decisions: Sequence[Decision], left: int
) -> Count:
    lost = {one.id for one in decisions if one.outcome in _LOST_FOR_MONEY}
    candidates = [one for one in contest.candidates if one.id in lost]
    # They had enough votes in their own pots.
    terms = replace(contest.terms, threshold=Threshold())
    return _count(replace(contest, terms=terms), candidates, left, rule, decisions)


def _count(
    contest: Contest,
    candidates: Sequence[Candidate],
    fund: int,
    rule: CountingRule,
    before: Sequence[Decision],
) -> Count:
    own = Contest(
        candidates=candidates,
        ballots=contest.ballots.among([one.id for one in candidates]),
        terms=replace(contest.terms, fund=fund, pots=(), sources=()),
    )
    votes = own.votes()
    excluded = [
        (one, chance)
        for one in in_written_order(candidates, own.terms)
        if (chance := chance_of(own, one, votes[one.id], before)).rivals
    ]
    gone = {one.id for one, _ in excluded}
    counted = rule(replace(own, candidates=[one for one in candidates if one.id not in gone]))
    return replace(
        counted,
        decisions=(
            *counted.decisions,
            *(
                Decision(
                    id=one.id,
                    cost=one.cost,
                    votes=votes[one.id],
                    outcome=Outcome.EXCLUDED_BY_CONFLICT,
                    rank=0,
                    left_before=counted.left,
                    needed=chance.needed,
                    conflict_with=chance.rivals,
                )
                for one, chance in excluded
            ),
        ),
    )
