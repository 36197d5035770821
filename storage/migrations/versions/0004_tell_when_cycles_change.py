"""Tell by a number when a town or a cycle has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("communities", "cycles")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(
            table, sa.Column("version", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "version")
