"""Tell chats what was joined to them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "join_alerts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column(
            "chat_id", sa.BigInteger(), nullable=False, comment="of the chat that is to be told"
        ),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column(
            "joined", sa.String(16), nullable=False, comment="channel of the chat that joined"
        ),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_alerts")),
        comment="Chats that are still to be told that another one was joined to them.",
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("join_alerts")
