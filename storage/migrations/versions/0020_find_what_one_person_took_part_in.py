"""Find what one person took part in."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_engagements_resident_id", "engagements", ["resident_id"])


def downgrade() -> None:
    op.drop_index("ix_engagements_resident_id", "engagements")
