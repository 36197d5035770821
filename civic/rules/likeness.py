"""Which texts are meant by a few typed words, and which say much the same.

People type on a phone: without the Kazakh keyboard, with Latin letters among Cyrillic ones
(budget files have those too: «Бiлiм» with a Latin i), with other word endings, with a slip of
the finger. The ways in which two words can agree are ranked, so that forgiving one person's
slip never buries what another spelt rightly.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

SURE: Final = 0.7
"""A match below this rests on a guessed typo or on a part of the words; say so when showing it."""

_EXACT: Final = 1.0
_OTHER_ENDING: Final = 0.96
_BEGINNING: Final = 0.92
_SAME_STEM: Final = 0.85
"""One stem goes on after the other: «школ-ы», «школ-ьный»."""
_SAME_ROOT: Final = 0.74
"""A short Russian word begins a compound: «вода», «водоснабжение»."""
_PLAIN_KEYBOARD: Final = 0.93
"""Factor for words that agree only once Kazakh letters become their Russian neighbours."""
_ONE_SLIP: Final = 0.65
_TWO_SLIPS: Final = 0.55

_FLOOR: Final = 0.4
_OF_BEST: Final = 0.7
"""Matches weaker than this share of the best one are noise beside it."""
_ALIKE: Final = 0.5

_BEGINNING_LENGTH: Final = 3
_STEM_LENGTH: Final = 4
_SUFFIX_LENGTH: Final = 2
_KEPT: Final = 3
"""Letters that cutting endings leaves."""
_LONG_WORD: Final = 8
_TYPO_LENGTH: Final = 5
_WORDS_AT_MOST: Final = 40
"""Words of a text that are compared; what it is about is said at its beginning."""

_LOOK_ALIKE: Final = str.maketrans(
    "ABCEHIKMOPTXYaceiopxyhəƏ",
    "АВСЕНІКМОРТХУасеіорхуһәӘ",
)
_CYRILLIC: Final = re.compile("[Ѐ-ԯ]")
_WORD: Final = re.compile(r"[^\W_]+")
_PLAIN: Final = str.maketrans("қғңүұөәһіъё", "кгнууоахиье")
_VOICELESS: Final = str.maketrans("бғгқ", "пккк")

_LITTLE_WORDS: Final = frozenset(
    "и в во на по с со к о об от до для из за при не или а у над под "  # noqa: SIM905 - read as sentences
    "мен бен пен және үшін бойынша туралы арқылы де да те та не ма ме ул пр көш "
    "the a an of for to in on and or with at".split()
)
_RUSSIAN_ENDINGS: Final = (
    "а я о е у ю ы и ь й ой ей ом ем ам ям ах ях ов ев ия ие ии ию ий ый ая яя ое ее ые ую юю "
    "ами ями ого его ому ему ыми ими иям иях ием ией"
)
_KAZAKH_ENDINGS: Final = (
    "ы і сы сі лар лер дар дер тар тер ның нің дың дің тың тің ға ге қа ке на не "
    "ды ді ты ті ны ні да де нда нде дан ден тан тен нан нен мен бен пен "
    "дағы дегі тағы тегі ндағы ндегі ымыз іміз мыз міз"
)
_KAZAKH_ENDINGS_AT_MOST: Final = 3
"""Kazakh adds endings one after another: «мектеп-тер-і-нің»."""


def _longest_first(endings: str) -> tuple[str, ...]:
    known = {spelt for ending in endings.split() for spelt in (ending, ending.translate(_PLAIN))}
    return tuple(sorted(known, key=len, reverse=True))


_RUSSIAN: Final = _longest_first(_RUSSIAN_ENDINGS)
_KAZAKH: Final = _longest_first(_KAZAKH_ENDINGS)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found: its id, and its texts in any languages."""

    id: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A found entry; the score is from 0 to 1."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    stems: tuple[str, str]
    """Without its endings if it is Russian, and if it is Kazakh."""
    plain: str
    plain_stems: tuple[str, str]


