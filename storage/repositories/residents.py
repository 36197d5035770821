"""People, their addresses and roles."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from civic.model.resident import BY_DAY, Contact, NewsChoice, Resident, Role, TopicChoice
from storage.connection import Connection
from storage.memory import Recall
from storage.prepared import Prepared
from storage.repositories.alone import be_alone
from storage.repositories.hours import hours_from, hours_stored
from storage.repositories.upsert import insert
from storage.tables.people import communities, contacts, residents, roles, topic_choices

_PERSON: Final = (
    sa.select(residents, roles.c.role)
    .select_from(residents)
    .outerjoin(roles, roles.c.resident_id == residents.c.id)
)
"""A person on one row for each role held, or on one row without."""
_BY_ID: Final = Prepared(_PERSON.where(residents.c.id == sa.bindparam("resident_id")))
_HOLD: Final = Prepared(
    sa.select(residents.c.id)
    .where(residents.c.id == sa.bindparam("resident_id"))
    # What names the person, their copies of news among it, may still be written by others.
    .with_for_update(key_share=True)
)
_WITH_CONTACT: Final = (
    _PERSON.join(contacts, contacts.c.resident_id == residents.c.id)
    .join(communities, communities.c.id == residents.c.community_id)
    .add_columns(
        contacts.c.id.label("contact_id"),
        contacts.c.channel,
        contacts.c.address,
        contacts.c.chat_id,
        contacts.c.reachable,
        contacts.c.latest,
        contacts.c.chosen,
        contacts.c.wrote_at,
        contacts.c.moved,
        communities.c.version.label("town_version"),
    )
)
_BY_ADDRESS: Final = Prepared(
    _WITH_CONTACT.where(
        contacts.c.channel == sa.bindparam("on"), contacts.c.address == sa.bindparam("at")
    )
)
_BEHIND: Final = Prepared(
    _WITH_CONTACT.where(
        contacts.c.channel == sa.bindparam("on"), contacts.c.chat_id == sa.bindparam("chat")
    )
)


def contact_from(row: sa.Row[Any]) -> Contact:
    """Return the contact that a row of `contacts` holds."""
    return Contact(
        id=row.id,
        resident_id=row.resident_id,
        channel=row.channel,
        address=row.address,
        chat_id=row.chat_id,
        reachable=row.reachable,
        latest=row.latest,
        chosen=row.chosen,
        wrote_at=row.wrote_at,
        moved=row.moved,
    )


def _resident(rows: Sequence[sa.Row[Any]]) -> Resident:
    row = rows[0]
    return Resident(
        id=row.id,
        community_id=row.community_id,
        language=row.language,
        display_name=row.display_name,
        district=row.district,
        news=NewsChoice(row.news),
        hours=hours_from(row),
        came_back=row.came_back,
        greeted=row.greeted,
        declared_at=row.declared_at,
        declared_age=row.declared_age,
        roles=frozenset(Role(each.role) for each in rows if each.role is not None),
        created_at=row.created_at,
    )


class SqlResidents:
    """Implements `civic.ports.Residents`."""

    def __init__(self, connection: Connection, towns: Recall) -> None:
        """Work inside the transaction of `connection`; note which version of a town was seen."""
        self._connection = connection
        self._towns = towns

    async def get(self, resident_id: int) -> Resident | None:
        """See the port."""
        rows = await self._connection.rows(_BY_ID, resident_id=resident_id)
        return _resident(rows) if rows else None

    async def expect(self, channel: str, address: str) -> None:
        """See the port."""
        await be_alone(self._connection, f"expect {address} on {channel}")

    async def hold(self, resident_id: int) -> None:
        """See the port."""
        await self._connection.rows(_HOLD, resident_id=resident_id)

    async def by_address(self, channel: str, address: str) -> tuple[Resident, Contact] | None:
        """See the port."""
        return await self._with_contact(_BY_ADDRESS, on=channel, at=address)

    async def behind(self, channel: str, chat_id: int) -> tuple[Resident, Contact] | None:
        """See the port."""
        return await self._with_contact(_BEHIND, on=channel, chat=chat_id)

    async def add(
        self,
        community_id: int,
        language: str,
        channel: str,
        address: str,
        chat_id: int | None,
        now: datetime,
    ) -> tuple[Resident, Contact]:
        """See the port."""
        added = await self._connection.execute(
            sa.insert(residents)
            .values(
                community_id=community_id,
                language=language,
                display_name="",
                news=NewsChoice.ALL.value,
                **hours_stored(BY_DAY),
                came_back=False,
                greeted=False,
                created_at=now,
            )
            .returning(residents.c.id)
        )
        resident_id = int(added.scalar_one())
        contact_row = await self._connection.execute(
            sa.insert(contacts)
            .values(
                resident_id=resident_id,
                channel=channel,
                address=address,
                chat_id=chat_id,
                reachable=True,
                latest=True,
                chosen=False,
                wrote_at=now,
                created_at=now,
            )
            .returning(contacts.c.id)
        )
        contact_id = int(contact_row.scalar_one())
        if chat_id is None:
            chat_id = contact_id
            await self._connection.execute(
                sa.update(contacts).where(contacts.c.id == contact_id).values(chat_id=contact_id)
            )
        resident = Resident(
            id=resident_id,
            community_id=community_id,
            language=language,
            display_name="",
            district=None,
            news=NewsChoice.ALL,
            greeted=False,
            declared_at=None,
            roles=frozenset(),
            created_at=now,
        )
        return resident, Contact(
            contact_id, resident_id, channel, address, chat_id, reachable=True, wrote_at=now
        )

    async def contacts(self, resident_id: int) -> Sequence[Contact]:
        """See the port."""
        rows = await self._connection.execute(
            sa.select(contacts)
            .where(contacts.c.resident_id == resident_id)
            .order_by(contacts.c.id)
        )
        return [contact_from(row) for row in rows]

    async def set_reachable(self, channel: str, chat_id: int, *, reachable: bool) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(contacts)
            .where(contacts.c.channel == channel, contacts.c.chat_id == chat_id)
            .values(reachable=reachable)
        )

    async def heard_from(self, contact: Contact, now: datetime) -> None:
        """See the port."""
        here = contacts.c.id == contact.id
        await self._connection.execute(
            sa.update(contacts)
            .where(contacts.c.resident_id == contact.resident_id)
            .values(
                latest=here,
                reachable=sa.or_(contacts.c.reachable, here),
                wrote_at=sa.case(
                    (here, sa.literal(now, contacts.c.wrote_at.type)), else_=contacts.c.wrote_at
                ),
            )
        )

    async def count(self, community_id: int) -> int:
        """See the port."""
        counted = await self._connection.scalar(
            sa.select(sa.func.count())
            .select_from(residents)
            .where(residents.c.community_id == community_id)
        )
        return int(counted or 0)

    async def save(self, resident: Resident) -> None:
        """See the port."""
        await self._connection.execute(
            sa.update(residents)
            .where(residents.c.id == resident.id)
            .values(
                language=resident.language,
                display_name=resident.display_name,
                district=resident.district,
                news=resident.news.value,
                **hours_stored(resident.hours),
                came_back=resident.came_back,
                greeted=resident.greeted,
                declared_at=resident.declared_at,
                declared_age=resident.declared_age,
            )
        )

    async def anyone_holds(self, community_id: int, role: Role) -> bool:
        """See the port."""
        holders = (
            sa.select(roles.c.resident_id)
            .join(residents, residents.c.id == roles.c.resident_id)
            .where(residents.c.community_id == community_id, roles.c.role == role.value)
        )
        return bool(await self._connection.scalar(sa.select(holders.exists())))

    async def holders(self, community_id: int, role: Role) -> Sequence[int]:
        """See the port."""
        found = await self._connection.scalars(
            sa.select(roles.c.resident_id)
            .join(residents, residents.c.id == roles.c.resident_id)
            .where(residents.c.community_id == community_id, roles.c.role == role.value)
            .order_by(roles.c.resident_id)
        )
        return found.all()

    async def grant(self, resident_id: int, role: Role) -> None:
        """See the port."""
        await self._connection.execute(
            insert(self._connection, roles)
            .values(resident_id=resident_id, role=role.value)
            .on_conflict_do_nothing()
        )

    async def revoke(self, resident_id: int, role: Role) -> None:
        """See the port."""
        await self._connection.execute(
            sa.delete(roles).where(roles.c.resident_id == resident_id, roles.c.role == role.value)
        )

    async def choose_topic(self, resident_id: int, topic: str, choice: TopicChoice) -> None:
        """See the port."""
        if choice is TopicChoice.USUAL:
            await self._connection.execute(
                sa.delete(topic_choices).where(
                    topic_choices.c.resident_id == resident_id, topic_choices.c.topic == topic
                )
            )
            return
        await self._connection.execute(
            insert(self._connection, topic_choices)
            .values(resident_id=resident_id, topic=topic, choice=choice.value)
            .on_conflict_do_update(
                index_elements=["resident_id", "topic"], set_={"choice": choice.value}
            )
        )

    async def topic_choices(self, resident_id: int) -> Mapping[str, TopicChoice]:
        """See the port."""
        found = await self._connection.execute(
            sa.select(topic_choices).where(topic_choices.c.resident_id == resident_id)
        )
        return {row.topic: TopicChoice(row.choice) for row in found}

    async def _with_contact(
        self, query: Prepared, **where: object
    ) -> tuple[Resident, Contact] | None:
        rows = await self._connection.rows(query, **where)
        if not rows:
            return None
        row = rows[0]
        self._towns.saw(row.community_id, row.town_version)
        contact = Contact(
            id=row.contact_id,
            resident_id=row.id,
            channel=row.channel,
            address=row.address,
            chat_id=row.chat_id,
            reachable=row.reachable,
            latest=row.latest,
            chosen=row.chosen,
            wrote_at=row.wrote_at,
            moved=row.moved,
        )
        return _resident(rows), contact
