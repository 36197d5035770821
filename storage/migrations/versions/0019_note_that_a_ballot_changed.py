"""Note that a ballot was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ballot_links",
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="raised by every change of the ballot: two devices cannot pass a limit",
        ),
    )


def downgrade() -> None:
    op.drop_column("ballot_links", "version")
