"""SQLite without a thread for each connection.

A statement runs where it is called and is over when the call returns: nobody else gets a turn in
between. That is no way to serve people, but the quickest way to play through a year, and it makes
one run like the next.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import aiosqlite


class _AtOnce:
    """Stands in for the queue of a connection's thread, and for the thread."""

    def put_nowait(self, job: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        """Do the job now."""
        future, function = job
        try:
            result = function()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)

    def start(self) -> None:
        """Begin nothing: there is no thread."""


async def connect(path: str) -> aiosqlite.Connection:
    """Return a connection to the SQLite file at `path` that needs no thread."""
    connection = aiosqlite.connect(path)
    # aiosqlite hands every call to its thread by these two, and nothing else knows of threads.
    connection._tx = connection._thread = _AtOnce()  # type: ignore[assignment] # noqa: SLF001
    return await connection
