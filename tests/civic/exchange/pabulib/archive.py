"""The real elections beside the project, and what their files say about who won."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from civic.exchange.pabulib import Election, PabulibFile
from civic.model.cycle import TieBreak
from civic.rules import tally
from civic.rules.tally.contest import Terms
from tests.conftest import SHARED

ARCHIVE: Final = SHARED / "data" / "pabulib"
FILES: Final = sorted(path.name for path in ARCHIVE.glob("*.pb"))

OTHER_LOOK: Final = {
    "Hungary_Budapest_2025_VIII_Jozsefvaros.pb": "spaces around fields",
    "Poland_Czestochowa_2020_Stradom.pb": "quotes that were not needed",
    "Poland_Czestochowa_2020_Wyczerpy_-_Aniolow.pb": "a quote inside a field without quotes",
    "Poland_Poznan_2024_10_-_Swierczewo_Wilda_Zielony_Debiec__small.pb": "two kinds of line ends",
    "Poland_Poznan_2024_12_-_Antoninek-Zieliniec-Kobylepole_Glowna_Ostrow_Tumski-_Srodka-Zawady-"
    "Komandoria_Warszawskie-Pomet-Maltanskie__small.pb": "two kinds of line ends",
    "Poland_Poznan_2024_2_-_Kiekrz_Krzyzowniki-Smochowice_Podolany_Strzeszyn__small.pb": (
        "two kinds of line ends"
    ),
    "Poland_Poznan_2024_7-_Morasko-Radojewo_Naramowice_Umultowo__small.pb": (
        "two kinds of line ends"
    ),
    "Poland_Poznan_2024_9_-_Stare_Miasto__small.pb": "two kinds of line ends",
    "Poland_Warszawa_2022_Bielany.pb": "two kinds of line ends",
}
"""Files that do not look as they would be written, and why; all others come back byte for byte."""

NAMED_AGAIN: Final = {
    "Poland_Warszawa_2026_Golabki_Szamoty_Niedzwiadek.pb": {"792": 1},
    "Poland_Warszawa_2026_Tarchomin.pb": {"1543": 1, "1557": 1},
    "US_Stanford_Dataset_Your_Voice_Your_Choice_Parks_and_Streets-_Seattle_2019_District_3_"
    "vote_knapsacks.pb": {"1227": 1, "1229": 1, "1230": 1},
}
"""Votes by project that a file publishes too many: it counts a project twice on one ballot."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """Why official winners are not those of the rule, as far as the file itself says."""

    why: str
    names: Mapping[str, str]
    """What the file says about projects: a part of the name by id."""
    terms: Callable[[Terms], Terms]
    """With this change the rule gives the official winners."""


def _exclusive(one: str, other: str) -> Callable[[Terms], Terms]:
    return lambda terms: replace(terms, conflicts=frozenset({(one, other)}))


EXCEPTIONS: Final = {
    "Poland_Warszawa_2018_Ursynow_Wysoki_Poludniowy.pb": Unlike(
        "1137 lights a crossing of the district; 8, with more votes, lights the district's",
        {
            "8": "Doświetlenie przejść dla pieszych na Ursynowie Południowym",
            "1137": "Doświetlenie przejścia dla pieszych przy ul. Lanciego",
        },
        _exclusive("8", "1137"),
    ),
    "Poland_Warszawa_2020_Targowek.pb": Unlike(
        "1667 builds a playground in the wood where 910, with more votes, enlarges one",
        {"910": "placu zabaw w Lasku Bródnowskim", "1667": "Las Bródnowski – nowy plac zabaw"},
        _exclusive("910", "1667"),
    ),
    "Poland_Gdynia_2020_Babie_Doly__small.pb": Unlike(
        "1 and 5 have 101 votes each, and only one fits; the file lists the dearer one first, "
        "and says that 5 was funded with other money",
        {"1": "", "5": ""},
        lambda terms: replace(terms, ties=(TieBreak.EARLIER_SUBMISSION,)),
    ),
}
"""Files whose official winners the rule alone does not give."""


def has_official_winners(file: PabulibFile) -> bool:
    """Tell whether a file names its winners and a rule that we have."""
    return "selected" in file.projects and file.meta["rule"] in tally.RULES


def official_winners(file: PabulibFile) -> set[str]:
    """Return what the rule funded, according to the file.

    A project marked 2 is the rule's own where the rule tops up; elsewhere, and marked 3, it was
    funded with other money, as comments say.
    """
    marks = {"1", "2"} if file.meta["rule"] == "greedy-custom" else {"1"}
    ids, selected = file.projects["project_id"], file.projects["selected"]
    return {id_ for id_, mark in zip(ids, selected, strict=True) if mark in marks}


def winners(election: Election) -> set[str]:
    """Return what the election's own rule funds."""
    return set(tally.count(election.contest, election.rule).funded())
