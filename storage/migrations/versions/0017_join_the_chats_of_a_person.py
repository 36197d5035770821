"""Join the chats of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _of_resident(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["resident_id"],
        ["residents.id"],
        name=op.f(f"fk_{table}_resident_id_residents"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.add_column(
        "contacts",
        sa.Column(
            "moved",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="was somebody else's before it was joined to this person's",
        ),
    )
    op.create_table(
        "join_codes",
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("spent", sa.Boolean(), nullable=False),
        _of_resident("join_codes"),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_join_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_join_codes_code_hash")),
    )
    op.create_table(
        "join_failures",
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False, comment="wrong codes written"),
        sa.Column("since", MOMENT, nullable=False, comment="when the first of them was"),
        _of_resident("join_failures"),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_join_failures")),
    )
    op.create_table(
        "former_residents",
        sa.Column("former_id", BIG, autoincrement=False, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        _of_resident("former_residents"),
        sa.PrimaryKeyConstraint("former_id", name=op.f("pk_former_residents")),
        comment="Who was joined to whom: votes that were over by then know the former number.",
    )
    op.create_index(op.f("ix_former_residents_resident_id"), "former_residents", ["resident_id"])


def downgrade() -> None:
    op.drop_table("former_residents")
    op.drop_table("join_failures")
    op.drop_table("join_codes")
    op.drop_column("contacts", "moved")
