"""The public list of announcements, and what an announcement in organisers' words says."""

from datetime import timedelta

import pytest

from bot.wiring import Service, catalogues
from civic.actions.read_announcements import Told
from civic.actions.send_broadcast import SendBroadcast
from civic.actions.steer_sending import StopSending
from civic.model.announcement import Announcement, DeliveryState, NoticeKind, Outcome
from civic.model.broadcast import Broadcast
from civic.model.resident import Role
from dialogs.announcements.notice import notice_of
from dialogs.notices import Notice
from tests.broadcasts import drafted
from tests.conftest import TOWN, Talk
from tests.conversation import Conversation
from tests.fakes import MORNING
from tests.storage.ledger import SOME_DAY, claim, fill, settle

TEXTS = {"kk": "<b>Су</b> болмайды", "ru": "<b>Воды</b> не будет"}


def _notice(language: str, texts: dict[str, str], number: int | None = 12) -> Notice:
    made = Announcement(
        1, 1, None, None, NoticeKind.BROADCAST, Broadcast(texts).parameters(), MORNING, number
    )
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        return notice_of(Told(made, None), TOWN, language)


@pytest.mark.parametrize(
    ("language", "heading", "said", "unsaid"),
    [
        ("kk", "№ 12 хабарландыру</b>, 2026 жылғы 10 наурыз", "Су", "Воды"),
        ("ru", "объявление № 12</b>, 10 марта 2026 года", "Воды", "Су"),
    ],
)
def test_everyone_reads_number_date_their_language_and_how_to_stop(
    language: str, heading: str, said: str, unsaid: str
) -> None:
    notice = _notice(language, TEXTS)
    assert heading in notice.html
    assert f"<b>{said}</b>" in notice.html
    assert unsaid not in notice.html
    assert "/stop" in notice.html.splitlines()[-1]
    assert "/stop" not in notice.body
    assert [place.link() for _label, place in notice.buttons] == ["n_12"]


def test_whose_language_is_missing_reads_all_there_are() -> None:
    assert "болмайды\n\n<b>Воды" in _notice("en", TEXTS).html
    assert "Су" in _notice("ru", {"kk": "Су болмайды"}).html


def test_before_it_has_a_number_a_preview_leads_nowhere() -> None:
    notice = _notice("en", TEXTS, None)
    assert "announcement …" in notice.html
    assert notice.buttons == ()


async def _announce(
    service: Service, person: Conversation, count: int = 1, *, left: bool = True
) -> None:
    """Announce so many things; a copy of each has left, or waits for the morning."""
    organiser = (await person.resident()).with_role(Role.ORGANISER)
    send = await service.container.get(SendBroadcast)
    for number in range(1, count + 1):
        texts = {"kk": f"Су {number}", "ru": f"<b>Воды</b> нет {number}"}
        draft = await drafted(service.work, organiser, Broadcast(texts), str(number))
        await send(organiser, draft)
    await fill(service.work, SOME_DAY)
    if left:
        for claimed in await claim(service.work, SOME_DAY + timedelta(hours=9)):
            await settle(service.work, SOME_DAY, Outcome(claimed, DeliveryState.SENT))


async def test_everyone_finds_announcements_in_the_menu(service: Service, talk: Talk) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await person.press("Объявления")
    assert "Объявлений пока нет." in person.screen.text
    await _announce(service, person, 7)
    await person.say("/menu")
    await person.press("Объявления")
    assert "7, 10 марта 2026 года\nВоды нет 7" in person.screen.text
    assert "Воды нет 1" not in person.screen.text
    await person.press("Следующая")
    assert "Воды нет 1" in person.screen.text
    await person.press("1. ")
    assert "<b>Воды</b> нет 1" in person.screen.html
    assert "/stop" not in person.screen.text
    await person.press("Все объявления")
    await person.say("7")
    assert "Воды нет 7" in person.screen.text


async def test_what_was_withdrawn_before_anybody_got_it_is_read_by_organisers_alone(
    service: Service, talk: Talk
) -> None:
    person = await talk("en")
    await _announce(service, person, left=False)
    organiser = (await person.resident()).with_role(Role.ORGANISER)
    async with service.work.read() as work:
        wrong = await work.announcements.by_number(organiser.community_id, 1)
    assert wrong is not None
    await (await service.container.get(StopSending))(organiser, wrong.id)
    await person.say("/menu")
    await person.press("Announcements")
    assert "Nothing has been announced yet." in person.screen.text
    async with service.work.write() as work:
        await work.residents.grant(organiser.id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    await person.press("Announcements")
    assert "withdrawn, nobody got it" in person.screen.text
    await person.press("1. ")
    assert "have withdrawn this announcement before anybody got it." in person.screen.text


async def test_a_number_that_was_not_announced_is_said_so(service: Service, talk: Talk) -> None:
    person = await talk("en")
    await _announce(service, person)
    await person.say("/menu")
    await person.press("Announcements")
    await person.say("9")
    assert any("This is not here any more" in screen.text for screen in person.screens)
    await person.say("water")
    assert any("write the number" in screen.text for screen in person.screens)


async def test_the_button_under_an_announcement_opens_it_in_the_list(
    service: Service, talk: Talk
) -> None:
    person = await talk("en")
    await _announce(service, person)
    await person.say("/start n_1")
    assert "Khromtau: announcement 1, March 10, 2026" in person.screen.text
    assert "Воды нет 1" in person.screen.text


@pytest.mark.parametrize(
    ("language", "menu", "in_list", "on_card"),
    [
        ("kk", "Хабарландырулар", "ұйымдастырушылар тоқтатқан", "оны 1 адам алған"),
        ("ru", "Объявления", "остановлено организаторами", "его получил 1 человек"),
        ("en", "Announcements", "stopped by the organisers", "By then 1 person had got it"),
    ],
)
async def test_everyone_reads_how_far_an_announcement_came_that_was_stopped(
    service: Service, talk: Talk, language: str, menu: str, in_list: str, on_card: str
) -> None:
    person = await talk(language)
    await _announce(service, person, 2)
    organiser = (await person.resident()).with_role(Role.ORGANISER)
    async with service.work.read() as work:
        wrong = await work.announcements.by_number(organiser.community_id, 1)
    assert wrong is not None
    await (await service.container.get(StopSending))(organiser, wrong.id)
    await person.say("/menu")
    await person.press(menu)
    assert person.screen.text.count(in_list) == 1
    await person.press("1. ")
    assert on_card in person.screen.text
    await person.say("/start n_2")
    assert on_card not in person.screen.text