def fold(text: str) -> str:
    """Return the words of `text` in one spelling, parted by single spaces.

    Case, punctuation, quotes, dashes and the dots of «ё» go; Latin letters that look Cyrillic
    become so, but only inside a word that has Cyrillic letters. «і» and «и» stay apart: in
    Kazakh they tell words apart.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    cyrillic = (word.translate(_LOOK_ALIKE) if _CYRILLIC.search(word) else word for word in words)
    return " ".join(cyrillic).casefold().replace("ё", "е")


def search(query: str, entries: Sequence[Entry], limit: int) -> list[Match]:
    """Return up to `limit` entries that have the words of `query`, best first.

    Nothing is returned when nothing fits. An entry is judged by the best of its texts. Equal
    scores keep the order of `entries`.
    """
    wanted = _sought(query)
    if not wanted:
        return []
    texts = [[_words(text) for text in entry.texts] for entry in entries]
    vocabulary = {word for entry_texts in texts for words in entry_texts for word in words}
    scores = [_scores(word, vocabulary) for word in wanted]
    found = [
        Match(entry.id, max((_fit(words, wanted, scores) for words in entry_texts), default=0.0))
        for entry, entry_texts in zip(entries, texts, strict=True)
    ]
    return _best(found, _FLOOR, limit)


def alike(text: str, others: Sequence[Entry], limit: int) -> list[Match]:
    """Return up to `limit` of `others` that say much the same as `text`, most alike first.

    A word that many of the others share («улица») says less than a rare one («скейт-парк»).
    Meant for titles or short texts: only their first words count.
    """
    own = _sought(text)
    if not own:
        return []
    texts = [[_sought(other) for other in entry.texts] for entry in others]
    spread = Counter(
        word.plain_stems for entry in texts for word in {word for words in entry for word in words}
    )
    weights = {stem: 1 / (1 + math.log(count)) for stem, count in spread.items()}
    found = [
        Match(entry.id, max((_overlap(own, words, weights) for words in entry_texts), default=0.0))
        for entry, entry_texts in zip(others, texts, strict=True)
    ]
    return _best(found, _ALIKE, limit)


def _best(found: Iterable[Match], floor: float, limit: int) -> list[Match]:
    ranked = sorted(found, key=lambda match: match.score, reverse=True)
    if not ranked:
        return []
    least = max(floor, ranked[0].score * _OF_BEST)
    return [match for match in ranked[:limit] if match.score >= least]


def _sought(text: str) -> tuple[_Word, ...]:
    # Whoever asks for nothing but a little word («для») means that word.
    words = _words(text)
    return tuple(dict.fromkeys(_meaning(words) or words))[:_WORDS_AT_MOST]


def _meaning(words: tuple[_Word, ...]) -> tuple[_Word, ...]:
    return tuple(word for word in words if word.folded not in _LITTLE_WORDS)


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[_Word, ...]:
    return tuple(_word(folded) for folded in fold(text).split())


@lru_cache(maxsize=16384)
def _word(folded: str) -> _Word:
    plain = folded.translate(_PLAIN)
    return _Word(folded, _stems(folded), plain, _stems(plain))


def _stems(word: str) -> tuple[str, str]:
    kazakh = word
    for _ in range(_KAZAKH_ENDINGS_AT_MOST):
        kazakh = _without_ending(kazakh, _KAZAKH)
    # «мектеп» becomes «мектебі» before a vowel, «денсаулық» becomes «денсаулығы».
    return _without_ending(word, _RUSSIAN), kazakh[:-1] + kazakh[-1:].translate(_VOICELESS)


def _without_ending(word: str, endings: tuple[str, ...]) -> str:
    fitting = (ending for ending in endings if len(word) - len(ending) >= _KEPT)
    return word.removesuffix(next(filter(word.endswith, fitting), ""))


def _scores(word: _Word, vocabulary: Iterable[_Word]) -> dict[_Word, float]:
    sure = {other: score for other in vocabulary if (score := _agreement(word, other))}
    if sure:
        # A word that is spelt rightly somewhere is not a typo for something else.
        return sure
    return {other: score for other in vocabulary if (score := _slip(word, other))}


def _agreement(word: _Word, other: _Word) -> float:
    if word.plain[0] != other.plain[0]:
        return 0.0
    return _same(word.folded, word.stems, other.folded, other.stems) or (
        _PLAIN_KEYBOARD * _same(word.plain, word.plain_stems, other.plain, other.plain_stems)
    )


def _same(word: str, stems: tuple[str, str], other: str, other_stems: tuple[str, str]) -> float:
    if word == other:
        return _EXACT
    pairs = tuple(zip(stems, other_stems, strict=True))
    if any(stem == other_stem for stem, other_stem in pairs):
        return _OTHER_ENDING
    if len(word) >= _BEGINNING_LENGTH and other.startswith(word):
        return _BEGINNING
    if any(_goes_on(stem, other_stem) for stem, other_stem in pairs):
        return _SAME_STEM
    if len(word) > _KEPT and other.startswith(stems[0]):
        return _SAME_ROOT
    return 0.0


def _goes_on(stem: str, other: str) -> bool:
    shorter, longer = sorted((stem, other), key=len)
    # Much more than was stored is another word: «образование» is not about an «образ».
    return (
        len(shorter) >= _STEM_LENGTH
        and longer.startswith(shorter)
        and (shorter is stem or len(longer) - len(shorter) <= _SUFFIX_LENGTH)
    )


def _slip(word: _Word, other: _Word) -> float:
    if word.plain.isdigit():
        return 0.0
    stems = tuple(zip(word.plain_stems, other.plain_stems, strict=True))
    distance = min(_distance(*pair) for pair in ((word.plain, other.plain), *stems))
    if distance == 1:
        return _ONE_SLIP
    return _TWO_SLIPS if distance == 2 else 0.0  # noqa: PLR2004 - two slips are two


def _distance(word: str, other: str) -> float:
    if len(word) < _TYPO_LENGTH:
        return math.inf
    allowed = 2 if len(word) >= _LONG_WORD else 1
    distance = OSA.distance(word, other, score_cutoff=allowed)
    return distance if distance <= allowed else math.inf


def _fit(
    words: tuple[_Word, ...], wanted: tuple[_Word, ...], scores: list[dict[_Word, float]]
) -> float:
    best = [max((score.get(word, 0.0) for word in words), default=0.0) for score in scores]
    weights = [len(word.folded) for word in wanted]
    fit = sum(map(math.prod, zip(best, weights, strict=True))) / sum(weights)
    # Among equals the shorter name is the one that was meant.
    return fit * (1 - 0.05 * (1 - min(1.0, len(wanted) / max(1, len(words)))))


def _overlap(
    own: tuple[_Word, ...], words: tuple[_Word, ...], weights: dict[tuple[str, str], float]
) -> float:
    common = sum(weights.get(word.plain_stems, 1.0) * _echo(word, words) for word in own)
    common += sum(weights[word.plain_stems] * _echo(word, own) for word in words)
    whole = sum(weights.get(word.plain_stems, 1.0) for word in own)
    whole += sum(weights[word.plain_stems] for word in words)
    return common / whole


def _echo(word: _Word, others: Iterable[_Word]) -> float:
    return max((_agreement(word, other) or _slip(word, other) for other in others), default=0.0)
