"""Telling many people: all of them, once, at the permitted rate, without keeping others waiting.

Five measurements, each a process of the real service (`dauys run`) against a Telegram of its own
process (`bench.telegram`), all on PostgreSQL:

- planning: how long the deliveries of a large announcement take to be written;
- storm: recipients of whom some blocked the bot, with 429 and 5xx, and two `kill -9`;
- together: several pieces of news that are due to everyone at the same time;
- pace: the true rate of Telegram;
- peer: aiogram_broadcaster with its storages, in this process, over the same light messenger,
  without limits.

Sizes by the environment: `BENCH_FULL=1` for the sizes that are reported.
"""

import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
import sqlalchemy as sa
from aiogram import Bot
from aiogram_broadcaster import Broadcaster as PeerBroadcaster
from aiogram_broadcaster.contents import TextContent
from aiogram_broadcaster.storages.base import BaseStorage
from aiogram_broadcaster.storages.file import FileStorage
from aiogram_broadcaster.storages.sqlalchemy import SQLAlchemyStorage
from aiohttp import ClientError, ClientSession
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from bench.messenger import LightSession
from bench.telegram import CROWD, PAUSE_SECONDS, has_blocked
from bot.broadcast.broadcaster import CHUNK, Broadcaster
from bot.channels.budgets import Budget
from bot.clock import SystemClock, SystemRandomness
from bot.collector import settle
from bot.metrics import Metrics
from bot.wiring import catalogues
from civic.model.announcement import AnnouncementState, NoticeKind
from civic.model.cycle import CycleKind, Stage, StageKind, StageState
from storage.database import Database
from storage.migrate import upgrade
from storage.unit_of_work import SqlWork
from tests.civic.cycles import cycle, stored
from tests.conftest import TOWN
from tests.end_to_end.process import free_port

FULL: Final = os.environ.get("BENCH_FULL") == "1"
PLANNED: Final = int(os.environ.get("BENCH_PLANNED", "1000000" if FULL else "50000"))
RECIPIENTS: Final = int(os.environ.get("BENCH_RECIPIENTS", "100000" if FULL else "4000"))
RATE: Final = int(os.environ.get("BENCH_RATE", "30" if FULL else "300"))
"""Permitted to the storm: Telegram's 30 a second, at which a hundred thousand take 57 minutes.

300 show what the engine does when it is the engine that decides, in a tenth of the time.
"""
PACED: Final = int(os.environ.get("BENCH_PACED", "1800" if FULL else "450"))
TOGETHER: Final = (1, 2, 5)
TOGETHER_CHATS: Final = (1000, 4000) if FULL else (1000,)
PEER_CHATS: Final = tuple(
    int(size)
    for size in os.environ.get("BENCH_PEER", "500,1000,2000,4000" if FULL else "500,1000").split(
        ","
    )
)
SHORT: Final = 1000
REPEATED: Final = 3
"""Up to `SHORT` chats take ours a few tenths of a second, in which a disk that is slow once
decides: of so many runs the middle one counts, for everyone."""
POSTGRES: Final = os.environ.get(
    "DAUYS_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)
WARM_UP: Final = 100
"""Answers, and chats told, before anything is measured."""
IDLE_SECONDS: Final = 60.0
RUN_SECONDS: Final = float(os.environ.get("BENCH_RUN_SECONDS", "120"))
REST_SECONDS: Final = 15.0
"""After each `RUN_SECONDS` the announcement is paused for so long, and how quickly people are
answered is measured then too: a machine that others share is not the same for an hour."""
CALM_AFTER: Final = 2.0
"""Seconds in a rest until the last messages in flight are out."""
LOOK_SECONDS: Final = 5.0
"""Between two looks at the ledger, which counts all its rows on the service's own machine."""
OUTAGE: Final = 25.0
"""Seconds after a kill: a new process starts, gathers what is due, and has only its part of the
rate until the lease of the dead one ends."""
ROOT: Final = Path(__file__).resolve().parent.parent
TOKEN: Final = "4242:a_token_for_the_benchmark_only"  # noqa: S105 - opens nothing
UNLIMITED: Final = Budget(per_second=100_000, in_flight=400)


def _now() -> datetime:
    return SystemClock().now()


@asynccontextmanager
async def fresh_database() -> AsyncIterator[Database]:
    """Give a migrated PostgreSQL database of this run's own, removed afterwards."""
    name = f"dauys_bench_{os.getpid()}"
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = sa.engine.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()
        async with engine.connect() as connection:
            await connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        await engine.dispose()


async def settle_town(database: Database, people: int, channel: str = "telegram") -> int:
    """Lay out a town with a stage that is open and `people` who want news; return its cycle."""
    work, now = SqlWork(database), _now()
    async with work.write() as unit:
        town_id = await unit.communities.save(TOWN)
        await unit.commit()
    open_stage = Stage(
        *(0, 0, StageKind.IDEAS, now - timedelta(days=1), now + timedelta(days=30)),
        StageState.OPEN,
    )
    made = await stored(work, town_id, cycle(open_stage, kind=CycleKind.PARTICIPATORY_BUDGET))
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO residents (community_id, language, display_name, news, hours_from,"
                " hours_to, sundays, came_back, greeted, created_at)"
                " SELECT :town, (ARRAY['kk', 'ru', 'en'])[1 + n % 3], '', 'all', 0, 24, true,"
                " false, true, now() FROM generate_series(1, :people) AS n"
            ),
            {"town": town_id, "people": people},
        )
        await connection.execute(
            sa.text(
                "INSERT INTO contacts (resident_id, channel, address, chat_id, reachable,"
                " latest, chosen, created_at)"
                " SELECT id, :channel, (:crowd + id)::text, :crowd + id, true, true, false, now()"
                " FROM residents"
            ),
            {"channel": channel, "crowd": CROWD},
        )
        await connection.commit()
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("ANALYZE"))
    return made.id


