"""Fingerprints by which anyone can check that rules and records were not changed afterwards."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from civic.model.cycle import Cycle
from civic.model.project import Project


def canonical(value: object) -> str:
    """Return JSON that is the same for equal values: keys sorted, no blanks."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(value: object) -> str:
    """Return the hex SHA-256 of the canonical JSON of `value` in UTF-8."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def ballot_face(project: Project) -> dict[str, object]:
    """Return what voters decide on when they mark a project; frozen once voting has opened."""
    return {"code": project.code, "titles": dict(project.titles), "cost": project.cost}


def rules_hash(cycle: Cycle, projects: Sequence[Project]) -> str:
    """Return the fingerprint of the voting rules and of what is on the ballot."""
    voting = cycle.rules.voting
    in_order = sorted(projects, key=lambda project: project.position)
    return fingerprint(
        {
            "cycle": cycle.slug,
            "voting": None if voting is None else asdict(voting),
            "projects": [ballot_face(project) for project in in_order],
        }
    )
