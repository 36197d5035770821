"""`dauys cycle`: check and apply the files of towns and cycles."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from bot.cli.opening import load_settings, opened
from bot.settings import Settings
from civic.actions.apply_community import ApplyCommunity
from civic.actions.apply_cycle import ApplyCycle
from civic.exchange.community_file import read_community
from civic.exchange.cycle_file import CycleToApply, read_cycle
from civic.exchange.cycle_in_town import misfits
from civic.exchange.problems import InvalidFile, Problem
from civic.exchange.yaml_text import read_yaml
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from storage.database import Database
from storage.unit_of_work import SqlWork

REFUSED = 1
"""Exit status when a file does not fit or what it asks for may not happen."""

Content = Community | CycleToApply
FindTown = Callable[[str], Awaitable[Community | None]]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SENTENCES = {
    Reason.NOT_FOUND: "there is no such thing to change",
    Reason.NO_SUCH_STAGE: "this cycle is no consultation, so it has no draft budget",
    Reason.RULES_FROZEN: (
        "voting has opened, so its rules and projects are frozen; the file changes: {changed}. "
        "Take these changes back, or make a new cycle under another slug"
    ),
    Reason.REASON_NEEDED: (
        "the file changes dates that people can read ({changed}), so everyone is told, and why. "
        'Say it in {least} to {limit} characters: dauys cycle apply FILE --reason "..."'
    ),
}


@contextmanager
def answering() -> Iterator[None]:
    """Say on stderr what does not fit, one line each, and exit with status 1."""
    try:
        yield
    except InvalidFile as invalid:
        for problem in invalid.problems:
            click.echo(str(problem), err=True)
        sys.exit(REFUSED)
    except Refused as refused:
        sentence = _SENTENCES.get(refused.reason, refused.reason.value)
        click.echo(f"Refused: {sentence.format(**refused.facts)}.", err=True)
        sys.exit(REFUSED)


@click.group()
def cycle() -> None:
    """Check and apply the files of towns and cycles."""


@cycle.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
def check(files: tuple[Path, ...]) -> None:
    """Look for faults in FILES without changing anything.

    A cycle is held against its town: the one whose file is named too, or the one set up before.
    """
    settings = Settings.load()
    with answering():
        read = read_all(files)
        asyncio.run(_hold_against_towns(settings, read))
        for path, content in read:
            kind = "town" if isinstance(content, Community) else "cycle"
            click.echo(f"{path}: a sound {kind} file")


@cycle.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option(
    "--reason",
    default="",
    help="Why dates change, for everyone to read; needed when they do, or a stage is taken out.",
)
def apply(files: tuple[Path, ...], reason: str) -> None:
    """Bring towns and cycles to what FILES say; applying a file again is safe.

    Nothing is applied when any of the files has a fault in itself.
    """
    settings = load_settings()
    with answering():
        asyncio.run(_apply(settings, read_all(files), reason))


async def _apply(settings: Settings, read: Sequence[tuple[Path, Content]], reason: str) -> None:
    async with opened(settings) as service:
        apply_community = await service.container.get(ApplyCommunity)
        apply_cycle = await service.container.get(ApplyCycle)
        towns = [(path, town) for path, town in read if isinstance(town, Community)]
        cycles = [(path, file) for path, file in read if not isinstance(file, Community)]
        # A cycle needs its town, in whatever order the files are named.
        for path, town in towns:
            click.echo(f"{path}: {await apply_community(town)}")
        for path, file in cycles:
            click.echo(f"{path}: {await apply_cycle(file, reason)}")


async def _hold_against_towns(settings: Settings, read: Sequence[tuple[Path, Content]]) -> None:
    """Raise `InvalidFile` when a cycle does not go with its town."""
    towns = {content.slug: content for _, content in read if isinstance(content, Community)}
    problems: list[Problem] = []
    async with _towns_set_up(settings) as find:
        for _, file in read:
            if not isinstance(file, Community):
                slug = file.content.community
                problems.extend(misfits(file, towns.get(slug) or await find(slug)))
    if problems:
        raise InvalidFile(problems)


@asynccontextmanager
async def _towns_set_up(settings: Settings) -> AsyncIterator[FindTown]:
    """Give a function that finds towns in the database, which it neither makes nor changes."""
    database = Database(settings.database_url)

    async def find(slug: str) -> Community | None:
        if not _is_there(database):
            return None
        try:
            async with SqlWork(database).read() as work:
                return await work.communities.by_slug(slug)
        except (DBAPIError, OSError):
            # One that cannot be used, or has no tables yet, holds no towns.
            return None

    try:
        yield find
    finally:
        await database.close()


def _is_there(database: Database) -> bool:
    return not database.is_sqlite or Path(str(database.url.database)).is_file()


def read_all(files: Sequence[Path]) -> list[tuple[Path, Content]]:
    """Read every file; raise `InvalidFile` with the problems of all of them."""
    read: list[tuple[Path, Content]] = []
    problems: list[Problem] = []
    for path in files:
        try:
            read.append((path, _read(path)))
        except InvalidFile as invalid:
            problems.extend(invalid.problems)
    problems.extend(_repeated(read))
    if problems:
        raise InvalidFile(problems)
    return read


def _repeated(read: Sequence[tuple[Path, Content]]) -> Iterator[Problem]:
    """Give a problem for each file that takes the slug of another one."""
    taken: dict[tuple[str, ...], Path] = {}
    for path, content in read:
        slug = _slug(content)
        if slug in taken:
            expected = "a slug that no other of these files has"
            yield Problem(str(path), "slug", expected, f"«{slug[-1]}», as in {taken[slug]}")
        taken.setdefault(slug, path)


def _slug(content: Content) -> tuple[str, ...]:
    """Return what a file's content is known by: a cycle within its town."""
    if isinstance(content, Community):
        return (content.slug,)
    return content.content.community, content.content.slug


def _read(path: Path) -> Content:
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile([Problem(name, "", "text in UTF-8", "other bytes")]) from error
    content = read_yaml(text, name)
    # Only the file of a town says in which zone it lies.
    if isinstance(content, dict) and "timezone" in content:
        return read_community(text, name)
    return read_cycle(text, name, _beside(path))


def _beside(path: Path) -> Callable[[str], bytes | None]:
    def content(name: str) -> bytes | None:
        found = path.parent / name
        return found.read_bytes() if found.is_file() else None

    return content


command = cycle
