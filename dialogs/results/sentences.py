"""Why a project won or lost, in plain words."""

from collections.abc import Iterable, Mapping

from civic.model.project import Project
from civic.model.results import Outcome, ProjectResult
from dialogs.kit.figures import money, number
from dialogs.kit.text import _, ngettext
from dialogs.voting.counting import quoted


def votes(count: int, language: str) -> str:
    """Return a number of votes in words."""
    return ngettext("{votes} vote", "{votes} votes", count).format(votes=number(count, language))


def verdict(result: ProjectResult) -> str:
    """Return the outcome in two or three words, for a line of a list."""
    return {
        Outcome.FUNDED: _("funded"),
        Outcome.TOPPED_UP: _("funded with extra money"),
        Outcome.FUNDED_BY_VOTES: _("funded"),
        Outcome.BELOW_THRESHOLD: _("too few votes"),
        Outcome.EXCLUDED_BY_CONFLICT: _("another one excludes it"),
        Outcome.DOES_NOT_FIT: _("not enough money left"),
        Outcome.TIE_LOST: _("came second in a tie"),
        Outcome.TOO_LITTLE_SUPPORT: _("too little support"),
        Outcome.STOPPED_BEFORE: _("the count had stopped"),
        Outcome.REPLACED: _("more gained otherwise"),
    }[result.outcome]


def outcome(result: ProjectResult, projects: Mapping[int, Project], language: str) -> str:
    """Return the outcome as a sentence with its numbers; `projects` by id."""
    values = {
        "votes": votes(result.votes, language),
        "place": result.rank,
        "needed": number(result.needed, language),
        "cost": "" if result.cost is None else money(result.cost, language),
        "left": "" if result.left_before is None else money(result.left_before, language),
        "added": money(result.added, language),
        "share": "" if result.share is None else money(result.share, language),
        "means": money(result.means or 0, language),
        "reserve": money(result.from_reserve, language),
        "names": _names(result.conflict_with, projects, language),
    }
    sentences = [_text(result)]
    if result.from_reserve:
        sentences.append(_("Of this {reserve} comes from the reserve."))
    return " ".join(sentences).format_map(values)


def _text(result: ProjectResult) -> str:
    if result.outcome is Outcome.FUNDED:
        return _funded(result)
    if result.outcome is Outcome.DOES_NOT_FIT:
        return _too_dear(result)
    if result.outcome is Outcome.TIE_LOST:
        return _lost_tie(result)
    return {
        Outcome.TOPPED_UP: _(
            "Funded: {votes}, place {place}. It costs {cost}; {left} was left for it, and {added} "
            "is added from outside the fund."
        ),
        Outcome.FUNDED_BY_VOTES: _(
            "Funded: {votes}. The shares of its supporters did not suffice, but of the {left} "
            "that was left then it got its {cost} by its votes."
        ),
        Outcome.BELOW_THRESHOLD: ngettext(
            "Not funded: {votes}, and at least {needed} was needed.",
            "Not funded: {votes}, and at least {needed} were needed.",
            result.needed,
        ),
        Outcome.EXCLUDED_BY_CONFLICT: _(
            "Not funded: {votes} sufficed, but only one can be carried out, and {names} won."
        ),
        Outcome.TOO_LITTLE_SUPPORT: _(
            "Not funded: {votes}. It costs {cost}, and its supporters' shares came to {means}."
        ),
        Outcome.STOPPED_BEFORE: _(
            "Not funded: {votes} sufficed, but the count had stopped at a project before it "
            "that cost more than was left."
        ),
        Outcome.REPLACED: _(
            "Not funded: {votes}. Equal shares would have paid for it, but more voters get more "
            "of what they chose by counting votes alone."
        ),
    }[result.outcome]


def _funded(result: ProjectResult) -> str:
    if result.share is not None:
        return _(
            "Funded: {votes}. Its supporters paid its {cost} out of their shares, {share} each at "
            "most."
        )
    if result.cost is None or result.left_before is None:
        return _("Funded: {votes}, place {place}.")
    return _("Funded: {votes}, place {place}. It costs {cost}, and {left} was left for it.")


def _too_dear(result: ProjectResult) -> str:
    if result.cost is None or result.left_before is None:
        return _("Not funded: {votes} sufficed, but too little money was left when its turn came.")
    return _(
        "Not funded: {votes} sufficed, but it costs {cost} and only {left} was left when its "
        "turn came."
    )


def _lost_tie(result: ProjectResult) -> str:
    if _is_by_shares(result):
        return _(
            "Not funded: {votes}. A project equal to it came first by the written rule, and the "
            "money did not suffice for both."
        )
    return _(
        "Not funded: {votes} sufficed, but a project with as many votes came first by the "
        "written rule, and the money did not suffice for both."
    )


def _is_by_shares(result: ProjectResult) -> bool:
    """Tell whether voters paid, so that its equals have the same price, not as many votes."""
    return result.share is not None or result.means is not None


def _names(ids: Iterable[int], projects: Mapping[int, Project], language: str) -> str:
    return quoted([projects[one] for one in ids if one in projects], language)


def tie(result: ProjectResult, projects: Mapping[int, Project], language: str) -> str:
    """Return with which projects it was equal; empty when with none."""
    if not result.tie_with:
        return ""
    names = _names(result.tie_with, projects, language)
    text = (
        _("Equal to it: {names}; the written rule decided the order.")
        if _is_by_shares(result)
        else _("As many votes went to {names}; the written rule decided the order.")
    )
    return text.format(names=names)
