"""What organisers are told of approvals."""

from civic.model.announcement import Announcement, NoticeKind
from dialogs.kit.names import author_name
from dialogs.kit.text import Markup, _, fill
from dialogs.notices import Notice
from dialogs.places import Place, PlaceKind


def approval_notice(announcement: Announcement) -> Notice:
    """Return what an organiser reads, in the language being spoken."""
    facts = announcement.parameters
    draft, number = int(str(facts["draft"])), facts.get("number")
    if announcement.kind is NoticeKind.BROADCAST_HANDED_IN:
        text = _("<b>{name}</b> asks you to approve an announcement before it is sent.")
        name = _name(announcement, "author")
        button = (_("Read and decide"), Place(PlaceKind.APPROVAL, draft))
        return Notice.of([fill(text, {"name": name})], (button,))
    name = _name(announcement, "approver")
    if isinstance(number, int):
        text = _("<b>{name}</b> has approved your announcement {number}. It goes out by itself.")
        button = (_("In the list"), Place(PlaceKind.ANNOUNCEMENT, number))
        return Notice.of([fill(text, {"name": name, "number": number})], (button,))
    text = _("<b>{name}</b> asks you to change your announcement before it is sent:")
    why = fill("<blockquote>{why}</blockquote>", {"why": facts["why"]})
    button = (_("Open the draft"), Place(PlaceKind.DRAFT, draft))
    return Notice.of([Markup("\n").join([fill(text, {"name": name}), why])], (button,))


def _name(announcement: Announcement, who: str) -> str:
    facts = announcement.parameters
    return author_name(str(facts[who]), int(str(facts[f"{who}_id"])))
