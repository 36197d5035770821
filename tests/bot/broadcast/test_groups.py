"""Groups and channels on Telegram: how they become destinations, and what they are told."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.broadcast.backoff import ATTEMPTS, FIRST_WAIT
from bot.broadcast.broadcaster import LEASE, Broadcaster
from bot.channels.budgets import Budget
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.inbound import ALLOWED_UPDATES
from bot.channels.telegram.session import news_bot
from bot.metrics import Metrics
from bot.wiring import Service, catalogues
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.destinations import SetUpDestination
from civic.actions.draft_broadcast import audience_of
from civic.actions.remind import RemindUnfinished
from civic.model.announcement import (
    Announcement,
    AnnouncementState,
    DeliveryState,
    NoticeKind,
)
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.broadcast import Broadcast, Order
from civic.model.cycle import StageKind
from civic.model.destination import Destination
from civic.model.resident import BY_DAY, Role
from tests.bot.broadcast.messenger import moving
from tests.civic.cycles import IDEAS, cycle, local, stage_id, stored
from tests.fakes import CountingRandomness, FrozenClock
from tests.telegram import faults
from tests.telegram.person import Person
from tests.telegram.public import KICKED, MEMBER, PublicChat, administrator, restricted
from tests.telegram.standin import Standin

BUDGET = Budget(per_second=30, in_flight=3, chat_seconds=1.0, group_seconds=3.0)
MONDAY = local(3, 2, 10)
NOBODY = EVERYONE.those(Trait.LANGUAGE, "nobody's")
BOTH = ("kk", "ru")
TEXTS = {"kk": "Су болмайды.", "ru": "Не будет <b>воды</b>."}


@dataclass
class Town:
    """A town on Telegram with one organiser and one other resident."""

    telegram: Standin
    service: Service
    broadcaster: Broadcaster
    clock: FrozenClock
    organiser: Person
    resident: Person

    async def hears(self) -> None:
        """Let the service deal with whatever happened on Telegram."""
        bot = news_bot(self.telegram.token, self.telegram.url)
        offset = None
        async with self.service.inbox.running():
            while updates := await bot.get_updates(offset, allowed_updates=list(ALLOWED_UPDATES)):
                for update in updates:
                    await self.service.inbox.receive_and_wait(CHANNEL, update, bot)
                    offset = update.update_id + 1
        await bot.session.close()

    async def group(self, title: str = "Двор", kind: str = "supergroup") -> PublicChat:
        """A group or channel to which the organiser has added the bot."""
        chat = self.telegram.public(title, kind)
        chat.makes_bot(self.telegram, self.organiser, administrator())
        await self.hears()
        return chat

    async def destinations(self) -> list[Destination]:
        """Return what can be told news."""
        async with self.service.work.read() as work:
            town = await work.communities.first()
            assert town is not None
            return list(await work.destinations.of_community(town.id))

    async def sets_up(
        self,
        chat: PublicChat,
        *,
        languages: tuple[str, ...] | None = None,
        stage_news: bool | None = None,
        reminders: bool | None = None,
    ) -> Destination:
        """Let the organiser choose what the chat is told."""
        (found,) = [entry for entry in await self.destinations() if entry.chat_id == chat.id]
        async with self.service.work.read() as work:
            organiser = await work.residents.behind(CHANNEL, self.organiser.id)
        assert organiser is not None
        return await SetUpDestination(self.service.work)(
            organiser[0],
            found.id,
            languages=languages,
            stage_news=stage_news,
            reminders=reminders,
        )

    async def announces(
        self,
        *chats: PublicChat,
        people: Audience = NOBODY,
        photo: int | None = None,
        texts: Mapping[str, str] = TEXTS,
    ) -> Announcement:
        """Announce to these chats and people, and send all that can be sent now."""
        ids = {found.chat_id: found.id for found in await self.destinations()}
        async with self.service.work.write() as work:
            town = await work.communities.first()
            assert town is not None
            key = f"news {len(await work.announcements.latest(100))}"
            await work.announcements.plan(
                *(key, town.id, None, None, NoticeKind.BROADCAST),
                Broadcast(texts, photo=photo).parameters(),
                self.clock.now(),
                audience=people.also_to(*(ids[chat.id] for chat in chats)),
                public=True,
            )
            found = await work.announcements.by_key(key)
            await work.commit()
        assert found is not None
        await self.broadcaster.send_due()
        return found

    async def told(self, announcement: Announcement) -> tuple[AnnouncementState, dict[str, int]]:
        """Return how far the announcement is."""
        async with self.service.work.read() as work:
            found = await work.announcements.get(announcement.id)
            progress = await work.announcements.progress(announcement.id, self.clock.now())
        assert found is not None
        return found.state, {state.value: count for state, count in progress.counts.items()}


@pytest.fixture
async def place(
    telegram: Standin, service: Service, clock: FrozenClock, randomness: CountingRandomness
) -> AsyncIterator[Town]:
    """The town, in the morning of a working day."""
    clock.set(MONDAY)
    bot = news_bot(telegram.token, telegram.url)
    broadcaster = Broadcaster(
        *(service.work, clock, randomness, {CHANNEL: bot}, catalogues(), Metrics()),
        budgets={CHANNEL: BUDGET},
        gathering=timedelta(),
        sleep=moving(clock),
    )
    people = [telegram.person(started=True) for _person in range(2)]
    async with service.work.write() as work:
        town = await work.communities.first()
        assert town is not None
        for person in people:
            known, _contact = await work.residents.add(
                town.id, "ru", CHANNEL, str(person.id), person.id, clock.now()
            )
            await work.residents.save(replace(known, greeted=True))
            if person is people[0]:
                await work.residents.grant(known.id, Role.ORGANISER)
        await work.commit()
    yield Town(telegram, service, broadcaster, clock, *people)
    await bot.session.close()
    assert telegram.violations == []


# How a chat becomes a destination, and ceases to be.


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_where_an_organiser_makes_the_bot_administrator_news_can_be_told(
    place: Town, kind: str
) -> None:
    chat = await place.group("Хромтау жаңалықтары", kind)
    (found,) = await place.destinations()
    assert (found.chat_id, found.title, found.languages) == (chat.id, chat.title, ("ru",))
    assert found.kind.value == ("channel" if kind == "channel" else "group")
    assert not found.stage_news
    assert "«Хромтау жаңалықтары» теперь может получать новости" in place.organiser.screen.text
    assert chat.texts == []


async def test_nobody_else_makes_a_chat_a_destination(place: Town) -> None:
    chat = place.telegram.public("Чужой чат")
    chat.makes_bot(place.telegram, place.resident, administrator())
    chat.makes_bot(place.telegram, place.telegram.person(), MEMBER)
    await place.hears()
    assert await place.destinations() == []
    assert chat.texts == []
    async with place.service.work.read() as work:
        assert await work.residents.behind(CHANNEL, chat.id) is None


@pytest.mark.parametrize(
    ("kind", "membership", "may"),
    [
        ("channel", administrator(can_post=False), False),
        ("channel", MEMBER, False),
        ("supergroup", MEMBER, True),
        ("supergroup", administrator(can_post=False), True),
        ("supergroup", restricted(can_send=True), True),
        ("supergroup", restricted(can_send=False), False),
        ("supergroup", KICKED, False),
    ],
)
async def test_it_is_one_only_where_the_bot_may_write(
    place: Town, kind: str, membership: dict[str, object], *, may: bool
) -> None:
    chat = place.telegram.public("Двор", kind)
    chat.makes_bot(place.telegram, place.organiser, membership)
    await place.hears()
    assert bool(await place.destinations()) is may


async def test_it_ceases_to_be_one_whoever_takes_the_right_away_and_can_come_back(
    place: Town,
) -> None:
    chat = await place.group()
    (first,) = await place.destinations()
    chat.makes_bot(place.telegram, place.resident, KICKED)
    await place.hears()
    assert await place.destinations() == []
    chat.makes_bot(place.telegram, place.resident, MEMBER)
    await place.hears()
    assert await place.destinations() == []
    chat.makes_bot(place.telegram, place.organiser, MEMBER)
    await place.hears()
    assert await place.destinations() == [first]


async def test_a_new_title_is_learnt_with_the_next_change(place: Town) -> None:
    chat = await place.group()
    before = len(place.organiser.history)
    chat.title = "Весь двор"
    chat.makes_bot(place.telegram, place.resident, MEMBER)
    await place.hears()
    assert [found.title for found in await place.destinations()] == ["Весь двор"]
    assert len(place.organiser.history) == before


async def test_an_organiser_who_blocked_the_bot_still_makes_a_chat_a_destination(
    place: Town,
) -> None:
    place.organiser.chat.blocked = True
    await place.group()
    assert len(await place.destinations()) == 1


# What is said in a group.


async def test_ordinary_talk_is_none_of_its_business(place: Town) -> None:
    chat = await place.group()
    for text in ("меню", "стоп", "/menu", "/start@other_bot", "приходите на /start"):
        chat.hears(place.telegram, place.resident, {"text": text})
    chat.hears(place.telegram, place.resident, {"new_chat_title": "Двор"})
    await place.hears()
    assert chat.texts == []
    async with place.service.work.read() as work:
        found = await work.residents.behind(CHANNEL, place.resident.id)
    assert found is not None
    assert found[0].wants_news


async def test_where_both_languages_are_told_both_show_the_way(place: Town) -> None:
    chat = await place.group()
    await place.sets_up(chat, languages=BOTH)
    chat.hears(place.telegram, place.resident, {"text": "/start"})
    await place.hears()
    (said,) = chat.texts
    assert said.startswith("Мен әркіммен жеке сөйлесемін.")
    assert said.endswith("Откройте бота и нажмите «Старт».")
    assert _labels(chat) == [["Ботты ашу", "Открыть бота"]]


@pytest.mark.parametrize("text", ["/start", "/start@Dauys_Bot go"])
async def test_start_is_answered_with_the_way_to_the_private_chat(place: Town, text: str) -> None:
    chat = await place.group()
    chat.hears(place.telegram, place.resident, {"text": text})
    elsewhere = place.telegram.public("Просто чат", "group")
    elsewhere.membership = dict(MEMBER)
    elsewhere.hears(place.telegram, place.resident, {"text": text})
    await place.hears()
    assert chat.texts == ["Я разговариваю с каждым лично. Откройте бота и нажмите «Старт»."]
    assert elsewhere.texts == [
        "Мен әркіммен жеке сөйлесемін. Ботты ашып, «Старт» батырмасын басыңыз."
    ]
    markup = chat.messages[max(chat.messages)].markup
    assert markup is not None
    (button,) = markup["inline_keyboard"][0]
    assert button == {"text": "Открыть бота", "url": "https://t.me/dauys_bot?start="}


# What it is told.


async def test_chosen_chats_are_told_once_each_in_their_language_and_nobody_else(
    place: Town,
) -> None:
    yard, channel, other = [await place.group(title) for title in ("Двор", "Канал", "Третий")]
    await place.sets_up(yard, languages=("kk",))
    announcement = await place.announces(yard, channel)
    await place.broadcaster.send_due()
    (kazakh,), (russian,) = yard.texts, channel.texts
    assert "Су болмайды." in kazakh
    assert "Не будет воды." in russian
    assert "От организаторов: Хромтау." in russian
    assert "/stop" not in kazakh + russian
    assert other.texts == []
    markup = channel.messages[max(channel.messages)].markup
    assert markup is not None
    assert markup["inline_keyboard"] == [
        [{"text": "Открыть в списке", "url": "https://t.me/dauys_bot?start=n_1"}]
    ]
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 2})


def _labels(chat: PublicChat) -> list[list[str]]:
    """Return the labels under the last message, row by row."""
    markup = chat.messages[max(chat.messages)].markup
    assert markup is not None
    return [[button["text"] for button in row] for row in markup["inline_keyboard"]]


async def test_where_both_languages_are_told_one_post_holds_them(place: Town) -> None:
    chat = await place.group()
    await place.sets_up(chat, languages=BOTH)
    announcement = await place.announces(chat)
    (post,) = chat.texts
    parts = ("Су болмайды.", "ұйымдастырушыларынан.", "Не будет воды.", "От организаторов")
    places = [post.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert _labels(chat) == [["Тізімде көру", "Открыть в списке"]]
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})


async def test_words_in_one_language_are_not_posted_twice(place: Town) -> None:
    chat = await place.group()
    await place.sets_up(chat, languages=BOTH)
    await place.announces(chat, texts={"ru": TEXTS["ru"]})
    (post,) = chat.texts
    assert post.count("Не будет воды.") == post.count("объявление") == 1


async def test_what_two_languages_are_too_long_for_is_posted_in_two_messages(place: Town) -> None:
    async with place.service.work.write() as work:
        photo = await work.pictures.add(JPEG, "image/jpeg", place.clock.now())
        await work.commit()
    chat = await place.group()
    await place.sets_up(chat, languages=BOTH)
    long = {"kk": "Су. " * 170, "ru": "Вода. " * 110}
    announcement = await place.announces(chat, photo=photo, texts=long)
    kazakh, russian = chat.texts
    assert ("Су." in kazakh, "Вода." in kazakh) == (True, False)
    assert ("Су." in russian, "Вода." in russian) == (False, True)
    first, second = [message for message in chat.messages.values() if message.from_bot]
    assert ("photo" in first.content, "photo" in second.content) == (True, False)
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})


async def test_of_two_messages_the_one_that_arrived_is_not_posted_again(place: Town) -> None:
    async with place.service.work.write() as work:
        photo = await work.pictures.add(JPEG, "image/jpeg", place.clock.now())
        await work.commit()
    chat = await place.group()
    await place.sets_up(chat, languages=BOTH)
    place.telegram.faults.add(faults.server_error(), method="sendMessage", chat_id=chat.id)
    long = {"kk": "Су. " * 170, "ru": "Вода. " * 110}
    announcement = await place.announces(chat, photo=photo, texts=long)
    assert len(chat.texts) == 1
    assert (await place.told(announcement))[1] == {"pending": 1}
    place.clock.move(timedelta(minutes=1))
    await place.broadcaster.send_due()
    assert ["Су." in text for text in chat.texts] == [True, False]
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})


async def test_a_file_is_uploaded_once_for_people_groups_and_channels(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads: list[int] = []
    read = BufferedInputFile.read

    def noted(file: BufferedInputFile, bot: Bot) -> AsyncGenerator[bytes, None]:
        uploads.append(len(file.data))
        return read(file, bot)

    monkeypatch.setattr(BufferedInputFile, "read", noted)
    async with place.service.work.write() as work:
        photo = await work.pictures.add(JPEG, "image/jpeg", place.clock.now())
        await work.commit()
    chats = [await place.group(title) for title in ("Двор", "Канал")]
    announcement = await place.announces(*chats, photo=photo, people=Audience())
    await place.announces(*chats, photo=photo, people=Audience())
    assert (await place.told(announcement))[1] == {"sent": 4}
    # The two people are told at the same time, so each may be the first.
    assert 1 <= len(uploads) <= 2


async def test_people_and_chats_are_told_and_counted_together(place: Town) -> None:
    chat = await place.group()
    announcement = await place.announces(chat, people=EVERYONE)
    assert len(chat.texts) == 1
    assert "Не будет воды." in place.resident.screen.text
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 3})


async def test_a_correction_goes_to_the_chats_that_got_the_first(place: Town) -> None:
    chat, other = await place.group("Двор"), await place.group("Другой")
    await place.announces(chat)
    order = Order(Broadcast(TEXTS, corrects=1))
    async with place.service.work.read() as work:
        found = await work.residents.behind(CHANNEL, place.organiser.id)
        assert found is not None
        audience = await audience_of(work, found[0], order)
    ids = {found.chat_id: found.id for found in await place.destinations()}
    assert audience.chats == (ids[chat.id],)
    assert other.texts == []


async def test_a_photo_goes_along(place: Town) -> None:
    async with place.service.work.write() as work:
        photo = await work.pictures.add(JPEG, "image/jpeg", place.clock.now())
        await work.commit()
    chat = await place.group()
    await place.announces(chat, photo=photo)
    message = chat.messages[max(chat.messages)]
    assert "photo" in message.content
    assert "Не будет воды." in message.content["caption"]


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffd9")


async def test_a_group_is_told_twenty_times_a_minute_at_the_most(place: Town) -> None:
    chat = await place.group()
    for _time in range(3):
        await place.announces(chat)
    assert len(chat.texts) == 3
    assert place.clock.now() - MONDAY >= timedelta(seconds=6)


async def test_stage_news_goes_where_the_organiser_wants_it(place: Town) -> None:
    chat, other = await place.group("Двор"), await place.group("Другой")
    of_chat = await place.sets_up(chat, stage_news=True)
    made = await stored(place.service.work, of_chat.community_id, cycle())
    await AdvanceCycle(place.service.work, place.clock)(made.id)
    await place.broadcaster.send_due()
    (told,) = chat.texts
    assert "Предложите свою идею" in told
    assert other.texts == []


async def test_days_are_counted_when_it_is_posted(place: Town) -> None:
    yard = await place.group("Двор")
    made = await stored(place.service.work, (await place.destinations())[0].community_id, cycle())
    await place.sets_up(yard, stage_news=True)
    place.clock.set(IDEAS.closes_at - timedelta(days=3))
    await RemindUnfinished(place.service.work, place.clock)(made.id)
    place.clock.set(local(3, 13, 9))
    await place.broadcaster.send_due()
    assert "(осталось 2 дня)" in yard.texts[-1]


async def test_it_is_reminded_unless_the_organiser_does_not_want_that(
    place: Town,
) -> None:
    yard, quiet, alone = [await place.group(title) for title in ("Двор", "Тихий", "Сам")]
    made = await stored(place.service.work, (await place.destinations())[0].community_id, cycle())
    await AdvanceCycle(place.service.work, place.clock)(made.id)
    await place.broadcaster.send_due()
    await place.sets_up(yard, stage_news=True, languages=BOTH)
    await place.sets_up(quiet, stage_news=True, reminders=False)
    async with place.service.work.write() as work:
        found = await work.residents.behind(CHANNEL, place.resident.id)
        assert found is not None
        await work.engagements.begin(stage_id(made, StageKind.IDEAS), found[0].id)
        await work.commit()
    half = (IDEAS.closes_at - IDEAS.opens_at) / 2
    for left in (half, timedelta(days=3), timedelta(days=1)):
        place.clock.set(IDEAS.closes_at - left)
        await RemindUnfinished(place.service.work, place.clock)(made.id)
        await place.broadcaster.send_due()
        place.clock.set(IDEAS.closes_at - left + timedelta(hours=20))
        await RemindUnfinished(place.service.work, place.clock)(made.id)
        await place.broadcaster.send_due()
    assert len(yard.texts) == 3
    assert "Половина времени для идей прошла" in yard.texts[0]
    assert "Идеялар 15 наурыз 18:00-ге дейін жиналады" in yard.texts[1]
    assert "Идеи собираем до" in yard.texts[1]
    assert "Вы начали" not in "".join(yard.texts)
    assert quiet.texts == alone.texts == []


async def test_news_that_lost_its_sense_is_not_told(place: Town) -> None:
    chat = await place.group()
    (found,) = await place.destinations()
    made = await stored(place.service.work, found.community_id, cycle())
    async with place.service.work.write() as work:
        await work.announcements.plan(
            *("old", found.community_id, made.id, made.stages[0].id, NoticeKind.STAGE_OPENED),
            {},
            place.clock.now(),
            audience=NOBODY.also_to(found.id),
            send_until=place.clock.now(),
        )
        await work.commit()
    await place.broadcaster.send_due()
    assert chat.texts == []


async def test_at_night_chats_are_told_nothing(place: Town) -> None:
    chat = await place.group()
    place.clock.set(local(3, 2, 22))
    await place.announces(chat)
    assert chat.texts == []
    async with place.service.work.read() as work:
        assert await work.deliveries.waiting() == {CHANNEL: 1}
    place.clock.set(local(3, 3, 9))
    await place.broadcaster.send_due()
    assert len(chat.texts) == 1


# What can go wrong.


async def test_when_telegram_asks_to_wait_in_a_group_everybody_else_is_told_meanwhile(
    place: Town,
) -> None:
    chat, other = await place.group(), await place.group("Канал", "channel")
    place.telegram.faults.add(faults.too_many_requests(600), method="sendMessage", chat_id=chat.id)
    first = await place.announces(chat, other, people=EVERYONE)
    async with place.service.work.read() as work:
        assert await work.deliveries.paused_until(CHANNEL) is None
        kept = {
            one.destination.chat_id: (one.state.value, one.attempts, one.error)
            for one in await work.postings.of_announcement(first.id)
        }
    assert kept == {chat.id: ("pending", 0, "429"), other.id: ("sent", 1, "")}
    assert (await place.told(first))[1] == {"pending": 1, "sent": 3}
    second = await place.announces(chat, other)
    assert (chat.texts, len(other.texts)) == ([], 2)
    place.clock.move(timedelta(minutes=9))
    await place.broadcaster.send_due()
    assert chat.texts == []
    place.clock.move(timedelta(minutes=2))
    await place.broadcaster.send_due()
    assert len(chat.texts) == 2
    for announcement in (first, second):
        assert (await place.told(announcement))[0] is AnnouncementState.DONE


async def test_when_telegram_asks_to_wait_before_it_is_about_a_group_all_wait(
    place: Town,
) -> None:
    chat = await place.group()
    place.telegram.faults.add(faults.too_many_requests(30), method="getMe")
    announcement = await place.announces(chat)
    assert chat.texts == []
    async with place.service.work.read() as work:
        assert await work.deliveries.paused_until(CHANNEL) is not None
    place.clock.move(timedelta(seconds=31))
    await place.broadcaster.send_due()
    assert (await place.told(announcement))[1] == {"sent": 1}


@pytest.mark.parametrize(
    ("kind", "membership"),
    [
        ("supergroup", KICKED),
        ("channel", administrator(can_post=False)),
        ("supergroup", restricted(can_send=False)),
    ],
)
async def test_a_chat_where_the_bot_may_not_write_any_more_is_none(
    place: Town, kind: str, membership: dict[str, object]
) -> None:
    chat = await place.group("Двор", kind)
    chat.makes_bot(place.telegram, place.resident, membership, quietly=True)
    announcement = await place.announces(chat)
    assert await place.destinations() == []
    assert await place.told(announcement) == (AnnouncementState.DONE, {"blocked": 1})


async def test_a_chat_that_was_lost_after_planning_is_not_tried(place: Town) -> None:
    chat = await place.group()
    place.clock.set(local(3, 2, 22))
    announcement = await place.announces(chat)
    chat.makes_bot(place.telegram, place.organiser, KICKED)
    await place.hears()
    place.clock.set(local(3, 3, 9))
    sent = place.telegram.counts["sendMessage"]
    await place.broadcaster.send_due()
    assert place.telegram.counts["sendMessage"] == sent
    assert (await place.told(announcement))[1] == {"blocked": 1}


@pytest.mark.parametrize("quietly", [True, False])
async def test_a_group_that_became_a_supergroup_is_told_there_once(
    place: Town, *, quietly: bool
) -> None:
    chat = await place.group("Двор", "group")
    grown = chat.becomes(place.telegram, place.organiser, quietly=quietly)
    await place.hears()
    (found,) = await place.destinations()
    assert found.chat_id == (chat.id if quietly else grown.id)
    await place.announces(grown if not quietly else chat)
    assert len(grown.texts) == 1
    (found,) = await place.destinations()
    assert found.chat_id == grown.id


async def test_a_group_that_moves_while_it_is_being_told_stays_a_destination(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram says so twice: by an update, and in answer to what was sent to the old number."""
    chat = await place.group("Двор", "group")
    (before,) = await place.destinations()
    moving_to: list[PublicChat] = []
    (poster,) = place.broadcaster._posters
    turn = poster._pace.turn

    async def meanwhile(chat_id: int, patience: datetime) -> object:
        if not moving_to:
            moving_to.append(chat.becomes(place.telegram, place.organiser))
            await place.hears()
        return await turn(chat_id, patience)

    monkeypatch.setattr(poster._pace, "turn", meanwhile)
    announcement = await place.announces(chat)
    (grown,) = moving_to
    assert await place.destinations() == [replace(before, chat_id=grown.id)]
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})
    assert len(grown.texts) == 1


