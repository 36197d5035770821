"""The usual words of the notices that organisers may word themselves, with their named places."""

from civic.model.announcement import NoticeKind
from civic.model.cycle import StageKind
from civic.rules.stages import PERMITS
from dialogs.kit.text import _


def usual_text(kind: NoticeKind, stage: StageKind) -> str:
    """Return the text of such a notice in the language being spoken."""
    if kind is NoticeKind.STAGE_CLOSED:
        if PERMITS[stage]:
            return _("“{stage}” is over. Thank you to everyone who took part.")
        return _("“{stage}” is over.")
    if kind is NoticeKind.RESULTS:
        return _(
            "Voting is over and the votes are counted.\n"
            "Projects that get the money: {funded}\n"
            "Ballots counted: {ballots}"
        )
    return {
        NoticeKind.STAGE_OPENED: _opened,
        NoticeKind.HALF_WAY: _half_way,
        NoticeKind.LAST_DAYS: _last_days,
        NoticeKind.REMINDER: _reminder,
    }[kind]()[stage]


def notice_name(kind: NoticeKind) -> str:
    """Return what the notice is called at the organisers' desk."""
    return {
        NoticeKind.STAGE_OPENED: _("Opening"),
        NoticeKind.HALF_WAY: _("Half-way"),
        NoticeKind.LAST_DAYS: _("Last days"),
        NoticeKind.REMINDER: _("Unfinished"),
        NoticeKind.STAGE_CLOSED: _("Close"),
        NoticeKind.RESULTS: _("Results"),
    }[kind]


def _opened() -> dict[StageKind, str]:
    return {
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
    }


def _half_way() -> dict[StageKind, str]:
    return {
        StageKind.IDEAS: _(
            "Half the time for ideas has passed ({left}). What is {town} still missing? "
            "Put your idea forward until {closes}."
        ),
        StageKind.VOTING: _(
            "Half the time for voting has passed ({left}). Your vote decides as much as any "
            "other: choose until {closes}."
        ),
        StageKind.CONSULTATION: _(
            "Half the time for the discussion has passed ({left}). Read what others write about "
            "the draft budget and add your own until {closes}."
        ),
    }


def _last_days() -> dict[StageKind, str]:
    return {
        StageKind.IDEAS: _(
            "Ideas are collected until {closes} ({left}). Five minutes are enough to put yours "
            "forward."
        ),
        StageKind.VOTING: _(
            "Voting closes {closes} ({left}). Two minutes are enough to choose your projects."
        ),
        StageKind.CONSULTATION: _(
            "The discussion of the draft budget closes {closes} ({left}). A comment, a proposal "
            "or a question can still be written."
        ),
    }


def _reminder() -> dict[StageKind, str]:
    return {
        StageKind.IDEAS: _(
            "You began to write an idea and have not sent it yet. It is kept: "
            "finish and send it until {closes} ({left})."
        ),
        StageKind.VOTING: _(
            "You opened the ballot and have not chosen anything yet. "
            "You can vote until {closes} ({left})."
        ),
        StageKind.CONSULTATION: _(
            "You began to write a comment and have not published it yet. It is kept: "
            "finish and publish it until {closes} ({left})."
        ),
    }
