"""The digest by which anybody can tell that a results protocol was not changed."""

import json
from dataclasses import asdict, replace
from hashlib import sha256

from civic.model.results import ResultsProtocol

_NOT_COVERED = ("digest", "counted_at")


def canonical(protocol: ResultsProtocol) -> str:
    """Return the protocol as JSON with sorted keys and no blanks.

    The digest itself is left out, and so is the moment of counting: whoever counts the same
    ballots again later has to arrive at the same digest.
    """
    body = {key: value for key, value in asdict(protocol).items() if key not in _NOT_COVERED}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sealed(protocol: ResultsProtocol) -> ResultsProtocol:
    """Return the protocol with its digest: the hex SHA-256 of `canonical`."""
    return replace(protocol, digest=sha256(canonical(protocol).encode()).hexdigest())