async def test_a_supergroup_heard_of_before_its_group_ended_is_the_same_one(place: Town) -> None:
    chat = await place.group("Двор", "group")
    grown = chat.becomes(place.telegram, place.organiser, quietly=True)
    grown.makes_bot(place.telegram, place.organiser, administrator())
    await place.hears()
    assert len(await place.destinations()) == 2
    announcement = await place.announces(chat, grown)
    chat.hears(place.telegram, place.organiser, {"migrate_to_chat_id": grown.id})
    await place.hears()
    assert [found.chat_id for found in await place.destinations()] == [grown.id]
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})
    assert len(grown.texts) == 1


async def test_a_chat_that_is_no_destination_may_move_or_end(place: Town) -> None:
    chat = place.telegram.public("Чужой", "group")
    chat.becomes(place.telegram, place.resident)
    chat.makes_bot(place.telegram, place.resident, KICKED)
    await place.hears()
    assert await place.destinations() == []


async def test_a_failure_is_made_good_and_an_answer_that_was_lost_is_doubtful(
    place: Town,
) -> None:
    chat = await place.group()
    place.telegram.faults.add(faults.server_error(), chat_id=chat.id)
    announcement = await place.announces(chat)
    assert chat.texts == []
    place.telegram.faults.add(faults.answer_lost(), chat_id=chat.id)
    place.clock.move(timedelta(minutes=1))
    await place.broadcaster.send_due()
    place.clock.move(timedelta(minutes=1))
    await place.broadcaster.send_due()
    async with place.service.work.read() as work:
        progress = await work.announcements.progress(announcement.id, place.clock.now())
    assert progress.doubtful == 1
    assert (await place.told(announcement))[1] == {"sent": 1}


