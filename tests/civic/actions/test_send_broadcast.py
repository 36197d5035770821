"""Organisers announce in their own words, and everyone can read what was announced."""

from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.read_announcements import ReadAnnouncement, ReadAnnouncements
from civic.actions.read_audience_choices import ReadAudienceChoices
from civic.actions.send_broadcast import LATENESS, SendBroadcast
from civic.actions.steer_sending import ReadSending, RetryFailed, StopSending
from civic.model.announcement import AnnouncementState, NoticeKind
from civic.model.audience import EVERYONE, Trait
from civic.model.broadcast import TEXT_LIMIT, Broadcast, Order
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from storage.repositories.announcements import SqlAnnouncements
from tests.broadcasts import drafted
from tests.civic.cycles import cycle, stored
from tests.conftest import Meet
from tests.fakes import FrozenClock, Steady
from tests.storage.ledger import claim, fill, plan
from tests.storage.ledger import send as deliver

BOTH = Broadcast({"ru": "<b>Воды</b> не будет <script>x</script>", "kk": "Су болмайды"})
ORDER = Order(BOTH)


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
    send: SendBroadcast, organiser: Resident, work: Work, bell: Bell
) -> None:
    draft = await drafted(work, organiser, ORDER)
    first = await send(organiser, draft)
    assert await send(organiser, draft) == first
    async with work.read() as unit:
        assert await unit.broadcasts.draft(draft) is None
    second = await send(organiser, await drafted(work, organiser, ORDER))
    assert (first.number, second.number) == (1, 2)
    assert (first.kind, first.by) == (NoticeKind.BROADCAST, organiser.id)
    assert Broadcast.read(first.parameters).texts == {
        "kk": "Су болмайды",
        "ru": "<b>Воды</b> не будет x",
    }
    assert bell.rung >= 2


async def test_only_its_author_sends_a_draft_before_and_after_it_was_sent(
    send: SendBroadcast, organiser: Resident, work: Work, resident: Meet
) -> None:
    draft = await drafted(work, organiser, ORDER)
    other = (await resident()).with_role(Role.ORGANISER)
    for _sent in range(2):
        with pytest.raises(Refused) as refused:
            await send(other, draft)
        assert refused.value.reason is Reason.NOT_YOURS
        await send(organiser, draft)


async def test_a_draft_that_is_gone_is_not_sent(send: SendBroadcast, organiser: Resident) -> None:
    with pytest.raises(Refused) as refused:
        await send(organiser, 999)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_what_is_there_in_one_language_only_has_to_be_confirmed(
    send: SendBroadcast, organiser: Resident, work: Work
) -> None:
    draft = await drafted(work, organiser, Broadcast({"kk": "Су болмайды"}))
    with pytest.raises(Refused) as refused:
        await send(organiser, draft)
    assert refused.value.reason is Reason.ONE_LANGUAGE
    assert (await send(organiser, draft, one_language=True)).number == 1


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
    send: SendBroadcast, organiser: Resident, work: Work, texts: dict[str, str], reason: Reason
) -> None:
    draft = await drafted(work, organiser, Broadcast(texts))
    with pytest.raises(Refused) as refused:
        await send(organiser, draft, one_language=True)
    assert refused.value.reason is reason


async def test_formatting_does_not_count_as_length(
    send: SendBroadcast, organiser: Resident, work: Work
) -> None:
    long = "<b>" + "x" * TEXT_LIMIT + "</b>"
    draft = await drafted(work, organiser, Broadcast({"kk": long, "ru": long}))
    sent = await send(organiser, draft)
    assert Broadcast.read(sent.parameters).texts["ru"] == long


async def test_it_goes_to_its_audience_when_its_moment_comes(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock, resident: Meet
) -> None:
    await resident("ru")
    russians = EVERYONE.those(Trait.LANGUAGE, "ru")
    later = clock.now() + timedelta(hours=2)
    order = replace(ORDER, audience=russians, send_from=later)
    await send(organiser, await drafted(work, organiser, order))
    assert await fill(work, clock.now()) == []
    assert await fill(work, later) == [1]


