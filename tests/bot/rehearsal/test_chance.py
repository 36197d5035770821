"""Chance that a seed repeats."""

from collections import Counter

from bot.rehearsal.chance import Chance, SeededRandomness


def drawn(*names: str | int) -> list[int]:
    chance = Chance(*names)
    return [chance.below(1000) for _ in range(50)]


def test_the_same_names_draw_the_same() -> None:
    assert drawn(7, "person", 3) == drawn(7, "person", 3)


def test_every_name_has_chance_of_its_own() -> None:
    assert drawn(7, "person", 3) != drawn(7, "person", 4)
    assert drawn(7, "person", 3) != drawn(8, "person", 3)


def test_weights_are_kept_on_average() -> None:
    chance = Chance("weights")
    found = Counter(chance.weigh({"rare": 1, "common": 3}) for _ in range(4000))
    assert 0.7 < found["common"] / 4000 < 0.8


def test_some_are_different_ones() -> None:
    assert sorted(Chance("some").some(range(5), 9)) == [0, 1, 2, 3, 4]


def test_tokens_are_as_long_as_real_ones_and_never_repeat() -> None:
    randomness = SeededRandomness(1)
    tokens = [randomness.token(48) for _ in range(20)]
    assert {len(token) for token in tokens} == {64}
    assert len(set(tokens)) == 20
