"""Formatted words of organisers: a little HTML that every messenger can show."""

import html
import re
from typing import Final

import nh3

from civic.rules.texts import clean

_KEPT: Final = nh3.Cleaner(
    tags={"b", "i", "u", "s", "a"},
    clean_content_tags=set(),
    attributes={"a": {"href"}},
    link_rel=None,
    url_schemes={"http", "https"},
)
_NOTHING: Final = nh3.Cleaner(tags=set(), clean_content_tags=set(), attributes={})
_LEADS_NOWHERE: Final = re.compile(r"<a>(.*?)</a>", re.DOTALL)


def formatted(markup: str) -> str:
    """Return `markup` with bold, italic, underlined, struck and linked words and nothing else.

    Words in other tags stay, as plain ones. Blanks are squeezed as `civic.rules.texts.clean` does.
    """
    kept = _LEADS_NOWHERE.sub(r"\1", _KEPT.clean(markup))
    # Messengers know no name for this blank.
    return clean(kept.replace("&nbsp;", " "))


def plain(markup: str) -> str:
    """Return what is read in `markup`, without its formatting."""
    return html.unescape(_NOTHING.clean(markup)).strip()
