"""Districts and topics as choices."""

from collections.abc import Mapping

from civic.model.community import Community
from civic.model.text import in_language
from civic.model.topics import CommonTopic
from dialogs.kit.figures import shorten
from dialogs.kit.text import _


def district_choices(community: Community, language: str) -> list[tuple[str, str]]:
    """Return code and button label of every district."""
    return [
        (entry.code, shorten(in_language(entry.names, language))) for entry in community.districts
    ]


def topic_choices(community: Community, language: str) -> list[tuple[str, str]]:
    """Return code and button label of every topic."""
    return [
        (entry.code, shorten(in_language(entry.names, language))) for entry in community.topics
    ]


def news_topics(community: Community, language: str) -> Mapping[str, str]:
    """Return code and name of everything that news can be about: the common topics first."""
    common: dict[str, str] = {
        CommonTopic.IDEAS: _("Ideas"),
        CommonTopic.BUDGET: _("Draft budget"),
        CommonTopic.VOTING: _("Voting and results"),
        CommonTopic.BUILDING: _("Building"),
    }
    own = {entry.code: in_language(entry.names, language) for entry in community.topics}
    return {**common, **own}