async def test_what_fails_again_and_again_is_given_up_and_can_be_tried_again(place: Town) -> None:
    chat = await place.group()
    place.telegram.faults.add(faults.server_error(), times=5, chat_id=chat.id)
    announcement = await place.announces(chat)
    for _time in range(4):
        place.clock.move(timedelta(minutes=10))
        await place.broadcaster.send_due()
    assert await place.told(announcement) == (AnnouncementState.DONE, {"failed": 1})
    async with place.service.work.write() as work:
        assert await work.announcements.retry_failed(announcement.id, place.clock.now()) == 1
        await work.announcements.steer(
            announcement.id, AnnouncementState.RUNNING, place.clock.now()
        )
        assert await work.announcements.left(announcement.id) == {(CHANNEL, BY_DAY): 1}
        await work.commit()
    await place.broadcaster.send_due()
    assert len(chat.texts) == 1


@pytest.mark.parametrize(
    ("fault", "in_doubt"),
    [(faults.server_error(), False), (faults.call_lost(), True)],
    ids=["5xx", "no network"],
)
async def test_an_outage_costs_no_group_its_news_however_few_are_told(
    place: Town, fault: faults.Fault, *, in_doubt: bool
) -> None:
    chat = await place.group()
    place.telegram.faults.add(fault, times=1000)
    announcement = await place.announces(chat)
    for _time in range(4 * ATTEMPTS):
        place.clock.move(timedelta(minutes=10))
        await place.broadcaster.send_due()
    async with place.service.work.read() as work:
        (kept,) = await work.postings.of_announcement(announcement.id)
    assert (kept.state, kept.attempts, kept.doubtful) == (DeliveryState.PENDING, 0, in_doubt)
    place.telegram.faults.clear()
    place.clock.move(timedelta(minutes=10))
    await place.broadcaster.send_due()
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})
    assert len(chat.texts) == 1


