"""Messages of the web chat, which has no messenger to keep them."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference

webchat_messages = sa.Table(
    "webchat_messages",
    metadata,
    identity(),
    reference("contact_id", "contacts.id", index=False),
    sa.Column("revision", BIG, nullable=False, comment="rises with every change in this chat"),
    sa.Column(
        "same_since",
        BIG,
        nullable=False,
        comment="the revision after which it only renewed itself",
    ),
    sa.Column("before_id", BIG, comment="shown just before that message; else in order of id"),
    sa.Column("pressed_id", BIG, comment="the message whose button the person pressed"),
    sa.Column("from_person", sa.Boolean, nullable=False),
    sa.Column("notice", sa.Boolean, nullable=False, comment="goes when the person acts again"),
    sa.Column("html", sa.Text, nullable=False, comment="already cleaned"),
    sa.Column("keyboard", sa.JSON, comment="rows of buttons: label and data, url or say"),
    reference("file_id", "webchat_files.id", nullable=True, index=False),
    sa.Column("file_kind", sa.String(8), comment="photo or document"),
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
    sa.Column("media_type", sa.String(128), nullable=False),
    sa.Column("size", sa.Integer, nullable=False, comment="bytes"),
    sa.Column("width", sa.Integer, comment="pixels, of a picture"),
    sa.Column("height", sa.Integer, comment="pixels, of a picture"),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

webchat_forms = sa.Table(
    "webchat_forms",
    metadata,
    identity(),
    reference("contact_id", "contacts.id", index=False),
    sa.Column("form", sa.String(64), nullable=False, comment="what was sent, from which form"),
    sa.Column("message_id", BIG, nullable=False, comment="what the person said or pressed"),
    sa.Column("received_at", Moment, nullable=False),
    sa.UniqueConstraint("contact_id", "form"),
    sqlite_autoincrement=True,
    comment="The id is the number of the update: it rises, and a form sent twice has one.",
)
