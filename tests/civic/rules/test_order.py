"""Lists that nobody may be first in by birthright."""

import hashlib
import hmac
from collections import Counter

from civic.actions.own_order import seed_of
from civic.rules.order import shuffled

IDS = range(1, 41)


class _Hashes:
    """Randomness with a fixed secret."""

    def token(self, size: int) -> str:
        return "t" * size

    def keyed_hash(self, purpose: str, *parts: str | int) -> str:
        message = "\x1f".join([purpose, *map(str, parts)])
        return hmac.new(b"secret", message.encode(), hashlib.sha256).hexdigest()


def test_a_person_sees_the_same_order_each_time() -> None:
    assert shuffled(IDS, "seed") == shuffled(reversed(IDS), "seed")


def test_nothing_is_lost_or_repeated() -> None:
    assert sorted(shuffled(IDS, "seed")) == list(IDS)


def test_an_added_id_slots_in_without_reshuffling_the_rest() -> None:
    before = shuffled(IDS, "seed")
    after = shuffled([*IDS, 41], "seed")
    assert [one for one in after if one != 41] == before


def test_persons_and_cycles_have_orders_of_their_own() -> None:
    orders = {
        tuple(shuffled(IDS, seed_of(_Hashes(), person, cycle)))
        for person in range(1, 11)
        for cycle in (1, 2)
    }
    assert len(orders) == 20


def test_every_id_is_equally_likely_to_come_first() -> None:
    ids = range(1, 11)
    people = 5000
    first = Counter(shuffled(ids, seed_of(_Hashes(), person, 1))[0] for person in range(people))
    expected = people / len(ids)
    chi_squared = sum((first[one] - expected) ** 2 / expected for one in ids)
    # 27.88 is the 99.9th percentile with nine degrees of freedom.
    assert chi_squared < 27.88


def test_every_id_is_equally_likely_to_come_last() -> None:
    ids = range(1, 11)
    people = 5000
    last = Counter(shuffled(ids, seed_of(_Hashes(), person, 7))[-1] for person in range(people))
    expected = people / len(ids)
    chi_squared = sum((last[one] - expected) ** 2 / expected for one in ids)
    assert chi_squared < 27.88
