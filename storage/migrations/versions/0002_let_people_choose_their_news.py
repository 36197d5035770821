"""Let people choose which news they get and when."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followed_topics",
        sa.Column(
            "resident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_followed_topics_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resident_id", "topic", name=op.f("pk_followed_topics")),
    )
    op.create_index(op.f("ix_followed_topics_topic"), "followed_topics", ["topic"])
    op.add_column(
        "residents",
        sa.Column(
            "news",
            sa.String(length=8),
            nullable=False,
            server_default="all",
            comment="all, mine or none",
        ),
    )
    for name in ("at_any_hour", "came_back"):
        op.add_column(
            "residents", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute("UPDATE residents SET news = 'none' WHERE NOT wants_news")
    # Not in a batch: SQLite would make the table anew and, dropping the old one, its contacts.
    op.drop_column("residents", "wants_news")


def downgrade() -> None:
    op.add_column(
        "residents",
        sa.Column("wants_news", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute("UPDATE residents SET wants_news = false WHERE news = 'none'")
    for name in ("news", "at_any_hour", "came_back"):
        op.drop_column("residents", name)
    op.drop_index(op.f("ix_followed_topics_topic"), table_name="followed_topics")
    op.drop_table("followed_topics")
