"""Share each chat's pace among all processes."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import BIG, Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "destinations",
        sa.Column("free_at", Moment(), comment="no message goes there before"),
    )
    op.create_index("ix_announcements_finished_at", "announcements", ["finished_at"])
    op.create_table(
        "replies",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("sender", sa.String(32), nullable=False, comment="the process that sent it"),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_replies_at", "replies", ["at"])


def downgrade() -> None:
    op.drop_table("replies")
    op.drop_index("ix_announcements_finished_at", "announcements")
    op.drop_column("destinations", "free_at")
