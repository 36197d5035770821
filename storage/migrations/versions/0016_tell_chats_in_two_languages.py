"""Tell chats in two languages, and how many days are left."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not by alembic's copy of the table: on SQLite that takes along what points at it.
    op.execute("ALTER TABLE destinations RENAME COLUMN language TO languages")
    op.add_column(
        "destinations",
        sa.Column(
            "reminders",
            sa.Boolean(),
            nullable=False,
            server_default=sa.true(),
            comment="with how many days are left",
        ),
    )
    op.add_column(
        "postings",
        sa.Column(
            "parts",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="messages of it that arrived",
        ),
    )


def downgrade() -> None:
    op.drop_column("postings", "parts")
    op.drop_column("destinations", "reminders")
    # The version before knows one language.
    op.execute("UPDATE destinations SET languages = 'kk' WHERE languages LIKE '%,%'")
    op.execute("ALTER TABLE destinations RENAME COLUMN languages TO language")