async def test_people_learn_of_an_outage_that_groups_met_and_one_copy_at_a_time_tries(
    place: Town,
) -> None:
    chats = [await place.group(f"Двор {number}") for number in range(3)]
    place.telegram.faults.add(faults.server_error(), times=1000)
    before = place.telegram.counts["sendMessage"]
    announcement = await place.announces(*chats, people=EVERYONE)
    assert place.telegram.counts["sendMessage"] <= before + BUDGET.in_flight + 1
    for _time in range(10):
        before = place.telegram.counts["sendMessage"]
        place.clock.move(timedelta(minutes=2))
        await place.broadcaster.send_due()
        assert place.telegram.counts["sendMessage"] <= before + 1
    place.telegram.faults.clear()
    for _time in range(5):
        place.clock.move(timedelta(minutes=6))
        await place.broadcaster.send_due()
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 5})
    assert [len(chat.texts) for chat in chats] == [1, 1, 1]


async def test_what_failed_together_does_not_come_back_together(place: Town) -> None:
    good = await place.group("Аула")
    chats = [await place.group(f"Двор {number}") for number in range(6)]
    for chat in chats:
        place.telegram.faults.add(faults.server_error(), chat_id=chat.id)
    waits = []
    for chat in chats:
        announcement = await place.announces(chat, good)
        async with place.service.work.read() as work:
            told = await work.postings.of_announcement(announcement.id)
        (kept,) = [one for one in told if one.destination.chat_id == chat.id]
        waits.append(kept.not_before - kept.changed_at)
    assert len(set(waits)) == len(chats)
    assert all(abs(wait - FIRST_WAIT) <= FIRST_WAIT / 4 for wait in waits)


