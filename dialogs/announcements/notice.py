"""What an announcement says, to whoever gets it and in the public list."""

from datetime import datetime

from civic.actions.read_announcements import Told
from civic.model.announcement import Announcement, AnnouncementState, NoticeKind
from civic.model.broadcast import Broadcast
from civic.model.community import Community
from civic.model.text import in_language
from dialogs.approval.notices import approval_notice
from dialogs.kit.figures import number
from dialogs.kit.moments import day
from dialogs.kit.text import Markup, _, fill, ngettext
from dialogs.notices import PARAGRAPH, UNKNOWN, Notice, render
from dialogs.places import Place, PlaceKind


def notice_of(
    told: Told, community: Community, language: str, at: datetime | None = None
) -> Notice:
    """Return the announcement as it is sent; the language being spoken must be `language`.

    `at` is when it is read; without it, it is as most people read it.
    """
    if told.about is not None:
        return render(told.announcement, *told.about, community, language, at)
    if told.announcement.kind is not NoticeKind.BROADCAST:
        return approval_notice(told.announcement)
    number = told.announcement.number
    corrects = Broadcast.read(told.announcement.parameters).corrects
    paragraphs = [heading(told.announcement, community, language)]
    buttons: list[tuple[str, Place]] = []
    if number is not None:
        buttons.append((_("In the list"), Place(PlaceKind.ANNOUNCEMENT, number)))
    if corrects is not None:
        paragraphs.append(fill(_("Correction of announcement {number}"), {"number": corrects}))
        buttons.append((_("What it corrects"), Place(PlaceKind.ANNOUNCEMENT, corrects)))
    return Notice.of([*paragraphs, *words(told, language)], tuple(buttons))


def posted_of(told: Told, community: Community, language: str, at: datetime) -> Notice:
    """Return the announcement for a group or channel, where nobody has news of their own to stop.

    Its buttons lead into the private chat.
    """
    notice = notice_of(told, community, language, at)
    how = fill(
        _(
            "From the organisers of {town}. To ask, to take part and to choose your own news, "
            "open the bot. An administrator can remove it from here at any time."
        ),
        {"town": in_language(community.names, language)},
    )
    return Notice(PARAGRAPH.join([notice.body, how]), notice.buttons, notice.body)


def listed(told: Told, community: Community, language: str) -> Markup:
    """Return the announcement as it stands in the list."""
    paragraphs = [notice_of(told, community, language).body]
    if told.about is not None:
        paragraphs.insert(0, heading(told.announcement, community, language))
    if told.announcement.state is AnnouncementState.STOPPED:
        paragraphs.append(_stopped(told, community, language))
    if told.corrected_by:
        numbers = ", ".join(map(str, told.corrected_by))
        text = _("<b>Corrected by announcement {numbers}.</b>")
        paragraphs.append(fill(text, {"numbers": numbers}))
    return PARAGRAPH.join(paragraphs)


def _stopped(told: Told, community: Community, language: str) -> Markup:
    """Return how far an announcement had come when its organisers stopped it."""
    if not told.announcement.is_out:
        text = _("<b>The organisers have withdrawn this announcement</b> before anybody got it.")
        return fill(text, {})
    message = ngettext(
        "<b>The organisers stopped this announcement {date}.</b> By then {count} person had got "
        "it. Ask them before you go by it.",
        "<b>The organisers stopped this announcement {date}.</b> By then {count} people had got "
        "it. Ask them before you go by it.",
        told.reached,
    )
    at = told.announcement.finished_at or told.announcement.created_at
    date = day(at, community.zone, language, year=True)
    return fill(message, {"date": date, "count": number(told.reached, language)})


def words(told: Told, language: str) -> list[Markup]:
    """Return organisers' own words; where a person's language is missing, all there are."""
    texts = Broadcast.read(told.announcement.parameters).in_language(language)
    # Their formatting was cleaned before they were kept.
    return [Markup(text) for text in texts]


def heading(announcement: Announcement, community: Community, language: str) -> Markup:
    """Return from whom it is, its number and its date."""
    told_at = announcement.send_from or announcement.created_at
    number = UNKNOWN if announcement.number is None else announcement.number
    return fill(
        _("<b>{town}: announcement {number}</b>, {date}"),
        {
            "town": in_language(community.names, language),
            "number": number,
            "date": day(told_at, community.zone, language, year=True),
        },
    )
