"""`dauys invite`: make a one-time link that gives a role."""

import asyncio

import click
from aiogram.exceptions import AiogramError

from bot.channels.telegram.session import news_bot
from bot.cli.opening import chosen_town, load_settings, opened
from bot.settings import Settings
from civic.actions.invite import PREFIX, VALID_FOR, Invite
from civic.model.resident import Role

_PATIENCE = 5
"""Seconds to wait for Telegram to say the bot's name."""


@click.command()
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What the person may do.",
)
@click.option("--community", "town", help="Slug of the town; the first one if left out.")
def invite(role: str, town: str | None) -> None:
    """Print a link that makes whoever opens it first an organiser or a moderator."""
    asyncio.run(_invite(load_settings(), Role(role), town))


async def _invite(settings: Settings, role: Role, town: str | None) -> None:
    async with opened(settings) as service:
        async with service.work.read() as work:
            community = await chosen_town(work, town)
        token = await (await service.container.get(Invite))(community.id, role)
    click.echo(f"To become {role}, open one of these once, within {VALID_FOR.days} days:")
    for link in links(settings.address, await _username(settings), token):
        click.echo(link)


def links(address: str, username: str | None, token: str) -> list[str]:
    """Return the links of an invitation: to the web chat, and to Telegram if the bot is known."""
    found = [f"{address}/?start={PREFIX}{token}"]
    if username is not None:
        found.append(f"https://t.me/{username}?start={PREFIX}{token}")
    return found


async def _username(settings: Settings) -> str | None:
    if settings.telegram_token is None:
        return None
    bot = news_bot(settings.telegram_token.get_secret_value(), settings.telegram_api)
    try:
        async with asyncio.timeout(_PATIENCE):
            return (await bot.get_me()).username
    except (AiogramError, TimeoutError):
        click.echo("Telegram does not answer, so its link is left out.", err=True)
        return None
    finally:
        await bot.session.close()


command = invite