async def test_a_correction_waits_until_nobody_can_get_the_first_any_more(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    """Whoever got the first later would never hear that it was wrong."""
    first = await send(organiser, await drafted(work, organiser, ORDER))
    correction = await drafted(work, organiser, replace(BOTH, corrects=1), "correction")
    for _moment in ("not planned", "not sent"):
        with pytest.raises(Refused) as refused:
            await send(organiser, correction)
        assert refused.value.reason is Reason.STILL_SENDING
        assert refused.value.facts == {"number": 1}
        await fill(work, clock.now())
    await StopSending(work, clock)(organiser, first.id)
    assert (await send(organiser, correction)).number == 2


async def test_what_was_corrected_is_not_tried_again(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    """Whom it could not reach would get what is wrong, and never the correction."""
    first = await send(organiser, await drafted(work, organiser, ORDER))
    await fill(work, clock.now())
    await deliver(work, clock.now())
    await send(organiser, await drafted(work, organiser, replace(BOTH, corrects=1)))
    retry, read = RetryFailed(work, clock, Bell()), ReadSending(work, clock, Steady(2.0))
    assert await retry(organiser, first.id) == 0
    assert not (await read(organiser, first.id)).is_corrected
    await fill(work, clock.now())
    with pytest.raises(Refused) as refused:
        await retry(organiser, first.id)
    assert (refused.value.reason, refused.value.facts) == (Reason.CORRECTED, {"number": 2})
    assert (await read(organiser, first.id)).is_corrected


async def test_a_correction_is_named_once_it_is_out_and_never_if_it_was_stopped_before(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock, resident: Meet
) -> None:
    first = await send(organiser, await drafted(work, organiser, ORDER))
    await fill(work, clock.now())
    await deliver(work, clock.now())
    reader, read = await resident(), ReadAnnouncement(work, clock)
    for number, key in ((2, "stopped"), (3, "out")):
        correction = replace(BOTH, corrects=1)
        sent = await send(organiser, await drafted(work, organiser, correction, key))
        await fill(work, clock.now())
        assert (await read(organiser, 1)).corrected_by == (number,)
        assert (await read(reader, 1)).corrected_by == ()
        if key == "stopped":
            await StopSending(work, clock)(organiser, sent.id)
            assert (await read(organiser, 1)).corrected_by == ()
    await claim(work, clock.now())
    assert (await read(reader, 1)).corrected_by == (3,)
    assert first.number == 1


async def test_a_correction_goes_to_those_who_got_the_first_whatever_the_draft_says(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    first = await send(organiser, await drafted(work, organiser, ORDER))
    await fill(work, clock.now())
    await deliver(work, clock.now())
    sent = await send(organiser, await drafted(work, organiser, replace(BOTH, corrects=1)))
    assert sent.audience == EVERYONE.those(Trait.RECIPIENT, first.id)
    with pytest.raises(Refused) as refused:
        await send(organiser, await drafted(work, organiser, replace(BOTH, corrects=9)))
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_moment_long_past_is_refused_and_one_just_past_is_not(
    send: SendBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    just_past = clock.now() - LATENESS
    long_past = replace(ORDER, send_from=just_past - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        await send(organiser, await drafted(work, organiser, long_past, "long past"))
    assert refused.value.reason is Reason.DATE_IN_PAST
    draft = await drafted(work, organiser, replace(ORDER, send_from=just_past))
    assert (await send(organiser, draft)).send_from == just_past


async def test_only_organisers_announce(send: SendBroadcast, work: Work, resident: Meet) -> None:
    person = await resident()
    with pytest.raises(Refused) as refused:
        await send(person, await drafted(work, person, ORDER))
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
    later = replace(ORDER, send_from=clock.now() + timedelta(hours=2))
    await send(organiser, await drafted(work, organiser, later))
    await fill(work, clock.now())
    await claim(work, clock.now())
    reader = await resident()
    read, read_one = ReadAnnouncements(work), ReadAnnouncement(work, clock)
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
    send: SendBroadcast,
    organiser: Resident,
    work: Work,
    bell: Bell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nowhere(_self: SqlAnnouncements, _key: str) -> None:
        return None

    draft = await drafted(work, organiser, ORDER)
    monkeypatch.setattr(SqlAnnouncements, "by_key", nowhere)
    with pytest.raises(LookupError):
        await send(organiser, draft)
    assert bell.rung == 0
