"""`dauys run`: serve the chats, keep the clock, send the news."""

import asyncio
import gc
from pathlib import Path

import click

from bot import logs, sample
from bot.cli.opening import opened
from bot.clock import SystemRandomness
from bot.photos import PillowPhotoReader
from bot.program import ProcessRole, Program, stop_signal
from bot.settings import DEFAULT_DATABASE, Settings, ensure_secret
from bot.wiring import Service
from civic.actions.invite import PREFIX, Invite
from civic.model.resident import Role

_SECRET_BYTES = 48


@click.command()
@click.option(
    "--role",
    type=click.Choice([role.value for role in ProcessRole]),
    default=ProcessRole.ALL.value,
    show_default=True,
    help="What this process does, when several share the work.",
)
def run(role: str) -> None:
    """Serve the chats, keep the clock, send the news."""
    logs.set_up()
    settings = _with_secret(Settings.load())
    asyncio.run(_run(settings, ProcessRole(role)))


def _with_secret(settings: Settings) -> Settings:
    """Make a secret for a first look on one's own machine; a server has to bring its own."""
    if settings.secret_key is None and settings.database_url == DEFAULT_DATABASE:
        ensure_secret(Path.cwd(), SystemRandomness("").token(_SECRET_BYTES))
        click.echo("A secret key was made and kept in .env; ballots depend on it, so keep it.")
        return Settings.load()
    return settings


async def _run(settings: Settings, role: ProcessRole) -> None:
    stop = stop_signal()
    async with opened(settings) as service:
        is_first = await _load_sample(service)
        program = Program(settings, service, role, click.echo)
        async with program.running():
            if role is ProcessRole.WORKER:
                click.echo("Keeping the clock and sending the news.")
            else:
                await _greet(settings, service, is_first=is_first)
            # What exists now stays: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            await stop.wait()
            click.echo("Stopping: what is in flight is finished first.")
        click.echo("Stopped.")


async def _load_sample(service: Service) -> bool:
    """Load the sample town into an empty database; tell whether it was empty."""
    # Of several processes that start on an empty database, one loads and the others wait.
    async with service.database.exclusive("sample"):
        async with service.work.read() as work:
            is_empty = await work.communities.first() is None
        await sample.load(service.work, service.clock, PillowPhotoReader())
    return is_empty


async def _greet(settings: Settings, service: Service, *, is_first: bool) -> None:
    click.echo(f"Dauys is open: {settings.address}")
    if is_first:
        async with service.work.read() as work:
            community = await work.communities.first()
        if community is not None:
            invite = await service.container.get(Invite)
            token = await invite(community.id, Role.ORGANISER)
            click.echo(
                "To become organiser, open once, within 7 days: "
                f"{settings.address}/?start={PREFIX}{token}"
            )
    else:
        click.echo("To become organiser: dauys invite --role organiser")
