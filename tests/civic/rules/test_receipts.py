"""Receipts."""

import re

from hypothesis import given
from hypothesis import strategies as st

from civic.rules.receipts import receipt


def test_a_receipt_is_the_first_forty_bits_in_crockford_base_32() -> None:
    assert receipt("00" * 32) == "0000-0000"
    assert receipt("ff" * 32) == "ZZZZ-ZZZZ"
    assert receipt("0443214c74" + "00" * 27) == "0H1J-2K3M"


@given(st.binary(min_size=32, max_size=32))
def test_a_receipt_survives_handwriting(secret: bytes) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", receipt(secret.hex()))
