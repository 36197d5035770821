"""Takes the pictures of the README from the running service: `make screenshots`.

Each picture is a phone 360 px wide on which somebody new has pressed a few buttons.
"""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import translation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page

from tests.browser import chromium, phone
from tests.end_to_end.process import ROOT, running, settings_for

FOLDER: Final = ROOT / "docs" / "screenshots"
COLOURS: Final = 64
"""Enough for letters and one accent; a picture stays under 40 KB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown, and how somebody new gets there."""

    name: str
    language: str
    presses: Sequence[str]
    """The buttons in order, by the English texts in the code."""


_IN: Final = ("Keep this name", "Skip")
PICTURES: Final = (
    Picture("menu-kk", "kk", _IN),
    Picture("budget-ru", "ru", (*_IN, "Draft budget")),
    Picture("vote-ru", "ru", (*_IN, "Vote")),
    Picture("results-en", "en", (*_IN, "Results", "1.")),
)


async def take(browser: Browser, address: str, picture: Picture) -> None:
    """Go to where the picture is taken, and take it."""
    async with phone(browser) as context:
        page = await context.new_page()
        await page.goto(address)
        await page.locator(f"button[lang={picture.language}]").click()
        texts = translation("dauys", ROOT / "locales", [picture.language])
        for label in picture.presses:
            await press(page, texts.gettext(label))
        await page.wait_for_timeout(300)
        _save(await page.screenshot(), FOLDER / f"{picture.name}.png")


async def press(page: Page, label: str) -> None:
    """Press the newest button that says so, and wait for what comes."""
    button = page.locator("#log .keys button", has_text=label).last
    before = await page.locator("#log").inner_text()
    await button.click()
    await page.wait_for_function(
        "before => document.querySelector('#log').innerText !== before", arg=before
    )


def _save(shot: bytes, path: Path) -> None:
    # A palette makes the file a third of what the browser writes.
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


async def main() -> None:
    """Start a service of its own on a free port and take every picture."""
    with TemporaryDirectory() as folder:
        settings = settings_for(Path(folder))
        async with running(settings), chromium() as browser:
            for picture in PICTURES:
                await take(browser, f"http://127.0.0.1:{settings['DAUYS_PORT']}/", picture)


if __name__ == "__main__":
    asyncio.run(main())
