"""What may be shown: HTML reduced to a few harmless tags, and the plain text behind it."""

import html
import re
from typing import Final

import nh3

_BREAK: Final = re.compile(r"<br\s*/?>")
_ALLOWED: Final = nh3.Cleaner(
    tags={"b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote", "a", "br"},
    clean_content_tags={"script", "style", "title", "iframe", "noscript", "template"},
    attributes={"a": {"href"}},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="noopener",
    url_schemes={"http", "https"},
    url_relative="deny",
)
_NOTHING: Final = nh3.Cleaner(tags=set(), clean_content_tags=set(), attributes={})


def clean(markup: str) -> str:
    """Return `markup` with nothing but harmless tags; line breaks are newlines."""
    return _BREAK.sub("\n", _ALLOWED.clean(markup))


def escape(text: str) -> str:
    """Return plain text as HTML that shows exactly it."""
    return html.escape(text.replace("\0", ""))


def plain(cleaned: str) -> str:
    """Return the text that a person reads in cleaned HTML."""
    return html.unescape(_NOTHING.clean(cleaned))
