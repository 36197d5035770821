"""A receipt: a short code that proves a ballot is in and says nothing about it."""

from typing import Final

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 8
_GROUP: Final = 4
_BITS: Final = 5


def receipt(secret: str) -> str:
    """Return the code of a hex hash: its first 40 bits in Crockford's base 32, like `7K3M-Q9TD`.

    The letters I, L, O and U are left out, so that a code survives handwriting and the telephone.
    """
    number = int(secret[: _LENGTH * _BITS // 4], 16)
    code = "".join(
        _CROCKFORD[number >> _BITS * place & len(_CROCKFORD) - 1]
        for place in reversed(range(_LENGTH))
    )
    return f"{code[:_GROUP]}-{code[_GROUP:]}"
