"""Two browsers: one that knows forms only, and a real Chromium."""

import io
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import ClientResponse, ClientSession, FormData, web
from aiohttp.test_utils import TestClient
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Error, async_playwright
from typing_extensions import override

CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ARTIST: Final = 0x013B
"""The tag of EXIF that names who took a photo."""
_VOID: Final = {"br", "hr", "img", "input", "link", "meta", "source"}


@dataclass
class Bubble:
    """A message on the page."""

    id: str
    side: str
    text: str = ""
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name and value by label."""
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads what a person, or a browser that sends a form, finds on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.bubbles: list[Bubble] = []
        self.controls: dict[str, tuple[str, str]] = {}
        self.hidden: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.problem = ""
        self.typed = ""
        self.language = ""
        self._open: list[tuple[str, Mapping[str, str | None]]] = []
        self._label = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang") or ""
        if tag == "input" and values.get("type") == "hidden":
            self.hidden[values["name"] or ""] = values.get("value") or ""
        if tag == "article":
            side = (values.get("class") or "").split()[-1:]
            self.bubbles.append(Bubble(values.get("id") or "", side[0] if side else ""))
        if tag in {"button", "a"}:
            self._label = ""
        if tag == "a" and (values.get("href") or "").startswith("/file/") and self.bubbles:
            self.bubbles[-1].files.append(values["href"] or "")
        if tag not in _VOID:
            self._open.append((tag, values))

    @override
    def handle_data(self, data: str) -> None:
        if not self._open:
            return
        tag, values = self._open[-1]
        self._label += data
        if tag == "textarea":
            self.typed += data
        if any(opened.get("id") == "problem" for _, opened in self._open):
            self.problem += data.strip()
        if any("words" in (opened.get("class") or "").split() for _, opened in self._open):
            # Spaces that keep a number on one line look like any other.
            self.bubbles[-1].text += data.replace("\N{NO-BREAK SPACE}", " ")
        del values

    @override
    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, values = self._open.pop()
            if opened == tag:
                self._closed(tag, values)
                return

    def _closed(self, tag: str, values: Mapping[str, str | None]) -> None:
        label = self._label.strip()
        if tag == "button":
            pair = (values.get("name") or "", values.get("value") or "")
            inside = any("keys" in (opened.get("class") or "").split() for _, opened in self._open)
            (self.bubbles[-1].buttons if inside else self.controls)[label] = pair
        if tag == "a":
            self.links[label] = values.get("href") or ""


class PlainBrowser:
    """A browser without a script: it opens pages and sends the forms that it finds on them."""

    def __init__(self, client: "TestClient[web.Request, web.Application] | ClientSession") -> None:
        """Browse with `client`, which keeps the cookies and knows the host."""
        self.client = client
        self.status = 0
        self.html = ""
        self.page = _Reader()
        self.headers: dict[str, str] = {"Sec-Fetch-Site": "same-origin"}

    async def open(self, path: str = "/", **headers: str) -> None:
        """Open a page."""
        await self._read(await self.client.get(path, headers=headers))

    async def begin(self, language: str = "Русский", path: str = "/") -> None:
        """Open the first page and choose a language."""
        await self.open(path)
        name, value = self.page.controls[language]
        await self.send("/start", {**self.page.hidden, name: value})

    async def say(self, text: str) -> None:
        """Write a text and send it."""
        form = FormData({"form": self.page.hidden["form"], "text": text})
        form.add_field("file", b"", filename="", content_type="application/octet-stream")
        await self.send("/say", form)

    async def send_file(self, content: bytes, name: str, text: str = "") -> None:
        """Choose a file and send it."""
        form = FormData({"form": self.page.hidden["form"], "text": text})
        form.add_field("file", io.BytesIO(content), filename=name, content_type="image/png")
        await self.send("/say", form)

    async def press(self, label: str) -> None:
        """Press the newest button with that label, in a message or on the page."""
        await self.send("/press", self.pressing(label))

    def pressing(self, label: str) -> dict[str, str]:
        """Return the fields that pressing that button sends."""
        for bubble in reversed(self.page.bubbles):
            if label in bubble.buttons:
                name, value = bubble.buttons[label]
                break
        else:
            name, value = self.page.controls[label]
        return {"form": self.page.hidden["form"], name: value}

    async def send(self, action: str, fields: Any) -> None:  # noqa: ANN401 - whatever aiohttp sends
        """Send a form and read the page that follows."""
        await self._read(await self.client.post(action, data=fields, headers=self.headers))

    @property
    def texts(self) -> list[str]:
        """What the messages say, top to bottom."""
        return [bubble.text for bubble in self.page.bubbles]

    @property
    def newest(self) -> Bubble:
        """The newest message."""
        return self.page.bubbles[-1]

    async def _read(self, response: ClientResponse) -> None:
        self.status = response.status
        self.html = await response.text()
        self.page = _Reader()
        self.page.feed(self.html)


def picture(
    width: int = 40, height: int = 30, kind: str = "PNG", *, artist: str | None = None
) -> bytes:
    """Return a small picture, with `artist` hidden in it."""
    content = io.BytesIO()
    image = Image.new("RGB", (width, height), "teal")
    exif = image.getexif()
    if artist is not None:
        exif[_ARTIST] = artist
    image.save(content, kind, exif=exif)
    return content.getvalue()


def left_out(reason: str) -> None:
    """Skip a test for want of something; under CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Give a real browser; without one the test is skipped, and fails under CI."""
    if not CHROMIUM.exists():
        left_out(f"{CHROMIUM} is not there; what needs a browser is left out")
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=list(ARGUMENTS)
            )
        except Error as error:
            left_out(f"Chromium does not start: {error.message.splitlines()[0]}")
            raise
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def phone(
    browser: Browser,
    *,
    width: int = 360,
    height: int = 740,
    dark: bool = False,
    script: bool = True,
    language: str = "ru-RU",
    expected: tuple[str, ...] = (),
) -> AsyncIterator[BrowserContext]:
    """Give a browser window of its own; what it complains of in its console fails the test.

    Complaints that hold one of the words in `expected` do not.
    """
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        locale=language,
        has_touch=width < 600,
        is_mobile=width < 600,
    )
    complaints: list[str] = []
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    try:
        yield context
        unexpected = [
            complaint
            for complaint in complaints
            if not any(word in complaint for word in expected)
        ]
        assert not unexpected, unexpected
    finally:
        await context.close()
