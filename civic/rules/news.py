"""What of a cycle is worth telling, to whom it still matters, and when it falls due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from civic.model.announcement import Addressee, Announcement, NoticeKind
from civic.model.audience import Audience, Trait
from civic.model.cycle import Cycle, Stage, StageAction, StageKind, StageState
from civic.model.resident import NewsChoice
from civic.rules.calendar import DAY, FRESH, Transition, appeal_ends, days_in, is_on_show
from civic.rules.quiet_hours import telling_moment
from civic.rules.stages import PERMITS
from civic.rules.templates import kinds_of

LAST_DAYS: Final = (3, 1)
"""Days before a close at which those who did not finish are told, earliest first."""
LONG: Final = 10
"""Days that a stage has to last for its middle to be told."""
STALE: Final = 7 * DAY
"""A close older than this is no news any more."""
_LASTING: Final = {
    NoticeKind.STAGE_CLOSED: STALE,
    NoticeKind.WHILE_AWAY: STALE,
    NoticeKind.RESULTS: FRESH,
}
"""How long after the close of its stage news keeps its sense; all other news loses it then."""


REMINDING: Final = frozenset({NoticeKind.HALF_WAY, NoticeKind.LAST_DAYS, NoticeKind.REMINDER})
"""News that is of no use to whoever has finished what the stage asks for."""
_OF_ONE_PERSON: Final = frozenset({NoticeKind.COMMENT_HIDDEN, NoticeKind.COMMENT_SHOWN})
"""News that belongs to a person and not to the dates of a stage."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment before the close of a stage at which those who did not finish are told."""

    kind: NoticeKind
    """HALF_WAY or LAST_DAYS."""
    days: int | None
    """How many days before the close, for LAST_DAYS."""
    at: datetime
    """When people may be told so, which is not always when it is so."""


def marks(stage: Stage, zone: ZoneInfo) -> tuple[Mark, ...]:
    """Return the marks of a stage in which residents can do something, in a town of that zone."""
    if not PERMITS[stage.kind]:
        return ()
    wanted: list[tuple[NoticeKind, int | None, datetime]] = [
        (NoticeKind.LAST_DAYS, days, stage.closes_at - days * DAY) for days in LAST_DAYS
    ]
    if days_in(stage) >= LONG:
        middle = stage.opens_at + (stage.closes_at - stage.opens_at) / 2
        wanted.insert(0, (NoticeKind.HALF_WAY, None, middle))
    return tuple(
        Mark(kind, days, telling_moment(at, stage.closes_at, zone)) for kind, days, at in wanted
    )


def mark_due(stage: Stage, since: datetime, now: datetime, zone: ZoneInfo) -> Mark | None:
    """Return the mark to be told, or None.

    Only the latest that has passed counts, and only marks after `since`: the opening of the stage,
    or the moment its dates were last changed, because that was announced to everyone.
    """
    if not stage.is_open(now):
        return None
    passed = [mark for mark in marks(stage, zone) if since < mark.at <= now]
    return max(passed, key=lambda mark: mark.at, default=None)


def next_moment(cycle: Cycle, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the next moment at which something may fall due; None when nothing is left."""
    moments = [moment for stage in cycle.stages for moment in (stage.opens_at, stage.closes_at)]
    moments += [mark.at for stage in cycle.stages for mark in marks(stage, zone)]
    if (ends := appeal_ends(cycle)) is not None:
        moments.append(ends)
    return min((moment for moment in moments if moment > now), default=None)


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened and is worth telling."""

    kind: NoticeKind
    stage: Stage
    since: datetime | None = None
    """For WHILE_AWAY: from when on things happened that nobody was told of."""


def news(cycle: Cycle, carried_out: Sequence[Transition], now: datetime) -> tuple[News, ...]:
    """Return what to tell after these transitions of the cycle.

    Where anything that should have been told has lost its sense meanwhile, one piece of news sums
    up all of it. Nothing is told of a cycle that has long been over.
    """
    wanted = [(entry, kind) for entry in carried_out if (kind := _kind(cycle, entry))]
    lost = [entry.at for entry, kind in wanted if not _is_fresh(cycle, entry, kind, now)]
    if not lost:
        return tuple(News(kind, entry.stage) for entry, kind in wanted)
    if not is_on_show(cycle, now):
        return ()
    stage = cycle.current(now) or carried_out[-1].stage
    return (News(NoticeKind.WHILE_AWAY, stage, min(lost)),)


def notices_of(cycle: Cycle, stage: Stage) -> tuple[NoticeKind, ...]:
    """Return what is told about a stage of the cycle, when nothing goes amiss, in order.

    A close is told by the opening that goes with it, and the close of a vote as its results, to
    which the opening of the results stage adds nothing.
    """
    untold = set()
    if stage.kind is StageKind.RESULTS and cycle.stage(StageKind.VOTING) is not None:
        untold.add(NoticeKind.STAGE_OPENED)
    if cycle.current(stage.closes_at) is not None:
        untold.add(NoticeKind.STAGE_CLOSED)
    if days_in(stage) < LONG:
        untold.add(NoticeKind.HALF_WAY)
    return tuple(kind for kind in kinds_of(stage.kind) if kind not in untold)


def _kind(cycle: Cycle, entry: Transition) -> NoticeKind | None:
    """Return what is told of a transition in time."""
    of_close = {NoticeKind.STAGE_CLOSED, NoticeKind.RESULTS}
    wanted = {NoticeKind.STAGE_OPENED} if entry.action is StageAction.OPENED else of_close
    return next((kind for kind in notices_of(cycle, entry.stage) if kind in wanted), None)


def _is_fresh(cycle: Cycle, entry: Transition, kind: NoticeKind, now: datetime) -> bool:
    overtaken = kind is NoticeKind.STAGE_CLOSED and cycle.current(now) is not None
    return not overtaken and now < entry.stage.closes_at + _LASTING.get(kind, timedelta())


def may_be_unwanted(audience: Audience, person: Addressee) -> bool:
    """Tell whether what somebody chooses may have to do with whether they are told.

    Where not, nobody has to look it up.
    """
    return (
        person.news is NewsChoice.NONE
        or Trait.TOPIC in audience.conditions
        or (bool(audience.topics) and person.chooses_topics)
        or (person.news is NewsChoice.MINE and not audience.is_personal)
    )


def reads_since(cycle: Cycle, now: datetime, zone: ZoneInfo) -> datetime:
    """Return since when news about the cycle reads as it does now, to people in that zone.

    What is said of days that are left, and of what is open, changes at midnight, and when a stage
    opens or closes.
    """
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    turns = [moment for stage in cycle.stages for moment in (stage.opens_at, stage.closes_at)]
    return max([midnight, *(moment for moment in turns if moment <= now)])


def matters(announcement: Announcement, stage: Stage, now: datetime) -> bool:
    """Tell whether the announcement about `stage`, as it is now, still has its sense.

    What was told of dates loses it when they change, because that is announced anew.
    """
    kind = announcement.kind
    if kind in _OF_ONE_PERSON:
        return True
    if (stage.state is StageState.CANCELLED) is not (kind is NoticeKind.STAGE_CANCELLED):
        return False
    closes_at = announcement.parameters.get("closes_at")
    if closes_at is not None and closes_at != stage.closes_at.isoformat():
        return False
    return now < stage.closes_at + _LASTING.get(kind, timedelta())
