"""What the windows of the results show."""

from collections.abc import Awaitable, Sequence
from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_results import ReadResults, ReadVotes, ResultsView, VoteView
from civic.model.cycle import Stage
from civic.model.results import ProjectResult
from civic.model.text import in_language
from civic.ports import ChartPainter
from dialogs.kit.acting import Acting
from dialogs.kit.figures import bar, money, numbered, percent, shorten
from dialogs.kit.moments import When, close, day, last_day
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.pictures import PaintedCharts
from dialogs.kit.text import Markup, _, fill
from dialogs.results import charted, sentences, summary
from dialogs.voting import counting
from dialogs.voting.sentences import cost

PAGE: Final = 6
TITLE: Final = 70
"""Characters of a title in a line."""
ABOUT: Final = 800
_WHOLE: Final = 100


@inject
async def cycles(
    dialog_manager: DialogManager,
    read: FromDishka[ReadVotes],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the counted votes of a page, and those still to come."""
    votes = await read(acting.resident)
    ahead = [vote for vote in votes if vote.protocol is None]
    page = page_of(counted(votes), turned_to(dialog_manager, "cycles_page"), PAGE)
    return {
        "lines": Markup("\n").join(_counted(number, vote, acting) for number, vote in page.lines),
        "ahead": Markup("\n").join(_ahead(vote, acting) for vote in ahead[:PAGE]),
        "choices": [
            (vote.cycle.id, numbered(number, in_language(vote.cycle.titles, acting.language)))
            for number, vote in page.lines
        ],
        **page.shown,
        "nothing": not votes,
    }


@inject
async def table(
    dialog_manager: DialogManager,
    read: FromDishka[ReadResults],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what the vote came to and a page of its projects."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    protocol, language = view.protocol, acting.language
    page = page_of(protocol.results, turned_to(dialog_manager), PAGE)
    spent = protocol.spent
    return {
        "title": in_language(view.cycle.titles, language),
        "closed": _last_day(view.stage, acting),
        "ballots": summary.ballots(protocol, language),
        "winning": counting.winning(view.rules, language),
        "spending": summary.spending(protocol, language),
        "left": "\n".join(summary.remainders(view, acting.community, language)),
        "comparison": summary.comparison(protocol, language),
        "bar": "" if spent is None else _bar(spent, protocol.fund, language),
        "elsewhere": protocol.published_elsewhere,
        "unpriced": any(one.cost is None for one in protocol.results),
        "lines": Markup("\n").join(_result_line(one, view, acting) for _n, one in page.lines),
        "choices": [
            (one.project_id, numbered(one.rank, charted.title(one, view, language)))
            for _n, one in page.lines
        ],
        **page.shown,
        "digest": protocol.digest,
        "direct": is_direct(dialog_manager),
        "listed": not is_direct(dialog_manager),
    }


@inject
async def project(
    dialog_manager: DialogManager,
    read: FromDishka[ReadResults],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what became of one project and why."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    language = acting.language
    wanted = int(dialog_manager.dialog_data["project"])
    result = next(one for one in view.protocol.results if one.project_id == wanted)
    chosen = view.projects[wanted]
    equal = sentences.tie(result, view.projects, language)
    pot = _pot(result, view, acting)
    return {
        "title": in_language(chosen.titles, language),
        "number": chosen.id,
        "rank": result.rank,
        "count": len(view.protocol.results),
        "votes": sentences.votes(result.votes, language),
        "cost": cost(chosen, language),
        "pot": "" if pot is None else pot[0],
        "pot_fund": "" if pot is None else money(pot[1], language),
        "place": in_language(chosen.place, language),
        "about": shorten(in_language(chosen.about, language), ABOUT),
        "outcome": sentences.outcome(result, view.projects, language),
        "tie": equal,
        "ties": counting.ties(view.rules) if equal else "",
        "binding": counting.binding(view.rules) if result.outcome.is_funded else "",
    }


@inject
async def chart(
    dialog_manager: DialogManager,
    read: FromDishka[ReadResults],
    painter: FromDishka[ChartPainter],
    charts: FromDishka[PaintedCharts],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a chart of money by project, or of votes where costs were not published."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    protocol, language = view.protocol, acting.language
    title = in_language(view.cycle.titles, language)
    bars = charted.by_money(view, language)

    def paint() -> Awaitable[bytes]:
        if bars is None:
            votes, needed = charted.by_votes(view, language), view.rules.more_than
            return painter.results(title, votes, needed, _("funded"), _("not funded"))
        ends = _("the fund ends: {fund}").format(fund=money(protocol.fund, language))
        return painter.spending(title, bars, protocol.fund, (_("funded"), _("not funded"), ends))

    link = await charts.link(f"results-{view.cycle.id}-{protocol.digest}-{language}", paint)
    return {"title": title, "chart": link, "spending": summary.spending(protocol, language)}


def counted(votes: Sequence[VoteView]) -> list[VoteView]:
    """Return the votes whose results can be read, as they are numbered in the list."""
    return [vote for vote in votes if vote.protocol is not None]


def cycle_of(manager: DialogManager) -> int:
    """Return the id of the cycle whose results are shown."""
    return int(manager.dialog_data["cycle"])


def is_direct(manager: DialogManager) -> bool:
    """Tell whether the conversation was started at a table, and not at the list."""
    return isinstance(manager.start_data, dict) and "cycle" in manager.start_data


def _last_day(stage: Stage, acting: Acting) -> When:
    return last_day(stage.closes_at, acting.community.zone, acting.language, year=True)


def _bar(spent: int, fund: int, language: str) -> str:
    return f"{bar(spent, fund)} {percent(_WHOLE * spent / fund, language)}"


def _result_line(result: ProjectResult, view: ResultsView, acting: Acting) -> Markup:
    language = acting.language
    title = shorten(charted.title(result, view, language), TITLE)
    pot = _pot(result, view, acting)
    values = {
        "rank": result.rank,
        "title": title if pot is None else _("{title} ({pot})").format(title=title, pot=pot[0]),
        "votes": sentences.votes(result.votes, language),
        "cost": cost(view.projects[result.project_id], language),
        "verdict": sentences.verdict(result),
    }
    is_funded, is_priced = result.outcome.is_funded, result.cost is not None
    text = {
        (True, True): _("{rank}. <b>{title}</b>: {votes}, {cost}; ✓ {verdict}"),
        (True, False): _("{rank}. <b>{title}</b>: {votes}; ✓ {verdict}"),
        (False, True): _("{rank}. {title}: {votes}, {cost}; {verdict}"),
        (False, False): _("{rank}. {title}: {votes}; {verdict}"),
    }[is_funded, is_priced]
    return fill(text, values)


def _pot(result: ProjectResult, view: ResultsView, acting: Acting) -> tuple[str, int] | None:
    """Return the part of the fund that a project competed for; None where it is not divided."""
    division, project = view.rules.division, view.projects[result.project_id]
    if division is None:
        return None
    return counting.pot_of(project, division, acting.community, acting.language)


def _counted(number: int, vote: VoteView, acting: Acting) -> Markup:
    language = acting.language
    values = {
        "number": number,
        "title": in_language(vote.cycle.titles, language),
        "closed": _last_day(vote.stage, acting),
        "spending": "" if vote.protocol is None else summary.spending(vote.protocol, language),
    }
    text = _("{number}. <b>{title}</b> (voting closed {closed}). {spending}")
    return fill(text, values)


def _ahead(vote: VoteView, acting: Acting) -> Markup:
    zone, language = acting.community.zone, acting.language
    values = {
        "title": in_language(vote.cycle.titles, language),
        "opens": day(vote.stage.opens_at, zone, language),
        "closes": close(vote.stage.closes_at, zone, language),
    }
    text = _("{title}: voting from {opens}; results right after it closes, {closes}.")
    return fill(text, values)
