"""Everything works in a browser that runs no script."""

import sqlalchemy as sa
from aiogram.types import KeyboardButton, ReplyKeyboardMarkup

from storage.tables.people import contacts, residents
from tests.bot.web.chatting import Chatting
from tests.browser import PlainBrowser, picture


async def test_a_first_visit_leaves_no_row_and_no_cookie(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.open("/")

    assert browser.status == 200
    assert set(browser.page.controls) == {"Қазақша", "Русский", "English"}
    assert "cookie" not in {name.lower() for name in small_chat.client.session.headers}
    assert len(small_chat.client.session.cookie_jar) == 0
    async with small_chat.database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(residents)) == 0


async def test_the_first_page_speaks_the_language_of_the_browser(browser: PlainBrowser) -> None:
    for accepted, expected in (
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("de, en-GB;q=0.7", "en"),
        ("ru;q=0.2, kk;q=0.9", "kk"),
        ("de", "kk"),
        ("", "kk"),
        ("ru;q=nonsense", "kk"),
    ):
        await browser.open("/", **{"Accept-Language": accepted})
        assert browser.page.language == expected


async def test_a_newcomer_chooses_a_language_and_is_greeted(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")

    assert browser.page.language == "en"
    assert browser.texts == ["Hello, en", "Counting\nNow 0"]
    visitor = await small_chat.visitor()
    assert (visitor.language, visitor.town["en"]) == ("en", "Khromtau")


async def test_a_newcomer_who_came_by_a_link_is_taken_there(browser: PlainBrowser) -> None:
    await browser.begin("Русский", path="/?start=p_12")

    assert browser.texts[0] == "Hello, ru-p_12"


async def test_a_link_that_is_none_is_left_out(browser: PlainBrowser) -> None:
    await browser.begin("Русский", path="/?start=%3Cscript%3E")

    assert browser.texts[0] == "Hello, ru"


async def test_somebody_known_opens_a_link_with_one_press(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.open("/?start=c_3")
    assert browser.page.hidden["start"] == "c_3"

    await browser.send("/open", {"form": browser.page.hidden["form"], "start": "c_3"})

    assert "Hello, c_3" in browser.texts


async def test_what_a_person_says_and_the_answer_are_both_on_the_page(
    browser: PlainBrowser,
) -> None:
    await browser.begin("English")
    await browser.say("Good day")

    assert browser.page.bubbles[-2].side == "me"
    assert browser.texts[-2:] == ["Good day", "You said: Good day"]


async def test_a_pressed_button_stands_above_the_message_that_it_changed(
    browser: PlainBrowser,
) -> None:
    await browser.begin("English")
    await browser.press("Add one")
    await browser.press("Add one")

    assert browser.texts == ["Hello, en", "Add one", "Counting\nNow 2"]
    assert [bubble.side for bubble in browser.page.bubbles] == ["bot", "press", "bot"]


async def test_a_pressed_button_stands_before_a_new_message(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("Hm")
    await browser.press("Go")

    assert browser.texts[-3:] == ["You said: Hm", "Go", "Gone"]


async def test_a_notice_goes_when_the_person_acts_again(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.press("Note")
    assert (browser.newest.side, browser.newest.text) == ("note", "Noted <b>as is</b>")

    await browser.press("Add one")

    assert "note" not in {bubble.side for bubble in browser.page.bubbles}


async def test_a_press_from_a_page_left_open_changes_nothing(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    old = browser.pressing("Add one")
    other = small_chat.browser
    await other.open()
    await other.press("Add one")
    await browser.send("/press", old)

    assert browser.newest.text == "Counting\nNow 1"
    assert [bubble.side for bubble in browser.page.bubbles].count("press") == 1


async def test_the_menu_is_one_press_away_from_everywhere(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("Hm")
    await browser.press("Menu")

    assert browser.texts[-2:] == ["Menu", "Counting\nNow 0"]


async def test_a_photo_reaches_the_conversation_and_comes_back_as_a_file(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    await browser.send_file(picture(), "me.png", "Look")

    sent, answer = browser.page.bubbles[-2:]
    assert sent.side == "me"
    assert sent.text == answer.text == "Look"
    shown = await small_chat.client.get(sent.files[0])
    assert (shown.status, shown.content_type) == (200, "image/jpeg")
    copy = await small_chat.client.get(answer.files[0])
    assert await copy.read() == await shown.read()
    assert copy.headers["Content-Disposition"] == "attachment; filename*=UTF-8''copy.bin"


async def test_a_file_that_is_no_picture_is_answered_too(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.send_file(b"%PDF-", "plan.pdf")

    assert browser.newest.text == "You said: ?"


async def test_a_picture_that_cannot_be_cleaned_is_refused_with_the_kinds_that_can(
    browser: PlainBrowser,
) -> None:
    await browser.begin("Русский")
    await browser.send_file(b"where it was taken", "photo.heic", "Мой двор")

    assert browser.status == 422
    assert "JPEG, PNG, WebP" in browser.page.problem
    assert browser.page.typed == "Мой двор"
    assert "Мой двор" not in browser.texts


async def test_an_empty_form_is_answered_with_what_to_do(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("   ")

    assert browser.status == 422
    assert browser.page.problem == "Write something or choose a photo or file first."


async def test_a_text_that_is_too_long_is_kept_in_the_field(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("ы" * 4097)

    assert browser.status == 422
    assert "4097" in browser.page.problem
    assert browser.page.typed == "ы" * 4097


async def test_a_file_that_is_too_large_is_answered_with_a_sentence(
    browser: PlainBrowser,
) -> None:
    await browser.begin("Русский")
    await browser.send_file(b"0" * (10 * 1024 * 1024 + 70_000), "big.png")

    assert browser.status == 413
    assert "10 МБ" in browser.page.problem
    assert browser.texts[0] == "Hello, ru"


async def test_the_history_is_read_page_by_page(browser: PlainBrowser) -> None:
    await browser.begin("English")
    for number in range(20):
        await browser.say(f"Word {number}")
    await browser.open("/")
    assert len(browser.page.bubbles) == 30
    assert browser.newest.text == "You said: Word 19"

    await browser.open(browser.page.links["Earlier messages"])

    assert browser.texts[0] == "Hello, en"
    assert "Word 19" not in browser.texts
    assert browser.page.links["Latest messages"] == "/#end"


async def test_a_browser_without_a_cookie_is_brought_to_the_first_page(
    browser: PlainBrowser,
) -> None:
    await browser.send("/say", {"text": "Hello"})

    assert "Қазақша" in browser.page.controls


async def test_beginning_twice_makes_one_person(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.open("/")
    fields = {**browser.page.hidden, "language": "ru"}
    await browser.send("/start", fields)
    small_chat.client.session.cookie_jar.clear()
    await browser.send("/start", fields)

    async with small_chat.database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(contacts)) == 1


async def test_before_there_is_a_town_people_are_asked_to_come_later(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.open("/")
    async with small_chat.database.write() as connection:
        await connection.execute(sa.text("DELETE FROM communities"))
        await connection.commit()
    await browser.send("/start", {**browser.page.hidden, "language": "en"})

    assert browser.status == 503
    assert browser.page.problem.startswith("The town is still being set up")


async def test_a_tab_with_the_first_page_still_leads_somebody_known_on(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.open("/?start=p_12")
    left_open = {**browser.page.hidden, "language": "en"}
    await browser.begin("English")
    await browser.send("/start", left_open)
    assert browser.texts.count("Hello, p_12") == 1

    await browser.send("/start", {"form": "forged", "start": "p_13"})

    assert "Hello, p_13" not in browser.texts
    async with small_chat.database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(contacts)) == 1


async def test_a_button_that_speaks_says_its_label(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    await small_chat.bot.send_message(
        visitor.chat_id,
        "Sure?",
        reply_markup=ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Quite sure")]]),
    )
    await browser.open("/")
    await browser.press("Quite sure")

    assert browser.texts[-2:] == ["Quite sure", "You said: Quite sure"]


async def test_a_command_that_is_named_can_be_pressed(
    small_chat: Chatting, browser: PlainBrowser
) -> None:
    await browser.begin("English")
    visitor = await small_chat.visitor()
    await small_chat.bot.send_message(
        visitor.chat_id, 'See /menu, /stop or <a href="https://example.org/help">x /x/menu</a>'
    )
    await browser.open("/")

    assert browser.html.count('class="command"') == 1
    assert browser.page.controls["/menu"] == ("command", "menu")


async def test_somebody_may_write_signs_that_look_like_a_bar(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("▓▓▓▓░░░░")

    assert browser.html.count('<progress value="4" max="8"') == 2


async def test_spoken_coordinates_are_a_place(browser: PlainBrowser) -> None:
    await browser.begin("English")
    await browser.say("50.25040, 58.43440")
    assert browser.newest.text == "You said: ?"

    await browser.say("95.25040, 58.43440")
    assert browser.newest.text == "You said: 95.25040, 58.43440"
