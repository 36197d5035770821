"""Cycles, stages, the public log of stages, and who began and finished what."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference, version

cycles = sa.Table(
    "cycles",
    metadata,
    identity(),
    reference("community_id", "communities.id"),
    sa.Column("slug", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("titles", sa.JSON, nullable=False),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
    sa.Column("rules_hash", sa.String(64), nullable=False),
    sa.Column("source", sa.Text),
    version(),
    sa.UniqueConstraint("community_id", "slug"),
    sqlite_autoincrement=True,
)

stages = sa.Table(
    "stages",
    metadata,
    identity(),
    reference("cycle_id", "cycles.id"),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("opens_at", Moment, nullable=False),
    sa.Column("closes_at", Moment, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("texts", sa.JSON, nullable=False, comment="notices in the organisers' words"),
    sa.UniqueConstraint("cycle_id", "kind"),
    sqlite_autoincrement=True,
)

stage_changes = sa.Table(
    "stage_changes",
    metadata,
    identity(),
    reference("stage_id", "stages.id"),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("at", Moment, nullable=False),
    reference("by", "residents.id", nullable=True, index=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("before", Moment),
    sa.Column("after", Moment),
    sqlite_autoincrement=True,
)

engagements = sa.Table(
    "engagements",
    metadata,
    sa.Column("stage_id", BIG, sa.ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("finished", sa.Boolean, nullable=False),
    # Those of one person are looked for when they turn out to be another one.
    sa.Index("ix_engagements_resident_id", "resident_id"),
)
