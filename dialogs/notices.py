"""What announcements about stages say. Every one ends with how to stop them and leads on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from markupsafe import Markup

from civic.model.announcement import Announcement, NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, Stage, StageKind
from civic.model.moderation import Ground, Why
from civic.model.text import in_language
from civic.rules.calendar import days_left
from civic.rules.quiet_hours import next_allowed
from dialogs.cycle.sentences import left
from dialogs.kit.figures import number
from dialogs.kit.moments import When, close, day_and_time
from dialogs.kit.stages import stage_name
from dialogs.kit.text import _, fill
from dialogs.moderation.sentences import reason
from dialogs.notice_texts import usual_text
from dialogs.places import GO, Place, PlaceKind

PARAGRAPH = Markup("\n\n")
"""What stands between two."""
UNKNOWN = "…"
"""Stands in a preview for a number that is not counted yet."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement as one person reads it."""

    html: Markup
    buttons: tuple[tuple[str, Place], ...]
    """Label and where it leads."""
    body: Markup
    """The same without how to stop the news."""

    @classmethod
    def of(cls, paragraphs: Iterable[Markup], buttons: tuple[tuple[str, Place], ...]) -> Self:
        """Return these paragraphs and how to stop, in the language being spoken."""
        body = PARAGRAPH.join(paragraphs)
        stop = Markup.escape(_("To get no more news, send /stop"))
        return cls(PARAGRAPH.join([body, stop]), buttons, body)

    def keyboard(self) -> InlineKeyboardMarkup:
        """Return the buttons as a messenger takes them."""
        return InlineKeyboardMarkup(
            inline_keyboard=[
                [InlineKeyboardButton(text=label, callback_data=f"{GO}{place.link()}")]
                for label, place in self.buttons
            ]
        )


@dataclass(frozen=True, slots=True)
class _Telling:
    """Everything that the sentences of one announcement are made of."""

    announcement: Announcement
    cycle: Cycle
    stage: Stage
    community: Community
    language: str
    at: datetime
    """When it is read."""

    def opening(self, moment: datetime) -> When:
        return day_and_time(moment, self.community.zone, self.language)

    def close(self, moment: datetime) -> When:
        return close(moment, self.community.zone, self.language)

    def stored(self, name: str) -> datetime:
        return datetime.fromisoformat(str(self.announcement.parameters[name]))

    def stored_number(self, name: str) -> str:
        found = self.announcement.parameters.get(name)
        return number(found, self.language) if isinstance(found, int) else UNKNOWN

    def values(self) -> dict[str, str]:
        """Return what the named places of a text stand for."""
        return {
            "town": in_language(self.community.names, self.language),
            "stage": stage_name(self.stage.kind),
            "opens": self.opening(self.stage.opens_at),
            "closes": self.close(self.stage.closes_at),
            "left": self.left(),
            "funded": self.stored_number("funded"),
            "ballots": self.stored_number("ballots"),
        }

    def left(self) -> str:
        if self.at >= self.stage.closes_at:
            return _("already over")
        return left(days_left(self.stage, self.at, self.community.zone))

    def put(self, message: str, **more: str) -> Markup:
        return fill(message, {**self.values(), **more})


def render(
    announcement: Announcement,
    cycle: Cycle,
    stage: Stage,
    community: Community,
    language: str,
    at: datetime | None = None,
) -> Notice:
    """Return the announcement about `stage`; the language being spoken must be `language`.

    Dates are those of the cycle as it is when the announcement is sent. Days are counted, and what
    is open is named, as of `at`, when it is read; without it, as for most people.
    """
    if at is None:
        planned = announcement.send_from or announcement.created_at
        at = next_allowed(planned, community.zone)
    telling = _Telling(announcement, cycle, stage, community, language, at)
    paragraphs = [
        fill("<b>{title}</b>", {"title": in_language(cycle.titles, language)}),
        *_body(telling),
    ]
    if reason := announcement.parameters.get("reason"):
        paragraphs.append(telling.put(_("The organisers say why: {reason}"), reason=str(reason)))
    return Notice.of(paragraphs, _buttons(telling))


def _body(telling: _Telling) -> list[Markup]:
    kind = telling.announcement.kind
    if kind is NoticeKind.WHILE_AWAY:
        return _while_away(telling)
    if kind is NoticeKind.COMMENT_HIDDEN:
        return [_hidden(telling)]
    if kind is NoticeKind.COMMENT_SHOWN:
        return [_shown(telling)]
    told = [_change(telling) if kind in _CHANGES else _text(telling)]
    if along := Markup("\n").join(_along(telling)):
        told.append(along)
    if kind in {NoticeKind.STAGE_CLOSED, NoticeKind.RESULTS}:
        told += _next(telling)
    return told


def _text(telling: _Telling) -> Markup:
    """Return the organisers' words about the stage, or the usual ones."""
    kind, stage = telling.announcement.kind, telling.stage
    own = stage.texts.get(kind.value, {}).get(telling.language)
    if own is None:
        return telling.put(usual_text(kind, stage.kind))
    return telling.put(Markup.escape(own))


def _next(telling: _Telling) -> list[Markup]:
    """Return what comes after the stage, unless it has come already by the time of telling."""
    for following in telling.cycle.stages:
        if following.opens_at > max(telling.stage.opens_at, telling.at):
            return [
                telling.put(
                    _("Next: {stage}, from {date}"),
                    stage=stage_name(following.kind),
                    date=telling.opening(following.opens_at),
                )
            ]
    return []


