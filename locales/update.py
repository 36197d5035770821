"""Takes new texts over from the code: `python -m locales.update` (or `make catalogues`)."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po, write_po

from locales import DOMAIN, FOLDER

ROOT: Final = FOLDER.parent
TEMPLATE: Final = FOLDER / f"{DOMAIN}.pot"
_DATE: Final = re.compile(r'^"POT-Creation-Date: .*$', re.MULTILINE)
_KEYWORDS: Final = ("Tr", "TrPlural:1,2", "Label")


def pybabel(*arguments: str) -> None:
    """Run pybabel quietly in the project's folder; raises `CalledProcessError`."""
    program = Path(sys.executable).with_name("pybabel")
    subprocess.run([program, "-q", *arguments], cwd=ROOT, check=True)  # noqa: S603 - our own command


def extract(target: Path) -> None:
    """Write every text of the code into the template `target`."""
    keywords = [argument for keyword in _KEYWORDS for argument in ("-k", keyword)]
    pybabel(
        "extract",
        *("-F", "babel.cfg", *keywords, "--add-location=file", "--sort-by-file"),
        *("--project=Dauys", "--copyright-holder=Dauys", "--width=99"),
        *("-o", str(target), "."),
    )


def main() -> None:
    """Write the template and bring every catalogue up to it."""
    before = TEMPLATE.read_text(encoding="utf-8")
    extract(TEMPLATE)
    _keep_date(before)
    pybabel(
        "update",
        *("-i", str(TEMPLATE), "-d", str(FOLDER), "-D", DOMAIN),
        *("--no-fuzzy-matching", "--ignore-obsolete", "--width=99"),
    )
    _fill_english()


def _keep_date(before: str) -> None:
    """Give the template the date it had: a new one would only conflict wherever branches meet."""
    after = TEMPLATE.read_text(encoding="utf-8")
    if date := _DATE.search(before):
        TEMPLATE.write_text(_DATE.sub(lambda _: date.group(), after), encoding="utf-8")


def _fill_english() -> None:
    """Translate what is new into English: it is written in English in the code."""
    path = FOLDER / "en" / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="en", domain=DOMAIN)
    for message in catalogue:
        is_whole = bool(message.string) and all(message.string or ())
        if message.id and (message.fuzzy or not is_whole):
            message.string = message.id
            message.flags.discard("fuzzy")
    with path.open("wb") as file:
        write_po(file, catalogue, width=99, include_lineno=False)


if __name__ == "__main__":
    main()
