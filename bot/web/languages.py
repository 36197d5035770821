"""Which language a browser prefers."""

from civic.model.text import LANGUAGES


def preferred(accept_language: str) -> str:
    """Return the interface language that an Accept-Language header prefers, else Kazakh."""
    wishes = [_wish(part) for part in accept_language.split(",")]
    for code, weight in sorted(wishes, key=_by_weight, reverse=True):
        if code in LANGUAGES and weight > 0:
            return code
    return LANGUAGES[0]


def _wish(part: str) -> tuple[str, float]:
    code, _, parameters = part.strip().partition(";")
    _, _, weight = parameters.strip().partition("q=")
    try:
        return code.split("-")[0].strip().lower(), float(weight) if weight else 1.0
    except ValueError:
        return "", 0.0


def _by_weight(wish: tuple[str, float]) -> float:
    return wish[1]