_CHANGES = {
    NoticeKind.STAGE_EXTENDED,
    NoticeKind.STAGE_SHORTENED,
    NoticeKind.STAGE_MOVED,
    NoticeKind.STAGE_CANCELLED,
}


def _change(telling: _Telling) -> Markup:
    message = {
        NoticeKind.STAGE_EXTENDED: _(
            "“{stage}” is extended until {closes}. Before, it was to close {closed_before}."
        ),
        NoticeKind.STAGE_SHORTENED: _(
            "“{stage}” closes earlier, {closes}. Before, it was to close {closed_before}."
        ),
        NoticeKind.STAGE_MOVED: _(
            "“{stage}” is moved: it opens {opens} and closes {closes}. "
            "Before, it was to open {opened_before}."
        ),
        NoticeKind.STAGE_CANCELLED: _(
            "“{stage}” will not take place. It was to open {opened_before}."
        ),
    }[telling.announcement.kind]
    return telling.put(
        message,
        opened_before=telling.opening(telling.stored("opened_before")),
        closed_before=telling.close(telling.stored("closed_before")),
    )


def _along(telling: _Telling) -> Iterator[Markup]:
    """Give a line for each later stage that the change takes along."""
    along = telling.announcement.parameters.get("along")
    if not isinstance(along, Mapping):
        return
    message = _("“{stage}” will open later, {date}.")
    if telling.announcement.kind is NoticeKind.STAGE_CANCELLED:
        message = _("“{stage}” will not take place either.")
    for kind, opens_at in along.items():
        date = telling.opening(datetime.fromisoformat(opens_at))
        yield telling.put(message, stage=stage_name(StageKind(kind)), date=date)


def _while_away(telling: _Telling) -> list[Markup]:
    cycle, until = telling.cycle, telling.announcement.created_at
    since = telling.stored("since")
    opened = _("• {date}: “{stage}” opened")
    closed = _("• {date}: “{stage}” closed")
    happened = sorted(
        (moment, order, message, stage.kind)
        for stage in cycle.stages
        for moment, order, message in ((stage.closes_at, 0, closed), (stage.opens_at, 1, opened))
        if since <= moment <= until
    )
    lines = [telling.put(_("While this service was away:"))]
    lines += [
        telling.put(message, stage=stage_name(kind), date=telling.opening(moment))
        for moment, _order, message, kind in happened
    ]
    told = [Markup("\n").join(lines)]
    if "funded" in telling.announcement.parameters:
        told.append(telling.put(usual_text(NoticeKind.RESULTS, StageKind.VOTING)))
    if (current := cycle.current(telling.at)) is None:
        return told + _next(telling)
    now = _("Now: {stage}, until {date}")
    date = telling.close(current.closes_at)
    return [*told, telling.put(now, stage=stage_name(current.kind), date=date)]


def _hidden(telling: _Telling) -> Markup:
    parameters = telling.announcement.parameters
    why = Why(Ground(str(parameters["ground"])), str(parameters["words"] or ""))
    return telling.put(
        _(
            "A moderator has hidden your comment {number}: {reason}. You can still read it "
            "yourself. If you think this is wrong, ask the organisers."
        ),
        number=str(parameters["comment"]),
        reason=reason(why).rstrip("."),
    )


def _shown(telling: _Telling) -> Markup:
    number = str(telling.announcement.parameters["comment"])
    return telling.put(_("Everyone can read your comment {number} again."), number=number)


def _buttons(telling: _Telling) -> tuple[tuple[str, Place], ...]:
    announcement, cycle, stage = telling.announcement, telling.cycle, telling.stage
    about = (_("About and dates"), Place(PlaceKind.CYCLE, cycle.id))
    results = (_("Results of voting"), Place(PlaceKind.RESULTS, cycle.id))
    if announcement.kind in {NoticeKind.COMMENT_HIDDEN, NoticeKind.COMMENT_SHOWN}:
        comment = Place(PlaceKind.COMMENT, int(str(announcement.parameters["comment"])))
        return (_("My comment"), comment), about
    if announcement.kind is NoticeKind.RESULTS or "funded" in announcement.parameters:
        return results, about
    has_ended = announcement.kind in {NoticeKind.STAGE_CLOSED, NoticeKind.STAGE_CANCELLED}
    is_shut = has_ended or not stage.is_open(telling.at)
    if is_shut and announcement.kind is not NoticeKind.STAGE_OPENED:
        return (about,)
    main = {
        StageKind.IDEAS: (_("Ideas"), Place(PlaceKind.IDEAS, cycle.id)),
        StageKind.REVIEW: (_("Ideas put forward"), Place(PlaceKind.IDEAS, cycle.id)),
        StageKind.VOTING: (_("Vote"), Place(PlaceKind.BALLOT, cycle.id)),
        StageKind.RESULTS: results,
        StageKind.CONSULTATION: (_("Draft budget"), Place(PlaceKind.BUDGET, cycle.id)),
        StageKind.ANSWERS: (_("Draft budget"), Place(PlaceKind.BUDGET, cycle.id)),
    }
    return (main[stage.kind], about) if stage.kind in main else (about,)
