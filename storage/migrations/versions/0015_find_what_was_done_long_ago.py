"""Find updates that were dealt with long ago."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_inbox_waiting", "inbox")
    op.create_index("ix_inbox_done_at_channel", "inbox", ["done_at", "channel"])


def downgrade() -> None:
    op.drop_index("ix_inbox_done_at_channel", "inbox")
    op.create_index("ix_inbox_waiting", "inbox", ["channel", "done_at"])
