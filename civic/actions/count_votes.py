"""Count a vote that is over."""

from datetime import datetime

from civic.model.cycle import Cycle
from civic.model.refusal import Reason, Refused
from civic.model.results import ResultsProtocol
from civic.ports import UnitOfWork
from civic.rules.eligibility import vote_of
from civic.rules.protocols import sealed


async def count_votes(work: UnitOfWork, cycle: Cycle, now: datetime) -> ResultsProtocol:
    """Count the vote of `cycle` and store its protocol, or return the one that is stored.

    Part of closing the stage: the caller holds the cycle locked, so that every ballot accepted
    before is counted and none comes after, and commits. Raises `Refused` with `NO_SUCH_STAGE`, or
    with `RESULTS_NOT_READY` while the vote is open.
    """
    stored = await work.protocols.get(cycle.id)
    if stored is not None:
        return stored
    stage, rules = vote_of(cycle)
    if now < stage.closes_at:
        raise Refused(Reason.RESULTS_NOT_READY, closes_at=stage.closes_at)
    # Counting needs numpy, which takes room and time from every start, and few processes count.
    from civic.rules.tally import count, of_cycle  # noqa: PLC0415

    ballots = await work.ballots.all(stage.id)
    projects = await work.projects.in_cycle(cycle.id)
    counted = count(of_cycle.contest(projects, ballots, rules), rules.tally)
    protocol = sealed(
        ResultsProtocol(
            cycle_id=cycle.id,
            ballots=len(ballots),
            votes=sum(one.votes for one in counted.decisions),
            fund=rules.fund,
            spent=counted.spent,
            results=of_cycle.results(counted),
            left_in=of_cycle.left_in(counted, rules),
            left_of=of_cycle.left_of(counted),
            preferences=counted.preferences,
            rules_hash=cycle.rules_hash,
            digest="",
            counted_at=now,
            published_elsewhere=False,
        )
    )
    await work.protocols.add(protocol)
    return protocol
