"""What is kept of the formatting of organisers' words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.rules.formatting import formatted, plain


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<b>a</b> <i>b</i> <u>c</u> <s>d</s>", "<b>a</b> <i>b</i> <u>c</u> <s>d</s>"),
        ('<a href="https://khromtau.kz">here</a>', '<a href="https://khromtau.kz">here</a>'),
        ('<a href="tg://user?id=7">Aya</a>', "Aya"),
        ('<a href="javascript:x()">Aya</a>', "Aya"),
        ("<tg-spoiler>tomorrow</tg-spoiler>", "tomorrow"),
        ("<blockquote>so</blockquote>", "so"),
        ("2 &lt; 3 &amp; 4", "2 &lt; 3 &amp; 4"),
        ('<b onclick="x()">a</b>', "<b>a</b>"),
        ("<b>open", "<b>open</b>"),
        ("a\u00a0b\u200e", "a b"),
        ("  a\n\n\n\nb ", "a\n\nb"),
    ],
)
def test_only_harmless_formatting_stays(written: str, kept: str) -> None:
    assert formatted(written) == kept


def test_reading_takes_the_formatting_away() -> None:
    assert plain("<b>2 &lt; 3</b> &amp; so <a href='https://x.kz'>on</a>") == "2 < 3 & so on"


@given(st.text())
def test_cleaning_what_is_clean_changes_nothing(written: str) -> None:
    assert formatted(formatted(written)) == formatted(written)
