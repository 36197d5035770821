"""Every reason for which something is denied has a sentence that says what to do instead."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.wiring import catalogues
from civic.model import refusal
from civic.model.refusal import Fact, Reason, Refused
from civic.model.resident import NewsChoice, Resident
from civic.model.text import LANGUAGES
from dialogs.kit.acting import Acting
from dialogs.refusals import LIMIT, sentence
from tests.conftest import TOWN

LONG = datetime(2026, 11, 30, 18, 59, tzinfo=UTC)


def facts_of(reason: Reason) -> dict[str, Fact]:
    """Return a large value for each fact that the reason's own description names."""
    source = Path(refusal.__file__).read_text(encoding="utf-8")
    found = re.search(rf'    {reason.name} = "[a-z_]+"\n    """(.+?)"""', source, re.DOTALL)
    if found is None:
        return {}
    examples: dict[str, Fact] = {"int": 9_999_999_999, "str": "title", "datetime": LONG}
    named = re.findall(r"(\w+): (int|str|datetime)", found[1])
    return {name: examples[kind] for name, kind in named}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_short_sentence(reason: Reason, language: str) -> None:
    person = Resident(
        id=1,
        community_id=1,
        language=language,
        display_name="",
        district=None,
        news=NewsChoice.ALL,
        greeted=True,
        declared_at=None,
        roles=frozenset(),
        created_at=LONG,
    )
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        said = sentence(Refused(reason, **facts_of(reason)), Acting(person, TOWN, "test"))
    assert "{" not in said
    assert 0 < len(said) <= LIMIT, f"{len(said)}: {said}"
    assert said.endswith((".", "!", "?"))
