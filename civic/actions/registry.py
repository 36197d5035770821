"""Every action, so that wiring can hand each to whoever names it."""

from typing import Final

from civic.actions.accept_invitation import AcceptInvitation
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.apply_community import ApplyCommunity
from civic.actions.apply_cycle import ApplyCycle
from civic.actions.cast_ballot import CastBallot
from civic.actions.change_stage import ChangeStage, PreviewChange
from civic.actions.declare_residence import DeclareResidence
from civic.actions.import_budget import ImportBudget
from civic.actions.invite import Invite
from civic.actions.open_ballot import OpenBallot
from civic.actions.read_ballot import ReadBallot
from civic.actions.read_calendar import ReadCalendar
from civic.actions.read_desk import ReadCounts, ReadDesk
from civic.actions.read_now import ReadNow
from civic.actions.read_project import ReadProject
from civic.actions.read_results import ReadResults, ReadVotes
from civic.actions.remind import RemindUnfinished

ACTIONS: Final[tuple[type, ...]] = (
    AcceptInvitation,
    AdvanceCycle,
    ApplyCommunity,
    ApplyCycle,
    CastBallot,
    ChangeStage,
    DeclareResidence,
    ImportBudget,
    Invite,
    OpenBallot,
    PreviewChange,
    ReadBallot,
    ReadCalendar,
    ReadCounts,
    ReadDesk,
    ReadNow,
    ReadProject,
    ReadResults,
    ReadVotes,
    RemindUnfinished,
)
