"""`dauys rehearse`: play cycles with simulated people before they are launched."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
from typing_extensions import override

from bot import sample
from bot.cli.cycle import FILE, answering, read_all
from bot.clock import SystemClock
from bot.rehearsal.account import Account
from bot.rehearsal.ballots import real_ballots
from bot.rehearsal.play import Progress as Show
from bot.rehearsal.rehearse import rehearse as play
from bot.rehearsal.report import in_full, in_words
from bot.rehearsal.script import RealBallots, Script, dated, unplayable
from bot.rehearsal.service import Downtime
from bot.wiring import catalogues
from civic.exchange.budget_table import BudgetTable, read_budget
from civic.exchange.cycle_file import CycleToApply
from civic.exchange.cycle_in_town import misfits
from civic.exchange.pabulib import read_pabulib
from civic.exchange.problems import InvalidFile
from civic.model.community import Community
from civic.model.cycle import StageKind
from civic.model.text import LANGUAGES

UNSOUND: Final = 1
"""Exit status when something was not as it has to be."""
MOST_RESIDENTS: Final = 100_000
MOST_BROADCASTS: Final = 1000
MAX: Final = "max"
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


class _Speed(click.ParamType[float | None]):
    """«max», or simulated seconds in a second."""

    name = "max|number"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """Return the number; None for «max»."""
        if value == MAX:
            return None
        try:
            speed = float(str(value))
        except ValueError:
            speed = 0.0
        if not 0 < speed < float("inf"):
            self.fail("«max» or a number above 0 is expected", param, ctx)
        return speed


class _Lasting(click.ParamType[timedelta]):
    """A length of time: 90m, 36h, 10d."""

    name = "length"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the length."""
        text = str(value)
        number, unit = text[:-1], text[-1:]
        if unit not in _UNITS or not number.isdecimal() or int(number) == 0:
            self.fail("a length such as 90m, 36h or 10d is expected", param, ctx)
        return timedelta(**{_UNITS[unit]: int(number)})


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option(
    "--residents",
    type=click.IntRange(1, MOST_RESIDENTS),
    default=500,
    show_default=True,
    help="How many people there are.",
)
@click.option("--ballots", type=FILE, help="A Pabulib file whose ballots are cast again.")
@click.option(
    "--speed",
    type=_Speed(),
    default=MAX,
    show_default=True,
    help="As fast as possible, or so many simulated seconds in a second.",
)
@click.option(
    "--broadcasts",
    type=click.IntRange(0, MOST_BROADCASTS),
    default=2,
    show_default=True,
    help="How often an organiser announces something of their own.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other people.")
@click.option(
    "--downtime",
    "downtimes",
    type=(click.DateTime(["%Y-%m-%d %H:%M"]), _Lasting()),
    multiple=True,
    metavar='"2026-12-01 10:00" 36h',
    help="When the service is off, in the town's time, and how long; may be repeated.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day 0 of files that count days; today if left out.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Of the report.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the report is saved; beside it one in JSON. By default rehearsal-SLUG.md.",
)
def rehearse(  # noqa: PLR0913 - each is an option of the command
    *,
    files: tuple[Path, ...],
    residents: int,
    ballots: Path | None,
    speed: float | None,
    broadcasts: int,
    seed: int,
    downtimes: tuple[tuple[datetime, timedelta], ...],
    day: datetime | None,
    language: str,
    report: Path | None,
) -> None:
    """Play the cycles in FILES with simulated people, and report what happened.

    Nothing that exists is touched. The town's file may be among FILES; otherwise community.yaml
    beside the first one is taken. A consultation takes the draft budget in the CSV file of the
    same name that lies beside its own. Printed is all of the report but what people read.
    """
    with answering():
        town, cycles = _read(files)
        first_day = day.date() if day else SystemClock().now().astimezone(town.zone).date()
        script = Script(
            town=town,
            cycles=[dated(cycle, first_day) for cycle in cycles.values()],
            residents=residents,
            seed=seed,
            budgets=dict(_budgets(cycles)),
            ballots={} if ballots is None else dict(_ballots(ballots, list(cycles.values()))),
            downtimes=[_downtime(town.zone, *entry) for entry in downtimes],
            broadcasts=broadcasts,
        )
    _check_downtimes(script.downtimes)
    with _progress(script) as progress:
        found = play(script, progress, speed)
    path = report or Path(f"rehearsal-{script.cycles[0].content.slug}.md")
    path.write_text(in_words(found, catalogues(), language), encoding="utf-8")
    path.with_suffix(".json").write_text(in_full(found), encoding="utf-8")
    click.echo(in_words(found, catalogues(), language, with_texts=False))
    _say(found, path)
    if not found.is_sound:
        sys.exit(UNSOUND)


