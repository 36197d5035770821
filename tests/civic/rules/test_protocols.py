"""The digest of a results protocol."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from civic.model.results import Outcome, ProjectResult, ResultsProtocol
from civic.rules.protocols import record, sealed
from tests.fakes import MORNING

PROTOCOL = ResultsProtocol(
    cycle_id=1,
    ballots=3,
    votes=5,
    fund=100,
    spent=10,
    results=(ProjectResult(7, 5, 10, Outcome.FUNDED, 1, 100, 2, (8,)),),
    rules_hash="f" * 64,
    digest="",
    counted_at=MORNING,
    published_elsewhere=False,
)


def test_the_digest_is_the_sha256_of_the_record() -> None:
    assert sealed(PROTOCOL).digest == sha256(record(PROTOCOL).encode()).hexdigest()
    assert "\n" not in record(PROTOCOL)


def test_a_recount_at_another_time_has_the_same_digest() -> None:
    later = replace(PROTOCOL, counted_at=MORNING + timedelta(days=1))

    assert sealed(later).digest == sealed(PROTOCOL).digest
    assert sealed(sealed(PROTOCOL)).digest == sealed(PROTOCOL).digest


def test_any_changed_number_changes_the_digest() -> None:
    changed = replace(PROTOCOL, results=(replace(PROTOCOL.results[0], votes=6),))

    assert sealed(changed).digest != sealed(PROTOCOL).digest
    assert sealed(replace(PROTOCOL, ballots=4)).digest != sealed(PROTOCOL).digest
