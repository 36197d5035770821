"""Stages in words."""

from civic.model.cycle import StageKind
from dialogs.kit.text import _


def stage_name(kind: StageKind) -> str:
    """Return the name of a kind of stage, as a heading."""
    return {
        StageKind.IDEAS: _("Collecting ideas"),
        StageKind.REVIEW: _("Expert review"),
        StageKind.VOTING: _("Voting"),
        StageKind.RESULTS: _("Results"),
        StageKind.BUILDING: _("Building"),
        StageKind.CONSULTATION: _("Public discussion"),
        StageKind.ANSWERS: _("Answers"),
    }[kind]
