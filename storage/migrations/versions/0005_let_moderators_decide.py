"""Let moderators decide on reported comments, in public."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "comment_decisions",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("comment_id", _BIG, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column(
            "ground",
            sa.String(length=16),
            nullable=True,
            comment="empty when the comment was kept",
        ),
        sa.Column(
            "words",
            sa.Text(),
            nullable=False,
            comment="a reason in the moderator's own words",
        ),
        sa.Column("by", _BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_comment_decisions_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by"],
            ["residents.id"],
            name=op.f("fk_comment_decisions_by_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_comment_decisions_comment_id"), "comment_decisions", ["comment_id"], unique=False
    )
    op.add_column(
        "comments",
        sa.Column(
            "hidden_by",
            _BIG,
            nullable=True,
            comment="the decision that hides it; empty when it can be read",
        ),
    )
    op.add_column(
        "comment_reports",
        sa.Column(
            "settled",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="somebody has decided since",
        ),
    )


def downgrade() -> None:
    op.drop_column("comment_reports", "settled")
    op.drop_column("comments", "hidden_by")
    op.drop_index(op.f("ix_comment_decisions_comment_id"), table_name="comment_decisions")
    op.drop_table("comment_decisions")
