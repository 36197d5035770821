"""Why a project won or lost, in plain words."""

from collections.abc import Mapping

from civic.model.project import Project
from civic.model.results import Outcome, ProjectResult
from civic.model.text import in_language
from dialogs.kit.figures import money, number
from dialogs.kit.text import _, ngettext


def votes(count: int, language: str) -> str:
    """Return a number of votes in words."""
    return ngettext("{votes} vote", "{votes} votes", count).format(votes=number(count, language))


def verdict(result: ProjectResult) -> str:
    """Return the outcome in two or three words, for a line of a list."""
    return {
        Outcome.FUNDED: _("funded"),
        Outcome.BELOW_THRESHOLD: _("too few votes"),
        Outcome.DOES_NOT_FIT: _("not enough money left"),
        Outcome.STOPPED_BEFORE: _("the count had stopped"),
        Outcome.TIE_LOST: _("came second in a tie"),
    }[result.outcome]


def outcome(result: ProjectResult, more_than: int, language: str) -> str:
    """Return the outcome as a sentence with its numbers."""
    values = {
        "votes": votes(result.votes, language),
        "place": result.rank,
        "more_than": more_than,
        "cost": "" if result.cost is None else money(result.cost, language),
        "left": "" if result.left_before is None else money(result.left_before, language),
    }
    texts = {
        Outcome.BELOW_THRESHOLD: ngettext(
            "Not funded: {votes}, and more than {more_than} vote was needed.",
            "Not funded: {votes}, and more than {more_than} votes were needed.",
            more_than,
        ),
        Outcome.STOPPED_BEFORE: _(
            "Not funded: {votes} were enough, but the count had stopped at a project before it "
            "that cost more than was left."
        ),
        Outcome.TIE_LOST: _(
            "Not funded: {votes} were enough, but a project with as many votes came first by the "
            "written rule, and the money did not suffice for both."
        ),
    }
    if result.cost is None or result.left_before is None:
        texts[Outcome.FUNDED] = _("Funded: {votes}, place {place}.")
        texts[Outcome.DOES_NOT_FIT] = _(
            "Not funded: {votes} were enough, but too little money was left when its turn came."
        )
    else:
        texts[Outcome.FUNDED] = _(
            "Funded: {votes}, place {place}. It costs {cost}, and {left} was left for it."
        )
        texts[Outcome.DOES_NOT_FIT] = _(
            "Not funded: {votes} were enough, but it costs {cost} and only {left} was left when "
            "its turn came."
        )
    return texts[result.outcome].format_map(values)


def tie(result: ProjectResult, projects: Mapping[int, Project], language: str) -> str:
    """Return with which projects it had equal votes; empty when with none."""
    if not result.tie_with:
        return ""
    names = ", ".join(
        _("“{title}”").format(title=in_language(projects[one].titles, language))
        for one in result.tie_with
        if one in projects
    )
    return _("As many votes went to {names}; the written rule decided the order.").format(
        names=names
    )
