"""The calendar, the rules and the public log of a cycle in plain sentences, as HTML."""

from datetime import datetime
from typing import Final

from civic.actions.read_calendar import Calendar, CalendarLine
from civic.model.community import Community
from civic.model.cycle import (
    ConsultationRules,
    Cycle,
    IdeaRules,
    StageAction,
    StageChange,
    StageKind,
    StageState,
    VotingRules,
)
from civic.model.text import in_language
from civic.rules.calendar import Phase
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money
from dialogs.kit.moments import When, close, day_and_time
from dialogs.kit.stages import stage_name
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.voting import counting
from dialogs.voting import sentences as voting

_MOVES_OPENING: Final = frozenset(
    {StageAction.OPENED_EARLY, StageAction.MOVED, StageAction.CANCELLED}
)
"""Changes whose moments are openings; those of all others are closes."""


def phase_name(phase: Phase) -> str:
    """Return where a cycle stands, in two or three words."""
    return {
        Phase.AHEAD: _("has not begun"),
        Phase.OPEN: _("open"),
        Phase.BETWEEN: _("between two stages"),
        Phase.OVER: _("finished"),
    }[phase]


def left(days: int) -> str:
    """Return how long a stage stays open, in days."""
    if days == 0:
        return _("last day")
    return ngettext("{count} day left", "{count} days left", days).format(count=days)


def calendar_line(line: CalendarLine, acting: Acting) -> Markup:
    """Return a stage with its dates and whether it is open."""
    is_over = line.state is StageState.CLOSED
    values = {
        "stage": stage_name(line.stage.kind),
        "opens": opening(line.stage.opens_at, acting, year=is_over),
        "closes": closing(line.stage.closes_at, acting, year=is_over),
        "left": left(line.days_left or 0),
    }
    message = {
        StageState.PLANNED: _("{stage}: {opens} – {closes}. Ahead"),
        StageState.OPEN: _("<b>{stage}: {opens} – {closes}. Open now, {left}</b>"),
        StageState.CLOSED: _("{stage}: {opens} – {closes}. Over"),
    }[line.state]
    return fill(message, values)


def rules(calendar: Calendar, community: Community, language: str) -> list[str]:
    """Return every rule of the cycle as a sentence."""
    cycle, voting_stage = calendar.cycle, calendar.cycle.stage(StageKind.VOTING)
    found: list[str] = []
    if cycle.rules.ideas is not None:
        found += _idea_rules(cycle.rules.ideas, language)
    if cycle.rules.consultation is not None:
        found += _consultation_rules(cycle.rules.consultation, language)
    if cycle.rules.voting is not None and voting_stage is not None:
        # How people voted in a past round is not known where only its totals were published.
        if calendar.now < voting_stage.closes_at:
            found += _ballot_rules(cycle.rules.voting, language)
        found += counting.in_full(cycle.rules.voting, community, language)
    if cycle.rules_hash:
        message = _("These rules were frozen when voting opened. Their fingerprint: {hash}")
        found.append(message.format(hash=cycle.rules_hash))
    return found


def _idea_rules(ideas: IdeaRules, language: str) -> list[str]:
    cost = _("An idea may cost any sum.")
    if ideas.max_cost is not None:
        cost = _("An idea may cost at most {cost}.").format(cost=money(ideas.max_cost, language))
    photos = ngettext(
        "An idea may have {count} photo.",
        "An idea may have up to {count} photos.",
        ideas.max_photos,
    )
    return [cost, photos.format(count=ideas.max_photos)]


def _consultation_rules(consultation: ConsultationRules, language: str) -> list[str]:
    first, _second, last = consultation.years
    minutes = ngettext(
        "You can edit or delete your comment for {count} minute after publishing it.",
        "You can edit or delete your comment for {count} minutes after publishing it.",
        consultation.edit_minutes,
    )
    return [
        _("The draft budget is for {first}–{last}.").format(first=first, last=last),
        _("The official document: {source}").format(
            source=in_language(consultation.source, language)
        ),
        minutes.format(count=consultation.edit_minutes),
    ]


def _ballot_rules(rules: VotingRules, language: str) -> list[str]:
    return [
        voting.choosing(rules, language),
        ngettext(
            "Everyone who is {age} or older and lives here may vote.",
            "Everyone who is {age} or older and lives here may vote.",
            rules.minimum_age,
        ).format(age=rules.minimum_age),
        _("You can change your ballot until voting closes; it counts as it stands then."),
    ]


def change(entry: StageChange, cycle: Cycle, acting: Acting) -> Markup:
    """Return an entry of the public log: when, what, and the reason that was given."""
    stage = cycle.found(entry.stage_id)
    message = {
        StageAction.OPENED: _("“{stage}” opened"),
        StageAction.CLOSED: _("“{stage}” closed"),
        StageAction.OPENED_EARLY: _("An organiser opened “{stage}”, planned for {before}"),
        StageAction.CLOSED_EARLY: _("An organiser closed “{stage}”, planned until {before}"),
        StageAction.EXTENDED: _("“{stage}” was extended from {before} to {after}"),
        StageAction.MOVED: _("“{stage}” will open {after}, not {before}"),
        StageAction.SHORTENED: _("“{stage}” was shortened: it closes {after}, not {before}"),
        StageAction.CANCELLED: _("“{stage}”, planned for {before}, was cancelled"),
        StageAction.UNLINKED: _("The links between voters and ballots were destroyed for good"),
    }[entry.action]
    shown = opening if entry.action in _MOVES_OPENING else closing
    what = fill(
        message,
        {
            "stage": "" if stage is None else stage_name(stage.kind),
            "before": "" if entry.before is None else shown(entry.before, acting),
            "after": "" if entry.after is None else shown(entry.after, acting),
        },
    )
    when = opening(entry.at, acting, year=True)
    if not entry.reason:
        return Markup("{}\n{}.").format(when, what)
    reason = fill(_("Why: {reason}"), {"reason": entry.reason})
    return Markup("{}\n{}.\n<i>{}</i>").format(when, what, reason)


def closing(at: datetime, acting: Acting, *, year: bool = False) -> When:
    """Return date and time of a close in the town."""
    return close(at, acting.community.zone, acting.language, year=year)


def opening(at: datetime, acting: Acting, *, year: bool = False) -> When:
    """Return date and time of an opening, or of anything else, in the town."""
    return day_and_time(at, acting.community.zone, acting.language, year=year)
