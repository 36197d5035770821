"""A service that does nothing: the libraries of ours, an open database and one address.

It is the floor of `bench.standing`. `python -m bench.bare run --role all` takes the words that the
service takes, and of its settings `DAUYS_PORT`.
"""

import asyncio
import os

import aiogram_dialog
import sqlalchemy as sa
from aiogram import Dispatcher
from aiogram.fsm.storage.memory import MemoryStorage
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from babel import Locale
from sqlalchemy.ext.asyncio import create_async_engine


async def healthy(_request: web.Request) -> web.Response:
    """Say that it runs."""
    return web.Response(text="ok")


async def main(port: int) -> None:
    """Serve until killed."""
    aiogram_dialog.setup_dialogs(Dispatcher(storage=MemoryStorage()))
    AsyncIOScheduler().start()
    Locale.parse("kk")
    async with create_async_engine("sqlite+aiosqlite://").connect() as connection:
        await connection.execute(sa.text("SELECT 1"))
        app = web.Application()
        app.router.add_get("/healthz", healthy)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(os.environ["DAUYS_PORT"])))
