"""What an organiser may do to an announcement that is being written."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from civic.model.audience import Audience, Trait, Value
from civic.model.broadcast import Broadcast, Document, Order
from civic.model.refusal import Reason, Refused
from civic.model.text import LANGUAGES
from civic.rules.formatting import formatted, plain
from civic.rules.texts import within

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Worded:
    """Its text in one language, as HTML; None to do without that language."""

    language: str
    html: str | None


@dataclass(frozen=True, slots=True)
class Attached:
    """What goes with the text in place of what went with it before; nothing without either."""

    photo: int | None = None
    """Id of a stored picture."""
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Toggled:
    """People for whom `value` holds too, or no longer has to."""

    trait: Trait
    value: Value


@dataclass(frozen=True, slots=True)
class ChatToggled:
    """A group or channel that is told too, or no longer."""

    destination: int


@dataclass(frozen=True, slots=True)
class TopicToggled:
    """A topic that it is about too, or no longer."""

    topic: str


@dataclass(frozen=True, slots=True)
class ForEveryone:
    """Everyone again."""


@dataclass(frozen=True, slots=True)
class SentFrom:
    """When it is to be sent; None = at once."""

    moment: datetime | None


Addressed = Toggled | ChatToggled | TopicToggled | ForEveryone
"""What an organiser does to whom it is for."""
Change = Worded | Attached | Addressed | SentFrom
"""What an organiser does to a draft."""


def changed(order: Order, change: Change, now: datetime) -> Order:
    """Return `order` after the change.

    Raises `Refused` with `TEXT_EMPTY`, `TEXT_TOO_LONG` or `DATE_IN_PAST`.
    """
    match change:
        case Worded(language, html):
            return _worded(order, language, html)
        case Attached(photo, document):
            broadcast = replace(order.broadcast, photo=photo, document=document)
            # What is already written has to leave room for it.
            return replace(order, broadcast=_cleaned(broadcast))
        case SentFrom(moment):
            if moment is not None and moment <= now:
                raise Refused(Reason.DATE_IN_PAST)
            return replace(order, send_from=moment)
        case _:
            return replace(order, audience=_addressed(order.audience, change))


def _addressed(audience: Audience, change: Addressed) -> Audience:
    match change:
        case Toggled(trait, value):
            return _toggled(audience, trait, value)
        case ChatToggled(destination):
            return audience.also_to(*_without_or_with(audience.chats, destination))
        case TopicToggled(topic):
            return audience.about(*_without_or_with(audience.topics, topic))
        case _:
            return replace(audience, conditions={})


def _worded(order: Order, language: str, html: str | None) -> Order:
    texts = {key: text for key, text in order.broadcast.texts.items() if key != language}
    left_out = tuple(key for key in order.left_out if key != language)
    if html is None:
        left_out = (*left_out, language)
    else:
        texts[language] = _checked_text(html, order.broadcast.limit)
    return replace(order, broadcast=replace(order.broadcast, texts=texts), left_out=left_out)


def _toggled(audience: Audience, trait: Trait, value: Value) -> Audience:
    values = _without_or_with(audience.conditions.get(trait, ()), value)
    conditions = {**audience.conditions, trait: values}
    kept = {key: chosen for key, chosen in conditions.items() if chosen}
    return replace(audience, conditions=kept)


def _without_or_with(chosen: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    if entry in chosen:
        return tuple(each for each in chosen if each != entry)
    return (*chosen, entry)


def checked(broadcast: Broadcast) -> Broadcast:
    """Return the content with clean texts, ready to be sent.

    Raises `Refused` with `TEXT_EMPTY` or `TEXT_TOO_LONG`.
    """
    cleaned = _cleaned(broadcast)
    if not cleaned.texts:
        raise Refused(Reason.TEXT_EMPTY)
    return cleaned


def _cleaned(broadcast: Broadcast) -> Broadcast:
    texts = {
        language: _checked_text(broadcast.texts[language], broadcast.limit)
        for language in LANGUAGES
        if broadcast.texts.get(language)
    }
    return replace(broadcast, texts=texts)


def _checked_text(markup: str, limit: int) -> str:
    cleaned = formatted(markup)
    read = within(plain(cleaned), least=1, limit=limit)
    # Messengers count what lies beyond the first 65,536 characters, such as emoji, twice.
    length = len(read.encode("utf-16-le")) // 2
    if length > limit:
        raise Refused(Reason.TEXT_TOO_LONG, length=length, limit=limit)
    return cleaned
