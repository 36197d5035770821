"""One resident's way through everything, told once and walked on every channel."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import sqlalchemy as sa
from playwright.async_api import FilePayload, Page, expect

from storage.database import Database
from storage.tables import budgets, cycles, ideas, people, voting
from tests.browser import Bubble, PlainBrowser, picture
from tests.telegram.person import Person

SCRIPT_PATIENCE: Final = 60_000
"""Milliseconds."""


class Chat(Protocol):
    """A person's side of a chat, on whatever channel."""

    async def reads(self, words: str) -> None:
        """Wait until the newest message of the service holds `words`; fail if it never does."""
        ...

    @property
    def text(self) -> str:
        """What the message that was read last says; empty before the first."""
        ...

    @property
    def buttons(self) -> Sequence[str]:
        """The labels under it."""
        ...

    async def begin(self, link: str = "") -> None:
        """Come by a link and choose Russian."""
        ...

    async def say(self, text: str) -> None:
        """Write."""
        ...

    async def press(self, label: str) -> None:
        """Press the button with that label."""
        ...

    async def send_photo(self, content: bytes) -> None:
        """Send a picture."""
        ...


class TelegramChat:
    """A chat on the stand-in of Telegram."""

    def __init__(self, person: Person) -> None:
        """Talk as `person`."""
        self._person = person

    async def reads(self, words: str) -> None:
        """See the protocol.

        After a kill the last window may be shown once more before the next one.
        """
        await self._person.sees(words)

    @property
    def text(self) -> str:
        """See the protocol."""
        return self._person.screen.text if self._person.history else ""

    @property
    def buttons(self) -> Sequence[str]:
        """See the protocol."""
        return list(self._person.screen.buttons)

    async def begin(self, link: str = "") -> None:
        """See the protocol."""
        await self._person.says(f"/start {link}".strip())
        await self._person.presses("Русский")

    async def say(self, text: str) -> None:
        """See the protocol."""
        await self._person.says(text)

    async def press(self, label: str) -> None:
        """See the protocol."""
        await self._person.presses(label)

    async def send_photo(self, content: bytes) -> None:
        """See the protocol."""
        await self._person.sends_photo(content)


class WebChat:
    """A chat on the web by plain forms, as without JavaScript."""

    def __init__(self, browser: PlainBrowser) -> None:
        """Talk by `browser`."""
        self._browser = browser

    @property
    def _window(self) -> Bubble:
        # Notes in answer to a button stand below the window, as they pass over it on Telegram.
        return next(
            bubble for bubble in reversed(self._browser.page.bubbles) if bubble.side == "bot"
        )

    async def reads(self, words: str) -> None:
        """See the protocol."""
        assert words in self._window.text, f"no «{words}» in: {self._window.text}"

    @property
    def text(self) -> str:
        """See the protocol."""
        return self._window.text if self._browser.html else ""

    @property
    def buttons(self) -> Sequence[str]:
        """See the protocol."""
        return list(self._window.buttons)

    async def begin(self, link: str = "") -> None:
        """See the protocol."""
        await self._browser.begin("Русский", f"/?start={link}" if link else "/")

    async def say(self, text: str) -> None:
        """See the protocol."""
        await self._browser.say(text)

    async def press(self, label: str) -> None:
        """See the protocol."""
        await self._browser.press(label)

    async def send_photo(self, content: bytes) -> None:
        """See the protocol."""
        await self._browser.send_file(content, "photo.jpg")


class ScriptedWebChat:
    """A chat on the web in a real browser, whose script sends and shows everything."""

    def __init__(self, page: Page, address: str) -> None:
        """Talk on `page`."""
        self._page = page
        self._address = address
        self._text = ""
        self._buttons: Sequence[str] = ()
        self._newest = page.locator("article.bot").last
        self._revision = ""
        """Of the message that was read last: what comes next has another."""

    @property
    def text(self) -> str:
        """See the protocol; as it was when the message was read."""
        return self._text

    @property
    def buttons(self) -> Sequence[str]:
        """See the protocol; as they were when the message was read."""
        return self._buttons

    async def reads(self, words: str) -> None:
        """See the protocol."""
        await expect(self._newest).not_to_have_attribute(
            "data-revision", self._revision, timeout=SCRIPT_PATIENCE
        )
        await expect(self._newest).to_contain_text(words, timeout=SCRIPT_PATIENCE)
        self._revision = await self._newest.get_attribute("data-revision") or ""
        self._text = await self._newest.locator(".words").inner_text()
        self._buttons = await self._newest.locator(".key").all_inner_texts()

    async def begin(self, link: str = "") -> None:
        """See the protocol."""
        await self._page.goto(f"{self._address}/?start={link}" if link else self._address)
        await self._page.get_by_role("button", name="Русский").click()

    async def say(self, text: str) -> None:
        """See the protocol."""
        await self._page.locator("#text").fill(text)
        await self._page.locator("button.send").click()

    async def press(self, label: str) -> None:
        """See the protocol."""
        await self._newest.locator(".key").get_by_text(label, exact=True).click()

    async def send_photo(self, content: bytes) -> None:
        """See the protocol."""
        photo = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=content)
        await self._page.locator("#file").set_input_files(photo)
        await self._page.locator("button.send").click()


