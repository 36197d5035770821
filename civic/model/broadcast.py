"""What organisers announce in their own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from civic.model.announcement import Parameter
from civic.model.audience import EVERYONE, Audience

EXPECTED: Final = ("kk", "ru")
"""Languages in which every announcement should be written."""
TEXT_LIMIT: Final = 1500
"""Characters in each language: two of them fit into one message."""
CAPTION_LIMIT: Final = 700
"""The same with a photo or a document, where messengers show 1,024 with heading and how to stop.

So an announcement is one message in any case: nobody gets half of it, and none counts as two."""


@dataclass(frozen=True, slots=True)
class Document:
    """A stored document that people can download."""

    id: int
    name: str
    """With its ending, as `civic.rules.documents.checked_name` leaves it."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An announcement's content, frozen when it is sent."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """HTML by language as `civic.rules.formatting.formatted` leaves it."""

    corrects: int | None = None
    """Number of the announcement that it puts right."""
    photo: int | None = None
    """Id of a stored picture."""
    document: Document | None = None
    """In place of a photo."""

    @property
    def has_attachment(self) -> bool:
        """Tell whether a photo or a document goes with the text."""
        return self.photo is not None or self.document is not None

    @property
    def limit(self) -> int:
        """Characters that a text may have."""
        return CAPTION_LIMIT if self.has_attachment else TEXT_LIMIT

    @property
    def missing(self) -> tuple[str, ...]:
        """The expected languages in which nothing is written."""
        return tuple(language for language in EXPECTED if not self.texts.get(language))

    def in_language(self, language: str) -> tuple[str, ...]:
        """Return what somebody of that language reads: their own text, or all there are."""
        own = self.texts.get(language)
        if own:
            return (own,)
        # Under a photo or a document there is room for one.
        return tuple(self.texts.values())[: 1 if self.has_attachment else None]

    def parameters(self) -> dict[str, Parameter]:
        """Return the content as an announcement holds it."""
        return {
            "texts": dict(self.texts),
            "corrects": self.corrects,
            "photo": self.photo,
            "document": None if self.document is None else self.document.id,
            "document_name": None if self.document is None else self.document.name,
        }

    @classmethod
    def read(cls, parameters: Mapping[str, Parameter]) -> Self:
        """Return the content of an announcement."""
        texts, corrects = parameters.get("texts"), parameters.get("corrects")
        photo, document = parameters.get("photo"), parameters.get("document")
        return cls(
            texts if isinstance(texts, Mapping) else {},
            corrects if isinstance(corrects, int) else None,
            photo if isinstance(photo, int) else None,
            Document(document, str(parameters["document_name"]))
            if isinstance(document, int)
            else None,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """What an organiser wants sent, to whom and when."""

    broadcast: Broadcast = field(default_factory=Broadcast)
    left_out: tuple[str, ...] = ()
    """Languages in which the organiser does not want to write it."""
    audience: Audience = EVERYONE
    send_from: datetime | None = None
    """None = at once."""

    @property
    def unwritten(self) -> str | None:
        """The next language to write it in."""
        done = {*self.broadcast.texts, *self.left_out}
        return next((language for language in EXPECTED if language not in done), None)


@dataclass(frozen=True, slots=True)
class BroadcastDraft:
    """An announcement being written; an organiser may have several."""

    id: int
    organiser_id: int
    order: Order
    updated_at: datetime
    version: int = 0
    """Rises with every change, so that nobody approves what they have not read."""
    handed_in_at: datetime | None = None
    """Since when it waits for the approval of another organiser; None while it does not."""
    one_language: bool = False
    """True when it was handed in though not every expected language is there."""
    sent_back: str = ""
    """What another organiser wants changed; empty once it is handed in again."""
    revises: int | None = None
    """Id of the announcement, not sent yet, of which this is the new wording."""
