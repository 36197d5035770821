"""Contests as pabutools has them, the library that research on these rules uses."""

from collections.abc import Sequence
from fractions import Fraction

from pabutools.election import (
    ApprovalBallot,
    ApprovalProfile,
    Cardinality_Sat,
    Instance,
    Project,
)
from pabutools.rules import popularity_comparison
from pabutools.tiebreaking import TieBreakingRule

from civic.rules.tally.contest import Contest
from tests.civic.rules.tally.contests import choices_of


def theirs(contest: Contest, fund: Fraction | int) -> tuple[Instance, ApprovalProfile]:
    """Return the contest with that fund as pabutools has it."""
    projects = {one.id: Project(one.id, cost=one.cost) for one in contest.candidates}
    instance = Instance(projects.values(), budget_limit=fund)
    ballots = [ApprovalBallot({projects[id_] for id_ in one}) for one in choices_of(contest)]
    return instance, ApprovalProfile(ballots, instance=instance)


def by_submission(contest: Contest) -> TieBreakingRule:
    """Return the tie rule by which the project submitted earlier comes first."""
    positions = {one.id: one.position for one in contest.candidates}
    return TieBreakingRule(lambda _instance, _profile, project: positions[project.name])


def names(projects: list[Project]) -> list[str]:
    """Return the ids of the projects."""
    return [project.name for project in projects]


def preferred(
    instance: Instance, profile: ApprovalProfile, outcomes: Sequence[list[Project]]
) -> list[str]:
    """Return the ids of the outcome with more of what they chose to most voters, or the first."""
    rules = [lambda *_, outcome=outcome, **__: outcome for outcome in outcomes]
    return names(popularity_comparison(instance, profile, Cardinality_Sat, rules)[0])