Act = Callable[[Chat], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    """Something the person does, and what they read afterwards."""

    does: Act
    reads: str


def pressing(label: str, reads: str) -> Step:
    """Press the button whose label begins with `label`."""

    async def act(chat: Chat) -> None:
        found = next((shown for shown in chat.buttons if shown.startswith(label)), None)
        assert found is not None, f"no «{label}» among {list(chat.buttons)}"
        await chat.press(found)

    return Step(act, reads)


def saying(text: str, reads: str) -> Step:
    """Write `text`."""

    async def act(chat: Chat) -> None:
        await chat.say(text)

    return Step(act, reads)


def showing(reads: str) -> Step:
    """Send a photo."""

    async def act(chat: Chat) -> None:
        await chat.send_photo(picture(64, 48, "JPEG"))

    return Step(act, reads)


def beginning(reads: str) -> Step:
    """Come in as somebody new."""

    async def act(chat: Chat) -> None:
        await chat.begin()

    return Step(act, reads)


JOURNEY: Final[tuple[Step, ...]] = (
    beginning("Как вас называть"),
    saying("Айгүл", "В какой части города"),
    pressing("Центр города", "сейчас"),
    # An idea, with everything.
    pressing("Идеи", "6 идей"),
    pressing("Предложить идею", "шаг 1 из 8"),
    saying("Освещение у детского сада", "шаг 2 из 8"),
    saying("Вечером на дорожке у сада темно, дети спотыкаются.", "шаг 3 из 8"),
    saying("Поставить пять фонарей вдоль дорожки от остановки.", "шаг 4 из 8"),
    pressing("4. Дороги", "шаг 5 из 8"),
    saying("У детского сада «Айгөлек»", "шаг 6 из 8"),
    saying("1,5 млн", "шаг 7 из 8"),
    showing("Сейчас записано: 1 фото"),
    pressing("Готово", "Освещение у детского сада"),
    pressing("Отправить", "Номер вашей идеи: 7"),
    # Somebody else's idea.
    saying("/menu", "сейчас"),
    pressing("Идеи", "7 идей"),
    saying("скамейки", "Вы искали"),
    saying("2", "Что не так"),
    pressing("Поддержать", "Вы поддержали эту идею"),
    # The draft budget.
    saying("меню", "сейчас"),
    pressing("Проект бюджета", "784,99 млрд ₸"),
    pressing("1. Образование", "Доля во всём бюджете"),
    pressing("Комментировать", "Что вы хотите сказать"),
    pressing("Вопрос", "Напишите вопрос"),
    saying("Почему на дошкольное воспитание денег меньше?", "ещё не опубликовано"),
    pressing("Опубликовать", "Опубликовано"),
    # The vote.
    saying("МЕНЮ", "сейчас"),
    pressing("Голосовать", "Выбрано: 0 из 5"),
    pressing("1.", "Проект №"),
    pressing("Отдать голос", "живу здесь"),
    pressing("Да, это так", "есть в вашем бюллетене"),
    pressing("Все проекты", "Страница 1 из 2"),
    pressing("Моя квитанция", "Квитанция:"),
    # What became of the round in 2020.
    saying("/menu", "сейчас"),
    pressing("Все итоги", "2020"),
    pressing("1.", "269"),
    # And a language of one's own.
    saying("/language", "Қай тілде"),
    pressing("Қазақша", "Айгүл"),
)


async def walk(chat: Chat, steps: Sequence[Step]) -> None:
    """Take the steps one by one and read what comes back each time."""
    for step in steps:
        # Otherwise a window shown once more would pass for the next one.
        shown = chat.text.replace("\N{NO-BREAK SPACE}", " ")
        assert step.reads not in shown, f"«{step.reads}» stands there already: {shown}"
        await step.does(chat)
        await chat.reads(step.reads)


async def rows_of(url: str, resident_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that the person left, without numbers, times and secrets."""
    mine = people.residents.c.id == resident_id
    queries = {
        "resident": sa.select(
            people.residents.c.language,
            people.residents.c.display_name,
            people.residents.c.district,
            people.residents.c.greeted,
            people.residents.c.news,
            people.residents.c.declared_age,
        ).where(mine),
        "ideas": sa.select(
            ideas.ideas.c.title, ideas.ideas.c.topic, ideas.ideas.c.status, ideas.ideas.c.content
        ).where(ideas.ideas.c.author_id == resident_id),
        "drafts": sa.select(ideas.idea_drafts.c.content).where(
            ideas.idea_drafts.c.resident_id == resident_id
        ),
        "supports": sa.select(ideas.idea_supports.c.idea_id).where(
            ideas.idea_supports.c.resident_id == resident_id
        ),
        "comments": sa.select(
            budgets.comments.c.kind, budgets.comments.c.text, budgets.sections.c.code
        )
        .join(budgets.sections)
        .where(budgets.comments.c.author_id == resident_id),
        "engagements": sa.select(cycles.stages.c.kind, cycles.engagements.c.finished)
        .join(cycles.stages)
        .where(cycles.engagements.c.resident_id == resident_id)
        .order_by(cycles.stages.c.kind),
        "ballots": sa.select(sa.func.count()).select_from(voting.ballots),
        "choices": sa.select(sa.func.count()).select_from(voting.ballot_choices),
        "participation": sa.select(sa.func.count()).select_from(voting.participation),
    }
    database = Database(url)
    try:
        async with database.read() as connection:
            found = {
                name: [tuple(row) for row in await connection.execute(query)]
                for name, query in queries.items()
            }
    finally:
        await database.close()
    return found