async def wake_everyone(database: Database) -> None:
    """Let those who ask be told at any hour as well, so that nobody is left at night."""
    async with database.write() as connection:
        await connection.execute(
            sa.text("UPDATE residents SET hours_from = 0, hours_to = 24, sundays = true")
        )
        await connection.commit()


async def announce(database: Database, cycle_id: int, send_from: datetime) -> int:
    """Write an announcement to everyone; return its id."""
    async with SqlWork(database).write() as unit:
        found = await unit.cycles.get(cycle_id)
        assert found is not None
        announcement = await unit.announcements.plan(
            *(f"bench {send_from}", found.community_id, found.id, found.stages[0].id),
            *(NoticeKind.STAGE_OPENED, {}, _now()),
            public=True,
            send_from=send_from,
        )
        await unit.commit()
    assert announcement is not None
    return announcement


async def measure_planning() -> None:
    """Write the deliveries of one announcement, as the engine does, without sending any."""
    async with fresh_database() as database:
        cycle_id = await settle_town(database, PLANNED)
        await announce(database, cycle_id, _now())
        work = SqlWork(database)
        process = psutil.Process()
        before, began, longest = process.memory_info().rss, time.perf_counter(), 0.0
        written: int | None = 0
        total = 0
        while written is not None:
            part = time.perf_counter()
            async with work.write() as unit:
                written = await unit.announcements.fill(CHUNK, _now(), ["telegram"])
                await unit.commit()
            longest = max(longest, time.perf_counter() - part)
            total += written or 0
        took = time.perf_counter() - began
        grown = (process.memory_info().rss - before) / 1e6
    assert total == PLANNED
    print(
        f"planning: {total} deliveries on PostgreSQL in {took:.1f} s"
        f" ({total / took:.0f}/s), longest part {longest * 1000:.0f} ms, memory +{grown:.1f} MB"
    )


