"""Districts and topics as choices."""

from civic.model.community import Community
from civic.model.text import in_language
from dialogs.kit.figures import shorten


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
