"""Let documents go with announcements."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("sha256", name=op.f("uq_documents_sha256")),
        sqlite_autoincrement=True,
    )
    # The types of office documents are longer than those of pictures.
    _give_files_types_of(128)


def downgrade() -> None:
    _give_files_types_of(64)
    op.drop_table("documents")


def _give_files_types_of(length: int) -> None:
    # Not by alembic's copy of the table: on SQLite that takes along what points at it.
    op.add_column(
        "webchat_files",
        sa.Column("kind", sa.String(length=length), nullable=False, server_default=""),
    )
    op.execute(f"UPDATE webchat_files SET kind = substr(media_type, 1, {length})")  # noqa: S608
    op.drop_column("webchat_files", "media_type")
    op.execute("ALTER TABLE webchat_files RENAME COLUMN kind TO media_type")
