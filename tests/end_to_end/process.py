"""The service as an operator starts it: a process of its own that can be killed."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0
"""Seconds for a start on a busy machine."""


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(folder: Path, **more: str) -> dict[str, str]:
    """Return settings for a service with its database in `folder`, as environment variables."""
    return {
        "DAUYS_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'dauys.db'}",
        "DAUYS_SECRET_KEY": "a secret of thirty-two characters",
        "DAUYS_PORT": str(free_port()),
        **more,
    }


@asynccontextmanager
async def running(
    settings: Mapping[str, str], role: str = "all", *, module: str = "bot"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `dauys run` until it answers; at the end of the block it is killed, as by kill -9.

    A worker answers nobody, so nothing is waited for.
    """
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "run", "--role", role),
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        if role != "worker":
            async with asyncio.timeout(PATIENCE):
                await _answers(f"http://127.0.0.1:{settings['DAUYS_PORT']}/healthz")
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGKILL)
        await started.wait()


async def _answers(address: str) -> None:
    async with ClientSession() as session:
        while True:
            try:
                async with session.get(address) as response:
                    if response.ok:
                        return
            except ClientError:
                await asyncio.sleep(0.05)
