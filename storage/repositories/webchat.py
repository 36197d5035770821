"""What was said in the web chat, by whom, and with which files.

A chat is changed under a lock on its contact, so that its revisions rise without gaps even with
several processes: whoever has seen revision 7 is told everything by asking for what came after 7.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from storage.connection import Connection
from storage.database import Database
from storage.repositories.upsert import insert
from storage.tables.conversation import inbox
from storage.tables.people import communities, contacts, residents
from storage.tables.webchat import webchat_files, webchat_forms, webchat_messages

CHANNEL: Final = "webchat"
"""Name of the channel in `contacts` and `inbox`."""

FORMS_KEPT: Final = timedelta(days=8)
"""How long a form is remembered; older ones are refused before they come here."""

Keyboard = Sequence[Sequence[Mapping[str, str]]]
"""Rows of buttons; each has `label` and one of `data`, `url`, `say`."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to keep; the same `token` is kept once."""

    token: str
    name: str
    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known about a kept file, without its content."""

    id: int
    token: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Bubble:
    """What a message shows."""

    html: str = ""
    """Cleaned HTML; line breaks are newlines."""
    keyboard: Keyboard | None = None
    file: NewFile | StoredFile | None = None
    file_kind: str | None = None
    """`photo` or `document` when there is a file."""
    notice: bool = False
    """A short answer that goes when the person acts again."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of the chat as it stands."""

    id: int
    revision: int
    before_id: int | None
    from_person: bool
    is_press: bool
    """True for the echo of a button that the person pressed."""
    bubble: Bubble
    deleted: bool
    sent_at: datetime
    same_since: int = 0
    """The revision after which the message only renewed itself, so that its buttons stay good."""

    @property
    def is_renewed(self) -> bool:
        """Tell whether its last change was nothing but a newer state of the same window."""
        return self.same_since < self.revision

    @property
    def order(self) -> int:
        """Where the message stands in its chat, rising from top to bottom."""
        return 2 * self.id + 1 if self.before_id is None else 2 * self.before_id


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person on the web chat."""

    contact_id: int
    chat_id: int
    language: str
    town: Mapping[str, str]
    timezone: str


@dataclass(frozen=True, slots=True)
class Received:
    """A form that arrived: the number of its update and the message that it became."""

    update_id: int
    message_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the chat, oldest first."""

    messages: Sequence[StoredMessage]
    earlier: int | None
    """Ask for what stands before this place, or None when this is the beginning."""
    revision: int
    """The latest revision of the chat."""


