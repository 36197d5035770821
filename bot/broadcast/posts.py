"""What groups and channels read: in one language, or in two, in as few messages as hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram.utils.i18n import I18n
from markupsafe import Markup

from bot.broadcast.letters import Subject
from bot.channels.budgets import Budget
from bot.channels.telegram.limits import utf16_length
from civic.actions.read_attachment import Attachment
from civic.model.announcement import NoticeKind
from civic.model.broadcast import Broadcast
from civic.rules.formatting import plain
from dialogs.announcements.notice import posted_of
from dialogs.notices import Notice
from dialogs.places import Place

BETWEEN: Final = Markup("\n\n———\n\n")
"""What stands between two languages."""

Row = tuple[tuple[str, Place], ...]
"""Buttons beside each other, one for each language: label and where it leads."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a group or channel."""

    html: str
    rows: tuple[Row, ...]
    attachment: Attachment | None = None


class Posts:
    """Turns announcements into posts."""

    def __init__(self, i18n: I18n, budget: Budget) -> None:
        """Speak by the catalogues of `i18n`; no post is larger than `budget` permits."""
        self._i18n = i18n
        self._budget = budget

    def of(self, subject: Subject, languages: Sequence[str], now: datetime) -> Sequence[Post]:
        """Return the announcement, as it reads now, in each language, together if that fits.

        A photo or a document goes with the first.
        """
        written = _written(subject, languages)
        notices = [self._notice(subject, language, now) for language in written]
        together = Post(BETWEEN.join(notice.html for notice in notices), _rows(notices))
        first, *others = [together] if self._fits(together, subject) else map(_alone, notices)
        return [Post(first.html, first.rows, subject.attachment), *others]

    def _notice(self, subject: Subject, language: str, now: datetime) -> Notice:
        with self._i18n.context(), self._i18n.use_locale(language):
            return posted_of(subject.told, subject.community, language, now)

    def _fits(self, post: Post, subject: Subject) -> bool:
        most = self._budget.text if subject.attachment is None else self._budget.caption
        return utf16_length(plain(post.html)) <= most


def _written(subject: Subject, languages: Sequence[str]) -> Sequence[str]:
    """Return those of the languages in which there are organisers' own words, if they are such.

    Where one is missing, the words of the other stand for it, and need not be said twice.
    """
    announcement = subject.told.announcement
    if announcement.kind is not NoticeKind.BROADCAST:
        return languages
    texts = Broadcast.read(announcement.parameters).texts
    return [language for language in languages if language in texts] or languages[:1]


def _alone(notice: Notice) -> Post:
    return Post(notice.html, _rows([notice]))


def _rows(notices: Sequence[Notice]) -> tuple[Row, ...]:
    """Return a row for each place, labelled in every language."""
    return tuple(zip(*(notice.buttons for notice in notices), strict=True))
