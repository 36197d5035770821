"""Let windows renew themselves, and buttons stay good meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HAS_STATE = sa.text("state IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_conversation_state_state",
        "conversation_state",
        ["state"],
        postgresql_where=HAS_STATE,
        sqlite_where=HAS_STATE,
    )
    with op.batch_alter_table("webchat_messages") as table:
        table.add_column(
            sa.Column(
                "same_since",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=False,
                server_default="0",
                comment="the revision after which it only renewed itself",
            )
        )
    op.execute("UPDATE webchat_messages SET same_since = revision")
    with op.batch_alter_table("webchat_messages") as table:
        table.alter_column("same_since", server_default=None)


def downgrade() -> None:
    op.drop_column("webchat_messages", "same_since")
    op.drop_index("ix_conversation_state_state", "conversation_state")
