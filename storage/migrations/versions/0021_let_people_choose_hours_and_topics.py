"""Let people choose hours and topics, and know when sending began."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _topics(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f(f"fk_{name}_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resident_id", "topic", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_topic"), name, ["topic"])


def upgrade() -> None:
    # Not by alembic's copy of the table: on SQLite that takes along what points at it.
    for column in (
        sa.Column("hours_from", sa.SmallInteger(), nullable=False, server_default="9"),
        sa.Column(
            "hours_to",
            sa.SmallInteger(),
            nullable=False,
            server_default="21",
            comment="if not after hours_from, on the next day",
        ),
        sa.Column("sundays", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("residents", column)
    op.execute(
        "UPDATE residents SET hours_from = 0, hours_to = 24, sundays = true WHERE at_any_hour"
    )
    op.drop_column("residents", "at_any_hour")
    op.drop_column("deliveries", "any_hour")
    _topics(
        "topic_choices",
        sa.Column("choice", sa.String(8), nullable=False, comment="follow or mute"),
    )
    op.execute(
        "INSERT INTO topic_choices (resident_id, topic, choice)"
        " SELECT resident_id, topic, 'follow' FROM followed_topics"
    )
    op.drop_index(op.f("ix_followed_topics_topic"), table_name="followed_topics")
    op.drop_table("followed_topics")
    op.add_column(
        "announcements",
        sa.Column("begun_at", MOMENT, comment="when the first copy was taken to be sent"),
    )
    op.execute(
        "UPDATE announcements SET begun_at = coalesce(planned_at, send_from)"
        " WHERE recipients > 0 OR planned_at IS NOT NULL"
    )
    op.create_table(
        "served_channels",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column(
            "served_at", MOMENT, nullable=False, comment="when a sender last stood ready for it"
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_served_channels")),
    )


def downgrade() -> None:
    op.drop_table("served_channels")
    op.drop_column("announcements", "begun_at")
    _topics("followed_topics")
    op.execute(
        "INSERT INTO followed_topics (resident_id, topic)"
        " SELECT resident_id, topic FROM topic_choices WHERE choice = 'follow'"
    )
    op.drop_index(op.f("ix_topic_choices_topic"), table_name="topic_choices")
    op.drop_table("topic_choices")
    for table, name in (("deliveries", "any_hour"), ("residents", "at_any_hour")):
        op.add_column(
            table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        "UPDATE residents SET at_any_hour = true"
        " WHERE sundays AND (hours_to = hours_from OR hours_from = 0 AND hours_to = 24)"
    )
    for name in ("hours_from", "hours_to", "sundays"):
        op.drop_column("residents", name)
