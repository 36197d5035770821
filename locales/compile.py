"""Compiles the catalogues: `python -m locales.compile`. Does nothing where they are fresh."""

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from locales import DOMAIN, FOLDER


def compile_catalogues() -> None:
    """Write a `.mo` beside every `.po` that is newer than it."""
    for source in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, domain=DOMAIN)
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)


if __name__ == "__main__":
    compile_catalogues()
