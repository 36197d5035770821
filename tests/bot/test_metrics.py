"""Prometheus learns how the service does, and nothing about anybody."""

from aiohttp import ClientSession

from bot.metrics import Metrics, served
from civic.model.announcement import Delivery, DeliveryState, Outcome
from tests.end_to_end.process import free_port

PERSON = 9_876_543_210_123


def _filled() -> Metrics:
    metrics = Metrics()
    metrics.settled("telegram", Outcome(Delivery(1, PERSON, 1), DeliveryState.SENT))
    metrics.waiting("telegram", 5)
    with metrics.sending("telegram"), metrics.update("webchat"):
        pass
    return metrics


def test_the_page_counts_deliveries_the_queue_and_updates() -> None:
    lines = _filled().page().decode().splitlines()
    assert 'dauys_deliveries_total{channel="telegram",state="sent"} 1.0' in lines
    assert 'dauys_deliveries_waiting{channel="telegram"} 5.0' in lines
    assert 'dauys_send_seconds_count{channel="telegram"} 1.0' in lines
    assert 'dauys_update_seconds_count{channel="webchat"} 1.0' in lines


def test_the_page_names_nobody() -> None:
    assert str(PERSON) not in _filled().page().decode()


async def test_the_page_is_served_on_a_port_of_its_own() -> None:
    port = free_port()
    async with (
        served(_filled(), port),
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        assert response.content_type == "text/plain"
        assert b"dauys_deliveries_total" in await response.read()


async def test_without_a_port_nothing_is_served() -> None:
    async with served(Metrics(), None):
        pass
