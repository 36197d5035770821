"""Most votes first, until the money is spent; the rule of Khromtau 2020 and most Kazakh towns.

A project needs more votes than the threshold. Those that have them are taken by votes; one that
costs more than is left is skipped, or ends the count, as the rules say.
"""

from civic.model.cycle import VotingRules, WhenShort
from civic.model.results import Outcome, ProjectResult
from civic.rules.tally.contest import Candidate, Contest
from civic.rules.tally.ties import equals, ranked


def count(contest: Contest) -> tuple[ProjectResult, ...]:
    """Count; see the module."""
    rules, votes = contest.rules, contest.votes()
    order = ranked(contest.candidates, votes, rules)
    left, stopped = rules.fund, False
    results: list[ProjectResult] = []
    for rank, candidate in enumerate(order, start=1):
        own = votes[candidate.project_id]
        outcome = _outcome(candidate, own, left, rules, stopped=stopped)
        results.append(
            ProjectResult(
                project_id=candidate.project_id,
                votes=own,
                cost=candidate.cost,
                outcome=outcome,
                rank=rank,
                left_before=left,
                # Below the threshold nothing depends on the order.
                tie_with=equals(candidate, order, votes) if own > rules.more_than else (),
            )
        )
        if outcome is Outcome.FUNDED:
            left -= candidate.cost
        stopped = stopped or (
            outcome is Outcome.DOES_NOT_FIT and rules.when_short is WhenShort.STOP
        )
    return tuple(results)


def _outcome(
    candidate: Candidate, votes: int, left: int, rules: VotingRules, *, stopped: bool
) -> Outcome:
    if votes <= rules.more_than:
        return Outcome.BELOW_THRESHOLD
    if stopped:
        return Outcome.STOPPED_BEFORE
    return Outcome.FUNDED if candidate.cost <= left else Outcome.DOES_NOT_FIT
