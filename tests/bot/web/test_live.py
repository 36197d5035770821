"""Live pieces of the page: what the script asks for and what it is told."""

import asyncio
import gzip
import logging
import re

import pytest
from aiohttp import ClientResponse

from bot.web.assets import Assets
from bot.web.chat import SINCE
from storage.database import Database
from tests.bot.web.chatting import Chatting
from tests.browser import PlainBrowser

FIRST_PAGE_LIMIT = 15 * 1024


async def next_event(response: ClientResponse) -> dict[str, str]:
    """Return the fields of the next event, leaving pings out."""
    event: dict[str, str] = {}
    while True:
        line = (await response.content.readline()).decode().rstrip("\r\n")
        if not line and event:
            return event
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = event.get(name, "") + value + "\n"


async def test_the_script_gets_the_changes_instead_of_a_page(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    seen = re.findall(r'<div id="log".*data-revision="(\d+)"', browser.html)[0]
    response = await small_chat.client.post(
        "/press",
        data={**browser.pressing("Add one"), "turn": "1"},
        headers={**browser.headers, SINCE: seen},
    )
    pieces = await response.text()

    assert "Now 1" in pieces
    assert "Add one" in pieces
    assert "Hello" not in pieces
    assert 'data-language="en"' in pieces


async def test_the_script_may_send_the_same_words_again_by_another_turn(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    for turn in ("1", "2", "2"):
        await small_chat.client.post(
            "/say",
            data={"form": browser.page.hidden["form"], "text": "Yes", "turn": turn},
            headers=browser.headers,
        )
    await browser.open("/")

    assert browser.texts.count("Yes") == 2


async def test_what_is_new_arrives_by_itself(small_chat: Chatting, browser: PlainBrowser) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    async with small_chat.client.get("/events") as line:
        everything = await next_event(line)
        assert "Hello, en" in everything["data"]

        await small_chat.bot.send_message(visitor.chat_id, "The vote is open")
        news = await next_event(line)

    assert "The vote is open" in news["data"]
    assert "Hello" not in news["data"]
    assert int(news["id"]) > int(everything["id"])


async def test_a_broken_line_goes_on_where_it_was(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    async with small_chat.client.get("/events") as line:
        seen = (await next_event(line))["id"].strip()
    gone = await small_chat.bot.send_message(visitor.chat_id, "Missed")
    await small_chat.bot.send_message(visitor.chat_id, "Missed too")
    await small_chat.bot.delete_message(visitor.chat_id, gone.message_id)
    async with small_chat.client.get("/events", headers={"Last-Event-ID": seen}) as line:
        missed = await next_event(line)

    assert "Missed too" in missed["data"]
    assert f'id="m{gone.message_id}"' in missed["data"]
    assert "data-deleted" in missed["data"]
    assert "Hello" not in missed["data"]


async def test_what_another_process_wrote_arrives_too(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    session = small_chat.bot.session
    bell = session._bell  # type: ignore[attr-defined]
    async with small_chat.client.get("/events") as line:
        await next_event(line)
        session._bell = type(bell)()  # type: ignore[attr-defined]
        await small_chat.bot.send_message(visitor.chat_id, "From afar")
        news = await next_event(line)

    assert "From afar" in news["data"]


async def test_a_stranger_has_no_line(small_chat: Chatting) -> None:
    assert (await small_chat.client.get("/events")).status == 204


async def test_one_chat_has_a_few_lines_at_most(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    lines = [await small_chat.client.get("/events") for _ in range(8)]
    await asyncio.gather(*(next_event(line) for line in lines))

    assert (await small_chat.client.get("/events")).status == 429
    for line in lines:
        line.close()


async def test_lines_end_when_the_service_stops(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    async with small_chat.client.get("/events") as line:
        await next_event(line)
        small_chat.bell.close()

        assert await line.content.read() == b""
    assert (await small_chat.client.get("/events")).status == 204


@pytest.mark.parametrize("known", [False, True])
async def test_the_first_page_weighs_little(
    small_chat: Chatting, browser: PlainBrowser, *, known: bool
) -> None:
    if known:
        await browser.begin("Қазақша")
    client = small_chat.client
    response = await client.get("/")
    html = await response.text()
    assert response.headers["Content-Encoding"] in {"gzip", "deflate"}
    weight = len(gzip.compress(html.encode()))
    for address in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html))):
        found = await client.get(address)
        assert found.headers["Content-Encoding"] == "gzip"
        assert "immutable" in found.headers["Cache-Control"]
        weight += len(gzip.compress(await found.read()))

    assert "http://" not in html.replace(str(client.make_url("/")), "")
    assert "https://" not in html
    assert weight <= FIRST_PAGE_LIMIT, weight


async def test_files_are_found_by_their_content_only(small_chat: Chatting) -> None:
    address = Assets().url("chat.css")
    plain = await small_chat.client.get(address, headers={"Accept-Encoding": "identity"})

    assert plain.status == 200
    assert "Content-Encoding" not in plain.headers
    assert (await small_chat.client.get("/static/chat.0000000000.css")).status == 404
    assert (await small_chat.client.get("/static/..%2fapp.py")).status == 404


async def test_health_is_that_of_the_database(small_chat: Chatting) -> None:
    assert (await small_chat.client.get("/healthz")).status == 200

    small_chat.chats._database = Database("sqlite+aiosqlite:////nowhere/at/all.db")
    assert (await small_chat.client.get("/healthz")).status == 503


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("kk", "Мұнда ештеңе жоқ"), ("ru", "Здесь ничего нет"), ("en", "There is nothing here")],
)
async def test_errors_are_kind_in_every_language(
    browser: PlainBrowser, language: str, sentence: str
) -> None:
    await browser.open("/nothing", **{"Accept-Language": language})

    assert browser.status == 404
    assert browser.page.language == language
    assert browser.page.problem.startswith(sentence)
    assert "/#end" in browser.page.links.values()


async def test_a_fault_of_ours_is_answered_with_a_sentence(
    small_chat: Chatting, browser: PlainBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    small_chat.chats._database = Database("sqlite+aiosqlite:////nowhere/at/all.db")
    await browser.open("/", **{"Accept-Language": "en"})

    assert browser.status == 500
    assert browser.page.problem.startswith("Something went wrong on our side")
    assert "a page could not be made" in caplog.text


async def test_the_access_log_names_nobody(
    browser: PlainBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await browser.begin("English", path="/?start=secret")
    for path in ("/?start=secret", "/file/secret", "/secret"):
        await browser.open(path)

    logged = "\n".join(caplog.messages)
    assert re.search(r"^GET / 200 \d+ ms$", logged, re.MULTILINE)
    assert re.search(r"^GET /file/\{token\} 404 \d+ ms$", logged, re.MULTILINE)
    assert "GET (nothing here) 404" in logged
    assert "secret" not in logged
    assert "127.0.0.1" not in logged
