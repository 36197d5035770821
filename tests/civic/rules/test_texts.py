"""What becomes of people's words before they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.model.refusal import Reason, Refused
from civic.rules.texts import clean, one_line, within


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Сәлем,\t  дос  ", "Сәлем, дос"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\n\na\n\n\n\nb\n\n", "a\n\nb"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("\u200b\ufeff\u2060", ""),
        ("и\u0306", "й"),
        ("a\x00b\x1bc", "abc"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("<b>&amp;", "<b>&amp;"),
        ("\ud800", ""),
    ],
)
def test_words_are_kept_without_what_nobody_sees(sent: str, kept: str) -> None:
    assert clean(sent) == kept


def test_a_title_is_one_line() -> None:
    assert one_line("Жарық \n\n керек") == "Жарық керек"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(sent: str) -> None:
    assert clean(clean(sent)) == clean(sent)


@pytest.mark.parametrize(
    ("text", "reason", "facts"),
    [
        ("", Reason.TEXT_EMPTY, {}),
        ("abc", Reason.TEXT_TOO_SHORT, {"length": 3, "least": 4}),
        ("abcdefg", Reason.TEXT_TOO_LONG, {"length": 7, "limit": 6}),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_its_length(
    text: str, reason: Reason, facts: dict[str, int]
) -> None:
    with pytest.raises(Refused) as refusal:
        within(text, least=4, limit=6)
    assert refusal.value.reason is reason
    assert refusal.value.facts == facts


def test_a_text_that_fits_is_returned() -> None:
    assert within("abcd", least=4, limit=6) == "abcd"