async def test_what_telegram_calls_malformed_is_given_up_at_once(place: Town) -> None:
    chat = await place.group()
    place.telegram.faults.add(
        faults.Fault(400, "Bad Request: can't parse entities"), chat_id=chat.id
    )
    announcement = await place.announces(chat)
    assert (await place.told(announcement))[1] == {"failed": 1}


async def test_a_trouble_of_our_own_is_made_good_too(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await place.group()
    with monkeypatch.context() as broken:
        broken.setattr("bot.broadcast.posts.posted_of", None)
        announcement = await place.announces(chat)
    assert (await place.told(announcement))[1] == {"pending": 1}
    place.clock.move(timedelta(minutes=1))
    await place.broadcaster.send_due()
    assert len(chat.texts) == 1


async def test_what_was_posted_is_written_down_once_the_database_is_back(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await place.group()
    place.clock.set(local(3, 2, 22))
    announcement = await place.announces(chat)
    place.clock.set(local(3, 3, 9))
    with monkeypatch.context() as broken:
        broken.setattr("storage.repositories.postings.SqlPostings.settle", None)
        with pytest.raises(TypeError):
            await place.broadcaster.send_due()
    assert (await place.told(announcement))[1] == {"sending": 1}
    await place.broadcaster.send_due()
    assert await place.told(announcement) == (AnnouncementState.DONE, {"sent": 1})
    assert len(chat.texts) == 1


async def test_what_a_dead_sender_was_posting_is_posted_again_and_doubtful(place: Town) -> None:
    chat = await place.group()
    place.clock.set(local(3, 2, 22))
    announcement = await place.announces(chat)
    place.clock.set(local(3, 3, 9))
    async with place.service.work.write() as work:
        claimed = await work.postings.claim("somebody", CHANNEL, place.clock.now(), timedelta())
        await work.commit()
    assert claimed is not None
    assert claimed.destination.chat_id == chat.id
    place.clock.move(LEASE)
    await place.broadcaster.send_due()
    assert len(chat.texts) == 1
    async with place.service.work.read() as work:
        assert await work.postings.reached(announcement.id) == [claimed.destination.id]
        progress = await work.announcements.progress(announcement.id, place.clock.now())
    assert progress.doubtful == 1


async def test_what_waited_too_long_for_its_turn_is_given_back_and_goes_out_later(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await place.group()
    (poster,) = place.broadcaster._posters
    turn, waits = poster._pace.turn, [timedelta(seconds=9), timedelta()]

    async def slow(chat_id: int, patience: datetime) -> object:
        moment = await turn(chat_id, patience)
        place.clock.move(waits.pop(0))
        return moment

    monkeypatch.setattr(poster._pace, "turn", slow)
    announcement = await place.announces(chat)
    assert len(chat.texts) == 1
    async with place.service.database.read() as connection:
        attempts = await connection.scalar(sa.text("SELECT attempts FROM postings"))
    assert attempts == 1
    assert (await place.told(announcement))[1] == {"sent": 1}


async def test_it_goes_on_until_it_is_stopped_and_trouble_only_delays_it(
    place: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    chat = await place.group()
    place.clock.set(local(3, 2, 22))
    await place.announces(chat)
    place.clock.set(local(3, 3, 9))
    (poster,) = place.broadcaster._posters
    claim, rounds = poster._claim, [0]

    async def failing() -> object:
        rounds[0] += 1
        poster.wake()
        if rounds[0] == 1:
            message = "no database"
            raise OSError(message)
        found = await claim()
        if found is None:
            poster.stop()
        return found

    monkeypatch.setattr(poster, "_claim", failing)
    await poster.run()
    assert len(chat.texts) == 1
    assert "cannot be told" in caplog.text
