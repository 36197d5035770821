"""Say up to whom copies of an announcement are written, and which copies are void."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "announcements",
        sa.Column(
            "planned_to",
            BIG,
            nullable=False,
            server_default="0",
            comment="everybody with an id up to this one has had their turn to get a copy",
        ),
    )
    # Until now the last one written said where to go on.
    op.execute(
        "UPDATE announcements SET planned_to = coalesce((SELECT max(resident_id)"
        " FROM deliveries WHERE announcement_id = announcements.id), 0)"
        " WHERE planned_at IS NULL AND state IN ('planning', 'paused')"
    )
    op.add_column(
        "announcements",
        sa.Column(
            "recalled",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="its copies are of what was taken back and are to be removed",
        ),
    )
    op.create_index(
        op.f("ix_announcements_recalled"),
        "announcements",
        ["id"],
        postgresql_where=sa.text("recalled"),
        sqlite_where=sa.text("recalled"),
    )
    # Who is owed results was a yes, and is the stage in whose vote they have a ballot.
    table = sa.table(
        "announcements",
        sa.column("id", BIG),
        sa.column("stage_id", BIG),
        sa.column("audience", sa.JSON),
        sa.column("finished_at", sa.DateTime(timezone=True)),
    )
    connection = op.get_bind()
    unfinished = sa.select(table).where(table.c.finished_at.is_(None))
    for row in connection.execute(unfinished).all():
        if "owed" in row.audience:
            owed = [] if row.stage_id is None else [row.stage_id]
            connection.execute(
                sa.update(table)
                .where(table.c.id == row.id)
                .values(audience={**row.audience, "owed": owed})
            )


def downgrade() -> None:
    # Whoever is ahead of the others gets theirs anew: where to go on was the last one written.
    op.execute(
        "DELETE FROM deliveries WHERE EXISTS (SELECT 1 FROM announcements"
        " WHERE announcements.id = announcement_id AND planned_at IS NULL"
        " AND announcements.state IN ('planning', 'paused')"
        " AND deliveries.resident_id > planned_to)"
    )
    op.execute(
        "DELETE FROM deliveries WHERE announcement_id IN"
        " (SELECT id FROM announcements WHERE recalled)"
    )
    op.drop_index(op.f("ix_announcements_recalled"), table_name="announcements")
    op.drop_column("announcements", "recalled")
    op.drop_column("announcements", "planned_to")
