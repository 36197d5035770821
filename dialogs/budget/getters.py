"""What the windows of the draft budget show."""

import zlib
from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_budget import BudgetView, Line, ReadBudget
from civic.actions.search_budget import Found, SearchBudget
from civic.model.text import in_language
from civic.ports import ChartPainter
from dialogs.budget import sentences
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered, shorten, thousands
from dialogs.kit.moments import close, day_and_time
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.pictures import PaintedCharts
from dialogs.kit.text import Markup, _, fill, ngettext

PAGE: Final = 6
FOUND_PAGE: Final = 5
QUERY: Final = 100
"""Characters of a query that are looked for and shown."""
FOUND_NAME: Final = 120
BARS: Final = 7
"""Bars in a chart; what is smaller is put together in one more."""
BAR_NAME: Final = 120
TOLD_NAME: Final = 60
"""Characters of a name in the caption of a chart."""


@inject
async def section(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBudget],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a line (or the whole) with a page of what is under it."""
    view, language = await shown(dialog_manager, read, acting), acting.language
    page = page_of(view.lines, turned_to(dialog_manager), PAGE)
    return {
        "is_whole": view.section is None,
        **_heading(view, acting),
        "years": sentences.years(view, language),
        "shares": sentences.shares(view, language),
        "no_shares": not sentences.shares(view, language),
        "lines": sentences.joined(
            [sentences.listed(number, line, language) for number, line in page.lines]
        ),
        "choices": [
            (line.section.id, numbered(number, sentences.name_of(line.section.names, language)))
            for number, line in page.lines
        ],
        "is_hit": view.section is not None
        and view.section.id == dialog_manager.dialog_data.get("hit"),
        "up": [] if view.section is None else [view.section.parent_id or WHOLE],
        **page.shown,
        "n": view.comments,
        "said": _said(view),
        "is_open": view.is_open,
        "can_draw": len(view.lines) > 1,
    }


WHOLE: Final = 0
"""Stands for the whole budget where a button has to name a line."""


def _heading(view: BudgetView, acting: Acting) -> dict[str, Any]:
    discussion, zone, language = view.discussion, acting.community.zone, acting.language
    first, second, last = discussion.rules.years
    return {
        "title": in_language(discussion.cycle.titles, language),
        "first": first,
        "second": second,
        "last": last,
        "source": in_language(discussion.rules.source, language),
        "foreign": language == "en" and view.section is None,
        "window": _window(view, acting),
        "opens": day_and_time(discussion.stage.opens_at, zone, language),
        "way": sentences.way(view.path, language),
        "name": "" if view.section is None else sentences.place_name(view.section, language),
    }


def _window(view: BudgetView, acting: Acting) -> str:
    stage, zone, language = view.discussion.stage, acting.community.zone, acting.language
    closes = close(stage.closes_at, zone, language)
    if view.is_open:
        return _("You can comment on any line until {closes}.").format(closes=closes)
    opens = day_and_time(stage.opens_at, zone, language)
    return _("Comments are taken from {opens} to {closes}; reading is always open.").format(
        opens=opens, closes=closes
    )


def _said(view: BudgetView) -> str:
    count = view.all_comments
    if view.section is not None or count == 0:
        return ""
    return ngettext(
        "{count} comment on the whole and its lines so far.",
        "{count} comments on the whole and its lines so far.",
        count,
    ).format(count=count)


@inject
async def search(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBudget],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what is searched."""
    view = await shown(dialog_manager, read, acting)
    return {"title": in_language(view.discussion.cycle.titles, acting.language)}


@inject
async def found(
    dialog_manager: DialogManager,
    look: FromDishka[SearchBudget],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a page of what was found."""
    query, language = query_of(dialog_manager), acting.language
    result = await look(acting.resident, cycle_of(dialog_manager), query)
    page = page_of(result.found, turned_to(dialog_manager, "found"), FOUND_PAGE)
    return {
        "query": query,
        "count": len(result.found),
        "sure": result.is_sure,
        "guessed": bool(result.found) and not result.is_sure,
        "nothing": not result.found,
        "lines": Markup("\n\n").join(_found(number, one, language) for number, one in page.lines),
        "choices": [
            (one.section.id, numbered(number, sentences.name_of(one.section.names, language)))
            for number, one in page.lines
        ],
        **page.shown,
    }


def _found(number: int, one: Found, language: str) -> Markup:
    values = {
        "number": number,
        "name": shorten(sentences.name_of(one.section.names, language), FOUND_NAME),
        "way": sentences.way(one.path, language),
        "amount": sentences.amount(one.section.amounts[0], language),
    }
    if one.path:
        return fill(_("{number}. <b>{name}</b>: {amount}\n<i>{way}</i>"), values)
    return fill(_("{number}. <b>{name}</b>: {amount}"), values)


@inject
async def chart(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBudget],
    painter: FromDishka[ChartPainter],
    charts: FromDishka[PaintedCharts],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return a chart of what is under the line, and the same in words."""
    view, language = await shown(dialog_manager, read, acting), acting.language
    title = _("{name}, {year}").format(
        name=in_language(view.discussion.cycle.titles, language)
        if view.section is None
        else sentences.place_name(view.section, language, BAR_NAME),
        year=view.discussion.rules.years[0],
    )
    bars = _bars(view, language)
    note = _("In all: {total}").format(total=sentences.amount(view.amounts[0], language))
    digest = zlib.crc32(repr((title, bars, note)).encode())
    link = await charts.link(
        f"budget-{view.discussion.cycle.id}-{digest}-{language}",
        lambda: painter.budget(title, bars, note),
    )
    whole = view.amounts[0] or 0
    return {
        "title": title,
        "chart": link,
        "lines": Markup("\n").join(_told(bar, whole, language) for bar in bars),
        "note": note,
    }


def _bars(view: BudgetView, language: str) -> list[tuple[str, int, str]]:
    planned = [line for line in view.lines if line.section.amounts[0]]
    # One line more is shown itself: «and 1 more line» would take the same place.
    shown_alone = planned if len(planned) <= BARS + 1 else planned[:BARS]
    rest = planned[len(shown_alone) :]
    bars = [_bar(line, language) for line in shown_alone]
    if rest:
        together = sum(line.section.amounts[0] or 0 for line in rest)
        name = ngettext("{count} more line", "{count} more lines", len(rest))
        bars.append((name.format(count=len(rest)), together, thousands(together, language)))
    return bars


def _bar(line: Line, language: str) -> tuple[str, int, str]:
    value = line.section.amounts[0] or 0
    name = shorten(sentences.name_of(line.section.names, language), BAR_NAME)
    return name, value, thousands(value, language)


def _told(bar: tuple[str, int, str], whole: int, language: str) -> Markup:
    name, value, written = bar
    share = f" ({sentences.part(100 * value / whole, language)})" if whole > 0 else ""
    return Markup("{}: {}{}").format(shorten(name, TOLD_NAME), written, share)


async def shown(manager: DialogManager, read: ReadBudget, acting: Acting) -> BudgetView:
    """Return the line that the conversation stands at."""
    section_id = manager.dialog_data.get("section")
    return await read(acting.resident, cycle_of(manager), section_id)


def cycle_of(manager: DialogManager) -> int:
    """Return the id of the cycle whose budget is read."""
    return int(manager.dialog_data["cycle"])


def query_of(manager: DialogManager) -> str:
    """Return the words that are looked for."""
    return str(manager.dialog_data.get("query", ""))
