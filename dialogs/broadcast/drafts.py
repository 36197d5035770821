"""What is written so far, kept with the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from aiogram_dialog import DialogManager

from civic.actions.read_announcements import Told
from civic.actions.send_broadcast import Order
from civic.model.announcement import Announcement, NoticeKind
from civic.model.audience import EVERYONE, Audience, Trait, Value
from civic.model.broadcast import EXPECTED, Broadcast

_KEY = "draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement that is being written."""

    texts: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Languages in which the organiser does not want to write it."""
    audience: Audience = EVERYONE
    send_from: datetime | None = None
    corrects: int | None = None
    """Number of the announcement that it puts right."""
    photo: int | None = None
    """Id of a stored picture."""

    @property
    def broadcast(self) -> Broadcast:
        """What is to be announced."""
        return Broadcast(self.texts, self.corrects, self.photo)

    @property
    def unwritten(self) -> str | None:
        """The next language to write it in."""
        done = {*self.texts, *self.left_out}
        return next((language for language in EXPECTED if language not in done), None)

    def written(self, language: str, html: str | None) -> Self:
        """Return the draft with a text, or without any in that language."""
        texts = {key: text for key, text in self.texts.items() if key != language}
        left_out = tuple(key for key in self.left_out if key != language)
        if html is None:
            return replace(self, texts=texts, left_out=(*left_out, language))
        return replace(self, texts={**texts, language: html}, left_out=left_out)

    def toggled(self, trait: Trait, value: Value) -> Self:
        """Return the draft for people for whom `value` holds too, or no longer has to."""
        had = self.audience.conditions.get(trait, ())
        values = tuple(each for each in had if each != value) if value in had else (*had, value)
        conditions = {**self.audience.conditions, trait: values}
        return replace(
            self, audience=Audience({key: kept for key, kept in conditions.items() if kept})
        )

    def told(self, organiser_id: int, community_id: int, now: datetime) -> Told:
        """Return it as it would be announced now, without a number."""
        announcement = Announcement(
            id=0,
            community_id=community_id,
            cycle_id=None,
            stage_id=None,
            kind=NoticeKind.BROADCAST,
            parameters=self.broadcast.parameters(),
            created_at=now,
            audience=self.audience,
            send_from=self.send_from,
            by=organiser_id,
        )
        return Told(announcement, None)

    def order(self, key: str, *, one_language: bool) -> Order:
        """Return what is to be sent."""
        return Order(key, self.broadcast, self.audience, self.send_from, one_language)


def draft_of(manager: DialogManager) -> Draft:
    """Return the draft."""
    stored: dict[str, Any] = manager.dialog_data.get(_KEY, {})
    send_from = stored.get("send_from")
    return Draft(
        texts=stored.get("texts", {}),
        left_out=tuple(stored.get("left_out", ())),
        audience=Audience.read(stored.get("audience", {})),
        send_from=None if send_from is None else datetime.fromisoformat(send_from),
        corrects=stored.get("corrects"),
        photo=stored.get("photo"),
    )


def keep(manager: DialogManager, draft: Draft) -> None:
    """Keep the draft."""
    manager.dialog_data[_KEY] = {
        "texts": dict(draft.texts),
        "left_out": list(draft.left_out),
        "audience": draft.audience.stored(),
        "send_from": None if draft.send_from is None else draft.send_from.isoformat(),
        "corrects": draft.corrects,
        "photo": draft.photo,
    }


def key_of(manager: DialogManager) -> str:
    """Return what names the draft among all of its organiser."""
    return str(manager.current_context().id)


def language_of(manager: DialogManager) -> str:
    """Return the language that is being written or looked at."""
    return str(manager.dialog_data.get("language", EXPECTED[0]))


def trait_of(manager: DialogManager) -> Trait:
    """Return by what people are being chosen."""
    return Trait(manager.dialog_data["trait"])
