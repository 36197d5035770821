"""The command `dauys`: one module for each of its commands."""

import sys

import click
from typing_extensions import override

from bot.quick_start import import_aiogram, without_collecting

with without_collecting():
    import_aiogram()
    from bot.cli import budget, cycle, deliveries, invite, rehearse, tally
    from bot.cli.migrate import migrate
    from bot.cli.run import run
    from bot.settings import SettingsError

WRONG_USE = 2
"""Exit status for a wrong setting, as for a wrong option."""


class Dauys(click.Group):
    """Turns a wrong setting into one line instead of a traceback."""

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
main.add_command(deliveries.command)
main.add_command(tally.command)
main.add_command(rehearse.command)
