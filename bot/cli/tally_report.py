"""How `dauys tally` shows a count: as a table for people, as plain values for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from civic.exchange.pabulib import Election, PabulibFile
from civic.exchange.problems import on_one_line
from civic.model.results import Outcome
from civic.rules.tally.decisions import Count, Decision, Tie

_BAR: Final = 16
"""Characters of the longest bar."""
_FUNDED: Final = "green"
_LOST: Final = "dim"
_REASONS: Final = {
    Outcome.FUNDED: "funded",
    Outcome.TOPPED_UP: "funded: {left} was left, {added} comes from outside",
    Outcome.FUNDED_BY_VOTES: "funded by votes from what equal shares left",
    Outcome.BELOW_THRESHOLD: "not funded: {needed} votes were needed",
    Outcome.EXCLUDED_BY_CONFLICT: "not funded: cannot be built beside {rivals}",
    Outcome.DOES_NOT_FIT: "not funded: {left} was left",
    Outcome.TIE_LOST: "not funded: behind its equals, {left} was left",
    Outcome.STOPPED_BEFORE: "not funded: the count stopped at a project before it",
    Outcome.TOO_LITTLE_SUPPORT: "not funded: its supporters had {means} left",
    Outcome.REPLACED: "not funded: more voters preferred the outcome by votes",
}
"""Why a project is funded or not."""

Value = str | int | float | list[str] | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A file and its outcome."""

    path: str
    file: PabulibFile
    election: Election
    rule: str
    count: Count
    seconds: float
    """For counting alone, not for reading."""

    def number(self, amount: int) -> int | float:
        """Return an amount of the contest in the file's currency."""
        whole, part = divmod(amount, self.election.contest.terms.unit)
        # The nearest float to a quotient of whole numbers prints as the amount was written.
        return amount / self.election.contest.terms.unit if part else whole

    def money(self, amount: int) -> str:
        """Return an amount as people read it: 1,234,567.89."""
        places = self.election.places
        whole, part = divmod(amount, 10**places)
        return f"{whole:,}" + (f".{part:0{places}}" if part else "")


def facts(counted: Counted) -> Mapping[str, object]:
    """Return what a program may want to know; amounts are in the file's currency."""
    count = counted.count
    return {
        "file": counted.path,
        "rule": counted.rule,
        "ballots": count.ballots,
        "fund": counted.number(counted.election.contest.terms.fund),
        "spent": counted.number(count.spent),
        "left": counted.number(count.left),
        "funded": count.funded(),
        "projects": [
            {
                "id": one.id,
                "cost": counted.number(one.cost),
                "votes": one.votes,
                "outcome": "funded" if one.outcome.is_funded else "not_funded",
                "reason": one.outcome,
                **dict(_numbers(one, counted)),
            }
            for one in count.decisions
        ],
        "ties": [{"ids": tie.ids, "decisive": tie.is_decisive} for tie in count.ties],
        **_compared(count),
        "notes": counted.election.notes,
        "seconds": round(counted.seconds, 6),
    }


def _compared(count: Count) -> Mapping[str, object]:
    if count.preferences is None:
        return {}
    for_shares, for_votes = count.preferences
    return {"compared": {"equal_shares": for_shares, "votes": for_votes}}


def _numbers(one: Decision, counted: Counted) -> Iterator[tuple[str, Value]]:
    """Yield what a sentence about the reason needs."""
    if one.outcome is Outcome.BELOW_THRESHOLD:
        yield "needed", one.needed
    else:
        yield "left_before", counted.number(one.left_before)
    if one.added:
        yield "added", counted.number(one.added)
    if one.conflict_with:
        yield "conflict_with", list(one.conflict_with)
    if one.share is not None:
        yield "share", str(one.share / counted.election.contest.terms.unit)
    if one.means is not None:
        yield "means", counted.number(one.means)
    if one.pot:
        yield "pot", one.pot


def report(counted: Counted) -> RenderableType:
    """Return the outcome for people: what was funded, how many wanted it, and why the rest not."""
    count, meta = counted.count, counted.file.meta
    currency = meta.get("currency", "")
    fund = counted.election.contest.terms.fund
    funded = len(count.funded())
    parts: list[RenderableType] = [
        _text(counted.path, "bold"),
        _text(meta.get("description", "")),
        _text(
            f"Rule {counted.rule}; {count.ballots} ballots; "
            f"fund {counted.money(fund)} {currency}".rstrip()
        ),
        _table(counted),
        _text(
            f"Funded: {funded} of {len(count.decisions)}; spent {counted.money(count.spent)}, "
            f"left {counted.money(count.left)} {currency}".rstrip(),
            "bold",
        ),
    ]
    if count.preferences is not None:
        parts.append(_text(_comparison(*count.preferences)))
    parts += [_text(_tie(tie, count)) for tie in count.ties]
    parts += [_text(f"Note: {note}.") for note in counted.election.notes]
    return Group(*parts, "")


def _text(content: str, style: str = "") -> Text:
    """Return a text from a file as it may be shown on a terminal."""
    return Text(on_one_line(content), style)


def _table(counted: Counted) -> Table:
    file = counted.file
    ids = file.projects["project_id"]
    names = dict(zip(ids, file.projects.get("name", ids), strict=True))
    most = max((one.votes for one in counted.count.decisions), default=0)
    table = Table(box=SIMPLE, expand=True)
    table.add_column("Project", ratio=3)
    table.add_column("Votes", justify="right")
    table.add_column()
    table.add_column("Cost", justify="right")
    table.add_column("Outcome", ratio=2)
    for one in counted.count.decisions:
        name = names[one.id]
        table.add_row(
            _text(one.id if name == one.id else f"{one.id} {name}"),
            str(one.votes),
            ProgressBar(max(most, 1), max(one.votes, 0), width=_BAR),
            counted.money(one.cost),
            _text(_reason(one, counted)),
            style=_FUNDED if one.outcome.is_funded else _LOST,
        )
    return table


def _reason(one: Decision, counted: Counted) -> str:
    sentence = _REASONS[one.outcome].format(
        needed=one.needed,
        left=counted.money(one.left_before),
        added=counted.money(one.added),
        means=counted.money(one.means or 0),
        rivals=", ".join(one.conflict_with),
    )
    if one.share is None:
        return sentence
    share = one.share / counted.election.contest.terms.unit
    return f"{sentence}; no supporter paid more than {float(share):,.2f}"


def _comparison(for_shares: int, for_votes: int) -> str:
    stands = "votes" if for_votes > for_shares else "equal shares"
    return (
        f"Compared: {for_shares} voters get more of what they chose by equal shares, {for_votes} "
        f"by votes; the outcome by {stands} stands."
    )


def _tie(tie: Tie, count: Count) -> str:
    votes = {one.votes for one in count.decisions if one.id in tie.ids}
    # Where voters pay, equals have the same price, and perhaps not as many votes.
    equal = "Equal votes" if len(votes) == 1 else "Equal prices"
    effect = "this decided who was funded" if tie.is_decisive else "nobody lost by it"
    return f"{equal}: {', '.join(tie.ids)}, the cheaper first, then by id; {effect}."
