"""Towns, people, addresses, roles, invitations, and people who turned out to be one."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference, version

communities = sa.Table(
    "communities",
    metadata,
    identity(),
    sa.Column("slug", sa.String(64), nullable=False, unique=True),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("timezone", sa.String(64), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("districts", sa.JSON, nullable=False),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("contact", sa.JSON, nullable=False),
    sa.Column(
        "broadcasts_need_second_organiser", sa.Boolean, nullable=False, server_default=sa.false()
    ),
    version(),
    sqlite_autoincrement=True,
)

residents = sa.Table(
    "residents",
    metadata,
    identity(),
    reference("community_id", "communities.id"),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("display_name", sa.String(64), nullable=False),
    sa.Column("district", sa.String(64)),
    sa.Column("news", sa.String(8), nullable=False, comment="all, mine or none"),
    sa.Column("hours_from", sa.SmallInteger, nullable=False, server_default="9"),
    sa.Column(
        "hours_to",
        sa.SmallInteger,
        nullable=False,
        server_default="21",
        comment="if not after hours_from, on the next day",
    ),
    sa.Column("sundays", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("came_back", sa.Boolean, nullable=False),
    sa.Column("greeted", sa.Boolean, nullable=False),
    sa.Column("declared_at", Moment, comment="the day only: it is mostly the day of a vote"),
    sa.Column("declared_age", sa.Integer),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

contacts = sa.Table(
    "contacts",
    metadata,
    identity(),
    reference("resident_id", "residents.id"),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("chat_id", BIG),
    sa.Column("reachable", sa.Boolean, nullable=False),
    sa.Column("latest", sa.Boolean, nullable=False, comment="where the person wrote last"),
    sa.Column("chosen", sa.Boolean, nullable=False, comment="where the person wants news"),
    sa.Column("wrote_at", Moment, comment="about when the person wrote last, where that counts"),
    sa.Column("approached_at", Moment, comment="when they were told last without having written"),
    sa.Column(
        "approaching",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="being told just now without having written",
    ),
    sa.Column(
        "moved",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="was somebody else's before it was joined to this person's",
    ),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("channel", "address"),
    sa.UniqueConstraint("channel", "chat_id"),
    sqlite_autoincrement=True,
)

# Hardly anybody, and on most channels nobody at all.
WAS_APPROACHED = contacts.c.approached_at.is_not(None)
sa.Index(
    "ix_contacts_approached",
    contacts.c.channel,
    contacts.c.approached_at,
    postgresql_where=WAS_APPROACHED,
    sqlite_where=WAS_APPROACHED,
)
IS_APPROACHED = contacts.c.approaching
sa.Index(
    "ix_contacts_approaching",
    contacts.c.channel,
    contacts.c.resident_id,
    postgresql_where=IS_APPROACHED,
    sqlite_where=IS_APPROACHED,
)

roles = sa.Table(
    "roles",
    metadata,
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("role", sa.String(16), primary_key=True),
)

topic_choices = sa.Table(
    "topic_choices",
    metadata,
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("topic", sa.String(64), primary_key=True, index=True),
    sa.Column("choice", sa.String(8), nullable=False, comment="follow or mute"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    reference("community_id", "communities.id"),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    reference("spent_by", "residents.id", nullable=True, index=False),
)

join_codes = sa.Table(
    "join_codes",
    metadata,
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("salt", sa.String(64), nullable=False),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("spent", sa.Boolean, nullable=False),
)

join_failures = sa.Table(
    "join_failures",
    metadata,
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("failed", sa.Integer, nullable=False, comment="wrong codes written"),
    sa.Column("since", Moment, nullable=False, comment="when the first of them was"),
)

join_alerts = sa.Table(
    "join_alerts",
    metadata,
    identity(),
    sa.Column("channel", sa.String(16), nullable=False),
    # Not its address: a chat is told also if it was separated meanwhile.
    sa.Column("chat_id", sa.BigInteger, nullable=False, comment="of the chat that is to be told"),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("joined", sa.String(16), nullable=False, comment="channel of the chat that joined"),
    sa.Column("not_before", Moment, nullable=False),
    comment="Chats that are still to be told that another one was joined to them.",
    sqlite_autoincrement=True,
)

former_residents = sa.Table(
    "former_residents",
    metadata,
    sa.Column("former_id", BIG, primary_key=True, autoincrement=False),
    reference("resident_id", "residents.id"),
    comment="Who was joined to whom: votes that were over by then know the former number.",
)
