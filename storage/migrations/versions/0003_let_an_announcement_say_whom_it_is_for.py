"""Let an announcement say whom it is for, and several senders share its deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WHERE_PENDING = sa.text("state = 'pending'")
WHERE_SENDING = sa.text("state = 'sending'")


def upgrade() -> None:
    # Not by alembic's copy of the table: on SQLite that takes along what points at it.
    op.add_column(
        "contacts",
        sa.Column(
            "latest",
            sa.Boolean(),
            nullable=False,
            server_default=sa.true(),
            comment="where the person wrote last",
        ),
    )
    op.add_column(
        "contacts",
        sa.Column(
            "chosen",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="where the person wants news",
        ),
    )
    op.execute(
        "UPDATE contacts SET latest = (id ="
        " (SELECT max(other.id) FROM contacts AS other"
        " WHERE other.resident_id = contacts.resident_id))"
    )
    # The deliveries are set aside: they point at the table that is changed next.
    op.execute("CREATE TABLE kept AS SELECT * FROM deliveries")
    op.drop_table("deliveries")
    _give_announcements_an_audience()
    _create_deliveries()
    # What was being sent is in doubt: it is sent again.
    op.execute(
        "INSERT INTO deliveries (announcement_id, resident_id, state, channel, attempts,"
        " not_before, changed_at, error, doubtful)"
        " SELECT announcement_id, resident_id,"
        " CASE state WHEN 'sending' THEN 'pending' ELSE state END,"
        " coalesce((SELECT channel FROM contacts WHERE contacts.resident_id = kept.resident_id"
        " ORDER BY contacts.reachable DESC, contacts.id LIMIT 1), ''),"
        " attempts, not_before, changed_at, error, state = 'sending' FROM kept"
    )
    op.execute(
        "UPDATE announcements SET recipients = (SELECT count(*) FROM deliveries"
        " WHERE deliveries.announcement_id = announcements.id)"
    )
    op.execute("DROP TABLE kept")
    op.create_table(
        "senders",
        sa.Column(
            "name", sa.String(length=32), nullable=False, comment="a process that sends news"
        ),
        sa.Column("beat_at", MOMENT, nullable=False, comment="when it last showed to be alive"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_senders")),
    )
    op.create_table(
        "channel_pauses",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column(
            "until", MOMENT, nullable=False, comment="the messenger asked to wait until then"
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_pauses")),
    )


def _give_announcements_an_audience() -> None:
    with op.batch_alter_table("announcements") as batch:
        batch.drop_index("ix_announcements_community_id")
        batch.add_column(sa.Column("number", sa.Integer(), comment="in the town's public list"))
        batch.add_column(sa.Column("audience", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(
            sa.Column("state", sa.String(length=16), nullable=False, server_default="running")
        )
        batch.add_column(sa.Column("send_from", MOMENT))
        batch.add_column(sa.Column("send_until", MOMENT))
        batch.add_column(sa.Column("planned_at", MOMENT))
        batch.add_column(sa.Column("finished_at", MOMENT))
        batch.add_column(sa.Column("recipients", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("by", BIG))
    op.execute("UPDATE announcements SET send_from = created_at, planned_at = created_at")
    with op.batch_alter_table("announcements") as batch:
        for name in ("audience", "state", "recipients"):
            batch.alter_column(name, server_default=None)
        batch.alter_column("send_from", existing_type=MOMENT, nullable=False)
        batch.alter_column("cycle_id", existing_type=BIG, nullable=True)
        batch.create_foreign_key(
            op.f("fk_announcements_by_residents"), "residents", ["by"], ["id"], ondelete="CASCADE"
        )
        batch.create_unique_constraint(
            op.f("uq_announcements_community_id_number"), ["community_id", "number"]
        )
        batch.create_index("ix_announcements_state", ["state"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("announcement_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column(
            "channel",
            sa.String(length=16),
            nullable=False,
            comment="where it is to be or was sent",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("error", sa.String(length=128), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False, comment="may have come twice"),
        sa.Column("worker", sa.String(length=32), comment="who is sending it"),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_deliveries_announcement_id_announcements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_deliveries_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("announcement_id", "resident_id", name=op.f("pk_deliveries")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deliveries_resident_id", "deliveries", ["resident_id"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["announcement_id", "channel", "not_before", "resident_id"],
        postgresql_where=WHERE_PENDING,
        sqlite_where=WHERE_PENDING,
    )
    op.create_index(
        "ix_deliveries_in_flight",
        "deliveries",
        ["announcement_id", "worker"],
        postgresql_where=WHERE_SENDING,
        sqlite_where=WHERE_SENDING,
    )


def downgrade() -> None:
    op.drop_table("channel_pauses")
    op.drop_table("senders")
    op.execute("CREATE TABLE kept AS SELECT * FROM deliveries")
    op.drop_table("deliveries")
    # Who is told something about no cycle cannot be told by the version before.
    op.execute("DELETE FROM announcements WHERE cycle_id IS NULL")
    with op.batch_alter_table("announcements") as batch:
        batch.drop_index("ix_announcements_state")
        batch.drop_constraint(op.f("uq_announcements_community_id_number"), type_="unique")
        batch.drop_constraint(op.f("fk_announcements_by_residents"), type_="foreignkey")
        for name in (
            "number",
            "audience",
            "state",
            "send_from",
            "send_until",
            "planned_at",
            "finished_at",
            "recipients",
            "by",
        ):
            batch.drop_column(name)
        batch.alter_column("cycle_id", existing_type=BIG, nullable=False)
        batch.create_index("ix_announcements_community_id", ["community_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("announcement_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("error", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_deliveries_announcement_id_announcements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_deliveries_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "announcement_id",
            "resident_id",
            name=op.f("uq_deliveries_announcement_id_resident_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_due", "deliveries", ["state", "not_before"])
    op.create_index("ix_deliveries_resident_id", "deliveries", ["resident_id"])
    op.execute(
        "INSERT INTO deliveries (announcement_id, resident_id, state, attempts, not_before,"
        " changed_at, error)"
        " SELECT announcement_id, resident_id, state, attempts, not_before, changed_at, error"
        " FROM kept WHERE announcement_id IN (SELECT id FROM announcements)"
    )
    op.execute("DROP TABLE kept")
    op.drop_column("contacts", "latest")
    op.drop_column("contacts", "chosen")
