"""Several announcements in one message: each with its own words, number and ways on."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from dialogs.notices import Notice
from dialogs.places import Place


def digest_of(notices: Sequence[Notice], most_buttons: int) -> Notice:
    """Return the notices as one, in their order, in the language being spoken.

    Where all their buttons are more than `most_buttons`, each keeps its first one.
    """
    paragraphs = [
        Markup("{}. {}").format(number, notice.body) for number, notice in enumerate(notices, 1)
    ]
    buttons = tuple(_numbered([notice.buttons for notice in notices]))
    if len(buttons) > most_buttons:
        buttons = tuple(_numbered([notice.buttons[:1] for notice in notices]))
    return Notice.of(paragraphs, buttons)


def _numbered(buttons: Sequence[Sequence[tuple[str, Place]]]) -> Iterator[tuple[str, Place]]:
    """Give every button with the number of its notice; none twice that leads to the same place."""
    known: set[Place] = set()
    for number, of_notice in enumerate(buttons, 1):
        for label, place in of_notice:
            if place not in known:
                known.add(place)
                yield f"{number}. {label}", place