def _read(files: Sequence[Path]) -> tuple[Community, Mapping[Path, CycleToApply]]:
    """Return the town and its cycles; raises `InvalidFile`."""
    read = read_all(files)
    towns = [content for _, content in read if isinstance(content, Community)]
    cycles = {path: content for path, content in read if not isinstance(content, Community)}
    if not cycles:
        message = "none of the files is a cycle"
        raise click.UsageError(message)
    beside = files[0].parent / "community.yaml"
    if not towns and beside.is_file():
        found = [content for _, content in read_all([beside])]
        towns = [content for content in found if isinstance(content, Community)]
    wanted = next(iter(cycles.values())).content.community
    town = next((town for town in towns if town.slug == wanted), None)
    if town is None and sample.community().slug == wanted:
        town = sample.community()
    problems = [problem for file in cycles.values() for problem in misfits(file, town)]
    problems += [problem for file in cycles.values() for problem in unplayable(file)]
    if problems or town is None:
        raise InvalidFile(problems)
    return town, cycles


def _budgets(cycles: Mapping[Path, CycleToApply]) -> Iterator[tuple[str, BudgetTable]]:
    for path, file in cycles.items():
        beside = path.with_suffix(".csv")
        if file.content.stage(StageKind.CONSULTATION) is not None and beside.is_file():
            yield file.content.slug, read_budget(beside.read_bytes(), str(beside))


def _ballots(path: Path, cycles: Sequence[CycleToApply]) -> Iterator[tuple[str, RealBallots]]:
    """Give the ballots to the first cycle with projects to vote on."""
    election = read_pabulib(path.read_bytes(), str(path))
    for file in cycles:
        if file.content.projects:
            yield file.content.slug, real_ballots(election, file)
            return
    message = "--ballots needs a cycle with projects to vote on"
    raise click.UsageError(message)


def _downtime(zone: ZoneInfo, begins: datetime, lasts: timedelta) -> Downtime:
    begun = begins.replace(tzinfo=zone).astimezone(UTC)
    return Downtime(begun, begun + lasts)


def _check_downtimes(downtimes: Sequence[Downtime]) -> None:
    ordered = sorted(downtimes, key=lambda downtime: downtime.begins)
    if any(before.ends >= after.begins for before, after in pairwise(ordered)):
        message = "two downtimes touch each other; give them as one"
        raise click.UsageError(message)


@contextmanager
def _progress(script: Script) -> Iterator[Show]:
    """Give what draws a progress bar of simulated time."""
    # No other command draws anything, and a start of the service need not import it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=(script.ends - script.starts).total_seconds())

        def show(now: datetime) -> None:
            day = f"{now.astimezone(script.town.zone):%Y-%m-%d}"
            passed = (now - script.starts).total_seconds()
            progress.update(task, description=day, completed=passed)

        yield show


def _say(account: Account, path: Path) -> None:
    load = account.load
    click.echo(
        f"{load.updates} updates and {load.news} news were played; "
        f"the report is in {path} and {path.with_suffix('.json')}"
    )
    for check, count in account.problems().items():
        if count:
            click.echo(f"not as it has to be: {check} ({count})", err=True)
    if account.is_sound:
        click.echo("Everything was as it has to be.")


command = rehearse
