"""Messages of the web chat, which has no messenger to keep them."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference

webchat_messages = sa.Table(
    "webchat_messages",
    metadata,
    identity(),
    reference("contact_id", "contacts.id", index=False),
    sa.Column("revision", BIG, nullable=False, comment="rises with every change in this chat"),
    sa.Column("from_person", sa.Boolean, nullable=False),
    sa.Column("html", sa.Text, nullable=False, comment="already cleaned"),
    sa.Column("keyboard", sa.JSON, comment="rows of buttons: label and data or url"),
    reference("file_id", "webchat_files.id", nullable=True, index=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Index("ix_webchat_messages_chat", "contact_id", "revision"),
    sqlite_autoincrement=True,
)

webchat_files = sa.Table(
    "webchat_files",
    metadata,
    identity(),
    sa.Column(
        "token",
        sa.String(64),
        nullable=False,
        unique=True,
        comment="the unguessable part of its address",
    ),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
