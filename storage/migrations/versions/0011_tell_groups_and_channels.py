"""Tell groups and channels besides people."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "destinations",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False, comment="the messenger"),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="group or channel"),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("stage_news", sa.Boolean(), nullable=False, comment="also what stages yield"),
        sa.Column("present", sa.Boolean(), nullable=False, comment="the service may write there"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_destinations_community_id_communities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
        sa.UniqueConstraint("channel", "chat_id", name=op.f("uq_destinations_channel_chat_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_destinations_community_id"), "destinations", ["community_id"])
    op.create_table(
        "postings",
        sa.Column("announcement_id", BIG, nullable=False),
        sa.Column("destination_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("error", sa.String(length=128), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False, comment="may have come twice"),
        sa.Column("worker", sa.String(length=32), comment="who is sending it"),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_postings_announcement_id_announcements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_postings_destination_id_destinations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("announcement_id", "destination_id", name=op.f("pk_postings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_postings_destination_id", "postings", ["destination_id"])
    op.create_index("ix_postings_state", "postings", ["state"])


def downgrade() -> None:
    op.drop_table("postings")
    op.drop_table("destinations")
