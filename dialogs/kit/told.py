"""How many are told, in words."""

from dialogs.kit.figures import number
from dialogs.kit.text import _, ngettext


def will_be_told(people: int, chats: int, language: str) -> str:
    """Return how many people will be told, and how many groups and channels besides."""
    text = ngettext("{count} person will be told.", "{count} people will be told.", people)
    told = text.format(count=number(people, language))
    if not chats:
        return told
    also = ngettext("And {count} group or channel.", "And {count} groups or channels.", chats)
    return f"{told} {also.format(count=number(chats, language))}"


def how_many(people: int, chats: int, language: str) -> str:
    """Return the same in fewer words."""
    told = ngettext("{count} person", "{count} people", people).format(
        count=number(people, language)
    )
    if not chats:
        return told
    also = ngettext("{count} group or channel", "{count} groups or channels", chats)
    return _("{people} and {chats}").format(
        people=told, chats=also.format(count=number(chats, language))
    )
