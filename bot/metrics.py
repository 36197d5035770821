"""What the service tells Prometheus: numbers only, nothing about any person."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from civic.model.announcement import Outcome
from civic.model.destination import Posted

PATH: Final = "/metrics"
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Metrics:
    """The numbers of one process."""

    def __init__(self) -> None:
        """Begin with zero, apart from any other process or test."""
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "dauys_deliveries",
            "What became of copies of announcements, by channel; pending = tried again later.",
            ("channel", "state"),
            registry=self.registry,
        )
        self._waiting = Gauge(
            "dauys_deliveries_waiting",
            "Copies of announcements that wait, by channel.",
            ("channel",),
            registry=self.registry,
        )
        self._sending = Histogram(
            "dauys_send_seconds",
            "How long a messenger took to take a piece of news.",
            ("channel",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._updates = Histogram(
            "dauys_update_seconds",
            "How long an update of a person took from its turn to its end.",
            ("channel",),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def settled(self, channel: str, outcome: Outcome | Posted) -> None:
        """Count what became of a copy, a person's or a chat's."""
        self._deliveries.labels(channel, outcome.state.value).inc()

    def waiting(self, channel: str, copies: int) -> None:
        """Note how many copies wait on a channel."""
        self._waiting.labels(channel).set(copies)

    def sending(self, channel: str) -> AbstractContextManager[object]:
        """Time one call to a messenger."""
        return self._sending.labels(channel).time()

    def update(self, channel: str) -> AbstractContextManager[object]:
        """Time one update; the histogram's count says how many were handled."""
        return self._updates.labels(channel).time()

    def page(self) -> bytes:
        """Return all numbers as Prometheus reads them."""
        return generate_latest(self.registry)


@asynccontextmanager
async def served(metrics: Metrics, port: int | None) -> AsyncIterator[None]:
    """Answer Prometheus on this machine's own `port` while the block runs; None = not at all.

    Apart from the pages people open, so that no reverse proxy shows it by mistake. Raises
    `OSError` when the port is taken.
    """
    if port is None:
        yield
        return

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(
            body=metrics.page(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    app = web.Application()
    app.router.add_get(PATH, answer)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()
