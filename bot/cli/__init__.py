"""The command `dauys`: one module for each of its commands."""

import sys
from importlib import import_module

import click
from typing_extensions import override

from bot.quick_start import import_aiogram, without_collecting

with without_collecting():
    import_aiogram()
    from bot.cli import budget, cycle, deliveries, invite, roles
    from bot.cli.migrate import migrate
    from bot.cli.run import run
    from bot.settings import SettingsError

COUNTING = ("rehearse", "tally")
"""Commands that need numpy, which the others, `run` above all, do not load."""
WRONG_USE = 2
"""Exit status for a wrong setting, as for a wrong option."""


class Dauys(click.Group):
    """Turns a wrong setting into one line instead of a traceback."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in order."""
        return sorted([*super().list_commands(ctx), *COUNTING])

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; its module is imported now if it is one of `COUNTING`."""
        if cmd_name in COUNTING:
            command: click.Command = import_module(f"bot.cli.{cmd_name}").command
            return command
        return super().get_command(ctx, cmd_name)

    @override
    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            fault: BaseException = error
        except BaseExceptionGroup as group:
            found = group.subgroup(SettingsError)
            if found is None:
                raise
            fault = found
            while isinstance(fault, BaseExceptionGroup):
                fault = fault.exceptions[0]
        click.echo(f"dauys: {fault}", err=True)
        sys.exit(WRONG_USE)


@click.group(cls=Dauys)
def main() -> None:
    """Dauys: civic engagement in a chat."""


main.add_command(run)
main.add_command(migrate)
main.add_command(cycle.command)
main.add_command(budget.command)
main.add_command(invite.command)
main.add_command(roles.command)
main.add_command(deliveries.command)
