"""Tell together what is due together."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import BIG

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column(
            "digest",
            BIG,
            comment="announcement that heads the message it shares with others",
        ),
    )


def downgrade() -> None:
    op.drop_column("deliveries", "digest")
