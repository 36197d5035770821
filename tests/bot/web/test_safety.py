"""Nobody can speak for somebody else, and nobody's words become markup."""

import asyncio
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp.test_utils import make_mocked_request

from bot.web.rates import Limits, Rates, parse_limit
from civic.model.community import Community
from civic.ports import Work
from civic.rules.documents import MEDIA_TYPES
from storage.database import Database
from storage.tables.conversation import inbox
from tests.bot.web.chatting import Chatting, chatting
from tests.browser import PlainBrowser, picture
from tests.fakes import CountingRandomness, FrozenClock

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>bold</b>"


async def updates(small_chat: Chatting) -> int:
    async with small_chat.database.read() as connection:
        found = await connection.scalar(sa.select(sa.func.count()).select_from(inbox))
    return found or 0


async def test_the_cookie_is_signed_and_closed_to_scripts(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin()
    response = await small_chat.client.get("/")

    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    small_chat.client.session.cookie_jar.clear()
    await browser.open("/", Cookie=f"dauys={value}")
    assert "Қазақша" not in browser.page.controls
    small_chat.client.session.cookie_jar.clear()
    await browser.open("/", Cookie=f"dauys=x{value}")
    assert "Қазақша" in browser.page.controls


async def test_behind_https_the_cookie_is_for_https_and_this_host_only(
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    assert town.id
    async with chatting(
        database, work, clock, randomness, public_url="https://dauys.example"
    ) as running:
        await running.browser.open("/")
        browser = running.browser
        await browser.open("/")
        response = await running.client.post(
            "/start",
            data={**browser.page.hidden, "language": "ru"},
            headers={"Origin": "https://dauys.example"},
            allow_redirects=False,
        )

        assert response.headers["Set-Cookie"].startswith("__Host-dauys=")
        assert "Secure" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_a_form_sent_by_another_site_is_refused(
    small_chat: Chatting, browser: PlainBrowser, headers: dict[str, str]
) -> None:
    await browser.begin("English")
    before = await updates(small_chat)
    browser.headers = headers
    await browser.say("Not mine")

    assert browser.status == 409
    assert await updates(small_chat) == before


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}])
async def test_an_old_browser_that_says_nothing_is_believed_by_its_form(
    browser: PlainBrowser, headers: dict[str, str]
) -> None:
    await browser.begin("English")
    browser.headers = headers
    await browser.say("Mine")

    assert browser.newest.text == "You said: Mine"


async def test_a_form_of_somebody_else_is_refused(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    theirs = browser.page.hidden["form"]
    small_chat.client.session.cookie_jar.clear()
    await browser.begin("English")
    before = await updates(small_chat)
    for form in (theirs, "", "forged", theirs[:-2]):
        await browser.send("/say", {"form": form, "text": "Hello"})
        assert browser.status == 409

    assert await updates(small_chat) == before


async def test_a_page_open_for_too_long_is_refused_and_keeps_the_text(
    browser: PlainBrowser, clock: FrozenClock
) -> None:
    await browser.begin("English")
    clock.move(timedelta(days=8))
    await browser.say("Long thought")

    assert browser.status == 409
    assert browser.page.typed == "Long thought"

    await browser.say(browser.page.typed)
    assert browser.newest.text == "You said: Long thought"


async def test_a_form_sent_twice_counts_once(small_chat: Chatting, browser: PlainBrowser) -> None:
    await browser.begin("English")
    fields = browser.pressing("Add one")
    await asyncio.gather(
        *(small_chat.client.post("/press", data=fields, headers=browser.headers) for _ in range(3))
    )
    await browser.send("/press", fields)

    assert browser.newest.text == "Counting\nNow 1"


async def test_two_forms_with_the_same_words_are_two(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("Yes")
    await browser.say("Yes")

    assert browser.texts.count("You said: Yes") == 2


async def test_words_never_become_markup(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say(EVIL)

    assert browser.texts[-2:] == [EVIL, f"You said: {EVIL}"]
    assert "<script>alert" not in browser.html
    assert "<img src=x" not in browser.html


async def test_file_names_and_captions_never_become_markup(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    await browser.send_file(picture(), f"{EVIL}.png", EVIL)
    visitor = await small_chat.visitor()
    await small_chat.bot.send_document(
        visitor.chat_id, BufferedInputFile(b"1", f"{EVIL}\n.csv"), caption="Here"
    )
    await browser.open("/")

    assert browser.page.bubbles[-3].text == EVIL
    assert "<script>alert" not in browser.html
    assert "onerror=alert(2)>" not in browser.html
    response = await small_chat.client.get(browser.newest.files[0])
    assert "\n" not in response.headers["Content-Disposition"]
    assert '"' not in response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("Шешім.pdf", "application/pdf"),
        ("Есеп.pptx", MEDIA_TYPES["pptx"]),
        ("notes.TXT", "text/plain"),
        ("page.html", "application/octet-stream"),
        ("drawing.svg", "application/octet-stream"),
    ],
)
async def test_a_document_is_downloaded_and_never_opened_in_the_page(
    small_chat: Chatting, browser: PlainBrowser, name: str, media_type: str
) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    content = b"<script>alert(1)</script>"
    await small_chat.bot.send_document(
        visitor.chat_id, BufferedInputFile(content, f"../{name}"), caption="Here"
    )
    await browser.open("/")
    response = await small_chat.client.get(browser.newest.files[0])
    assert await response.read() == content
    assert response.headers["Content-Type"] == media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(name)}"


async def test_labels_of_buttons_never_become_markup(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    await small_chat.bot.send_message(
        visitor.chat_id,
        "Choose",
        reply_markup=InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text=EVIL, callback_data='go:"><i>')]]
        ),
    )
    await browser.open("/")
    await browser.press(EVIL)

    assert browser.texts[-2:] == [EVIL, "Gone"]
    assert "<script>alert" not in browser.html


