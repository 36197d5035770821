"""What announcements say. Every one ends with how to stop them and leads on by a button."""

from dataclasses import dataclass
from datetime import datetime

from civic.model.announcement import Announcement, NoticeKind
from civic.model.community import Community
from civic.model.cycle import Cycle, Stage, StageKind
from civic.model.moderation import Ground, Why
from civic.model.text import in_language
from dialogs.kit.figures import number
from dialogs.kit.moments import When, close, day_and_time
from dialogs.kit.stages import stage_name
from dialogs.kit.text import _, fill, ngettext
from dialogs.moderation.sentences import reason
from dialogs.places import Place, PlaceKind


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement as one person reads it."""

    html: str
    buttons: tuple[tuple[str, Place], ...]
    """Label and where it leads."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """Everything that the sentences of one announcement are made of."""

    announcement: Announcement
    cycle: Cycle
    stage: Stage
    community: Community
    language: str

    def opening(self, moment: datetime) -> When:
        return day_and_time(moment, self.community.zone, self.language)

    def close(self, moment: datetime) -> When:
        return close(moment, self.community.zone, self.language)

    def put(self, message: str, **more: str) -> str:
        values = {
            "town": in_language(self.community.names, self.language),
            "stage": stage_name(self.stage.kind),
            "closes": self.close(self.stage.closes_at),
        }
        return fill(message, {**values, **more})


def render(
    announcement: Announcement, cycle: Cycle, stage: Stage, community: Community, language: str
) -> Notice:
    """Return the announcement about `stage`; the language being spoken must be `language`.

    Dates are those of the cycle as it is when the announcement is sent.
    """
    telling = _Telling(announcement, cycle, stage, community, language)
    paragraphs = [
        fill("<b>{title}</b>", {"title": in_language(cycle.titles, language)}),
        *_body(telling),
    ]
    if reason := announcement.parameters.get("reason"):
        paragraphs.append(telling.put(_("The organisers say why: {reason}"), reason=str(reason)))
    paragraphs.append(_("To get no more news, send /stop"))
    return Notice("\n\n".join(paragraphs), _buttons(announcement, cycle, stage))


def _body(telling: _Telling) -> list[str]:
    return {
        NoticeKind.STAGE_OPENED: _opened,
        NoticeKind.STAGE_CLOSED: _closed,
        NoticeKind.STAGE_EXTENDED: _extended,
        NoticeKind.REMINDER: _reminder,
        NoticeKind.RESULTS: _results,
        NoticeKind.COMMENT_HIDDEN: _hidden,
        NoticeKind.COMMENT_SHOWN: _shown,
    }[telling.announcement.kind](telling)


def _opened(telling: _Telling) -> list[str]:
    message = {
        StageKind.IDEAS: _(
            "What should be done in {town}? Put your idea forward until {closes}. "
            "You can also read and support the ideas of others."
        ),
        StageKind.REVIEW: _(
            "Collecting ideas is over. Experts now look at every idea, until {closes}. "
            "Authors will hear what they decide."
        ),
        StageKind.VOTING: _(
            "Voting is open until {closes}. Choose the projects you want; "
            "until then you can change your choice."
        ),
        StageKind.RESULTS: _(
            "The results are open to everyone. Appeals are taken until {closes}."
        ),
        StageKind.BUILDING: _("Building has begun. By plan it lasts until {closes}."),
        StageKind.CONSULTATION: _(
            "The draft budget is open for discussion until {closes}. Read any line of it and "
            "write a comment, a proposal or a question."
        ),
        StageKind.ANSWERS: _(
            "The public discussion is over. Answers to what people wrote come until {closes}."
        ),
    }[telling.stage.kind]
    return [telling.put(message)]


def _closed(telling: _Telling) -> list[str]:
    told = [telling.put(_("«{stage}» is over. Thank you to everyone who took part."))]
    stages = telling.cycle.stages
    following = stages[stages.index(telling.stage) + 1 :]
    if following:
        told.append(
            telling.put(
                _("Next: {stage}, from {date}"),
                stage=stage_name(following[0].kind),
                date=telling.opening(following[0].opens_at),
            )
        )
    return told


def _extended(telling: _Telling) -> list[str]:
    parameters = telling.announcement.parameters
    before = datetime.fromisoformat(str(parameters["closed_before"]))
    told = [
        telling.put(
            _("«{stage}» is extended until {closes}. Before, it was to close {before}."),
            before=telling.close(before),
        )
    ]
    if parameters["moved_kind"] is not None:
        told.append(
            telling.put(
                _("«{stage}» will open later, {date}."),
                stage=stage_name(StageKind(str(parameters["moved_kind"]))),
                date=telling.opening(datetime.fromisoformat(str(parameters["moved_to"]))),
            )
        )
    return told


def _reminder(telling: _Telling) -> list[str]:
    message = {
        StageKind.IDEAS: _(
            "You began to write an idea and have not sent it yet. It is kept: "
            "finish and send it until {closes}."
        ),
        StageKind.VOTING: _(
            "You opened the ballot and have not chosen anything yet. You can vote until {closes}."
        ),
        StageKind.CONSULTATION: _(
            "You began to write a comment and have not published it yet. It is kept: "
            "finish and publish it until {closes}."
        ),
    }[telling.stage.kind]
    return [telling.put(message)]


def _results(telling: _Telling) -> list[str]:
    told = [_("Voting is over and the votes are counted.")]
    funded = telling.announcement.parameters.get("funded")
    if isinstance(funded, int):
        told.append(
            telling.put(
                ngettext(
                    "{funded} project gets the money.", "{funded} projects get the money.", funded
                ),
                funded=number(funded, telling.language),
            )
        )
    ballots = telling.announcement.parameters.get("ballots")
    if isinstance(ballots, int):
        told.append(
            telling.put(_("Ballots counted: {ballots}"), ballots=number(ballots, telling.language))
        )
    return ["\n".join(told)]


def _hidden(telling: _Telling) -> list[str]:
    parameters = telling.announcement.parameters
    why = Why(Ground(str(parameters["ground"])), str(parameters["words"] or ""))
    return [
        telling.put(
            _(
                "A moderator has hidden your comment {number}: {reason}. You can still read it "
                "yourself. If you think this is wrong, ask the organisers."
            ),
            number=str(parameters["comment"]),
            reason=reason(why).rstrip("."),
        )
    ]


def _shown(telling: _Telling) -> list[str]:
    number = str(telling.announcement.parameters["comment"])
    return [telling.put(_("Everyone can read your comment {number} again."), number=number)]


def _buttons(
    announcement: Announcement, cycle: Cycle, stage: Stage
) -> tuple[tuple[str, Place], ...]:
    about = (_("About and dates"), Place(PlaceKind.CYCLE, cycle.id))
    if announcement.kind in {NoticeKind.COMMENT_HIDDEN, NoticeKind.COMMENT_SHOWN}:
        comment = Place(PlaceKind.COMMENT, int(str(announcement.parameters["comment"])))
        return (_("My comment"), comment), about
    if announcement.kind is NoticeKind.STAGE_CLOSED or announcement.created_at < stage.opens_at:
        return (about,)
    if announcement.kind is NoticeKind.RESULTS or stage.kind is StageKind.RESULTS:
        return (_("Results of the vote"), Place(PlaceKind.RESULTS, cycle.id)), about
    main = {
        StageKind.IDEAS: (_("Ideas"), Place(PlaceKind.IDEAS, cycle.id)),
        StageKind.REVIEW: (_("Ideas put forward"), Place(PlaceKind.IDEAS, cycle.id)),
        StageKind.VOTING: (_("Vote"), Place(PlaceKind.BALLOT, cycle.id)),
        StageKind.CONSULTATION: (_("Draft budget"), Place(PlaceKind.BUDGET, cycle.id)),
        StageKind.ANSWERS: (_("Draft budget"), Place(PlaceKind.BUDGET, cycle.id)),
    }
    return (main[stage.kind], about) if stage.kind in main else (about,)
