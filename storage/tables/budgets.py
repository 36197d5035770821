"""Draft budgets and the remarks on them."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference

sections = sa.Table(
    "sections",
    metadata,
    identity(),
    reference("cycle_id", "cycles.id"),
    reference("parent_id", "sections.id", nullable=True),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("amount_1", BIG),
    sa.Column("amount_2", BIG),
    sa.Column("amount_3", BIG),
    sa.Column("position", sa.Integer, nullable=False),
    sa.UniqueConstraint("cycle_id", "code"),
    sqlite_autoincrement=True,
)

comment_drafts = sa.Table(
    "comment_drafts",
    metadata,
    identity(),
    reference("resident_id", "residents.id"),
    reference("cycle_id", "cycles.id"),
    reference("section_id", "sections.id", nullable=True),
    sa.Column("comment_id", BIG),
    sa.Column("kind", sa.String(16)),
    sa.Column("text", sa.Text, nullable=False),
    sa.UniqueConstraint("resident_id", "cycle_id"),
    sqlite_autoincrement=True,
)

comments = sa.Table(
    "comments",
    metadata,
    identity(),
    reference("cycle_id", "cycles.id"),
    reference("section_id", "sections.id", nullable=True),
    reference("author_id", "residents.id"),
    sa.Column(
        "draft_id",
        BIG,
        nullable=False,
        unique=True,
        comment="the draft it came from; kept after its removal",
    ),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published_at", Moment, nullable=False),
    sa.Column("edited_at", Moment),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("hidden_by", BIG, comment="the decision that hides it; empty when it can be read"),
    sqlite_autoincrement=True,
)

comment_decisions = sa.Table(
    "comment_decisions",
    metadata,
    identity(),
    reference("comment_id", "comments.id"),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("ground", sa.String(16), comment="empty when the comment was kept"),
    sa.Column("words", sa.Text, nullable=False, comment="a reason in the moderator's own words"),
    reference("by", "residents.id", index=False),
    sa.Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

comment_supports = sa.Table(
    "comment_supports",
    metadata,
    sa.Column(
        "comment_id", BIG, sa.ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column(
        "resident_id",
        BIG,
        sa.ForeignKey("residents.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)

comment_reports = sa.Table(
    "comment_reports",
    metadata,
    sa.Column(
        "comment_id", BIG, sa.ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column(
        "resident_id",
        BIG,
        sa.ForeignKey("residents.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    sa.Column("at", Moment, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False, comment="somebody has decided since"),
)
