"""Several announcements in one message: whole, in order, numbered, in every language."""

import html
import re

import pytest

from bot.rehearsal import rules
from bot.wiring import catalogues
from civic.actions.read_announcements import Told
from civic.model.announcement import Announcement, NoticeKind
from civic.model.broadcast import TEXT_LIMIT, Broadcast
from civic.model.text import LANGUAGES
from dialogs.announcements.digest import digest_of
from dialogs.announcements.notice import notice_of
from dialogs.notices import Notice
from tests.civic.cycles import DISCUSSION, VOTING, consultation, cycle, local
from tests.conftest import TOWN
from tests.dialogs.test_notices import EVERY_NOTICE

NOON = local(3, 1, 12)


def _told(kind: NoticeKind, number: int = 1) -> Told:
    about = (consultation(), DISCUSSION) if number == 1 else (cycle(), VOTING)
    return Told(Announcement(number, 1, 1, 1, kind, {}, NOON), about)


def _words(texts: dict[str, str]) -> Told:
    kind, parameters = NoticeKind.BROADCAST, Broadcast(texts).parameters()
    return Told(Announcement(3, 1, None, None, kind, parameters, NOON, number=3), None)


def _notices(*told: Told, language: str = "en") -> list[Notice]:
    return [notice_of(entry, TOWN, language) for entry in told]


def _digest(*told: Told, language: str = "en", most_buttons: int = 12) -> Notice:
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        return digest_of(_notices(*told, language=language), most_buttons)


def _labels(digest: Notice) -> list[tuple[str, str]]:
    return [(label, place.link()) for label, place in digest.buttons]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_stands_there_whole_with_its_number(language: str) -> None:
    told = [_words({"kk": "<b>Су</b> жоқ", "ru": "Воды нет", "en": "No water"})]
    told += [_told(NoticeKind.STAGE_OPENED, number) for number in (1, 2)]
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        single = _notices(*told, language=language)
    digest = _digest(*told, language=language)
    begin = 0
    for number, notice in enumerate(single, 1):
        begin = digest.html.index(f"{number}. {notice.body}", begin)
    assert digest.html.count("/stop") == 1
    assert "/stop" in digest.html.split("\n\n")[-1]


def test_every_button_names_its_notice_and_leads_to_a_place_once() -> None:
    opened, closed = _told(NoticeKind.STAGE_OPENED), _told(NoticeKind.STAGE_CLOSED)
    digest = _digest(opened, _told(NoticeKind.STAGE_OPENED, 2), closed)
    assert _labels(digest) == [
        ("1. Draft budget", "b_1"),
        ("1. About and dates", "c_1"),
        ("2. Vote", "v_1"),
    ]


def test_where_there_is_little_room_each_keeps_its_first_button() -> None:
    first = _words({"en": "No water"})
    digest = _digest(first, _told(NoticeKind.STAGE_OPENED), most_buttons=2)
    assert _labels(digest) == [("1. In the list", "n_3"), ("2. Draft budget", "b_1")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_numbered_label_is_longer_than_a_button(language: str) -> None:
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        for kind, stage, parameters in EVERY_NOTICE:
            made = consultation() if stage is DISCUSSION else cycle()
            about = Announcement(1, 1, 1, stage.id, kind, parameters, stage.opens_at)
            notice = notice_of(Told(about, (made, stage)), TOWN, language)
            correction = Broadcast({"kk": "а"}, corrects=2).parameters()
            words = Announcement(2, 1, None, None, NoticeKind.BROADCAST, correction, NOON, 3)
            nine = [notice] * 7 + [notice_of(Told(words, None), TOWN, language), notice]
            for label, _place in digest_of(nine, 12).buttons:
                assert len(label) <= 20, label


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegram_takes_a_digest(language: str) -> None:
    long = "<b>Ұ</b>" + "ұ" * (TEXT_LIMIT - 1)
    digest = _digest(
        *(_words({language: long}), _told(NoticeKind.STAGE_OPENED)),
        *(_told(NoticeKind.STAGE_OPENED, 2), _told(NoticeKind.HALF_WAY)),
        language=language,
    )
    read = rules.text({"text": str(digest.html), "parse_mode": "HTML"})
    assert read.plain == html.unescape(re.sub("<[^>]+>", "", digest.html))
    rules.keyboard(digest.keyboard().model_dump(exclude_none=True))


def test_what_is_written_in_a_notice_stays_what_it_was() -> None:
    digest = _digest(_words({"en": "5 &lt; 6 {x} %s"}), _told(NoticeKind.STAGE_OPENED))
    assert "5 &lt; 6 {x} %s" in digest.html
