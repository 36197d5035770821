"""Every action, so that wiring can hand each to whoever names it."""

from typing import Final

from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.cast_ballot import CastBallot
from civic.actions.change_stage import ChangeStage, PreviewChange
from civic.actions.declare_residence import DeclareResidence
from civic.actions.open_ballot import OpenBallot
from civic.actions.read_ballot import ReadBallot
from civic.actions.read_calendar import ReadCalendar
from civic.actions.read_desk import ReadCounts, ReadDesk
from civic.actions.read_now import ReadNow
from civic.actions.read_project import ReadProject
from civic.actions.read_results import ReadResults, ReadVotes
from civic.actions.remind import RemindUnfinished

ACTIONS: Final[tuple[type, ...]] = (
    AdvanceCycle,
    CastBallot,
    ChangeStage,
    DeclareResidence,
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
