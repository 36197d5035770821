"""Lines of the draft budget in words and figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from civic.actions.read_budget import BudgetView, Line
from civic.model.budget import Section
from civic.model.text import LocalText, in_language
from civic.rules.amounts import Change, ChangeKind
from dialogs.kit.figures import percent, shorten, thousands
from dialogs.kit.text import Markup, _, fill

NAME: Final = 300
"""Characters of the name of the line that is read; some official names have over 700."""
LISTED_NAME: Final = 110
STEP: Final = 32
"""Characters of each line in the way to a line."""
ABSENT: Final = "—"

_READ_IN: Final[Mapping[str, tuple[str, ...]]] = {"en": ("en", "ru", "kk")}
"""Official documents have no English; of those who read it, more read Russian than Kazakh."""


def name_of(names: LocalText, language: str) -> str:
    """Return the name of a line in the language, or in the nearest one the document has."""
    for code in _READ_IN.get(language, ()):
        if code in names:
            return names[code]
    return in_language(names, language)


def place_name(section: Section | None, language: str, limit: int = NAME) -> str:
    """Return the name of a line, or what the whole is called."""
    if section is None:
        return _("the whole draft budget")
    return shorten(name_of(section.names, language), limit)


def way(path: Iterable[Section], language: str) -> str:
    """Return the lines above, from the whole to the part: «Образование › Школы»."""
    return " › ".join(shorten(name_of(section.names, language), STEP) for section in path)


def amount(value: int | None, language: str) -> str:
    """Return an amount in thousand tenge; a dash where nothing is planned."""
    return ABSENT if value is None else thousands(value, language)


def change(made: Change, language: str) -> str:
    """Return what became of an amount: «+1,4 %», «new», «not planned»."""
    match made.kind:
        case ChangeKind.BY_PERCENT:
            return percent(made.percent, language, sign=True)
        case ChangeKind.NEW:
            return _("new")
        case ChangeKind.DROPPED | ChangeKind.ABSENT:
            return _("not planned")


def part(value: float, language: str) -> str:
    """Return a share; what is there is never called «0 %»."""
    least = 0.1
    if 0 < value < least / 2:
        return f"< {percent(least, language)}"
    return percent(value, language)


def years(view: BudgetView, language: str) -> Markup:
    """Return the three years of the line that is read, one under the other."""
    first, second, third = view.discussion.rules.years
    values = (view.amounts[0], view.amounts[1], view.amounts[2])
    rows = [
        fill(_("{year}: <b>{amount}</b>"), {"year": first, "amount": amount(values[0], language)}),
        fill(
            _("{year}: {amount} ({change})"),
            {
                "year": second,
                "amount": amount(values[1], language),
                "change": change(view.change, language),
            },
        ),
        fill(_("{year}: {amount}"), {"year": third, "amount": amount(values[2], language)}),
    ]
    return Markup("\n").join(rows)


def shares(view: BudgetView, language: str) -> str:
    """Return what part of the whole and of the line above it is; empty when there is no saying."""
    if view.of_total is None:
        return ""
    if view.of_parent is None:
        return _("{total} of the whole budget").format(total=part(view.of_total, language))
    return _("{total} of the whole budget, {parent} of the line above").format(
        total=part(view.of_total, language), parent=part(view.of_parent, language)
    )


def listed(number: int, line: Line, language: str) -> Markup:
    """Return a line of a list: its name, two years, change and share."""
    section = line.section
    values = {
        "number": number,
        "name": shorten(name_of(section.names, language), LISTED_NAME),
        "now": amount(section.amounts[0], language),
        "next": amount(section.amounts[1], language),
        "change": change(line.change, language),
        "share": "" if line.of_parent is None else f" · {part(line.of_parent, language)}",
    }
    return fill(_("{number}. {name}\n<b>{now}</b> → {next} ({change}){share}"), values)


def joined(lines: Sequence[Markup]) -> Markup:
    """Return lines one under the other."""
    return Markup("\n").join(lines)
