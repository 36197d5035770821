"""Two organisers: one writes, the other approves or sends back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.wiring import Service, catalogues
from civic.actions.destinations import Chat, WelcomeDestination
from civic.actions.read_announcements import Told
from civic.model.announcement import Announcement, NoticeKind, Parameter
from civic.model.destination import DestinationKind
from civic.model.resident import Role
from civic.model.text import LANGUAGES
from dialogs.announcements.notice import notice_of
from dialogs.approval.getters import PAGE
from tests.conftest import TOWN, Talk
from tests.conversation import Conversation
from tests.fakes import MORNING, FrozenClock
from tests.storage.ledger import fill

KAZAKH, RUSSIAN = "Ертең су болмайды.", "Завтра не будет воды."
PDF = b"%PDF-1.7 ..."


@pytest.fixture
async def strict(service: Service) -> None:
    """The town wants a second organiser to approve."""
    async with service.work.write() as work:
        await work.communities.save(replace(TOWN, broadcasts_need_second_organiser=True))
        await work.commit()


async def _organiser(service: Service, talk: Talk, language: str = "en") -> Conversation:
    person = await talk(language)
    async with service.work.write() as work:
        await work.residents.grant((await person.resident()).id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    return person


@pytest.fixture
async def author(service: Service, talk: Talk, strict: None) -> Conversation:
    """The organiser who writes."""
    assert strict is None
    return await _organiser(service, talk)


@pytest.fixture
async def second(service: Service, talk: Talk, author: Conversation) -> Conversation:
    """Another organiser."""
    assert author.person
    return await _organiser(service, talk)


async def _write(person: Conversation, russian: str = RUSSIAN) -> None:
    await person.press("Announcements")
    await person.press("New announcement")
    await person.say(KAZAKH)
    await person.say(russian)


async def _handed_in(person: Conversation) -> None:
    await _write(person)
    await person.press("See it and send")
    await person.press("Hand in for approval")


async def _open_desk(person: Conversation) -> None:
    await person.say("/menu")
    await person.press("Organiser's desk")


async def _announced(service: Service) -> Announcement | None:
    async with service.work.read() as work:
        town = await work.communities.first()
        assert town is not None
        return await work.announcements.by_number(town.id, 1)


async def test_from_handing_in_to_going_out(
    service: Service, author: Conversation, second: Conversation, clock: FrozenClock
) -> None:
    await _write(author)
    await author.press("Photo or file")
    await author.send_document(PDF, "Шешім.pdf")
    await author.press("See it and send")
    assert {"Send: 2", "Schedule: 2"}.isdisjoint(author.screen.buttons)
    await author.press("Hand in for approval")
    assert any("The other organisers are told." in alert for alert in author.alerts)
    assert "Handed in March 10, 10:00: another organiser" in author.screen.text
    assert await _announced(service) is None
    await _open_desk(second)
    assert "Announcements to approve: 1" in second.screen.text
    await second.press("To approve")
    name = f"Resident {(await author.resident()).id}"
    assert f"1. {name}: {KAZAKH}" in second.screen.text
    await second.say("1")
    assert second.screen.document == PDF
    assert KAZAKH in second.screen.text
    await second.press("☐ Русский")
    assert RUSSIAN in second.screen.text
    assert "объявление № …" in second.screen.text
    await second.press("For whom and when")
    text = second.screen.text
    assert f"Written by {name}, handed in March 10, 10:00." in text
    assert "With the document “Шешім.pdf”." in text
    assert "everyone who wants all news\n2 people will be told." in text
    assert "When: at once; who chose other hours gets it in theirs" in text
    await second.press("Approve: 2")
    assert any("Approved." in alert for alert in second.alerts)
    assert "Announcement 1: is being prepared" in second.screen.text
    approver = f"Resident {(await second.resident()).id}"
    assert f"Approved by {approver} March 10, 10:00" in second.screen.text
    assert "Change it" not in second.screen.buttons
    announced = await _announced(service)
    assert announced is not None
    assert announced.approved_by == (await second.resident()).id
    await fill(service.work, clock.now())
    await author.say("/start n_1")
    assert author.screen.document == PDF


async def test_the_author_hears_when_the_others_cannot_be_told(
    author: Conversation, second: Conversation
) -> None:
    await second.say("/stop")
    await _handed_in(author)
    assert any("The service cannot tell the other organisers" in said for said in author.alerts)
    assert not any("are told." in said for said in author.alerts)
    await _open_desk(second)
    assert "Announcements to approve: 1" in second.screen.text


async def test_it_is_sent_back_changed_and_handed_in_again(
    author: Conversation, second: Conversation
) -> None:
    await _handed_in(author)
    await _open_desk(second)
    await second.press("To approve")
    await second.press("1. ")
    await second.press("For whom and when")
    await second.press("Send back")
    await second.say("no")
    assert any("Please write why" in screen.text for screen in second.screens)
    await second.say("The date is <wrong>.")
    assert any("Its author is told why." in screen.text for screen in second.screens)
    assert "None at the moment." in second.screen.text
    await author.say("/menu")
    await author.press("Organiser's desk")
    await author.press("Drafts")
    await author.press("1. ")
    assert "Sent back by another organiser: The date is <wrong>." in author.screen.text
    await author.press("See it and send")
    await author.press("Hand in for approval")
    assert "Sent back" not in author.screen.text
    assert "another organiser has to approve it" in author.screen.text


async def test_what_was_changed_meanwhile_has_to_be_read_again(
    service: Service, author: Conversation, second: Conversation
) -> None:
    await _handed_in(author)
    await _open_desk(second)
    await second.press("To approve")
    await second.press("1. ")
    await author.press("Русский")
    await author.say("Послезавтра не будет воды.")
    await author.press("See it and send")
    await author.press("Hand in for approval")
    await second.press("For whom and when")
    assert "It was changed since you read it." in second.screen.text
    assert "Approve: 2" not in second.screen.buttons
    await second.press("Read it again")
    await second.press("☐ Русский")
    assert "Послезавтра" in second.screen.text
    await second.press("For whom and when")
    await second.press("Approve: 2")
    assert await _announced(service) is not None


async def test_what_its_author_took_back_cannot_be_approved(
    service: Service, author: Conversation, second: Conversation
) -> None:
    await _handed_in(author)
    await _open_desk(second)
    await second.press("To approve")
    await second.press("1. ")
    await second.press("For whom and when")
    await author.press("Do not hand it in")
    assert "another organiser has to approve it" not in author.screen.text
    await second.press("Approve: 2")
    assert any("does not wait for approval any more" in alert for alert in second.alerts)
    assert "Khromtau: now" in second.screen.text
    assert await _announced(service) is None


async def test_an_approval_after_its_moment_says_so(
    service: Service, author: Conversation, second: Conversation, clock: FrozenClock
) -> None:
    await _write(author)
    await author.press("When")
    await author.say("10 March 12:00")
    await author.press("See it and send")
    await author.press("Hand in for approval")
    clock.set(clock.now() + timedelta(hours=3))
    await _open_desk(second)
    await second.press("To approve")
    await second.press("1. ")
    await second.press("For whom and when")
    assert "The moment chosen for it has passed." in second.screen.text
    assert "When: at once; who chose other hours gets it in theirs" in second.screen.text
    await second.press("Approve: 2")
    announced = await _announced(service)
    assert announced is not None
    assert announced.send_from == clock.now()


async def test_a_scheduled_one_is_taken_back_changed_and_approved_anew(
    author: Conversation, second: Conversation
) -> None:
    await _write(author)
    await author.press("When")
    await author.press("Tomorrow at 10:00")
    await author.press("See it and send")
    await author.press("Hand in for approval")
    await second.say("/start a_1")
    await second.press("For whom and when")
    assert "When: March 11, 10:00; who chose other hours" in second.screen.text
    await second.press("Approve: 2")
    await author.say("/start n_1")
    await author.press("How it goes out")
    await author.press("Change it")
    assert "Announcement taken back to be changed" in author.screen.text
    assert f"Русский: {RUSSIAN}" in author.screen.text
    await author.press("Русский")
    await author.say("Послезавтра не будет воды.")
    await second.say("/start n_1")
    await second.press("How it goes out")
    assert "Announcement 1: taken back by its author to change it" in second.screen.text
    assert "Approved by" not in second.screen.text
    assert {"Pause", "Resume"}.isdisjoint(second.screen.buttons)
    await author.press("See it and send")
    await author.press("Hand in for approval")
    await _open_desk(second)
    await second.press("To approve")
    await second.press("1. ")
    await second.press("For whom and when")
    await second.press("Approve: 2")
    assert "Announcement 1: waits until March 11, 10:00" in second.screen.text


async def test_which_groups_and_channels_are_told_is_seen_before_approving(
    service: Service, author: Conversation, second: Conversation
) -> None:
    welcome = WelcomeDestination(service.work, service.clock)
    for number, title in ((1, "The <yard>"), (2, "Another")):
        await welcome(Chat("test", -number, DestinationKind.GROUP, title), author.person)
    await _handed_in(author)
    async with service.work.write() as work:
        draft = await work.broadcasts.draft(1)
        assert draft is not None
        audience = draft.order.audience.also_to(1)
        await work.broadcasts.save_draft(
            replace(draft, order=replace(draft.order, audience=audience))
        )
        await work.commit()
    await second.say("/start a_1")
    await second.press("For whom and when")
    assert "Groups and channels: The <yard>\n" in second.screen.text
    assert "Approve: 3" in second.screen.buttons


async def test_the_only_organiser_is_told_to_have_another_invited(author: Conversation) -> None:
    await _write(author)
    await author.press("See it and send")
    await author.press("Hand in for approval")
    assert any("dauys invite --role organiser" in alert for alert in author.alerts)


async def test_one_language_is_handed_in_knowingly(
    author: Conversation, second: Conversation
) -> None:
    await author.press("Announcements")
    await author.press("New announcement")
    await author.press("Not in this language")
    await author.say(RUSSIAN)
    await author.press("See it and send")
    assert "Hand in for approval" not in author.screen.buttons
    await author.press("In one language")
    await second.say("/start a_1")
    assert RUSSIAN in second.screen.text
    await second.press("For whom and when")
    assert "not everyone will be able to read it" in second.screen.text


async def test_ones_own_can_be_read_but_not_approved(
    author: Conversation, second: Conversation
) -> None:
    assert second.person
    await _handed_in(author)
    await author.say("/start a_1")
    await author.press("For whom and when")
    assert "You wrote it, so another organiser approves it." in author.screen.text
    assert {"Approve: 2", "Send back"}.isdisjoint(author.screen.buttons)


@pytest.mark.parametrize("link", ["a_1", "a_99", "d_1", "d_99"])
async def test_others_are_told_that_it_is_not_for_them(
    link: str, author: Conversation, second: Conversation, talk: Talk
) -> None:
    assert second.person
    await _handed_in(author)
    person = await talk("en")
    await person.say(f"/start {link}")
    assert any("Only organisers of this town" in screen.text for screen in person.screens)
    assert "Khromtau: now" in person.screen.text


@pytest.mark.parametrize("link", ["a_99", "d_99", "d_1"])
async def test_what_is_gone_or_somebody_elses_leads_to_the_menu(
    link: str, author: Conversation, second: Conversation
) -> None:
    await _handed_in(author)
    await second.say(f"/start {link}")
    assert "Khromtau: now" in second.screen.text


async def test_many_that_wait_come_in_pages(author: Conversation, second: Conversation) -> None:
    for number in range(PAGE + 1):
        await author.say("/menu")
        await author.press("Announcements")
        await author.press("New announcement")
        if number:
            await author.press("Begin another")
        await author.say(f"Су {number}")
        await author.say("Вода")
        await author.press("See it and send")
        await author.press("Hand in for approval")
    await _open_desk(second)
    assert f"Announcements to approve: {PAGE + 1}" in second.screen.text
    await second.press("To approve")
    await second.press("Next page")
    assert f": Су {PAGE}" in second.screen.text
    await second.say("99")
    assert any("write the number" in screen.text for screen in second.screens)


NOTICES: dict[NoticeKind, dict[str, Parameter]] = {
    NoticeKind.BROADCAST_HANDED_IN: {"author": "<Айгүл>", "author_id": 7},
    NoticeKind.BROADCAST_APPROVED: {"approver": "", "approver_id": 8, "number": 12},
    NoticeKind.BROADCAST_SENT_BACK: {"approver": "А", "approver_id": 8, "why": "<b>Дата</b>"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "link", "said"),
    [
        (NoticeKind.BROADCAST_HANDED_IN, "a_3", "<b>&lt;Айгүл&gt;</b>"),
        (NoticeKind.BROADCAST_APPROVED, "n_12", "12"),
        (NoticeKind.BROADCAST_SENT_BACK, "d_3", "&lt;b&gt;Дата&lt;/b&gt;"),
    ],
)
def test_organisers_are_told_who_wants_what_and_where_to_go(
    kind: NoticeKind, link: str, said: str, language: str
) -> None:
    parameters = {**NOTICES[kind], "draft": 3}
    made = Announcement(1, 1, None, None, kind, parameters, MORNING)
    i18n = catalogues()
    with i18n.context(), i18n.use_locale(language):
        notice = notice_of(Told(made, None), TOWN, language)
    assert said in notice.html
    ((label, place),) = notice.buttons
    assert 0 < len(label) <= 20
    assert place.link() == link
