"""What a `.pb` file says about an election, as the counting rules need it.

What the format leaves open is decided in docs/decisions/pabulib.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from civic.exchange.pabulib.amounts import EXPECTED, decimals, in_smallest, is_amount
from civic.exchange.pabulib.file import VOTES, PabulibFile, Table
from civic.exchange.problems import Complaints, shown
from civic.model.cycle import TieBreak, Transfer
from civic.rules.tally.ballots import BallotForm, Ballots
from civic.rules.tally.contest import Candidate, Contest, Pot, Terms, Threshold
from civic.rules.tally.written import FaultKind, read_lists

_FORMS: Final = {
    "approval": BallotForm.APPROVAL,
    "choose-1": BallotForm.CHOOSE_ONE,
    "cumulative": BallotForm.CUMULATIVE,
    "knapsack": BallotForm.KNAPSACK,
    "ordinal": BallotForm.ORDINAL,
    "scoring": BallotForm.CUMULATIVE,
}
_POINTS: Final = "points"
_THRESHOLD: Final = "min_project_score_threshold"
_THRESHOLD_VALUE: Final = re.compile("[0-9]{1,18}")
_DIVIDED: Final = {
    "budget_per_category": ("categories", "category"),
    "budget_per_neighborhood": ("neighborhoods", "neighborhood"),
}
"""Keys that divide the fund: the key with the names of its parts, the column of projects."""
_EQUAL_SHARES: Final = "equalshares"
_EXCLUSIVE_RULE: Final = "greedy-exclusive"
_EXCLUSIVE: Final = re.compile(
    r"projects (\S+) and (\S+) [^.]*could not be implemented simultaneously", re.IGNORECASE
)
"""How comments of the archive tell which projects exclude each other."""
_TOGETHER: Final = "Fund additional projects that fit within leftover budget"
"""How `leftover_budget` says that what parts of the fund have left is spent together."""
_EXPECTED: Final = {
    FaultKind.UNKNOWN: ("vote", "projects of the section PROJECTS"),
    FaultKind.DOUBLED: ("vote", "each project once"),
    FaultKind.TOO_MANY: ("vote", "at most one project"),
    FaultKind.UNEVEN: (_POINTS, "as many points as there are projects in the vote"),
    FaultKind.NO_POINTS: (_POINTS, "points in whole numbers"),
}


@dataclass(frozen=True, slots=True)
class Election:
    """A contest, and how to read it."""

    rule: str
    """The archive's name of the rule, as the file says; not every one can be counted."""
    contest: Contest
    places: int
    """Amounts of the contest are in units of 10 ** -places of the currency."""
    notes: tuple[str, ...] = ()
    """What in the file contradicts itself, and what was made of it; one sentence each."""


def election_of(file: PabulibFile) -> Election:
    """Return what can be counted of a file.

    Raises `InvalidFile` with everything in keys, projects and votes that does not fit.
    """
    complaints = Complaints(file.name)
    _check_meta(file, complaints)
    _check_projects(file.projects, complaints)
    parts, column = _parts(file, complaints)
    complaints.settle()
    ids, costs = file.projects["project_id"], file.projects["cost"]
    places = decimals([file.meta["budget"], *parts.values(), *costs])
    fund = in_smallest(file.meta["budget"], places)
    pots = tuple(Pot(name, in_smallest(amount, places)) for name, amount in parts.items())
    if pots and sum(pot.fund for pot in pots) != fund:
        found = shown(file.meta["budget"])
        complaints.add(_where(file, "budget"), "the sum of the parts it is divided into", found)
    ballots, notes = _ballots(file, ids, complaints)
    complaints.settle()
    pot_of = file.projects[column] if pots else [""] * len(ids)
    candidates = [
        Candidate(id_, in_smallest(cost, places), position, pot)
        for position, (id_, cost, pot) in enumerate(zip(ids, costs, pot_of, strict=True))
    ]
    terms = Terms(
        fund=fund,
        threshold=Threshold(votes=int(file.meta.get(_THRESHOLD, "0"))),
        ties=(TieBreak.LOWER_COST,),
        conflicts=_conflicts(file.meta, ids),
        pots=pots,
        transfer=_transfer(file.meta),
        unit=10**places,
        # Their name for the rule ends with how it was completed: by Add1, and no more by votes.
        is_completed=not file.meta["rule"].startswith(_EQUAL_SHARES),
    )
    if file.meta["rule"] == _EXCLUSIVE_RULE and not terms.conflicts:
        notes += ("the file names no projects that exclude each other",)
    return Election(file.meta["rule"], Contest(candidates, ballots, terms), places, notes)