@dataclass
class Serving:
    """A service and a Telegram, each in a process of its own."""

    database: Database
    folder: str
    rate: int
    faults: bool
    api_port: int
    memory: int = 0
    """Most bytes that the service held."""
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the service."""
        url = self.database.url.render_as_string(hide_password=False)
        settings = {
            "DAUYS_DATABASE_URL": url,
            "DAUYS_SECRET_KEY": "a secret of thirty-two characters",
            "DAUYS_PORT": str(free_port()),
            "DAUYS_TELEGRAM_TOKEN": TOKEN,
            "DAUYS_TELEGRAM_API": f"http://127.0.0.1:{self.api_port}",
            "DAUYS_TELEGRAM_RATE": str(self.rate),
            "PYTHONPATH": str(ROOT),
        }
        with (Path(self.folder) / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=self.folder,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """End the service as by kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stats(self) -> dict[str, Any]:
        """Return what Telegram counted."""
        async with ClientSession() as session:
            for _try in range(100):
                try:
                    async with session.get(f"http://127.0.0.1:{self.api_port}/stats") as response:
                        found: dict[str, Any] = await response.json()
                        return found
                except ClientError:
                    await asyncio.sleep(0.1)
        message = "the Telegram of the benchmark does not answer"
        raise RuntimeError(message)

    def watch(self) -> None:
        """Note how much memory the service holds."""
        assert self.process is not None
        if self.process.returncode is not None:
            log = (Path(self.folder) / "log").read_text(encoding="utf-8")
            message = f"the service ended:\n{log[-3000:]}"
            raise RuntimeError(message)
        self.memory = max(self.memory, psutil.Process(self.process.pid).memory_info().rss)


@asynccontextmanager
async def serving(people: int, rate: int, *, faults: bool) -> AsyncIterator[tuple[Serving, int]]:
    """Run both; give them and the cycle to tell about."""
    async with fresh_database() as database:
        cycle_id = await settle_town(database, people)
        port = free_port()
        telegram = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.telegram", str(port), str(rate)),
            "yes" if faults else "no",
            cwd=ROOT,
        )
        with tempfile.TemporaryDirectory() as folder:
            served = Serving(database, folder, rate, faults, port)
            try:
                await served.stats()
                await served.start()
                yield served, cycle_id
            finally:
                if served.process is not None and served.process.returncode is None:
                    await served.kill()
                telegram.kill()
                await telegram.wait()


async def steer(database: Database, announcement: int, state: AnnouncementState) -> float:
    """Pause the announcement or let it go on; return when, by the machine's monotonic clock."""
    async with SqlWork(database).write() as unit:
        await unit.announcements.steer(announcement, state, _now())
        await unit.commit()
    return time.monotonic()


async def count(database: Database, announcement: int) -> Mapping[str, int]:
    """Return how many copies are in each state, and how many are in doubt."""
    async with database.read() as connection:
        rows = await connection.execute(
            sa.text(
                "SELECT state, count(*) AS copies, count(*) FILTER (WHERE doubtful) AS doubtful"
                " FROM deliveries WHERE announcement_id = :id GROUP BY state"
            ),
            {"id": announcement},
        )
        found = rows.all()
    return {row.state: row.copies for row in found} | {
        "doubtful": sum(row.doubtful for row in found)
    }