async def test_a_file_is_shown_to_those_whose_chat_has_it_only(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    await browser.send_file(picture(), "me.png")
    address = browser.newest.files[0]
    mine = await small_chat.client.get(address)
    assert mine.headers["Content-Security-Policy"].startswith("sandbox")
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in mine.headers["Cache-Control"]
    small_chat.client.session.cookie_jar.clear()
    assert (await small_chat.client.get(address)).status == 404
    await browser.begin("English")
    assert (await small_chat.client.get(address)).status == 404


async def test_every_answer_is_closed_to_other_sites(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    for path in ("/", "/healthz", "/nothing", "/robots.txt"):
        headers = (await small_chat.client.get(path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "camera=()" in headers["Permissions-Policy"]


async def test_who_is_too_fast_is_asked_to_wait(
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    assert town.id
    limits = Limits(said=parse_limit("2/minute"))
    async with chatting(database, work, clock, randomness, limits=limits) as running:
        browser = running.browser
        await browser.begin("English")
        for _ in range(2):
            await browser.say("Fast")
            assert browser.status == 200
        response = await running.client.post(
            "/say", data={"form": browser.page.hidden["form"], "text": "Faster"}
        )

        assert response.status == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert "That was very fast" in await response.text()
        assert ">Faster</textarea>" in await response.text()


async def test_one_address_cannot_take_in_people_without_end(
    database: Database,
    work: Work,
    town: Community,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    assert town.id
    limits = Limits(newcomers=parse_limit("1/minute"))
    async with chatting(database, work, clock, randomness, limits=limits) as running:
        browser = running.browser
        await browser.begin("English")
        running.client.session.cookie_jar.clear()
        await browser.begin("English")

        assert browser.status == 429
        assert browser.page.problem.startswith("Бірден тым көп")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "address"),
    [
        (0, "1.1.1.1", "9.9.9.9", "9.9.9.9"),
        (1, "1.1.1.1, 2.2.2.2", "9.9.9.9", "2.2.2.2"),
        (2, "1.1.1.1, 2.2.2.2", "9.9.9.9", "1.1.1.1"),
        (2, "2.2.2.2", "9.9.9.9", "9.9.9.9"),
        (1, "nonsense", "9.9.9.9", "nonsense"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ],
)
def test_an_address_is_believed_as_far_as_the_proxies_reach(
    clock: FrozenClock,
    randomness: CountingRandomness,
    proxies: int,
    forwarded: str,
    remote: str,
    address: str,
) -> None:
    rates = Rates(clock, randomness, redis_url=None, trusted_proxies=proxies)
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded})

    assert rates.address_of(request.clone(remote=remote)) == address


async def test_people_are_answered_while_the_counter_is_down(
    clock: FrozenClock, randomness: CountingRandomness
) -> None:
    rates = Rates(clock, randomness, redis_url="redis://127.0.0.1:1/0", trusted_proxies=0)

    assert await rates.wait(Limits().said, "said", "1") is None


_BOUNDARY = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"text=\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=utf-99", b"text=a"),
        (
            _BOUNDARY,
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n',
        ),
        (_BOUNDARY, b"no pieces at all"),
    ],
)
async def test_a_form_that_cannot_be_read_is_told_so_and_is_no_trouble(
    browser: PlainBrowser, caplog: pytest.LogCaptureFixture, kind: str, body: bytes, *, known: bool
) -> None:
    if known:
        await browser.begin("English")
    response = await browser.client.post(
        "/say" if known else "/start",
        data=body,
        headers={"Content-Type": kind, "Accept-Language": "en"},
    )
    assert response.status == 400
    assert "could not be read" in await response.text()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
