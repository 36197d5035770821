"""What nobody can see any more is thrown away; what the history shows stays."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.webchat import CHANNEL
from bot.housekeeping import BATCH, Housekeeping
from civic.actions.send_broadcast import SendBroadcast
from civic.actions.tidy_attachments import TidyAttachments
from civic.model.broadcast import Broadcast, Document
from civic.model.community import Community
from civic.model.cycle import StageKind
from civic.model.idea import IdeaContent
from civic.model.resident import Role
from civic.ports import Work
from civic.rules.keeping import NUMBERS_KEPT, UNSEEN_KEPT
from storage.database import Database
from storage.inbox import Arrival, SqlInbox
from storage.repositories.webchat import Bubble, NewFile, SqlWebChats, StoredMessage, Visitor
from storage.tables.conversation import inbox
from storage.tables.webchat import webchat_messages
from tests.broadcasts import drafted
from tests.civic.cycles import cycle, stored
from tests.conftest import ON_POSTGRES, Meet
from tests.fakes import FrozenClock

LONG: timedelta = UNSEEN_KEPT + timedelta(days=1)


@pytest.fixture
def chats(database: Database) -> SqlWebChats:
    return SqlWebChats(database)


@pytest.fixture
def arrivals(database: Database) -> SqlInbox:
    return SqlInbox(database)


@pytest.fixture
def housekeeping(
    work: Work, clock: FrozenClock, arrivals: SqlInbox, chats: SqlWebChats
) -> Housekeeping:
    return Housekeeping(arrivals, chats, TidyAttachments(work, clock), clock)


@pytest.fixture
async def visitor(work: Work, town: Community, clock: FrozenClock, chats: SqlWebChats) -> Visitor:
    """Somebody with a web chat."""
    async with work.write() as unit:
        await unit.residents.add(town.id, "en", CHANNEL, "here", None, clock.now())
        await unit.commit()
    found = await chats.visitor("here")
    assert found is not None
    return found


def _file(name: str) -> NewFile:
    return NewFile(token=name, name=name, media_type="image/png", content=b"x", width=1, height=1)


def _with_new_picture(_old: StoredMessage | None) -> Bubble:
    return Bubble(file=_file("new"), file_kind="photo")


async def _count(database: Database, table: sa.Table) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


async def test_old_deleted_messages_go_and_the_history_and_its_revisions_stay(
    database: Database,
    clock: FrozenClock,
    chats: SqlWebChats,
    visitor: Visitor,
    housekeeping: Housekeeping,
) -> None:
    for number in range(4):
        told = await chats.tell(visitor.chat_id, Bubble(html=str(number)), clock.now())
        assert told is not None
        if number:
            await chats.delete(visitor.chat_id, told.id)
    before = await chats.page(visitor, None, 10)
    await housekeeping.tidy()
    assert await _count(database, webchat_messages) == 4
    clock.move(LONG)

    await housekeeping.tidy()

    after = await chats.page(visitor, None, 10)
    assert after == before
    assert [message.bubble.html for message in after.messages] == ["0"]
    # The latest change stays: pages ask for what came after it.
    assert await _count(database, webchat_messages) == 2


async def test_files_go_once_no_message_shows_them(
    clock: FrozenClock,
    chats: SqlWebChats,
    visitor: Visitor,
    housekeeping: Housekeeping,
) -> None:
    for name in ("kept", "deleted", "replaced"):
        picture = Bubble(file=_file(name), file_kind="photo")
        told = await chats.tell(visitor.chat_id, picture, clock.now())
        assert told is not None
        if name == "deleted":
            await chats.delete(visitor.chat_id, told.id)
        if name == "replaced":
            await chats.edit(visitor.chat_id, told.id, _with_new_picture, clock.now())
    clock.move(LONG)

    await housekeeping.tidy()

    assert await chats.file("kept") is not None
    assert await chats.file("new") is not None
    assert await chats.file("deleted") is None
    assert await chats.file("replaced") is None


async def test_a_file_that_was_just_sent_again_stays(
    clock: FrozenClock, chats: SqlWebChats, visitor: Visitor, housekeeping: Housekeeping
) -> None:
    picture = Bubble(file=_file("chart"), file_kind="photo")
    for wait in (LONG, timedelta()):
        told = await chats.tell(visitor.chat_id, picture, clock.now())
        assert told is not None
        await chats.delete(visitor.chat_id, told.id)
        clock.move(wait)
    await housekeeping.tidy()
    assert await chats.file("chart") is not None


async def test_pictures_go_once_no_idea_or_draft_shows_them(
    work: Work,
    town: Community,
    clock: FrozenClock,
    resident: Meet,
    housekeeping: Housekeeping,
) -> None:
    made, author = await stored(work, town.id, cycle()), await resident()
    assert made.stage(StageKind.IDEAS) is not None
    async with work.write() as unit:
        unused, drafted, submitted = [
            await unit.pictures.add(name, "image/jpeg", clock.now())
            for name in (b"unused", b"drafted", b"submitted")
        ]
        content = IdeaContent(title="t", problem="p", proposal="p", photos=(submitted,))
        draft = await unit.ideas.add_draft(author.id, made.id, None, content, clock.now())
        await unit.ideas.submit(draft, clock.now())
        await unit.ideas.remove_draft(draft.id)
        content = IdeaContent(photos=(drafted,))
        await unit.ideas.add_draft(author.id, made.id, None, content, clock.now())
        await unit.commit()
    clock.move(LONG)
    await housekeeping.tidy()
    async with work.read() as unit:
        left = [await unit.pictures.get(one) is not None for one in (unused, drafted, submitted)]
    assert left == [False, True, True]


@ON_POSTGRES
async def test_a_document_stays_while_its_draft_is_being_announced(
    work: Work, clock: FrozenClock, resident: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = (await resident()).with_role(Role.ORGANISER)
    async with work.write() as unit:
        kept = await unit.documents.add(b"plan", "application/pdf", clock.now())
        await unit.commit()
    texts = {"kk": "Жоспар", "ru": "План"}
    draft = await drafted(work, author, Broadcast(texts, document=Document(kept, "plan.pdf")))
    clock.move(LONG)
    sending = SendBroadcast(work, clock, Silent())

    look, looks = AsyncConnection.scalars, []

    async def scalars(self: AsyncConnection, statement: sa.Select[Any]) -> sa.ScalarResult[Any]:
        """Let the draft be announced after the first look at what is shown."""
        found = await look(self, statement)
        looks.append(self)
        if len(looks) == 1:
            await sending(author, draft)
        return found

    monkeypatch.setattr(AsyncConnection, "scalars", scalars)
    async with work.write() as unit:
        await unit.documents.remove_unused(clock.now(), BATCH)
        await unit.commit()
    assert looks
    async with work.read() as unit:
        assert await unit.documents.get(kept) is not None


class Silent:
    """Wakes nobody."""

    def wake(self) -> None:
        """Do nothing."""


async def test_much_is_removed_in_batches(
    work: Work, clock: FrozenClock, housekeeping: Housekeeping
) -> None:
    async with work.write() as unit:
        for number in range(BATCH + 5):
            await unit.pictures.add(str(number).encode(), "image/jpeg", clock.now())
        await unit.commit()
    clock.move(LONG)
    assert await TidyAttachments(work, clock)(BATCH) == BATCH
    await housekeeping.tidy()
    assert await TidyAttachments(work, clock)(BATCH) == 0


async def test_numbers_of_updates_are_forgotten_once_nobody_repeats_them(
    database: Database,
    clock: FrozenClock,
    arrivals: SqlInbox,
    housekeeping: Housekeeping,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.housekeeping.NUMBERS", 2)
    monkeypatch.setattr("bot.housekeeping.ROUNDS", 2)
    old = [Arrival(number, "{}") for number in range(6)]
    for channel in ("telegram", "webchat"):
        await arrivals.add(channel, old, clock.now())
        await database.store(
            *(SqlInbox.done(channel, number, clock.now()) for number in range(1, 6))
        )
    clock.move(NUMBERS_KEPT - timedelta(minutes=1))
    # Repeated just before: it is known, and was dealt with no later for that.
    assert await arrivals.add("telegram", old, clock.now()) == frozenset()
    await housekeeping.tidy()
    assert await _count(database, inbox) == 12
    clock.move(timedelta(minutes=2))
    await arrivals.add("telegram", [Arrival(100, "{}")], clock.now())
    await database.store(SqlInbox.done("telegram", 100, clock.now()))
    left = []
    for _hour in range(4):
        await housekeeping.tidy()
        left.append(await _count(database, inbox))
    # Four at a time; what is not done stays, and what was done lately.
    assert left == [9, 5, 3, 3]
    assert len(await arrivals.waiting("telegram", 3)) == 1
    assert await arrivals.add("telegram", [Arrival(100, "{}")], clock.now()) == frozenset()
