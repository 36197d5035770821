"""`dauys tally`: count elections from files in the Pabulib format."""

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Final

import click
from rich.console import Console

from bot.cli.tally_report import Counted, facts, report
from civic.exchange.pabulib import election_of, read_pabulib
from civic.exchange.problems import InvalidFile, on_one_line
from civic.rules import tally

AUTO: Final = "auto"
FAILED: Final = 1
"""Exit status when a file could not be counted."""
PIPE_WIDTH: Final = 120
"""Characters of a line where no terminal says how many there are."""


@click.command("tally")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--rule",
    type=click.Choice([AUTO, *tally.RULES]),
    default=AUTO,
    show_default=True,
    help="How to count; auto takes the rule that the file names.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line for each file."
)
def command(files: tuple[Path, ...], rule: str, *, as_json: bool) -> None:
    """Count the elections in FILES (.pb, the format of pabulib.org) and give the reasons.

    A file that cannot be counted is reported in its place and the rest go on; the exit status is
    then 1.
    """
    # Names may hold letters that a plain C locale cannot show.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    failed = False
    for path in files:
        try:
            counted = _count(path, rule)
        except (OSError, ValueError, InvalidFile) as error:
            failed = True
            message = _message(error)
            if as_json:
                click.echo(json.dumps({"file": str(path), "error": message}))
            else:
                click.echo(on_one_line(f"{path}: error: {message}"), err=True)
        else:
            if as_json:
                click.echo(json.dumps(facts(counted)))
            else:
                console.print(report(counted))
    sys.exit(FAILED if failed else 0)


def _count(path: Path, rule: str) -> Counted:
    """Read and count a file; raises `ValueError` where its rule is none that we have."""
    file = read_pabulib(path.read_bytes(), str(path))
    election = election_of(file)
    chosen = election.rule if rule == AUTO else rule
    if chosen not in tally.RULES:
        known = ", ".join(tally.RULES)
        msg = f"the rule «{chosen}» cannot be counted; choose one with --rule: {known}"
        raise ValueError(msg)
    began = perf_counter()
    count = tally.count(election.contest, chosen)
    return Counted(str(path), file, election, chosen, count, perf_counter() - began)


def _message(error: OSError | ValueError | InvalidFile) -> str:
    if isinstance(error, InvalidFile):
        return "; ".join(
            str(problem).removeprefix(f"{problem.file}: ") for problem in error.problems
        )
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