async def measure_run(name: str, people: int, rate: int, *, faults: bool, kills: int) -> int:
    """Tell `people`; print what became of it; return the most memory the service held."""
    async with serving(people, rate, faults=faults) as (served, cycle_id):
        while len((await served.stats())["latencies"]) < WARM_UP:
            served.watch()
            await asyncio.sleep(1.0)
        idle_from = time.monotonic()
        await asyncio.sleep(IDLE_SECONDS)
        await wake_everyone(served.database)
        announcement = await announce(served.database, cycle_id, _now())
        began = resumed_at = time.monotonic()
        rests: list[tuple[float, float]] = []
        killed_at: list[float] = []
        told, left = 0, people
        while told < people or left:
            await asyncio.sleep(LOOK_SECONDS)
            served.watch()
            counts = await count(served.database, announcement)
            told = sum(counts.get(state, 0) for state in ("sent", "blocked", "failed", "skipped"))
            left = counts.get("pending", 0) + counts.get("sending", 0)
            if len(killed_at) < kills and told > people * (len(killed_at) + 1) / (kills + 1):
                await served.kill()
                killed_at.append(time.monotonic())
                await served.start()
                resumed_at = killed_at[-1] + OUTAGE
            elif left and time.monotonic() - resumed_at >= RUN_SECONDS:
                paused_at = await steer(served.database, announcement, AnnouncementState.PAUSED)
                await asyncio.sleep(REST_SECONDS)
                resumed_at = await steer(served.database, announcement, AnnouncementState.RUNNING)
                rests.append((paused_at, resumed_at))
        stats = await served.stats()
        counts = await count(served.database, announcement)
    reachable = sum(
        not (faults and has_blocked(CROWD + number)) for number in range(1, people + 1)
    )
    sent_at = stats["sent_at"]
    # The service hears of it within seconds that a rest is over, as it was not told in its chat.
    breaks = [
        *((paused, next((at for at in sent_at if at >= until), until)) for paused, until in rests),
        *((killed, killed + OUTAGE) for killed in killed_at),
    ]
    running, whole = _rates(stats, sent_at, breaks)
    with_replies, _whole = _rates(stats, sorted([*sent_at, *stats["replied_at"]]), breaks)
    calm = [(idle_from, began), *((paused + CALM_AFTER, resumed) for paused, resumed in rests)]
    idle = [took for at, took in stats["latencies"] if _is_in(at, calm)]
    busy = [took for at, took in stats["latencies"] if at > began and not _is_in(at, breaks)]
    print(f"{name}: {people} people, {rate}/s permitted, {kills} × kill -9, {len(rests)} rests")
    print(f"  Telegram answered {stats['statuses']}; the ledger says {dict(counts)}")
    print(
        f"  reachable {reachable}, reached {stats['reached']}, missed"
        f" {reachable - stats['reached']}, twice {len(stats['twice'])},"
        f" doubtful {counts['doubtful']}, blocked ones reached {stats['wrongly']}"
    )
    print(
        f"  {running:.1f}/s while running ({running / rate:.1%} of what is permitted;"
        f" with new messages that answer people {with_replies / rate:.1%}),"
        f" {whole:.1f}/s from the first to the last with rests, pauses and restarts"
    )
    print(
        f"  replies: p99 {_share(idle, 0.99):.0f} ms idle ({len(idle)}),"
        f" {_share(busy, 0.99):.0f} ms meanwhile ({len(busy)}),"
        f" × {_share(busy, 0.99) / _share(idle, 0.99):.2f};"
        f" nine in ten {_share(idle, 0.9):.0f} and {_share(busy, 0.9):.0f} ms,"
        f" middle {_share(idle, 0.5):.0f} and {_share(busy, 0.5):.0f} ms;"
        f" memory at most {served.memory / 1e6:.1f} MB"
    )
    return served.memory


def _is_in(moment: float, spans: Sequence[tuple[float, float]]) -> bool:
    return any(begin <= moment <= end for begin, end in spans)


