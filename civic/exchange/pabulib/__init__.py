"""Elections in the format of the Pabulib archive (`.pb`), described at pabulib.org/format.

A file has three tables one after the other, META, PROJECTS and VOTES, each with a line of column
names; fields are divided by `;` and quoted as in CSV. `read_pabulib` takes all of it over,
`write_pabulib` gives the same file back, and `election_of` makes of it what a rule can count.
"""

from civic.exchange.pabulib.election import Election, election_of
from civic.exchange.pabulib.file import PabulibFile, Style, Table
from civic.exchange.pabulib.reading import read_pabulib
from civic.exchange.pabulib.writing import write_pabulib

__all__ = [
    "Election",
    "PabulibFile",
    "Style",
    "Table",
    "election_of",
    "read_pabulib",
    "write_pabulib",
]
