"""The gate for texts: `python -m locales.check`.

Every text of the code is in every catalogue, none is empty or doubtful, places such as {name} are
the same in all languages, and the labels of buttons fit.
"""

import ast
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from locales import DOMAIN, FOLDER
from locales.update import ROOT, extract

LABEL_LIMIT: Final = 20
"""Characters of a button's label; WhatsApp cuts what is longer."""
SIGNS: Final = "☑☐"
"""What stands in a text for something that the program looks for."""
FORMS: Final = frozenset({"at", "bound"})
"""What a text may ask of a date, see `dialogs.kit.moments`."""
_CODE: Final = ("dialogs", "handlers", "bot")


def main() -> None:
    """Print every fault and end with status 1 if there is one."""
    faults = list(find_faults())
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201 - a command line tool
    if faults:
        print("Run `make catalogues` and fill in what is missing.", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def find_faults() -> Iterator[str]:
    """Give every fault as a line: language, text, what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        fresh_path = Path(folder) / "fresh.pot"
        extract(fresh_path)
        fresh = _read(fresh_path, None)
    labels = frozenset(find_labels())
    for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = path.parent.parent.name
        try:
            catalogue = _read(path, language)
        except PoFileError as error:
            yield f"{language}: {path.name} cannot be read: {error}"
            continue
        for message in fresh:
            if message.id:
                yield from _faults_of(message, catalogue, language, labels)
        for message in catalogue:
            if message.id and fresh.get(message.id) is None:
                yield f"{language}: {_key(message)!r} is no longer in the code"


def find_labels() -> Iterator[str]:
    """Give the text of every `Label` in the code."""
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Label":
                    text = node.args[0]
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield text.value


def _faults_of(
    wanted: Message, catalogue: Catalog, language: str, labels: frozenset[str]
) -> Iterator[str]:
    key = _key(wanted)
    found = catalogue.get(wanted.id)
    texts = [] if found is None else _texts(found)
    if found is None or not all(texts):
        yield f"{language}: {key!r} has no translation"
        return
    if found.fuzzy:
        yield f"{language}: {key!r} is marked fuzzy"
    for text in texts:
        if places(text) - places(key) or (places(key) - places(text)) - {"count"}:
            yield f"{language}: {key!r} has other places in {text!r}"
        if unknown := forms(text) - FORMS:
            yield f"{language}: {key!r} asks for forms nobody knows: {', '.join(sorted(unknown))}"
        if {sign for sign in SIGNS if sign in key} - set(text):
            yield f"{language}: {key!r} has lost a sign in {text!r}"
        if key in labels and len(text) > LABEL_LIMIT:
            yield f"{language}: the label {text!r} has {len(text)} characters, not {LABEL_LIMIT}"


def places(text: str) -> frozenset[str]:
    """Return the names of the places such as {name} in a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def forms(text: str) -> frozenset[str]:
    """Return the forms such as {name:form} for which a text asks."""
    return frozenset(form for _, _, form, _ in Formatter().parse(text) if form)


def _texts(message: Message) -> list[str]:
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or ())


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _read(path: Path, language: str | None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


if __name__ == "__main__":
    main()
