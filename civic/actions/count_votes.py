"""Count a vote that is over."""

from datetime import datetime

from civic.model.cycle import Cycle
from civic.model.refusal import Reason, Refused
from civic.model.results import Outcome, ResultsProtocol
from civic.ports import UnitOfWork
from civic.rules.ballots import price
from civic.rules.eligibility import vote_of
from civic.rules.protocols import sealed
from civic.rules.tally import count
from civic.rules.tally.contest import Candidate, Contest


async def count_votes(work: UnitOfWork, cycle: Cycle, now: datetime) -> ResultsProtocol:
    """Count the vote of `cycle` and store its protocol, or return the one that is stored.

    Part of closing the stage: the caller holds the cycle locked, so that every ballot accepted
    before is counted and none comes after, and commits. Raises `Refused` with `NO_SUCH_STAGE`, or
    with `RESULTS_NOT_READY` while the vote is open.
    """
    counted = await work.protocols.get(cycle.id)
    if counted is not None:
        return counted
    stage, rules = vote_of(cycle)
    if now < stage.closes_at:
        raise Refused(Reason.RESULTS_NOT_READY, closes_at=stage.closes_at)
    ballots = await work.ballots.all(stage.id)
    contest = Contest(
        candidates=[
            Candidate(project.id, price(project), project.position)
            for project in await work.projects.in_cycle(cycle.id)
        ],
        ballots=[ballot.choices for ballot in ballots],
        rules=rules,
    )
    results = count(contest)
    protocol = sealed(
        ResultsProtocol(
            cycle_id=cycle.id,
            ballots=len(ballots),
            votes=sum(contest.votes().values()),
            fund=rules.fund,
            spent=sum(one.cost or 0 for one in results if one.outcome is Outcome.FUNDED),
            more_than=rules.more_than,
            results=results,
            rules_hash=cycle.rules_hash,
            digest="",
            counted_at=now,
            published_elsewhere=False,
        )
    )
    await work.protocols.add(protocol)
    return protocol
