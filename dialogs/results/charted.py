"""What a chart of results shows."""

from collections.abc import Sequence
from typing import Final

from civic.actions.read_results import ResultsView
from civic.model.results import ProjectResult
from civic.model.text import in_language
from civic.ports import MoneyBar
from dialogs.kit.figures import money, shorten
from dialogs.results import sentences

_LABEL: Final = 60


def by_money(view: ResultsView, language: str) -> Sequence[MoneyBar] | None:
    """Return where the money went, in the order of decisions; None without published costs."""
    bars, spent = [], 0
    for one in view.protocol.results:
        if one.cost is None:
            return None
        value = f"{money(one.cost, language)} · {sentences.votes(one.votes, language)}"
        is_funded = one.outcome.is_funded
        bars.append(MoneyBar(_label(one, view, language), spent, one.cost, value, is_funded))
        spent += one.cost - one.added if is_funded else 0
    return bars


def by_votes(view: ResultsView, language: str) -> Sequence[tuple[str, int, bool]]:
    """Return label, votes and whether it is funded of every project."""
    return [
        (_label(one, view, language), one.votes, one.outcome.is_funded)
        for one in view.protocol.results
    ]


def title(result: ProjectResult, view: ResultsView, language: str) -> str:
    """Return the title of a project."""
    return in_language(view.projects[result.project_id].titles, language)


def _label(result: ProjectResult, view: ResultsView, language: str) -> str:
    return shorten(f"{result.rank}. {title(result, view, language)}", _LABEL)