def _where(file: PabulibFile, key: str) -> str:
    return f"line {file.meta_lines[key]}, {key}"


def _check_meta(file: PabulibFile, complaints: Complaints) -> None:
    meta = file.meta
    if not is_amount(meta["budget"]):
        complaints.add(_where(file, "budget"), EXPECTED, shown(meta["budget"]))
    if meta["vote_type"] not in _FORMS:
        expected = f"one of {', '.join(_FORMS)}"
        complaints.add(_where(file, "vote_type"), expected, shown(meta["vote_type"]))
    elif _FORMS[meta["vote_type"]] is BallotForm.CUMULATIVE and _POINTS not in file.votes:
        complaints.add(VOTES, f"a column «{_POINTS}»", "none")
    if not _THRESHOLD_VALUE.fullmatch(meta.get(_THRESHOLD, "0")):
        complaints.add(
            _where(file, _THRESHOLD), "a whole number of up to 18 digits", shown(meta[_THRESHOLD])
        )
    if meta.get("default_score", "0") != "0":
        expected = "0, since only points that are given count"
        complaints.add(_where(file, "default_score"), expected, shown(meta["default_score"]))


def _check_projects(projects: Table, complaints: Complaints) -> None:
    for row, (id_, cost) in enumerate(zip(projects["project_id"], projects["cost"], strict=True)):
        if "," in id_:
            expected = "an id without a comma"
            complaints.add(f"{projects.line(row)}, project_id", expected, shown(id_))
        if not is_amount(cost):
            complaints.add(f"{projects.line(row)}, cost", EXPECTED, shown(cost or None))


def _parts(file: PabulibFile, complaints: Complaints) -> tuple[dict[str, str], str]:
    """Return the amounts of a divided fund by name, and the column that tells a project's part."""
    for key, (listed, column) in _DIVIDED.items():
        if key not in file.meta:
            continue
        names = file.meta.get(listed, "").split(",")
        amounts = file.meta[key].split(",")
        if len(set(names)) != len(amounts) or not all(map(is_amount, amounts)):
            expected = f"one amount for each of the {listed}"
            complaints.add(_where(file, key), expected, shown(file.meta[key]))
        elif column not in file.projects:
            complaints.add("PROJECTS", f"a column «{column}»", "none")
        else:
            for row, name in enumerate(file.projects[column]):
                if name not in names:
                    where = f"{file.projects.line(row)}, {column}"
                    complaints.add(where, f"one of {', '.join(names)}", shown(name or None))
        return dict(zip(names, amounts, strict=False)), column
    return {}, ""


def _ballots(
    file: PabulibFile, ids: Sequence[str], complaints: Complaints
) -> tuple[Ballots, tuple[str, ...]]:
    votes, form = file.votes, _form(file.meta)
    given = votes[_POINTS] if form.has_points and form is not BallotForm.ORDINAL else ()
    ballots, faults = read_lists(form, ids, votes["vote"], given)
    notes: list[str] = []
    for fault in faults:
        if fault.kind is FaultKind.DOUBLED and not form.has_points:
            notes.append(
                f"{votes.line(fault.row)}: project {fault.text} is named again, counted once"
            )
        else:
            column, expected = _EXPECTED[fault.kind]
            where = f"{votes.line(fault.row)}, {column}"
            complaints.add(where, expected, shown(fault.text))
    return ballots, tuple(notes)


def _form(meta: Mapping[str, str]) -> BallotForm:
    if (meta["vote_type"], meta.get("min_points"), meta.get("max_points")) == (
        "scoring",
        "-1",
        "1",
    ):
        return BallotForm.FOR_AGAINST
    return _FORMS[meta["vote_type"]]


def _conflicts(meta: Mapping[str, str], ids: Sequence[str]) -> frozenset[tuple[str, str]]:
    pairs = _EXCLUSIVE.findall(meta.get("comment", ""))
    return frozenset((one, other) for one, other in pairs if {one, other} <= set(ids))


def _transfer(meta: Mapping[str, str]) -> Transfer:
    is_shared = meta.get("leftover_budget", "").startswith(_TOGETHER)
    return Transfer.TOGETHER if is_shared else Transfer.NONE
