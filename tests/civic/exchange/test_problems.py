"""What is wrong with a file is quoted so that it can be read and does no harm."""

import pytest

from civic.exchange.problems import on_one_line, shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Абай\u00a0 көшесі\n12", "Абай көшесі 12"),
        ("\x1b[2Jall gone", "�[2Jall gone"),
        ("a\x9b31mb\x00", "a�31mb�"),
        ("\u202edecrum", "�decrum"),
    ],
)
def test_text_from_a_file_stays_on_its_line_and_steers_no_terminal(text: str, line: str) -> None:
    assert on_one_line(text) == line
    assert shown(text) == f"«{line}»"
