"""An announcement is a draft until it is sent, and every step of it is kept."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.photos import PillowPhotoReader
from civic.actions.draft_broadcast import (
    AddBroadcastDocument,
    AddBroadcastPhoto,
    DiscardBroadcast,
    ReadBroadcastAttachment,
    ReadBroadcastDraft,
    ReadBroadcastDrafts,
    Target,
    WriteBroadcast,
)
from civic.actions.read_attachment import Attachment
from civic.actions.tidy_attachments import TidyAttachments
from civic.model.audience import EVERYONE, Audience, Trait
from civic.model.broadcast import CAPTION_LIMIT, Broadcast, Document, Order
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from civic.rules.broadcasts import (
    Attached,
    Change,
    ChatToggled,
    ForEveryone,
    SentFrom,
    Toggled,
    Worded,
    changed,
)
from tests.broadcasts import drafted
from tests.browser import picture
from tests.civic.cycles import cycle, stored
from tests.conftest import Meet
from tests.fakes import MORNING, FrozenClock
from tests.storage.ledger import plan

KAZAKH = Worded("kk", "<b>Су</b> болмайды")
NEW = Target(None, "window")
PDF = b"%PDF-1.7 ..."


@pytest.fixture
async def organiser(resident: Meet) -> Resident:
    """Somebody who may announce."""
    return (await resident()).with_role(Role.ORGANISER)


@pytest.fixture
async def other(resident: Meet) -> Resident:
    """Another organiser."""
    return (await resident()).with_role(Role.ORGANISER)


@pytest.fixture
def write(work: Work, clock: FrozenClock) -> WriteBroadcast:
    return WriteBroadcast(work, clock)


async def test_what_was_written_is_there_again_whoever_asks_later(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    first = await write(organiser, NEW, KAZAKH)
    clock.set(clock.now() + timedelta(days=3))
    there = Target(first.id)
    await write(organiser, there, Worded("ru", None))
    await write(organiser, there, Toggled(Trait.LANGUAGE, "kk"))
    later = clock.now() + timedelta(days=1)
    await write(organiser, there, SentFrom(later))
    found = await ReadBroadcastDraft(work)(organiser, first.id)
    assert found.order == Order(
        Broadcast({"kk": "<b>Су</b> болмайды"}),
        left_out=("ru",),
        audience=Audience({Trait.LANGUAGE: ("kk",)}),
        send_from=later,
    )
    assert found.updated_at == clock.now()


async def test_a_first_word_that_comes_again_begins_one_draft_only(
    write: WriteBroadcast, organiser: Resident, other: Resident, work: Work
) -> None:
    first = await write(organiser, NEW, KAZAKH)
    assert (await write(organiser, NEW, KAZAKH)).id == first.id
    assert (await write(other, NEW, KAZAKH)).id != first.id
    assert [draft.id for draft in await ReadBroadcastDrafts(work)(organiser)] == [first.id]


async def test_a_first_word_that_is_refused_leaves_no_draft_behind(
    write: WriteBroadcast, organiser: Resident, work: Work
) -> None:
    with pytest.raises(Refused) as refused:
        await write(organiser, NEW, Worded("kk", "<b> </b>"))
    assert refused.value.reason is Reason.TEXT_EMPTY
    assert await ReadBroadcastDrafts(work)(organiser) == []


async def test_the_draft_written_last_comes_first(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    first = await write(organiser, NEW, KAZAKH)
    second = await write(organiser, Target(None, "another window"), KAZAKH)
    clock.set(clock.now() + timedelta(hours=1))
    await write(organiser, Target(first.id), Worded("ru", "Воды не будет"))
    found = await ReadBroadcastDrafts(work)(organiser)
    assert [draft.id for draft in found] == [first.id, second.id]


async def test_a_correction_is_for_those_who_got_what_it_corrects(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    made = await stored(work, organiser.community_id, cycle())
    told = await plan(work, made, clock.now(), public=True)
    draft = await write(organiser, Target(None, "window", corrects=1), KAZAKH)
    assert draft.order.broadcast.corrects == 1
    assert draft.order.audience == EVERYONE.those(Trait.RECIPIENT, told)
    with pytest.raises(Refused) as refused:
        await write(organiser, Target(None, "other", corrects=7), KAZAKH)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_photo_is_kept_with_the_draft_unless_it_leaves_too_little_room(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    add, read = AddBroadcastPhoto(work, clock, PillowPhotoReader()), ReadBroadcastAttachment(work)
    draft = await write(organiser, NEW, KAZAKH)
    there = Target(draft.id)
    assert await read(organiser, draft.id) is None
    photo = (await add(organiser, there, picture(40, 30, "JPEG"))).order.broadcast.photo
    again = (await add(organiser, there, picture(40, 30, "JPEG"))).order.broadcast.photo
    assert photo == again
    kept = await read(organiser, draft.id)
    assert kept is not None
    assert (kept.id, kept.name) == (photo, None)
    assert kept.content.startswith(b"\xff\xd8")
    async with work.write() as unit:
        assert await unit.pictures.remove_unused(clock.now() + timedelta(days=9), 9) == 0
    await write(organiser, there, Attached())
    await write(organiser, there, Worded("kk", "x" * (CAPTION_LIMIT + 1)))
    with pytest.raises(Refused) as refused:
        await add(organiser, there, picture(40, 30, "JPEG"))
    assert refused.value.reason is Reason.TEXT_TOO_LONG
    assert await read(organiser, draft.id) is None


async def test_a_document_takes_the_place_of_a_photo_and_keeps_its_bytes_and_name(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    add, read = AddBroadcastDocument(work, clock), ReadBroadcastAttachment(work)
    there = Target((await write(organiser, NEW, KAZAKH)).id)
    await AddBroadcastPhoto(work, clock, PillowPhotoReader())(
        organiser, there, picture(40, 30, "JPEG")
    )
    draft = await add(organiser, there, "../../Шешім.pdf", PDF)
    assert draft.order.broadcast.photo is None
    document = draft.order.broadcast.document
    assert document is not None
    assert document.name == "Шешім.pdf"
    assert await read(organiser, draft.id) == Attachment(document.id, PDF, "Шешім.pdf")
    assert (await ReadBroadcastDraft(work)(organiser, draft.id)).order == draft.order
    async with work.read() as unit:
        assert await unit.documents.get(document.id) == (PDF, "application/pdf")
    again = await add(organiser, there, "b.pdf", PDF)
    assert again.order.broadcast.document == Document(document.id, "b.pdf")


async def test_a_document_is_thrown_away_once_nothing_shows_it(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    add, later = AddBroadcastDocument(work, clock), clock.now() + timedelta(days=9)
    draft = await add(organiser, NEW, "a.pdf", PDF)
    shown = draft.order.broadcast.document
    assert shown is not None
    await add(organiser, Target(None, "other"), "b.pdf", PDF + b"b")
    (other, _first) = await ReadBroadcastDrafts(work)(organiser)
    await DiscardBroadcast(work, clock)(organiser, other.id)
    async with work.write() as unit:
        assert await unit.documents.remove_unused(clock.now(), 9) == 0
        assert await unit.documents.remove_unused(later, 9) == 1
        assert await unit.documents.get(shown.id) is not None
        await unit.commit()
    clock.set(clock.now() + timedelta(days=99))
    await write(organiser, Target(draft.id), Attached())
    assert await TidyAttachments(work, clock)(9) == 1


async def test_a_photo_or_document_that_is_gone_is_left_out(
    organiser: Resident, work: Work
) -> None:
    read = ReadBroadcastAttachment(work)
    for gone in (Broadcast(photo=999), Broadcast(document=Document(999, "a.pdf"))):
        draft = await drafted(work, organiser, gone, str(gone.photo))
        assert await read(organiser, draft) is None


async def test_what_is_thrown_away_is_gone_and_throwing_it_away_again_is_no_matter(
    write: WriteBroadcast, organiser: Resident, work: Work, clock: FrozenClock
) -> None:
    draft = await write(organiser, NEW, KAZAKH)
    for _time in range(2):
        await DiscardBroadcast(work, clock)(organiser, draft.id)
    assert await ReadBroadcastDrafts(work)(organiser) == []
    with pytest.raises(Refused) as refused:
        await write(organiser, Target(draft.id), KAZAKH)
    assert refused.value.reason is Reason.NOT_FOUND


Try = Callable[[Work, FrozenClock, Resident, int], Awaitable[Any]]
EVERY_WAY: dict[str, Try] = {
    "read": lambda work, _clock, person, draft: ReadBroadcastDraft(work)(person, draft),
    "attachment": lambda work, _clock, person, draft: ReadBroadcastAttachment(work)(person, draft),
    "discard": lambda work, clock, person, draft: DiscardBroadcast(work, clock)(person, draft),
    "write": lambda work, clock, person, draft: WriteBroadcast(work, clock)(
        person, Target(draft), KAZAKH
    ),
    "add photo": lambda work, clock, person, draft: AddBroadcastPhoto(
        work, clock, PillowPhotoReader()
    )(person, Target(draft), picture(4, 3, "JPEG")),
    "add document": lambda work, clock, person, draft: AddBroadcastDocument(work, clock)(
        person, Target(draft), "a.pdf", PDF
    ),
}


@pytest.mark.parametrize("way", EVERY_WAY)
async def test_only_its_author_and_only_an_organiser_has_to_do_with_a_draft(
    way: str,
    work: Work,
    clock: FrozenClock,
    organiser: Resident,
    other: Resident,
    resident: Meet,
) -> None:
    draft = await drafted(work, organiser, Broadcast({"kk": "Су болмайды"}))
    for person, reason in ((other, Reason.NOT_YOURS), (await resident(), Reason.NOT_ORGANISER)):
        with pytest.raises(Refused) as refused:
            await EVERY_WAY[way](work, clock, person, draft)
        assert refused.value.reason is reason
    async with work.read() as unit:
        kept = await unit.broadcasts.draft(draft)
    assert kept is not None
    assert kept.order.broadcast.texts == {"kk": "Су болмайды"}


async def test_only_organisers_have_drafts(work: Work, resident: Meet) -> None:
    with pytest.raises(Refused) as refused:
        await ReadBroadcastDrafts(work)(await resident())
    assert refused.value.reason is Reason.NOT_ORGANISER


def _after(*changes: Change, order: Order | None = None) -> Order:
    order = order or Order()
    for change in changes:
        order = changed(order, change, MORNING)
    return order


def test_languages_are_asked_for_until_each_is_written_or_left_out() -> None:
    assert Order().unwritten == "kk"
    assert _after(KAZAKH).unwritten == "ru"
    assert _after(KAZAKH, Worded("ru", None)).unwritten is None
    assert _after(Worded("kk", None), Worded("kk", "Су")).left_out == ()
    assert _after(KAZAKH, Worded("kk", None)).broadcast.texts == {}


def test_people_are_chosen_and_no_longer_chosen() -> None:
    chosen = _after(Toggled(Trait.LANGUAGE, "kk"), Toggled(Trait.LANGUAGE, "ru"))
    assert chosen.audience == Audience({Trait.LANGUAGE: ("kk", "ru")})
    fewer = _after(Toggled(Trait.LANGUAGE, "kk"), order=chosen)
    assert fewer.audience == Audience({Trait.LANGUAGE: ("ru",)})
    assert _after(Toggled(Trait.LANGUAGE, "ru"), order=fewer).audience == EVERYONE
    assert _after(ForEveryone(), order=chosen).audience == EVERYONE


def test_groups_and_channels_are_chosen_apart_from_people() -> None:
    chosen = _after(ChatToggled(3), ChatToggled(5), Toggled(Trait.LANGUAGE, "kk"))
    assert chosen.audience == EVERYONE.those(Trait.LANGUAGE, "kk").also_to(3, 5)
    assert _after(ForEveryone(), order=chosen).audience == EVERYONE.also_to(3, 5)
    assert _after(ChatToggled(3), order=chosen).audience.chats == (5,)


def test_it_is_sent_at_a_moment_to_come_or_at_once() -> None:
    later = MORNING + timedelta(minutes=1)
    assert _after(SentFrom(later)).send_from == later
    assert _after(SentFrom(later), SentFrom(None)).send_from is None
    with pytest.raises(Refused) as refused:
        _after(SentFrom(MORNING))
    assert refused.value.reason is Reason.DATE_IN_PAST
