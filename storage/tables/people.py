"""Towns, people, addresses, roles and invitations."""

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
    sa.Column("at_any_hour", sa.Boolean, nullable=False),
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
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("channel", "address"),
    sa.UniqueConstraint("channel", "chat_id"),
    sqlite_autoincrement=True,
)

roles = sa.Table(
    "roles",
    metadata,
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("role", sa.String(16), primary_key=True),
)

followed_topics = sa.Table(
    "followed_topics",
    metadata,
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("topic", sa.String(64), primary_key=True, index=True),
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
