"""An organiser's way from the first word of an announcement to its last copy."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from aiogram.types import Document, MessageEntity
from PIL import Image

from bot.wiring import Service, catalogues
from civic.actions.steer_sending import Reach
from civic.model.announcement import (
    FINISHED,
    STALE,
    UNWANTED,
    Announcement,
    AnnouncementState,
    DeliveryState,
    Outcome,
)
from civic.model.audience import Audience, Trait
from civic.model.broadcast import CAPTION_LIMIT, TEXT_LIMIT, Broadcast
from civic.model.resident import (
    Hours,
    NewsChoice,
    Resident,
    Role,
    TopicChoice,
)
from civic.rules.sending import QUICKEST
from civic.rules.strangers import Queue
from dialogs.broadcast.getters import PAGE
from dialogs.broadcast.summaries import takes
from dialogs.kit.acting import Acting
from tests.civic.cycles import VOTING, cycle, local, stored
from tests.conftest import TOWN, Talk
from tests.conversation import Conversation
from tests.fakes import MORNING, FrozenClock
from tests.storage.ledger import (
    claim,
    fill,
    finish,
    send,
    settle,
)

PDF = b"%PDF-1.7 ..."
KAZAKH, RUSSIAN = "Ертең су болмайды.", "Завтра не будет воды."


@pytest.fixture
async def organiser(service: Service, talk: Talk) -> Conversation:
    """An organiser who reads the list of announcements; another resident reads Russian."""
    await talk("ru")
    person = await talk("en")
    async with service.work.write() as work:
        await work.residents.grant((await person.resident()).id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    await person.press("Organiser's desk")
    await person.press("Announcements")
    return person


@pytest.fixture
def jpeg() -> bytes:
    """A small photo."""
    content = BytesIO()
    Image.new("RGB", (64, 48), "green").save(content, "JPEG")
    return content.getvalue()


async def _written(person: Conversation) -> None:
    await person.press("New announcement")
    await person.say(KAZAKH)
    await person.say(RUSSIAN)


async def _announced(service: Service, number: int = 1) -> Announcement | None:
    async with service.work.read() as work:
        town = await work.communities.first()
        assert town is not None
        return await work.announcements.by_number(town.id, number)


async def test_from_the_first_word_to_the_last_copy(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await organiser.press("New announcement")
    assert "Write the announcement in Kazakh." in organiser.screen.text
    await organiser.send(
        text=KAZAKH,
        entities=[
            MessageEntity(type="bold", offset=0, length=5),
            MessageEntity(type="spoiler", offset=6, length=2),
        ],
    )
    assert "Write the announcement in Russian." in organiser.screen.text
    await organiser.say(RUSSIAN)
    text = organiser.screen.text
    assert f"Қазақша: {KAZAKH}" in text
    assert "everyone who wants all news\n2 people will be told." in text
    assert "When: at once; who chose other hours gets it in theirs" in text
    assert "not everyone will be able" not in text
    await organiser.press("See it and send")
    assert f"<b>Ертең</b> су болмайды.\n\n{RUSSIAN}" in organiser.screen.html
    assert await _announced(service) is None
    await organiser.press("Send: 2")
    assert "Announcement 1: is being prepared" in organiser.screen.text
    announced = await _announced(service)
    assert announced is not None
    assert Broadcast.read(announced.parameters).texts == {
        "kk": "<b>Ертең</b> су болмайды.",
        "ru": RUSSIAN,
    }
    await fill(service.work, clock.now())
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "Announcement 1: is being sent" in organiser.screen.text
    assert "Left: 2" in organiser.screen.text
    await send(service.work, clock.now())
    async with service.work.write() as work:
        await work.deliveries.finish(clock.now())
        await work.commit()
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "Announcement 1: everyone is told\n▓▓▓▓▓▓▓▓▓▓ 100%" in organiser.screen.text
    assert {"Pause", "Stop"}.isdisjoint(organiser.screen.buttons)
    await organiser.press("Back")
    await organiser.press("1. ")
    await organiser.press("How it goes out")
    assert "Sent: 2" in organiser.screen.text


async def test_the_same_press_delivered_twice_announces_once(
    service: Service, organiser: Conversation
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    screen = organiser.screen
    button = next(key for key in screen.keys if key.text == "Send: 2")
    for _time in range(2):
        await organiser.press_data(button.callback_data or "", screen)
    assert await _announced(service, 1) is not None
    assert await _announced(service, 2) is None


async def test_one_language_is_warned_of_and_has_to_be_confirmed(
    service: Service, organiser: Conversation
) -> None:
    await organiser.press("New announcement")
    await organiser.press("Not in this language")
    await organiser.say(RUSSIAN)
    assert "not everyone will be able to read it" in organiser.screen.text
    await organiser.press("See it and send")
    assert "Send: 2" not in organiser.screen.buttons
    await organiser.press("Send in one language")
    announced = await _announced(service)
    assert announced is not None
    assert Broadcast.read(announced.parameters).texts == {"ru": RUSSIAN}


async def test_a_text_is_written_anew_or_added_in_english(organiser: Conversation) -> None:
    await _written(organiser)
    await organiser.press("Русский")
    assert f"Written so far:\n{RUSSIAN}" in organiser.screen.text
    await organiser.say("Воды не будет до обеда.")
    await organiser.press("English")
    await organiser.say("No water tomorrow.")
    assert "Русский: Воды не будет до обеда.\nEnglish: No water" in organiser.screen.text
    await organiser.press("See it and send")
    assert "No water tomorrow." in organiser.screen.text
    assert KAZAKH not in organiser.screen.text


async def test_too_long_a_text_is_asked_for_again(organiser: Conversation) -> None:
    await organiser.press("New announcement")
    await organiser.say("x" * (TEXT_LIMIT + 1))
    assert any("at most 1,500 fit" in screen.text for screen in organiser.screens)
    await organiser.say(KAZAKH)
    assert "Write the announcement in Russian." in organiser.screen.text


async def test_whom_it_is_for_is_chosen_by_several_conditions(
    service: Service, organiser: Conversation
) -> None:
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    made = await stored(service.work, town.id, cycle(VOTING))
    await _written(organiser)
    await organiser.press("For whom")
    await organiser.press("Language")
    await organiser.press("· Русский")
    assert "1 person will be told." in organiser.screen.text
    assert "✓ Русский" in organiser.screen.buttons
    await organiser.press("Back")
    assert "• Language: Русский" in organiser.screen.text
    await organiser.press("Took part")
    await organiser.press("· Budget 2026")
    assert "0 people will be told." in organiser.screen.text
    await organiser.press("Back")
    await organiser.press("Messenger")
    await organiser.press("· test")
    await organiser.press("Back")
    await organiser.press("Back")
    assert "Nobody is chosen by this." in organiser.screen.text
    await organiser.press("See it and send")
    await organiser.press("Send: 0")
    announced = await _announced(service)
    assert announced is not None
    assert announced.audience == Audience(
        {Trait.LANGUAGE: ("ru",), Trait.TOOK_PART: (made.id,), Trait.CHANNEL: ("test",)}
    )


async def test_conditions_can_be_taken_back(organiser: Conversation) -> None:
    await _written(organiser)
    await organiser.press("For whom")
    assert "Everyone" not in organiser.screen.buttons
    await organiser.press("Role")
    await organiser.press("· Organisers")
    await organiser.press("✓ Organisers")
    await organiser.press("· Moderators")
    await organiser.press("Back")
    await organiser.press("Everyone")
    assert "everyone who wants all news" in organiser.screen.text
    assert "2 people will be told." in organiser.screen.text


@pytest.mark.parametrize(
    ("choose", "begins", "shown"),
    [
        ("12 March 15:30", local(3, 12, 15, 30), "When: March 12, 15:30"),
        ("Tomorrow at 10:00", local(3, 11, 10), "When: March 11, 10:00"),
        ("2026-03-15 12:00", local(3, 15, 12), "That begins March 16, 09:00"),
    ],
)
async def test_it_is_sent_later(
    service: Service,
    organiser: Conversation,
    choose: str,
    begins: object,
    shown: str,
) -> None:
    await _written(organiser)
    await organiser.press("When")
    if choose in organiser.screen.buttons:
        await organiser.press(choose)
    else:
        await organiser.say(choose)
    assert shown in organiser.screen.text
    await organiser.press("See it and send")
    await organiser.press("Schedule: 2")
    assert "Announcement 1: waits until March 1" in organiser.screen.text
    announced = await _announced(service)
    assert announced is not None
    assert announced.send_from == begins
    await organiser.press("Back")
    assert "· not sent yet\n" in organiser.screen.text


async def test_a_moment_that_will_not_do_is_asked_for_again(organiser: Conversation) -> None:
    await _written(organiser)
    await organiser.press("When")
    await organiser.say("2026-03-09 10:00")
    assert any("That date is in the past." in screen.text for screen in organiser.screens)
    await organiser.press("At once")
    assert "When: at once; who chose other hours gets it in theirs" in organiser.screen.text


async def test_the_organiser_sends_it_to_themselves_first(
    service: Service, organiser: Conversation
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send to myself")
    copies = [screen for screen in organiser.screens if RUSSIAN in screen.text]
    assert [copy.buttons == [] for copy in copies].count(True) == 1
    assert "/stop" in copies[0].text
    assert await _announced(service) is None
    await organiser.press("Send: 2")
    assert await _announced(service) is not None


async def test_sending_is_paused_resumed_and_stopped(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    await organiser.press("Pause")
    assert "Announcement 1: paused" in organiser.screen.text
    await organiser.press("Resume")
    assert "Announcement 1: is being sent" in organiser.screen.text
    await organiser.press("Stop")
    assert "Stop it for good?" in organiser.screen.text
    await organiser.press("Stop for good")
    assert "Announcement 1: stopped for good" in organiser.screen.text
    announced = await _announced(service)
    assert announced is not None
    assert announced.state is AnnouncementState.STOPPED


async def test_what_failed_is_tried_again_from_the_chat(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    claimed = await claim(service.work, clock.now())
    clock.set(clock.now() + timedelta(seconds=30))
    await settle(
        service.work,
        clock.now(),
        Outcome(claimed[0], DeliveryState.SENT),
        Outcome(claimed[1], DeliveryState.FAILED, "400"),
    )
    clock.move(QUICKEST)
    await organiser.look_on()
    assert "Sent: 1\nFailed: 1" in organiser.screen.text
    assert "a second" in organiser.screen.text
    await organiser.press("Retry failed")
    assert "Left: 1" in organiser.screen.text
    assert "Retry failed" not in organiser.screen.buttons


async def test_a_correction_goes_to_those_who_got_the_first_and_both_lead_to_each_other(
    service: Service, organiser: Conversation, talk: Talk, clock: FrozenClock
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    assert "Send a correction" not in organiser.screen.buttons
    await fill(service.work, clock.now())
    await send(service.work, clock.now())
    await talk("ru")
    clock.move(QUICKEST)
    await organiser.look_on()
    await organiser.press("Send a correction")
    await organiser.say("Бүрсігүні.")
    await organiser.say("Послезавтра.")
    assert "those who got announcement 1\n2 people will be told." in organiser.screen.text
    assert "For whom" not in organiser.screen.buttons
    await organiser.press("See it and send")
    assert "Correction of announcement 1" in organiser.screen.text
    await organiser.press("Send: 2")
    assert await fill(service.work, clock.now()) == [2]
    await organiser.say("/start n_1")
    assert "Corrected by announcement 2." in organiser.screen.text
    await organiser.say("/start n_2")
    assert "Correction of announcement 1" in organiser.screen.text
    assert "Corrected by" not in organiser.screen.text


async def test_a_photo_goes_with_the_text_and_stays_in_the_list(
    service: Service, organiser: Conversation, clock: FrozenClock, jpeg: bytes
) -> None:
    await _written(organiser)
    await organiser.press("Photo or file")
    await organiser.send_photo(jpeg)
    assert "With a photo." in organiser.screen.text
    await organiser.press("See it and send")
    assert organiser.screen.picture
    await organiser.press("Send to myself")
    assert [bool(screen.picture) for screen in organiser.screens].count(True) == 2
    await organiser.press("Send: 2")
    announced = await _announced(service)
    assert announced is not None
    photo = Broadcast.read(announced.parameters).photo
    await fill(service.work, clock.now())
    async with service.work.write() as work:
        assert await work.pictures.remove_unused(clock.now() + timedelta(days=9), 9) == 0
        assert photo is not None
        assert await work.pictures.get(photo)
    await organiser.say("/start n_1")
    assert organiser.screen.picture


async def test_a_photo_leaves_less_room_for_words(organiser: Conversation, jpeg: bytes) -> None:
    await organiser.press("New announcement")
    await organiser.say("x" * (CAPTION_LIMIT + 1))
    await organiser.say(RUSSIAN)
    await organiser.press("Photo or file")
    await organiser.send_photo(jpeg)
    assert any("at most 700 fit" in screen.text for screen in organiser.screens)
    await organiser.press("Back")
    assert "With a photo." not in organiser.screen.text


async def test_a_photo_can_be_taken_away(organiser: Conversation, jpeg: bytes) -> None:
    await _written(organiser)
    await organiser.press("Photo or file")
    await organiser.send_photo(jpeg)
    await organiser.press("Photo or file")
    await organiser.press("Without it")
    assert "With a photo." not in organiser.screen.text


async def test_a_document_goes_with_the_text_and_stays_in_the_list(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await _written(organiser)
    await organiser.press("Photo or file")
    await organiser.send_document(PDF, "Шешім.pdf")
    assert "With the document “Шешім.pdf”." in organiser.screen.text
    await organiser.press("Photo or file")
    assert organiser.screen.document == PDF
    await organiser.press("Back")
    await organiser.press("See it and send")
    assert organiser.screen.document == PDF
    await organiser.press("Send to myself")
    assert [screen.document for screen in organiser.screens].count(PDF) == 2
    await organiser.press("Send: 2")
    announced = await _announced(service)
    assert announced is not None
    document = Broadcast.read(announced.parameters).document
    assert document is not None
    assert document.name == "Шешім.pdf"
    await fill(service.work, clock.now())
    async with service.work.write() as work:
        assert await work.documents.remove_unused(clock.now() + timedelta(days=9), 9) == 0
    await organiser.say("/start n_1")
    assert organiser.screen.document == PDF


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ", "a.exe", "That file cannot be sent on."),
        (b"<html>", "a.pdf", "Please save it as PDF"),
        (PDF.ljust(10 * 1024 * 1024 + 1), "a.pdf", "at most 10 MB"),
    ],
)
async def test_a_file_that_cannot_be_handed_out_is_refused_kindly(
    organiser: Conversation, content: bytes, name: str, said: str
) -> None:
    await _written(organiser)
    await organiser.press("Photo or file")
    await organiser.send_document(content, name)
    assert any(said in screen.text for screen in organiser.screens)
    await organiser.press("Back")
    assert "With the document" not in organiser.screen.text


async def test_a_document_that_the_messenger_has_lost_is_asked_for_again(
    organiser: Conversation,
) -> None:
    await _written(organiser)
    await organiser.press("Photo or file")
    await organiser.send(
        document=Document(file_id="gone", file_unique_id="gone", file_name="a.pdf")
    )
    assert any("That file cannot be sent on." in screen.text for screen in organiser.screens)


async def test_a_picture_sent_as_a_file_is_a_photo(organiser: Conversation, jpeg: bytes) -> None:
    await _written(organiser)
    await organiser.press("Photo or file")
    organiser.session.files["picture"] = jpeg
    await organiser.send(
        document=Document(
            file_id="picture", file_unique_id="p", file_name="a.jpg", mime_type="image/jpeg"
        )
    )
    assert "With a photo." in organiser.screen.text


async def test_a_draft_outlives_its_conversation_and_is_taken_up_again_from_the_desk(
    service: Service, organiser: Conversation
) -> None:
    await organiser.press("New announcement")
    await organiser.say(KAZAKH)
    await organiser.say("/menu")
    await organiser.press("Organiser's desk")
    assert "Unfinished announcements: 1" in organiser.screen.text
    await organiser.press("Drafts")
    assert f"1. March 10, 10:00: {KAZAKH}" in organiser.screen.text
    await organiser.press("1. ")
    assert f"Қазақша: {KAZAKH}\nРусский: –" in organiser.screen.text
    await organiser.press("Русский")
    await organiser.say(RUSSIAN)
    await organiser.press("When")
    await organiser.press("Tomorrow at 10:00")
    await organiser.say("/start")
    await organiser.press("Organiser's desk")
    await organiser.press("Drafts")
    await organiser.say("1")
    assert "When: March 11, 10:00; who chose other hours" in organiser.screen.text
    await organiser.press("See it and send")
    await organiser.press("Schedule: 2")
    announced = await _announced(service)
    assert announced is not None
    assert announced.send_from == local(3, 11, 10)
    await organiser.say("/menu")
    await organiser.press("Organiser's desk")
    assert "Unfinished announcements" not in organiser.screen.text
    assert "Drafts" not in organiser.screen.buttons


async def test_who_has_drafts_goes_on_with_one_or_begins_another(organiser: Conversation) -> None:
    await _written(organiser)
    await organiser.press("Back")
    await organiser.press("New announcement")
    assert "Announcements that you have not finished" in organiser.screen.text
    await organiser.press("Begin another")
    await organiser.press("Not in this language")
    await organiser.say("/menu")
    await organiser.press("Announcements")
    await organiser.press("New announcement")
    assert "no text yet" in organiser.screen.text
    assert KAZAKH in organiser.screen.text


async def test_many_drafts_come_in_pages(organiser: Conversation) -> None:
    for number in range(PAGE + 1):
        await organiser.press("New announcement")
        if number:
            await organiser.press("Begin another")
        await organiser.say(f"Су {number}")
        await organiser.say("/menu")
        await organiser.press("Announcements")
    await organiser.press("New announcement")
    assert "Page 1 of 2" in organiser.screen.text
    await organiser.press("Next page")
    assert f"{PAGE + 1}. March 10, 10:00: Су 0" in organiser.screen.text
    await organiser.say("99")
    assert any("write the number" in screen.text for screen in organiser.screens)


async def test_a_draft_is_thrown_away_only_when_that_is_confirmed(
    organiser: Conversation,
) -> None:
    await _written(organiser)
    await organiser.press("Throw it away")
    await organiser.press("No, keep it")
    await organiser.press("Throw it away")
    await organiser.press("Throw it away")
    await organiser.press("New announcement")
    assert "Write the announcement in Kazakh." in organiser.screen.text


async def test_a_draft_that_was_sent_elsewhere_leads_to_the_menu(
    service: Service, organiser: Conversation
) -> None:
    await _written(organiser)
    async with service.work.write() as work:
        (draft,) = await work.broadcasts.drafts_of((await organiser.resident()).id)
        await work.broadcasts.remove_draft(draft.id)
        await work.commit()
    await organiser.press("When")
    assert any("not here any more" in alert for alert in organiser.alerts)
    assert "Khromtau: now" in organiser.screen.text


async def test_a_correction_begun_before_is_gone_on_with(
    service: Service, organiser: Conversation, clock: FrozenClock
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    await send(service.work, clock.now())
    clock.move(QUICKEST)
    await organiser.look_on()
    await organiser.press("Send a correction")
    await organiser.say("Бүрсігүні.")
    await organiser.say("/start n_1")
    await organiser.press("How it goes out")
    await organiser.press("Send a correction")
    assert "Қазақша: Бүрсігүні.\nРусский: –" in organiser.screen.text
    await organiser.press("Back")
    await organiser.say("/menu")
    await organiser.press("Organiser's desk")
    await organiser.press("Drafts")
    assert "correction of announcement 1: Бүрсігүні." in organiser.screen.text


async def test_only_organisers_are_offered_to_announce_and_to_watch(
    organiser: Conversation, talk: Talk, service: Service, clock: FrozenClock
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    await claim(service.work, clock.now())
    person = await talk("en")
    await person.say("/menu")
    await person.press("Announcements")
    assert "New announcement" not in person.screen.buttons
    await person.press("1. ")
    assert "How it goes out" not in person.screen.buttons


@pytest.mark.parametrize(
    ("language", "new", "see"),
    [
        ("kk", "Жаңа хабарландыру", "Көру және жіберу"),
        ("ru", "Новое объявление", "Посмотреть и послать"),
    ],
)
async def test_announcing_speaks_the_organisers_language(
    service: Service, talk: Talk, language: str, new: str, see: str
) -> None:
    person = await talk(language)
    async with service.work.write() as work:
        await work.residents.grant((await person.resident()).id, Role.ORGANISER)
        await work.commit()
    await person.say("/menu")
    await person.press({"kk": "Хабарландырулар", "ru": "Объявления"}[language])
    await person.press(new)
    await person.say(KAZAKH)
    await person.say(RUSSIAN)
    await person.press(see)
    assert {"kk": KAZAKH, "ru": RUSSIAN}[language] in person.screen.text


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (
            Reach(2, local(3, 10, 10), local(3, 10, 10, 0)),
            "Takes about 1 minute; everyone is told by March 10, 10:00",
        ),
        (
            Reach(9, local(3, 10, 10), local(3, 11, 12, 0)),
            "Takes about 26 hours; everyone is told by March 11, 12:00",
        ),
        (
            Reach(900, local(3, 10, 10), local(3, 13, 10, 0), queue=Queue(850, 250, 100)),
            "750 people have to wait for another day. The messenger lets us write to 250 people a",
        ),
        (Reach(0, local(3, 10, 10), local(3, 10, 10, 0)), "Nobody is chosen by this."),
        (Reach(9, local(3, 10, 10), None), "It would take more than a year."),
    ],
)
def test_how_long_it_takes_is_said_in_words(reach: Reach, said: str) -> None:
    person = Resident(1, 1, "en", "", None, NewsChoice.ALL, True, None, frozenset(), MORNING)
    i18n = catalogues()
    with i18n.context(), i18n.use_locale("en"):
        assert said in takes(reach, Acting(person, TOWN, "test"))


async def test_it_is_looked_at_and_tried_in_every_language(organiser: Conversation) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    assert "2 people will be told." in organiser.screen.text
    for label, said in (("☐ Қазақша", KAZAKH), ("☐ Русский", RUSSIAN)):
        await organiser.press(label)
        assert said in organiser.screen.text
        assert label.replace("☐", "☑") in organiser.screen.buttons
        await organiser.press("Send to myself")
        assert said in organiser.screens[-2].text


async def test_what_it_is_about_decides_who_gets_it(
    organiser: Conversation, service: Service
) -> None:
    person = await organiser.resident()
    async with service.work.write() as work:
        await work.residents.choose_topic(person.id, "parks", TopicChoice.MUTE)
        await work.commit()
    await _written(organiser)
    await organiser.press("For whom")
    await organiser.press("What it is about")
    assert "2 people will be told." in organiser.screen.text
    await organiser.press("· Parks")
    assert "1 person will be told." in organiser.screen.text
    await organiser.press("Back")
    assert "About: Parks." in organiser.screen.text
    await organiser.press("What it is about")
    await organiser.press("✓ Parks")
    assert "2 people will be told." in organiser.screen.text


async def test_what_waits_for_the_morning_is_taken_back_and_changed(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    clock.set(local(3, 10, 22))
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    await organiser.say("/menu")
    await organiser.press("Announcements")
    await organiser.press("1. ")
    await organiser.press("How it goes out")
    assert "• wait for the hours they chose: 2" in organiser.screen.text
    await organiser.press("Change it")
    assert "Announcement taken back to be changed" in organiser.screen.text
    assert await claim(service.work, local(3, 11, 10)) == []
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    assert len(await claim(service.work, local(3, 11, 10))) == 2


async def test_it_waits_until_the_first_who_is_left_may_be_told(
    organiser: Conversation, service: Service, clock: FrozenClock
) -> None:
    clock.set(local(3, 10, 22))
    person = await organiser.resident()
    async with service.work.write() as work:
        await work.residents.save(replace(person, hours=Hours(6, 8)))
        await work.commit()
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    await organiser.say("/menu")
    await organiser.press("Announcements")
    await organiser.press("1. ")
    await organiser.press("How it goes out")
    assert "waits until March 11, 06:00" in organiser.screen.text


@pytest.mark.parametrize(
    ("state", "why", "said"),
    [
        (DeliveryState.SENT, "", "Announcement 1: everyone is told"),
        (DeliveryState.FAILED, "400", "Announcement 1: over; 1 was not reached"),
        (DeliveryState.BLOCKED, "blocked", "Announcement 1: over; 1 was not reached"),
        (DeliveryState.SKIPPED, UNWANTED, "Do not want such news any more: 1"),
        (DeliveryState.SKIPPED, STALE, "Too late to be of use: 1"),
        (DeliveryState.SKIPPED, FINISHED, "Have done what it reminds of: 1"),
    ],
)
async def test_when_it_is_over_it_is_said_who_was_not_told_and_why(
    organiser: Conversation,
    service: Service,
    clock: FrozenClock,
    state: DeliveryState,
    why: str,
    said: str,
) -> None:
    await _written(organiser)
    await organiser.press("See it and send")
    await organiser.press("Send: 2")
    await fill(service.work, clock.now())
    first, second = await claim(service.work, clock.now())
    outcomes = Outcome(first, DeliveryState.SENT), Outcome(second, state, why)
    await settle(service.work, clock.now(), *outcomes)
    await finish(service.work, clock.now())
    await organiser.say("/menu")
    await organiser.press("Announcements")
    await organiser.press("1. ")
    await organiser.press("How it goes out")
    assert said in organiser.screen.text
