"""Made-up elections of any size, written in the archive's format."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

PROJECTS = 200
MOST_MARKS = 10
_BLOCK = 50_000


def write_election(path: Path, ballots: int) -> None:
    """Write an election with so many ballots of 1 to 10 of 200 projects, always the same one.

    Projects are wanted unequally, as in real elections, and nearly every ballot is different.
    """
    chance = np.random.default_rng(ballots)
    costs = chance.integers(10, 500, PROJECTS) * 1000
    head = [
        "META",
        "key;value",
        "description;Made up",
        f"num_projects;{PROJECTS}",
        f"num_votes;{ballots}",
        f"budget;{int(costs.sum()) // 4}",
        "vote_type;approval",
        "rule;greedy",
        "PROJECTS",
        "project_id;cost;name",
        *(f"{1000 + place};{cost};Project {place}" for place, cost in enumerate(costs.tolist())),
        "VOTES",
        "voter_id;vote;age;sex;voting_method",
    ]
    with path.open("w", encoding="utf-8") as file:
        file.write("\n".join(head) + "\n")
        for begin in range(0, ballots, _BLOCK):
            file.writelines(_votes(chance, begin, min(_BLOCK, ballots - begin)))


def _votes(chance: np.random.Generator, begin: int, ballots: int) -> Iterator[str]:
    wanted = 1 / np.arange(1, PROJECTS + 1) ** 0.7
    marks = chance.choice(PROJECTS, (ballots, MOST_MARKS), p=wanted / wanted.sum()).tolist()
    lengths = chance.integers(1, MOST_MARKS + 1, ballots).tolist()
    ages = chance.integers(16, 90, ballots).tolist()
    for number, (drawn, length, age) in enumerate(zip(marks, lengths, ages, strict=True), begin):
        vote = ",".join(str(1000 + mark) for mark in dict.fromkeys(drawn[:length]))
        yield f"{number};{vote};{age};{'FM'[number % 2]};internet\n"
