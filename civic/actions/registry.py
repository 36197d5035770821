"""Every action, so that wiring can hand each to whoever names it."""

from typing import Final

from civic.actions.cast_ballot import CastBallot
from civic.actions.declare_residence import DeclareResidence
from civic.actions.open_ballot import OpenBallot
from civic.actions.read_ballot import ReadBallot
from civic.actions.read_now import ReadNow
from civic.actions.read_project import ReadProject
from civic.actions.read_results import ReadResults, ReadVotes

ACTIONS: Final[tuple[type, ...]] = (
    CastBallot,
    DeclareResidence,
    OpenBallot,
    ReadBallot,
    ReadNow,
    ReadProject,
    ReadResults,
    ReadVotes,
)
