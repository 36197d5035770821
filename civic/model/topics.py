"""What news is about, as people choose it."""

from enum import StrEnum
from typing import Final

from civic.model.cycle import StageKind


class CommonTopic(StrEnum):
    """A topic that every town has besides its own: what its stages are for.

    No town's own topic has a colon in its code.
    """

    IDEAS = "stages:ideas"
    BUDGET = "stages:budget"
    VOTING = "stages:voting"
    BUILDING = "stages:building"


_OF_STAGES: Final = {
    StageKind.IDEAS: CommonTopic.IDEAS,
    StageKind.REVIEW: CommonTopic.IDEAS,
    StageKind.VOTING: CommonTopic.VOTING,
    StageKind.RESULTS: CommonTopic.VOTING,
    StageKind.BUILDING: CommonTopic.BUILDING,
    StageKind.CONSULTATION: CommonTopic.BUDGET,
    StageKind.ANSWERS: CommonTopic.BUDGET,
}


def topic_of(kind: StageKind) -> CommonTopic:
    """Return what news of such a stage is about."""
    return _OF_STAGES[kind]
