"""Organisers announce in their own words, and everyone can read what was announced."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.photos import PillowPhotoReader
from civic.actions.broadcast_photos import KeepBroadcastPhoto, ReadBroadcastPhoto
from civic.actions.read_announcements import ReadAnnouncement, ReadAnnouncements
from civic.actions.read_audience_choices import ReadAudienceChoices
from civic.actions.send_broadcast import LATENESS, Order, SendBroadcast
from civic.model.announcement import AnnouncementState, NoticeKind
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import TEXT_LIMIT, Broadcast
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from storage.repositories.announcements import SqlAnnouncements
from tests.browser import picture
from tests.civic.cycles import cycle, stored
from tests.conftest import Meet
from tests.fakes import FrozenClock
from tests.storage.ledger import fill, plan

BOTH = Broadcast({"ru": "<b>Воды</b> не будет <script>x</script>", "kk": "Су болмайды"})
ORDER = Order("draft", BOTH)


class Bell:
    """Counts how often it was rung."""

    rung = 0

    def wake(self) -> None:
        """Note that it was rung."""
        self.rung += 1


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def organiser(work: Work, resident: Meet) -> Resident:
    """Somebody who may announce."""
    person = await resident()
    async with work.write() as unit:
        await unit.residents.grant(person.id, Role.ORGANISER)
        await unit.commit()
    return person.with_role(Role.ORGANISER)


@pytest.fixture
def send(work: Work, clock: FrozenClock, bell: Bell) -> SendBroadcast:
    return SendBroadcast(work, clock, bell)


async def test_the_same_draft_is_announced_once_under_the_next_number(
    send: SendBroadcast, organiser: Resident, bell: Bell
) -> None:
    first = await send(organiser, ORDER)
    assert (
        await send(organiser, replace(ORDER, broadcast=Broadcast({"kk": "x", "ru": "y"}))) == first
    )
    second = await send(organiser, replace(ORDER, key="another"))
    assert (first.number, second.number) == (1, 2)
    assert (first.kind, first.by) == (NoticeKind.BROADCAST, organiser.id)
    assert Broadcast.read(first.parameters).texts == {
        "kk": "Су болмайды",
        "ru": "<b>Воды</b> не будет x",
    }
    assert bell.rung >= 2


async def test_what_is_there_in_one_language_only_has_to_be_confirmed(
    send: SendBroadcast, organiser: Resident
) -> None:
    order = Order("draft", Broadcast({"kk": "Су болмайды"}))
    with pytest.raises(Refused) as refused:
        await send(organiser, order)
    assert refused.value.reason is Reason.ONE_LANGUAGE
    assert (await send(organiser, replace(order, one_language=True))).number == 1


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({}, Reason.TEXT_EMPTY),
        ({"kk": "<b> </b>", "ru": "x"}, Reason.TEXT_EMPTY),
        ({"kk": "<b>" + "x" * (TEXT_LIMIT + 1) + "</b>"}, Reason.TEXT_TOO_LONG),
        ({"kk": "🚰" * (TEXT_LIMIT // 2 + 1)}, Reason.TEXT_TOO_LONG),
    ],
)
async def test_a_text_is_neither_empty_nor_too_long(
    send: SendBroadcast, organiser: Resident, texts: dict[str, str], reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        await send(organiser, Order("draft", Broadcast(texts), one_language=True))
    assert refused.value.reason is reason


async def test_formatting_does_not_count_as_length(
    send: SendBroadcast, organiser: Resident
) -> None:
    long = "<b>" + "x" * TEXT_LIMIT + "</b>"
    sent = await send(organiser, Order("draft", Broadcast({"kk": long, "ru": long})))
    assert Broadcast.read(sent.parameters).texts["ru"] == long


async def test_it_goes_to_its_audience_when_its_moment_comes(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock, resident: Meet
) -> None:
    await resident("ru")
    russians = EVERYONE.those(Trait.LANGUAGE, "ru")
    later = clock.now() + timedelta(hours=2)
    await send(organiser, replace(ORDER, audience=russians, send_from=later))
    assert await fill(work, clock.now()) == []
    assert await fill(work, later) == [1]


async def test_a_correction_goes_to_those_who_got_the_first_whatever_the_order_says(
    send: SendBroadcast, organiser: Resident
) -> None:
    first = await send(organiser, ORDER)
    correction = replace(BOTH, corrects=1)
    sent = await send(organiser, Order("correction", correction))
    assert sent.audience == EVERYONE.those(Trait.RECIPIENT, first.id)
    with pytest.raises(Refused) as refused:
        await send(organiser, Order("another", replace(BOTH, corrects=9)))
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_moment_long_past_is_refused_and_one_just_past_is_not(
    send: SendBroadcast, organiser: Resident, clock: FrozenClock
) -> None:
    with pytest.raises(Refused) as refused:
        await send(
            organiser,
            replace(ORDER, send_from=clock.now() - LATENESS - timedelta(seconds=1)),
        )
    assert refused.value.reason is Reason.DATE_IN_PAST
    just_past = clock.now() - LATENESS
    sent = await send(organiser, replace(ORDER, send_from=just_past))
    assert sent.send_from == just_past


async def test_only_organisers_announce(send: SendBroadcast, resident: Meet) -> None:
    with pytest.raises(Refused) as refused:
        await send(await resident(), ORDER)
    assert refused.value.reason is Reason.NOT_ORGANISER


async def test_everyone_reads_what_was_sent_and_only_organisers_what_waits(
    send: SendBroadcast,
    organiser: Resident,
    work: Work,
    town: Community,
    clock: FrozenClock,
    resident: Meet,
) -> None:
    made = await stored(work, town.id, cycle())
    about_cycle = await plan(work, made, clock.now(), public=True)
    await send(organiser, replace(ORDER, send_from=clock.now() + timedelta(hours=2)))
    await fill(work, clock.now())
    reader = await resident()
    read, read_one = ReadAnnouncements(work), ReadAnnouncement(work)
    (entry,) = (await read(reader, 0, 5)).entries
    assert entry.announcement.id == about_cycle
    assert entry.about is not None
    assert entry.about[0].id == made.id
    assert [told.announcement.number for told in (await read(organiser, 0, 5)).entries] == [2, 1]
    assert (await read(organiser, 0, 1)).has_older
    assert not (await read(organiser, 1, 1)).has_older
    assert (await read_one(reader, 1)).announcement.id == about_cycle
    assert (await read_one(organiser, 2)).announcement.state is AnnouncementState.PLANNING
    for number in (2, 3):
        with pytest.raises(Refused) as refused:
            await read_one(reader, number)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_only_organisers_are_told_whom_they_can_choose(work: Work, resident: Meet) -> None:
    with pytest.raises(Refused) as refused:
        await ReadAudienceChoices(work)(await resident())
    assert refused.value.reason is Reason.NOT_ORGANISER


async def test_an_announcement_that_vanished_is_no_success(
    send: SendBroadcast, organiser: Resident, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(_self: SqlAnnouncements, _key: str) -> None:
        return None

    monkeypatch.setattr(SqlAnnouncements, "by_key", nowhere)
    with pytest.raises(LookupError):
        await send(organiser, ORDER)
    assert bell.rung == 0


async def test_only_organisers_read_the_photo_and_only_one_that_is_there(
    work: Work, organiser: Resident, resident: Meet
) -> None:
    read = ReadBroadcastPhoto(work)
    with pytest.raises(Refused) as refused:
        await read(await resident(), 1)
    assert refused.value.reason is Reason.NOT_ORGANISER
    with pytest.raises(Refused) as refused:
        await read(organiser, 999)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_only_organisers_keep_a_photo(
    work: Work, clock: FrozenClock, resident: Meet
) -> None:
    with pytest.raises(Refused) as refused:
        await KeepBroadcastPhoto(work, clock, PillowPhotoReader())(await resident(), b"photo")
    assert refused.value.reason is Reason.NOT_ORGANISER


async def test_the_same_photo_is_kept_once(
    work: Work, clock: FrozenClock, organiser: Resident
) -> None:
    keep = KeepBroadcastPhoto(work, clock, PillowPhotoReader())
    kept = await keep(organiser, picture(40, 30, "JPEG"))
    assert await keep(organiser, picture(40, 30, "JPEG")) == kept
    assert (await ReadBroadcastPhoto(work)(organiser, kept)).startswith(b"\xff\xd8")
