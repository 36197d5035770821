"""The chat in a real browser, with a script and without one."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.types import BufferedInputFile
from playwright.async_api import Browser, Page, Route, expect

from bot.channels.webchat import TOKEN
from bot.channels.webchat.session import WebChatSession
from tests.bot.web.chatting import Chatting
from tests.browser import chromium, phone, picture
from tests.fakes import CountingRandomness, FrozenClock

pytestmark = pytest.mark.browser

CONTRAST = """
() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const over = (top, below) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      layers.push(parse(style.backgroundColor));
      // The lighter and the darker end of the page's gradient: each must do.
      const ends = style.backgroundImage.match(/rgba?\\([^)]+\\)/g);
      if (ends && at === document.body) {
        return ends.map((end) => layers.reduceRight((below, top) => over(top, below), parse(end)));
      }
    }
    return [layers.reduceRight((below, top) => over(top, below), [255, 255, 255])];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest(".unseen, .skip, script, [hidden]")) continue;
    if (getComputedStyle(element).clipPath !== "none") continue;
    for (const below of ground(element)) {
      const [a, b] = [light(over(parse(getComputedStyle(element).color), below)), light(below)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) bad.push(`${node.data.trim()}: ${ratio.toFixed(2)}`);
    }
  }
  return bad;
}
"""


@pytest.fixture
async def real_browser() -> AsyncIterator[Browser]:
    """A real browser."""
    async with chromium() as browser:
        yield browser


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: object) -> str:
    """Address of a database; which kind it is makes no difference to a browser."""
    return f"sqlite+aiosqlite:///{tmp_path}/dauys.db"


async def begin(page: Page, chat: Chatting) -> None:
    """Choose Russian on the first page."""
    await page.goto(chat.url)
    await page.get_by_role("button", name="Русский").click()
    await expect(page.get_by_text("Now 0")).to_be_visible()


async def show_everything(page: Page, chat: Chatting) -> None:
    """Bring every kind of message on the page."""
    visitor = await chat.visitor()
    await page.get_by_label("Ваше сообщение").fill(
        "Слово " * 30 + "https://example.org/" + "x" * 90
    )
    await page.get_by_role("button", name="Отправить").click()
    await expect(page.get_by_text("You said")).to_be_visible()
    await chat.bot.send_photo(
        visitor.chat_id, BufferedInputFile(picture(900, 500), "a.png"), caption="<i>Фото</i>"
    )
    await chat.bot.send_document(
        visitor.chat_id, BufferedInputFile(b"1", "Очень длинное имя " * 5 + ".csv")
    )
    await chat.bot.send_message(
        visitor.chat_id,
        '<blockquote>Цитата</blockquote><code>код</code> <a href="https://example.org">link</a> '
        "▓▓▓▓▓░░░░░ 50 % /privacy",
    )
    await chat.bot.answer_callback_query(f"{visitor.chat_id}:1", text="Учтено")
    await page.reload()
    await expect(page.get_by_text("Учтено")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 360, 1200])
async def test_it_fits_every_screen_and_can_be_read(
    real_browser: Browser, small_chat: Chatting, width: int, *, dark: bool
) -> None:
    async with phone(real_browser, width=width, dark=dark) as window:
        page = await window.new_page()
        await page.goto(small_chat.url)
        assert await page.evaluate(CONTRAST) == []
        await begin(page, small_chat)
        await show_everything(page, small_chat)

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(CONTRAST) == []
        small = await page.evaluate(
            "[...document.querySelectorAll('button:not(.command), .key')]"
            ".filter((key) => key.offsetHeight < 44).map((key) => key.textContent)"
        )
        assert small == []


async def test_a_press_changes_the_window_in_place_without_a_new_page(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        await page.evaluate("window.same = true")
        await page.get_by_role("button", name="Add one").click()
        await expect(page.get_by_text("Now 1")).to_be_visible()
        await page.get_by_role("button", name="Add one").click()
        await expect(page.get_by_text("Now 2")).to_be_visible()

        assert await page.evaluate("window.same")
        assert await page.locator("#log .press").count() == 1
        assert await page.evaluate("document.activeElement.textContent") == "Add one"


async def test_news_arrives_without_a_reload(real_browser: Browser, small_chat: Chatting) -> None:
    async with phone(real_browser) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        visitor = await small_chat.visitor()
        sent = await small_chat.bot.send_message(visitor.chat_id, "Voting is open")
        await expect(page.get_by_text("Voting is open")).to_be_visible()

        await small_chat.bot.edit_message_text(
            "Voting is over", chat_id=visitor.chat_id, message_id=sent.message_id
        )
        await expect(page.get_by_text("Voting is over")).to_be_visible()
        await small_chat.bot.delete_message(visitor.chat_id, sent.message_id)
        await expect(page.get_by_text("Voting is over")).to_have_count(0)


async def test_words_and_a_photo_are_sent_by_the_script(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        await page.get_by_label("Ваше сообщение").fill("<b>Раз</b>")
        await page.get_by_role("button", name="Отправить").click()
        await expect(page.get_by_text("You said: <b>Раз</b>")).to_be_visible()
        assert await page.locator(".me").all_inner_texts() != []
        assert await page.locator(".waiting").count() == 0

        await page.locator("#file").set_input_files(
            {"name": "me.png", "mimeType": "image/png", "buffer": picture(300, 200)}
        )
        await expect(page.get_by_text("Фото, файл: me.png")).to_be_visible()
        await page.get_by_role("button", name="Отправить").click()
        await expect(page.get_by_role("img", name="Изображение")).to_be_visible()
        await expect(page.get_by_text("copy.bin")).to_be_visible()


async def test_a_large_photo_is_refused_before_it_is_sent(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        await page.locator("#file").set_input_files(
            {"name": "me.png", "mimeType": "image/png", "buffer": b"0" * (10 * 1024 * 1024 + 1)}
        )
        await page.get_by_role("button", name="Отправить").click()

        await expect(page.get_by_role("alert")).to_contain_text("10 МБ")


async def test_what_was_written_without_a_line_is_sent_once_when_it_is_back(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser, expected=("502",)) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        answers: list[str] = []

        async def lose_the_answer(route: Route) -> None:
            # The first sending arrives, but its answer is lost on the way back.
            if answers:
                await route.continue_()
                return
            answers.append("lost")
            await route.fetch()
            await route.fulfill(status=502, body="")

        await page.route("**/say", lose_the_answer)
        await page.get_by_label("Ваше сообщение").fill("Once")
        await page.get_by_role("button", name="Отправить").click()
        await expect(page.locator("#status")).to_contain_text("Нет связи")
        await expect(page.locator("#status")).to_be_empty()

        assert await page.get_by_text("You said: Once").count() == 1
        assert await page.locator(".me").count() == 1


async def test_everything_is_reached_by_the_keyboard(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser, width=1200, height=800) as window:
        page = await window.new_page()
        await page.goto(small_chat.url)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Now 0")).to_be_visible()

        reached = []
        await page.evaluate("document.body.focus()")
        for _ in range(8):
            await page.keyboard.press("Tab")
            reached.append(
                await page.evaluate(
                    "document.activeElement.textContent.trim() || document.activeElement.id"
                )
            )
            outline = await page.evaluate(
                "(() => { const at = document.activeElement;"
                " const seen = at.id === 'file' ? at.nextElementSibling : at;"
                " return getComputedStyle(seen).outlineStyle; })()"
            )
            assert outline == "solid", reached
        for control in ("Меню", "Язык", "Add one", "Note", "file", "text", "Отправить"):
            assert control in reached, reached

        await page.get_by_label("Ваше сообщение").focus()
        await page.keyboard.type("One")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("Two")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("You said: One")).to_be_visible()


async def test_without_a_script_everything_works_by_forms(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser, script=False) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        await page.get_by_role("button", name="Add one").click()
        await expect(page.get_by_text("Now 1")).to_be_visible()
        await page.get_by_label("Ваше сообщение").fill("Hello")
        await page.get_by_label("Фото").set_input_files(
            {"name": "me.png", "mimeType": "image/png", "buffer": picture()}
        )
        await page.get_by_role("button", name="Отправить").click()
        await expect(page.get_by_text("copy.bin")).to_be_visible()
        await page.get_by_role("button", name="Меню").click()
        await expect(page.get_by_text("Now 0")).to_be_visible()

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_link_is_opened_by_the_script_at_once(
    real_browser: Browser, small_chat: Chatting
) -> None:
    async with phone(real_browser) as window:
        page = await window.new_page()
        await begin(page, small_chat)
        await page.goto(f"{small_chat.url}?start=c_3")

        await expect(page.get_by_text("Hello, c_3")).to_be_visible()


async def test_what_renews_itself_is_no_news_and_can_be_looked_at_without_a_script(
    real_browser: Browser, small_chat: Chatting
) -> None:
    session = WebChatSession(
        small_chat.chats, small_chat.bell, FrozenClock(), CountingRandomness(), renewing=True
    )
    renewing = Bot(TOKEN, session=session)
    async with phone(real_browser) as window, phone(real_browser, script=False) as plain:
        page = await window.new_page()
        await begin(page, small_chat)
        await plain.add_cookies(await window.cookies())  # type: ignore[arg-type]
        visitor = await small_chat.visitor()
        sent = await small_chat.bot.send_message(visitor.chat_id, "1 of 9")
        await expect(page.get_by_text("1 of 9")).to_be_visible()
        old = await plain.new_page()
        await old.goto(small_chat.url)
        title = await page.title()
        await page.evaluate(
            "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})"
        )
        await renewing.edit_message_text("2 of 9", None, visitor.chat_id, sent.message_id)

        await expect(page.get_by_text("2 of 9")).to_be_visible()
        assert await page.title() == title
        assert await page.locator(f"#m{sent.message_id}").get_attribute("aria-live") == "off"
        await old.get_by_role("link", name="Показать новое").click()
        await expect(old.get_by_text("2 of 9")).to_be_visible()
