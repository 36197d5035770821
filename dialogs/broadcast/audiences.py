"""Whom an announcement is for, in words."""

from collections.abc import Mapping
from typing import Final

from civic.actions.read_audience_choices import AudienceChoices
from civic.model.audience import Audience, Trait, Value
from civic.model.resident import Role
from civic.model.text import LANGUAGES, in_language
from dialogs.kit.acting import Acting
from dialogs.kit.channels import channel_name
from dialogs.kit.languages import OWN_NAMES
from dialogs.kit.text import Markup, _, fill
from dialogs.kit.town import news_topics

OFFERED: Final = (
    Trait.TOOK_PART,
    Trait.UNFINISHED_CYCLE,
    Trait.DISTRICT,
    Trait.TOPIC,
    Trait.LANGUAGE,
    Trait.ROLE,
    Trait.CHANNEL,
)
"""By what people can be chosen, in the order shown."""


def trait_name(trait: Trait) -> str:
    """Return by what people are chosen, as the label of a button."""
    return {
        Trait.TOOK_PART: _("Took part"),
        Trait.UNFINISHED_CYCLE: _("Began, not finished"),
        Trait.DISTRICT: _("Part of town"),
        Trait.TOPIC: _("Followed topic"),
        Trait.LANGUAGE: _("Language"),
        Trait.ROLE: _("Role"),
        Trait.CHANNEL: _("Messenger"),
    }[trait]


def values_of(trait: Trait, choices: AudienceChoices, acting: Acting) -> Mapping[Value, str]:
    """Return every value of a trait and its name."""
    town, language = acting.community, acting.language
    if trait in {Trait.TOOK_PART, Trait.UNFINISHED_CYCLE}:
        return {cycle.id: in_language(cycle.titles, language) for cycle in choices.cycles}
    if trait is Trait.DISTRICT:
        return {entry.code: in_language(entry.names, language) for entry in town.districts}
    if trait is Trait.TOPIC:
        return {entry.code: in_language(entry.names, language) for entry in town.topics}
    if trait is Trait.LANGUAGE:
        return {code: OWN_NAMES[code] for code in LANGUAGES}
    if trait is Trait.ROLE:
        return {Role.ORGANISER.value: _("Organisers"), Role.MODERATOR.value: _("Moderators")}
    return {code: channel_name(code) for code in choices.channels}


def described(audience: Audience, choices: AudienceChoices, acting: Acting) -> Markup:
    """Return whom an audience consists of, a line for each condition, and about what it is."""
    whom = _whom(audience, choices, acting)
    if not audience.topics:
        return whom
    names = news_topics(acting.community, acting.language)
    topics = ", ".join(names.get(code, code) for code in audience.topics)
    about = _("About: {topics}. Who follows it gets it too; who has muted it does not.")
    return Markup("\n").join([whom, fill(about, {"topics": topics})])


def _whom(audience: Audience, choices: AudienceChoices, acting: Acting) -> Markup:
    if not audience.conditions:
        return Markup.escape(_("everyone who wants all news"))
    return Markup("\n").join(
        fill(
            "• {trait}: {values}",
            {
                "trait": trait_name(trait),
                "values": ", ".join(_names(trait, values, choices, acting)),
            },
        )
        for trait, values in audience.conditions.items()
    )


def _names(
    trait: Trait, values: tuple[Value, ...], choices: AudienceChoices, acting: Acting
) -> list[str]:
    names = values_of(trait, choices, acting)
    return [names.get(value, str(value)) for value in values]
