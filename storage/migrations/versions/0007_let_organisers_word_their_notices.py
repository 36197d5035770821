"""Let organisers say in their own words what a stage's notices say."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stages",
        sa.Column(
            "texts",
            sa.JSON(),
            nullable=False,
            server_default="{}",
            comment="notices in the organisers' words",
        ),
    )


def downgrade() -> None:
    op.drop_column("stages", "texts")
