"""The ledger of news: one row per announcement, one per person it concerns."""

import sqlalchemy as sa

from storage.tables.base import Moment, identity, metadata, reference

announcements = sa.Table(
    "announcements",
    metadata,
    identity(),
    sa.Column(
        "key",
        sa.String(128),
        nullable=False,
        unique=True,
        comment="says what happened, so that it is told once",
    ),
    reference("community_id", "communities.id"),
    reference("cycle_id", "cycles.id"),
    reference("stage_id", "stages.id", nullable=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    identity(),
    reference("announcement_id", "announcements.id", index=False),
    reference("resident_id", "residents.id"),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("error", sa.String(128), nullable=False),
    sa.UniqueConstraint("announcement_id", "resident_id"),
    sa.Index("ix_deliveries_due", "state", "not_before"),
    sqlite_autoincrement=True,
)
