"""The ledger of news: announcements, the copies of people and of chats, and who sends them."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, identity, metadata, reference

announcements = sa.Table(
    "announcements",
    metadata,
    identity(),
    sa.Column(
        "key",
        sa.String(128),
        nullable=False,
        unique=True,
        comment="says what happened, so that it is told once",
    ),
    reference("community_id", "communities.id", index=False),
    sa.Column("number", sa.Integer, comment="in the town's public list"),
    reference("cycle_id", "cycles.id", nullable=True),
    reference("stage_id", "stages.id", nullable=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("send_from", Moment, nullable=False),
    sa.Column("send_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column(
        "planned_to",
        BIG,
        nullable=False,
        server_default="0",
        comment="everybody with an id up to this one has had their turn to get a copy",
    ),
    sa.Column("planned_at", Moment),
    sa.Column("begun_at", Moment, comment="when the first copy was taken to be sent"),
    sa.Column("finished_at", Moment),
    sa.Column("recipients", sa.Integer, nullable=False),
    sa.Column(
        "recalled",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="its copies are of what was taken back and are to be removed",
    ),
    reference("by", "residents.id", nullable=True, index=False),
    sa.Column("approved_by", BIG, comment="another organiser: a resident's id"),
    sa.Column("approved_at", Moment),
    sa.UniqueConstraint("community_id", "number"),
    sa.Index("ix_announcements_state", "state"),
    sa.Index("ix_announcements_finished_at", "finished_at"),
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_announcements_recalled",
    announcements.c.id,
    postgresql_where=announcements.c.recalled,
    sqlite_where=announcements.c.recalled,
)

documents = sa.Table(
    "documents",
    metadata,
    identity(),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("media_type", sa.String(128), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

broadcast_drafts = sa.Table(
    "broadcast_drafts",
    metadata,
    identity(),
    reference("organiser_id", "residents.id", index=False),
    sa.Column("key", sa.String(32), nullable=False, comment="says where it was begun"),
    sa.Column("parameters", sa.JSON, nullable=False, comment="as an announcement has them"),
    sa.Column("left_out", sa.JSON, nullable=False, comment="languages to do without"),
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("send_from", Moment),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("handed_in_at", Moment, comment="waits for approval since then"),
    sa.Column("one_language", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("sent_back", sa.Text, nullable=False, server_default="", comment="why"),
    sa.Column("revises", BIG, comment="the announcement of which it is the new wording"),
    sa.UniqueConstraint("organiser_id", "key"),
    sqlite_autoincrement=True,
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column(
        "announcement_id",
        BIG,
        sa.ForeignKey("announcements.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column(
        "resident_id", BIG, sa.ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False, comment="where it is to be or was sent"),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("error", sa.String(128), nullable=False),
    sa.Column("doubtful", sa.Boolean, nullable=False, comment="may have come twice"),
    sa.Column("worker", sa.String(32), comment="who is sending it"),
    sa.Column("digest", BIG, comment="announcement that heads the message it shares with others"),
    sa.Index("ix_deliveries_resident_id", "resident_id"),
    sqlite_with_rowid=False,
)
# Rows wait or are being sent for a short while and stay for ever: only the few are indexed.
IS_PENDING = deliveries.c.state == sa.literal_column("'pending'")
IS_SENDING = deliveries.c.state == sa.literal_column("'sending'")
sa.Index(
    "ix_deliveries_due",
    deliveries.c.announcement_id,
    deliveries.c.channel,
    deliveries.c.not_before,
    deliveries.c.resident_id,
    postgresql_where=IS_PENDING,
    sqlite_where=IS_PENDING,
)
sa.Index(
    "ix_deliveries_in_flight",
    deliveries.c.announcement_id,
    deliveries.c.worker,
    postgresql_where=IS_SENDING,
    sqlite_where=IS_SENDING,
)

destinations = sa.Table(
    "destinations",
    metadata,
    identity(),
    reference("community_id", "communities.id"),
    sa.Column("channel", sa.String(16), nullable=False, comment="the messenger"),
    sa.Column("chat_id", BIG, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False, comment="group or channel"),
    sa.Column("title", sa.String(255), nullable=False),
    sa.Column("languages", sa.String(8), nullable=False),
    sa.Column("stage_news", sa.Boolean, nullable=False, comment="also what stages yield"),
    sa.Column(
        "reminders",
        sa.Boolean,
        nullable=False,
        server_default=sa.true(),
        comment="with how many days are left",
    ),
    sa.Column("present", sa.Boolean, nullable=False, comment="the service may write there"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("free_at", Moment, comment="no message goes there before"),
    sa.UniqueConstraint("channel", "chat_id"),
    sqlite_autoincrement=True,
)

postings = sa.Table(
    "postings",
    metadata,
    sa.Column(
        "announcement_id",
        BIG,
        sa.ForeignKey("announcements.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column(
        "destination_id",
        BIG,
        sa.ForeignKey("destinations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("error", sa.String(128), nullable=False),
    sa.Column("doubtful", sa.Boolean, nullable=False, comment="may have come twice"),
    sa.Column("worker", sa.String(32), comment="who is sending it"),
    sa.Column(
        "parts",
        sa.Integer,
        nullable=False,
        server_default="0",
        comment="messages of it that arrived",
    ),
    sa.Index("ix_postings_destination_id", "destination_id"),
    sa.Index("ix_postings_state", "state"),
    sqlite_with_rowid=False,
)

IS_UNPOSTED = postings.c.state.in_(["pending", "sending"])

senders = sa.Table(
    "senders",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True, comment="a process that sends news"),
    sa.Column("beat_at", Moment, nullable=False, comment="when it last showed to be alive"),
)

replies = sa.Table(
    "replies",
    metadata,
    identity(),
    sa.Column("sender", sa.String(32), nullable=False, comment="the process that sent it"),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("chat_id", BIG, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_replies_at", "at"),
    sqlite_autoincrement=True,
)

served_channels = sa.Table(
    "served_channels",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column(
        "served_at", Moment, nullable=False, comment="when a sender last stood ready for it"
    ),
)

channel_pauses = sa.Table(
    "channel_pauses",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("until", Moment, nullable=False, comment="the messenger asked to wait until then"),
)