def _rates(
    stats: Mapping[str, Any], moments: Sequence[float], breaks: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Return the rate of what went out at these moments: while permitted, and in the whole run.

    The first is what Telegram took, for every second in which it would have taken something: from
    the first message to the last call to somebody who was not called before. Later only those are
    left whom an error met and whom the ledger makes wait 15 seconds and more. Left out is the time
    that is not the sender's own, with what was taken meanwhile: the second for which each 429 of a
    storm asks, and `OUTAGE` after a kill. What the sender brings on itself counts as it is: 429s
    because it was too fast, their pauses, and how long it takes to go on after any pause.
    """
    first, last, end = stats["sent_at"][0], stats["sent_at"][-1], stats["last_called_first"]
    waits = sorted([*((at, at + PAUSE_SECONDS) for at in stats["storms"]), *breaks])
    permitted, taken, begin = 0.0, 0, first
    for from_, until in [*waits, (end, end)]:
        to = min(from_, end)
        if to > begin:
            permitted += to - begin
            taken += bisect_left(moments, to) - bisect_left(moments, begin)
        begin = max(begin, until)
    return taken / permitted, len(moments) / (last - first)


def _share(latencies: Sequence[float], share: float) -> float:
    """Return the milliseconds within which this share of the answers came."""
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def peer_rate(storage: BaseStorage | None, chats: int) -> float:
    """Return how many chats a second aiogram_broadcaster tells."""
    session = LightSession()
    bot = Bot("42:bench", session=session)
    if storage is not None:
        await storage.startup()
    broadcaster = PeerBroadcaster(bot, storage=storage)
    mailer = await broadcaster.create_mailer(
        chats=range(CROWD, CROWD + chats), content=TextContent(text="news")
    )
    began = time.perf_counter()
    await mailer.start()
    took = time.perf_counter() - began
    assert len(session.last) == chats
    return chats / took


async def our_rate(chats: int, news: int = 1) -> float:
    """Return how many people a second our engine tells, with planning and the whole ledger.

    So many pieces of `news` are due to everyone at the same time. The engine has looked at its
    ledger before, as it does every few seconds, and the peer's storage has been started.
    """
    async with fresh_database() as database:
        cycle_id = await settle_town(database, chats, "bench")
        session = LightSession()
        broadcaster = Broadcaster(
            SqlWork(database),
            SystemClock(),
            SystemRandomness("a secret of thirty-two characters"),
            {"bench": Bot("42:bench", session=session)},
            catalogues(),
            Metrics(),
            budgets={"bench": UNLIMITED},
            gathering=timedelta(),
        )
        assert await broadcaster.send_due() == 0
        for _piece in range(news):
            await announce(database, cycle_id, _now())
        began = time.perf_counter()
        assert await broadcaster.send_due() == chats * news
        took = time.perf_counter() - began
    assert len(session.last) == chats
    return chats / took


async def measure_peer() -> None:
    """Set our engine beside aiogram_broadcaster without storage, with a file, with PostgreSQL."""
    print("chats told a second, limits off, light messenger")
    print(" chats   peer, no storage   peer, file   peer, PG   ours, PG")
    await told_a_second(WARM_UP)  # what is loaded and compiled once is no part of a rate
    settle()  # as the service does; every rate is measured with the same collector
    for chats in PEER_CHATS:
        times = REPEATED if chats <= SHORT else 1
        runs = [await told_a_second(chats) for _time in range(times)]
        rates = [statistics.median(of_one) for of_one in zip(*runs, strict=True)]
        bare, on_file, on_postgres, ours = rates
        best = max(on_file, on_postgres)
        print(
            f"{chats:6} {bare:18.0f} {on_file:12.0f} {on_postgres:10.0f} {ours:10.0f}"
            f"   × {ours / best:.1f} of the better storage"
        )


async def told_a_second(chats: int) -> tuple[float, float, float, float]:
    """Return the rates of the peer without storage, with a file, with PostgreSQL, and ours."""
    bare = await peer_rate(None, chats)
    with tempfile.TemporaryDirectory() as folder:
        on_file = await peer_rate(FileStorage(Path(folder) / "mailers.json"), chats)
    async with fresh_database() as database:
        storage = SQLAlchemyStorage(async_sessionmaker(database.engine))
        on_postgres = await peer_rate(storage, chats)
    return bare, on_file, on_postgres, await our_rate(chats)


async def measure_together() -> None:
    """Tell everyone one piece of news, and several that are due together."""
    print("people told a second, limits off, light messenger")
    for chats in TOGETHER_CHATS:
        rates = [f"{news} pieces of news {await our_rate(chats, news):.0f}" for news in TOGETHER]
        print(f"{chats:6} people: {', '.join(rates)}")


async def main(chosen: Sequence[str]) -> None:
    """Run the chosen measurements, by default all."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} load {os.getloadavg()[0]:.1f} on {os.cpu_count()}")
    wanted = chosen or ("planning", "peer", "together", "pace", "storm")
    if "planning" in wanted:
        await measure_planning()
    if "peer" in wanted:
        await measure_peer()
    if "together" in wanted:
        await measure_together()
    if "pace" in wanted:
        await measure_run("pace", PACED, 30, faults=False, kills=0)
    if "storm" in wanted:
        small = await measure_run("small", 1_000, RATE, faults=True, kills=0)
        large = await measure_run("storm", RECIPIENTS, RATE, faults=True, kills=2)
        print(f"memory: {(large - small) / 1e6:+.1f} MB against 1,000 recipients")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
