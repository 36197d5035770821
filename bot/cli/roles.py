"""`dauys roles`: who may do more than every resident, and taking that back."""

import asyncio
import sys

import click

from bot.cli.opening import chosen_town, load_settings, opened
from bot.settings import Settings
from civic.actions.dismiss import Dismiss
from civic.model.community import Community
from civic.model.refusal import Refused
from civic.model.resident import Resident, Role
from civic.ports import UnitOfWork

REFUSED = 1
"""Exit status when nobody of that number holds the role."""


@click.command()
@click.option("--community", "town", help="Slug of the town; the first one if left out.")
@click.option(
    "--take",
    type=click.Choice([role.value for role in Role]),
    help="Take this role away; --from says from whom.",
)
@click.option("--from", "number", type=click.IntRange(min=1), help="Number of the resident.")
def roles(town: str | None, take: str | None, number: int | None) -> None:
    """List organisers and moderators by number, or take a role away.

    What somebody has handed in or scheduled as an organiser stays; another one can stop it.
    """
    if (take is None) != (number is None):
        message = "--take and --from go together"
        raise click.UsageError(message)
    role = None if take is None else Role(take)
    asyncio.run(_roles(load_settings(), town, role, number))


async def _roles(
    settings: Settings, town: str | None, take: Role | None, number: int | None
) -> None:
    async with opened(settings) as service:
        async with service.work.read() as work:
            community = await chosen_town(work, town)
        if take is not None and number is not None:
            await _take(await service.container.get(Dismiss), community, take, number)
            return
        async with service.work.read() as work:
            for role in Role:
                await _list(work, community, role)


async def _take(dismiss: Dismiss, community: Community, role: Role, number: int) -> None:
    try:
        await dismiss(community.id, number, role)
    except Refused:
        click.echo(f"resident {number} of {community.slug} is no {role}", err=True)
        sys.exit(REFUSED)
    click.echo(f"resident {number} is no {role} any more")


async def _list(work: UnitOfWork, community: Community, role: Role) -> None:
    numbers = await work.residents.holders(community.id, role)
    if not numbers:
        click.echo(f"{role}: nobody; invite somebody with `dauys invite --role {role}`")
    for number in numbers:
        person = await work.residents.get(number)
        if person is not None:
            click.echo(f"{role}: resident {number}{_named(person)}")


def _named(person: Resident) -> str:
    return f", {person.display_name}" if person.display_name else ""


command = roles
