"""Projects, ballots kept apart from people, and results.

`ballots` and `ballot_choices` have no running number and no time, so that neither tells who voted
when; `ballot_links` is emptied for good once votes can no longer change.
"""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference

projects = sa.Table(
    "projects",
    metadata,
    identity(),
    reference("cycle_id", "cycles.id"),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("titles", sa.JSON, nullable=False),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Column("place", sa.JSON, nullable=False),
    sa.Column("district", sa.String(64)),
    sa.Column("topic", sa.String(64)),
    sa.Column("cost", BIG),
    sa.Column("cost_is_sample", sa.Boolean, nullable=False),
    reference("photo", "pictures.id", nullable=True, index=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.UniqueConstraint("cycle_id", "code"),
    sqlite_autoincrement=True,
)

participation = sa.Table(
    "participation",
    metadata,
    sa.Column("stage_id", BIG, sa.ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("voter_key", sa.String(64), primary_key=True),
    sqlite_with_rowid=False,
)

ballots = sa.Table(
    "ballots",
    metadata,
    sa.Column("number", sa.String(32), primary_key=True),
    reference("stage_id", "stages.id"),
    sqlite_with_rowid=False,
)

ballot_choices = sa.Table(
    "ballot_choices",
    metadata,
    sa.Column(
        "number",
        sa.String(32),
        sa.ForeignKey("ballots.number", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column(
        "project_id",
        BIG,
        sa.ForeignKey("projects.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    sqlite_with_rowid=False,
)

ballot_links = sa.Table(
    "ballot_links",
    metadata,
    sa.Column("stage_id", BIG, sa.ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("voter_key", sa.String(64), primary_key=True),
    sa.Column(
        "number",
        sa.String(32),
        sa.ForeignKey("ballots.number", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    sa.Column(
        "version",
        sa.Integer,
        nullable=False,
        server_default="0",
        comment="raised by every change of the ballot: two devices cannot pass a limit",
    ),
    sqlite_with_rowid=False,
)

results_protocols = sa.Table(
    "results_protocols",
    metadata,
    sa.Column("cycle_id", BIG, sa.ForeignKey("cycles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("counted_at", Moment, nullable=False),
)