class SqlWebChats:
    """Keeps the chats; every method is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Keep chats in `database`."""
        self._database = database

    async def ping(self) -> None:
        """Do nothing on the database; raises when it does not answer."""
        async with self._database.read() as connection:
            await connection.execute(sa.select(1))

    async def town(self) -> Mapping[str, str] | None:
        """Return the names of the town that newcomers join; None when there is none yet."""
        async with self._database.read() as connection:
            names: Mapping[str, str] | None = await connection.scalar(
                sa.select(communities.c.names).order_by(communities.c.id).limit(1)
            )
        return names

    async def visitor(self, address: str) -> Visitor | None:
        """Return the person who writes from `address`."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    sa.select(
                        contacts.c.id,
                        contacts.c.chat_id,
                        residents.c.language,
                        communities.c.names,
                        communities.c.timezone,
                    )
                    .join(residents, residents.c.id == contacts.c.resident_id)
                    .join(communities, communities.c.id == residents.c.community_id)
                    .where(contacts.c.channel == CHANNEL, contacts.c.address == address)
                )
            ).one_or_none()
        return (
            None
            if row is None
            else Visitor(row.id, row.chat_id, row.language, row.names, row.timezone)
        )

    async def tell(self, chat_id: int, bubble: Bubble, now: datetime) -> StoredMessage | None:
        """Add a message to the person; None when there is no such chat."""
        async with self._change(chat_id) as chat:
            if chat is None:
                return None
            message = await chat.add(bubble, now, from_person=False)
            await chat.commit()
            return message

    async def edit(
        self,
        chat_id: int,
        message_id: int,
        edit: Callable[[StoredMessage | None], Bubble],
        now: datetime,
        *,
        renewing: bool = False,
    ) -> StoredMessage | None:
        """Replace what a message shows by what `edit` makes of it (of None if it is gone).

        With `renewing` it is a newer state of the same window, whose buttons mean the same.
        Returns None when there is no such chat. What `edit` raises leaves everything as it was.
        When more than buttons changed, the button that the person pressed on this message moves
        above it: the message is the answer.
        """
        async with self._change(chat_id) as chat:
            if chat is None:
                return None
            old = await chat.find(message_id)
            new = edit(old)
            if old is None:
                return None
            edited = await chat.replace(old, new, now, renewing=renewing)
            if not renewing and replace(new, keyboard=None) != replace(old.bubble, keyboard=None):
                await chat.put_press_above(message_id)
            await chat.commit()
            return edited

    async def delete(self, chat_id: int, message_id: int) -> bool:
        """Remove a message; False when there is none."""
        async with self._change(chat_id) as chat:
            if chat is None or await chat.find(message_id) is None:
                return False
            await chat.delete(webchat_messages.c.id == message_id)
            await chat.commit()
            return True

    async def receive(
        self,
        visitor: Visitor,
        form: str,
        bubble: Bubble,
        now: datetime,
        *,
        pressed_id: int | None = None,
        hidden: bool = False,
    ) -> Received:
        """Keep what the person said or pressed, once for each `form`; old notices go.

        `hidden` words get a number but are not shown. A button that says nothing is hidden too.
        """
        async with self._change(visitor.chat_id) as chat:
            if chat is None:
                message = "this person has no chat"
                raise LookupError(message)
            known = await chat.form(form)
            if known is not None:
                return known
            await chat.delete(webchat_messages.c.notice)
            if pressed_id is not None:
                await chat.delete(
                    webchat_messages.c.pressed_id == pressed_id,
                    webchat_messages.c.before_id.is_(None),
                )
            said = await chat.add(
                bubble, now, from_person=True, pressed_id=pressed_id, hidden=hidden
            )
            received = await chat.keep_form(form, said.id, now)
            await chat.commit()
            return received

    async def is_done(self, update_id: int) -> bool:
        """Tell whether the update with that number has been dealt with."""
        async with self._database.read() as connection:
            done = await connection.scalar(
                sa.select(inbox.c.done_at).where(
                    inbox.c.channel == CHANNEL, inbox.c.update_id == update_id
                )
            )
        return done is not None

    async def message(self, visitor: Visitor, message_id: int) -> StoredMessage | None:
        """Return a message of the person's chat unless it was deleted."""
        async with self._database.read() as connection:
            return await _Chat(connection, visitor.contact_id).find(message_id)

    async def page(self, visitor: Visitor, before: int | None, limit: int) -> Page:
        """Return the last `limit` messages, or those that stand before place `before`."""
        place = sa.func.coalesce(webchat_messages.c.before_id, webchat_messages.c.id)
        async with self._database.read() as connection:
            chat = _Chat(connection, visitor.contact_id)
            shown = (
                webchat_messages.c.contact_id == visitor.contact_id,
                webchat_messages.c.deleted.is_(False),
                *(() if before is None else (place < before,)),
            )
            places = list(
                await connection.scalars(
                    sa.select(place)
                    .where(*shown)
                    .group_by(place)
                    .order_by(place.desc())
                    .limit(limit + 1)
                )
            )
            first = places[limit - 1] if len(places) >= limit else 0
            messages = await chat.select(
                *shown[1:], place >= first, order=(place, webchat_messages.c.before_id.is_(None))
            )
            return Page(
                messages, first if len(places) > limit else None, await chat.latest_revision()
            )

    async def changes(self, visitor: Visitor, revision: int) -> Sequence[StoredMessage]:
        """Return what came, changed or went after `revision`, in order of revision."""
        async with self._database.read() as connection:
            return await _Chat(connection, visitor.contact_id).select(
                webchat_messages.c.revision > revision, order=(webchat_messages.c.revision,)
            )

    async def file(
        self, token: str, visitor: Visitor | None = None
    ) -> tuple[StoredFile, bytes] | None:
        """Return a file and its content; with `visitor` only if a message to them shows it."""
        query = sa.select(*_FILE, webchat_files.c.content).where(webchat_files.c.token == token)
        if visitor is not None:
            query = query.where(
                sa.exists().where(
                    webchat_messages.c.contact_id == visitor.contact_id,
                    webchat_messages.c.file_id == webchat_files.c.id,
                    webchat_messages.c.deleted.is_(False),
                )
            )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (_file(row), row.content)

    async def remove_gone(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` messages of before that moment which are shown no more.

        The latest change of each chat stays: by it pages know what they have seen. Return how
        many went.
        """
        later = webchat_messages.alias("later")
        gone = (
            sa.select(webchat_messages.c.id)
            .where(
                webchat_messages.c.deleted,
                webchat_messages.c.sent_at < before,
                sa.exists().where(
                    later.c.contact_id == webchat_messages.c.contact_id,
                    later.c.revision > webchat_messages.c.revision,
                ),
            )
            .limit(limit)
        )
        async with self._database.write() as connection:
            removed = await connection.execute(
                sa.delete(webchat_messages).where(webchat_messages.c.id.in_(gone))
            )
            await connection.commit()
        return removed.rowcount

    async def remove_unused_files(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` files last sent before that moment which no message shows.

        Return how many went.
        """
        shown = sa.select(webchat_messages.c.file_id).where(
            webchat_messages.c.file_id.is_not(None)
        )
        unused = (
            sa.select(webchat_files.c.id)
            .where(webchat_files.c.created_at < before, webchat_files.c.id.not_in(shown))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write() as connection:
            removed = await connection.execute(
                sa.delete(webchat_files).where(
                    webchat_files.c.id.in_(unused), webchat_files.c.created_at < before
                )
            )
            await connection.commit()
        return removed.rowcount

    @asynccontextmanager
    async def _change(self, chat_id: int) -> "AsyncIterator[_Chat | None]":
        async with self._database.write() as connection:
            contact_id = await connection.scalar(
                sa.select(contacts.c.id)
                .where(contacts.c.channel == CHANNEL, contacts.c.chat_id == chat_id)
                .with_for_update(key_share=True)
            )
            yield None if contact_id is None else _Chat(connection, contact_id)


_FILE: Final = (
    webchat_files.c.token,
    webchat_files.c.name,
    webchat_files.c.media_type,
    webchat_files.c.size,
    webchat_files.c.width,
    webchat_files.c.height,
    webchat_files.c.id.label("stored_id"),
)


class _Chat:
    """One chat inside a transaction; to change it the transaction must hold its lock."""

    def __init__(self, connection: Connection, contact_id: int) -> None:
        self._connection = connection
        self._contact_id = contact_id

    async def commit(self) -> None:
        await self._connection.commit()

    async def latest_revision(self) -> int:
        latest = await self._connection.scalar(
            sa.select(sa.func.max(webchat_messages.c.revision)).where(
                webchat_messages.c.contact_id == self._contact_id
            )
        )
        return latest or 0

    async def select(
        self, *where: sa.ColumnElement[bool], order: Sequence[sa.ColumnElement[Any]]
    ) -> Sequence[StoredMessage]:
        rows = await self._connection.execute(
            sa.select(webchat_messages, *_FILE)
            .outerjoin(webchat_files, webchat_files.c.id == webchat_messages.c.file_id)
            .where(webchat_messages.c.contact_id == self._contact_id, *where)
            .order_by(*order)
        )
        return [_message(row) for row in rows]

    async def find(self, message_id: int) -> StoredMessage | None:
        found = await self.select(
            webchat_messages.c.id == message_id,
            webchat_messages.c.deleted.is_(False),
            order=(webchat_messages.c.id,),
        )
        return found[0] if found else None

    async def add(
        self,
        bubble: Bubble,
        now: datetime,
        *,
        from_person: bool,
        pressed_id: int | None = None,
        hidden: bool = False,
    ) -> StoredMessage:
        stored = await self._with_file(bubble, now)
        revision = await self.latest_revision() + 1
        number = await self._connection.scalar(
            sa.insert(webchat_messages)
            .values(
                contact_id=self._contact_id,
                revision=revision,
                same_since=revision,
                pressed_id=pressed_id,
                from_person=from_person,
                deleted=hidden,
                sent_at=now,
                **_shown(stored),
            )
            .returning(webchat_messages.c.id)
        )
        return StoredMessage(
            id=int(number or 0),
            revision=revision,
            before_id=None,
            from_person=from_person,
            is_press=pressed_id is not None,
            bubble=stored,
            deleted=hidden,
            sent_at=now,
            same_since=revision,
        )

    async def replace(
        self, old: StoredMessage, bubble: Bubble, now: datetime, *, renewing: bool
    ) -> StoredMessage:
        stored = await self._with_file(bubble, now)
        revision = await self.latest_revision() + 1
        same_since = old.same_since if renewing else revision
        await self._connection.execute(
            sa.update(webchat_messages)
            .where(webchat_messages.c.id == old.id)
            .values(revision=revision, same_since=same_since, **_shown(stored))
        )
        return replace(old, revision=revision, same_since=same_since, bubble=stored)

    async def delete(self, *where: sa.ColumnElement[bool]) -> None:
        gone = await self._connection.scalars(
            sa.select(webchat_messages.c.id)
            .where(
                webchat_messages.c.contact_id == self._contact_id,
                webchat_messages.c.deleted.is_(False),
                *where,
            )
            .order_by(webchat_messages.c.id)
        )
        revision = await self.latest_revision()
        for later, number in enumerate(gone, start=1):
            await self._connection.execute(
                sa.update(webchat_messages)
                .where(webchat_messages.c.id == number)
                .values(
                    deleted=True,
                    html="",
                    keyboard=sa.null(),
                    file_id=None,
                    file_kind=None,
                    revision=revision + later,
                )
            )

    async def put_press_above(self, message_id: int) -> None:
        presses = await self._connection.scalars(
            sa.select(webchat_messages.c.id)
            .where(
                webchat_messages.c.contact_id == self._contact_id,
                webchat_messages.c.pressed_id == message_id,
                webchat_messages.c.deleted.is_(False),
            )
            .order_by(webchat_messages.c.id.desc())
        )
        numbers = list(presses)
        if not numbers:
            return
        await self.delete(webchat_messages.c.id.in_(numbers[1:]))
        await self._connection.execute(
            sa.update(webchat_messages)
            .where(webchat_messages.c.id == numbers[0])
            .values(before_id=message_id, revision=await self.latest_revision() + 1)
        )

    async def form(self, form: str) -> Received | None:
        row = (
            await self._connection.execute(
                sa.select(webchat_forms.c.id, webchat_forms.c.message_id).where(
                    webchat_forms.c.contact_id == self._contact_id, webchat_forms.c.form == form
                )
            )
        ).one_or_none()
        return None if row is None else Received(row.id, row.message_id, is_new=False)

    async def keep_form(self, form: str, message_id: int, now: datetime) -> Received:
        await self._connection.execute(
            sa.delete(webchat_forms).where(
                webchat_forms.c.contact_id == self._contact_id,
                webchat_forms.c.received_at < now - FORMS_KEPT,
            )
        )
        number = await self._connection.scalar(
            sa.insert(webchat_forms)
            .values(contact_id=self._contact_id, form=form, message_id=message_id, received_at=now)
            .returning(webchat_forms.c.id)
        )
        return Received(int(number or 0), message_id, is_new=True)

    async def _with_file(self, bubble: Bubble, now: datetime) -> Bubble:
        new = bubble.file
        if not isinstance(new, NewFile):
            return bubble
        await self._connection.execute(
            insert(self._connection, webchat_files)
            .values(
                token=new.token,
                name=new.name,
                media_type=new.media_type,
                size=len(new.content),
                width=new.width,
                height=new.height,
                content=new.content,
                created_at=now,
            )
            # The moment is that of the last time, so that nothing is thrown away while being sent.
            .on_conflict_do_update(index_elements=["token"], set_={"created_at": now})
        )
        row = (
            await self._connection.execute(
                sa.select(*_FILE).where(webchat_files.c.token == new.token)
            )
        ).one()
        return replace(bubble, file=_file(row))


def _shown(bubble: Bubble) -> dict[str, Any]:
    file = bubble.file
    return {
        "html": bubble.html,
        # SQL's NULL, not the JSON document `null`.
        "keyboard": sa.null() if bubble.keyboard is None else bubble.keyboard,
        "file_id": file.id if isinstance(file, StoredFile) else None,
        "file_kind": bubble.file_kind,
        "notice": bubble.notice,
    }


def _file(row: sa.Row[*tuple[Any, ...]]) -> StoredFile:
    return StoredFile(
        id=row.stored_id,
        token=row.token,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        width=row.width,
        height=row.height,
    )


def _message(row: sa.Row[*tuple[Any, ...]]) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        revision=row.revision,
        before_id=row.before_id,
        from_person=row.from_person,
        is_press=row.pressed_id is not None,
        bubble=Bubble(
            html=row.html,
            keyboard=row.keyboard,
            file=None if row.file_id is None else _file(row),
            file_kind=row.file_kind,
            notice=row.notice,
        ),
        deleted=row.deleted,
        sent_at=row.sent_at,
        same_since=row.same_since,
    )
