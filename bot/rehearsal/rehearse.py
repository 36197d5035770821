"""Rehearses a script in a database of its own, and accounts for it."""

import asyncio
import gc
import tempfile
from datetime import datetime

from bot.rehearsal.account import Account, account
from bot.rehearsal.clock import SimulatedLoop
from bot.rehearsal.play import Progress, play
from bot.rehearsal.script import Script


def _nobody(_now: datetime) -> None:
    """Show progress to nobody."""


def rehearse(script: Script, progress: Progress = _nobody, speed: float | None = None) -> Account:
    """Play the script from beginning to end.

    Args:
        script: what is played.
        progress: hears of the simulated time twice a simulated day.
        speed: simulated seconds in a second; None for as fast as possible.
    """
    with (
        tempfile.TemporaryDirectory(prefix="dauys-rehearsal-") as folder,
        asyncio.Runner(loop_factory=lambda: SimulatedLoop(speed)) as runner,
    ):
        # What exists now stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        try:
            found = runner.run(
                _rehearse(script, f"sqlite+aiosqlite:///{folder}/town.db", progress)
            )
        finally:
            gc.unfreeze()
    return found


async def _rehearse(script: Script, url: str, progress: Progress) -> Account:
    return await account(await play(script, url, progress))
