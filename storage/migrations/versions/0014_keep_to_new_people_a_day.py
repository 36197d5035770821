"""Keep to the number of new people that a messenger lets be told a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column(
            "wrote_at", MOMENT, comment="about when the person wrote last, where that counts"
        ),
        sa.Column(
            "approached_at", MOMENT, comment="when they were told last without having written"
        ),
        sa.Column(
            "approaching",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="being told just now without having written",
        ),
    ):
        op.add_column("contacts", column)
    op.create_index(
        "ix_contacts_approached",
        "contacts",
        ["channel", "approached_at"],
        postgresql_where=sa.text("approached_at IS NOT NULL"),
        sqlite_where=sa.text("approached_at IS NOT NULL"),
    )
    op.create_index(
        "ix_contacts_approaching",
        "contacts",
        ["channel", "resident_id"],
        postgresql_where=sa.text("approaching"),
        sqlite_where=sa.text("approaching"),
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_approaching", "contacts")
    op.drop_index("ix_contacts_approached", "contacts")
    for column in ("approaching", "approached_at", "wrote_at"):
        op.drop_column("contacts", column)
