"""Drafts, ideas, their support, and pictures."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference

pictures = sa.Table(
    "pictures",
    metadata,
    identity(),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("media_type", sa.String(32), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

idea_drafts = sa.Table(
    "idea_drafts",
    metadata,
    identity(),
    reference("resident_id", "residents.id"),
    reference("cycle_id", "cycles.id"),
    sa.Column("idea_id", BIG, nullable=False, comment="0 = a new idea"),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.UniqueConstraint("resident_id", "cycle_id", "idea_id"),
    sqlite_autoincrement=True,
)

ideas = sa.Table(
    "ideas",
    metadata,
    identity(),
    reference("cycle_id", "cycles.id"),
    reference("author_id", "residents.id"),
    sa.Column(
        "draft_id",
        BIG,
        nullable=False,
        unique=True,
        comment="the draft it came from; kept after its removal",
    ),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("topic", sa.String(64)),
    sa.Column("district", sa.String(64)),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("submitted_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

idea_supports = sa.Table(
    "idea_supports",
    metadata,
    sa.Column("idea_id", BIG, sa.ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "resident_id",
        BIG,
        sa.ForeignKey("residents.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)
