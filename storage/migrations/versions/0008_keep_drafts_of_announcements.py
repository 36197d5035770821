"""Keep drafts of organisers' announcements apart from the conversation that writes them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcast_drafts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("organiser_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False, comment="says where it was begun"),
        sa.Column("parameters", sa.JSON(), nullable=False, comment="as an announcement has them"),
        sa.Column("left_out", sa.JSON(), nullable=False, comment="languages to do without"),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("send_from", MOMENT),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["residents.id"],
            name=op.f("fk_broadcast_drafts_organiser_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_drafts")),
        sa.UniqueConstraint(
            "organiser_id", "key", name=op.f("uq_broadcast_drafts_organiser_id_key")
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("broadcast_drafts")
