"""Catalogues of everything the service says, in Kazakh, Russian and English."""

from pathlib import Path
from typing import Final

DOMAIN: Final = "dauys"
FOLDER: Final = Path(__file__).parent
