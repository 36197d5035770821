"""Let a second organiser approve what the first announces."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

SETTING = "broadcasts_need_second_organiser"


def upgrade() -> None:
    # Not by alembic's copy of the table: on SQLite that takes along what points at it.
    op.add_column(
        "communities", sa.Column(SETTING, sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "announcements",
        sa.Column("approved_by", BIG, comment="another organiser: a resident's id"),
    )
    op.add_column("announcements", sa.Column("approved_at", MOMENT))
    for column in (
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("handed_in_at", MOMENT, comment="waits for approval since then"),
        sa.Column("one_language", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("sent_back", sa.Text(), nullable=False, server_default="", comment="why"),
        sa.Column("revises", BIG, comment="the announcement of which it is the new wording"),
    ):
        op.add_column("broadcast_drafts", column)


def downgrade() -> None:
    for column in ("version", "handed_in_at", "one_language", "sent_back", "revises"):
        op.drop_column("broadcast_drafts", column)
    # The version before knows nothing of it, and would try to send it.
    op.execute("UPDATE announcements SET state = 'stopped' WHERE state = 'taken_back'")
    op.drop_column("announcements", "approved_at")
    op.drop_column("announcements", "approved_by")
    op.drop_column("communities", SETTING)
