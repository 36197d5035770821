"""Let news wait for the morning, except for those who want it at any hour."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column(
            "any_hour",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="also in quiet hours",
        ),
    )


def downgrade() -> None:
    op.drop_column("deliveries", "any_hour")
