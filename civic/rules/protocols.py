"""The digest by which anybody can tell that a results protocol was not changed."""

from dataclasses import asdict, replace
from typing import Final

from civic.model.results import ResultsProtocol
from civic.rules.fingerprint import canonical, fingerprint

_NOT_COVERED: Final = ("digest", "counted_at")


def sealed(protocol: ResultsProtocol) -> ResultsProtocol:
    """Return the protocol with its digest: the hex SHA-256 of `record(protocol)` in UTF-8."""
    return replace(protocol, digest=fingerprint(_covered(protocol)))


def record(protocol: ResultsProtocol) -> str:
    """Return what the digest covers as one line of JSON with sorted keys and no blanks.

    The digest itself is left out, and so is the moment of counting: whoever counts the same
    ballots again later has to arrive at the same digest.
    """
    return canonical(_covered(protocol))


def _covered(protocol: ResultsProtocol) -> dict[str, object]:
    return {key: value for key, value in asdict(protocol).items() if key not in _NOT_COVERED}
