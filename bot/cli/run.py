"""`dauys run`: serve the chats, keep the clock, send the news."""

import asyncio

import click

from bot import logs, sample
from bot.cli.opening import load_settings, opened
from bot.collector import settle
from bot.photos import PillowPhotoReader
from bot.program import ProcessRole, Program, stop_signal
from bot.settings import Settings
from bot.wiring import Service
from civic.actions.invite import PREFIX, VALID_FOR, Invite
from civic.model.resident import Role


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
    asyncio.run(_run(load_settings(), ProcessRole(role)))


async def _run(settings: Settings, role: ProcessRole) -> None:
    stop = stop_signal()
    async with opened(settings) as service:
        await _load_sample(service)
        program = Program(settings, service, role, click.echo)
        async with program.running():
            if role is ProcessRole.WORKER:
                click.echo("Keeping the clock and sending the news.")
            else:
                await _greet(settings, service)
            settle()
            await stop.wait()
            click.echo("Stopping: what is in flight is finished first.")
        click.echo("Stopped.")


async def _load_sample(service: Service) -> None:
    """Load the sample town into an empty database."""
    # Of several processes that start on an empty database, one loads and the others wait.
    async with service.database.exclusive("sample"):
        await sample.load(service.work, service.clock, PillowPhotoReader())


async def _greet(settings: Settings, service: Service) -> None:
    click.echo(f"Dauys is open: {settings.address}")
    async with service.work.read() as work:
        community = await work.communities.first()
        if community is None:
            return
        has_organiser = await work.residents.anyone_holds(community.id, Role.ORGANISER)
    if has_organiser:
        click.echo("To make another organiser: .venv/bin/dauys invite --role organiser")
        return
    token = await (await service.container.get(Invite))(community.id, Role.ORGANISER)
    click.echo(
        f"To become organiser, open once, within {VALID_FOR.days} days: "
        f"{settings.address}/?start={PREFIX}{token}"
    )
