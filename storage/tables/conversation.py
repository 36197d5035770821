"""Where conversations stand, and which updates have been dealt with."""

import sqlalchemy as sa

from storage.tables.base import BIG, Moment, metadata

conversation_state = sa.Table(
    "conversation_state",
    metadata,
    sa.Column("chat", sa.String(64), primary_key=True, comment="bot and chat"),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("state", sa.String(128)),
    sa.Column("data", sa.Text),
    sqlite_with_rowid=False,
)
# Few records have a state: those that somebody looks for among all chats.
HAS_STATE = conversation_state.c.state.is_not(None)
sa.Index(
    "ix_conversation_state_state",
    conversation_state.c.state,
    postgresql_where=HAS_STATE,
    sqlite_where=HAS_STATE,
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("update_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("payload", sa.Text, comment="the update as JSON; emptied once dealt with"),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, comment="taken up again after a crash"),
    sa.Column("done_at", Moment),
    # Those not done have no moment; of the others those done longest ago are looked for.
    sa.Index("ix_inbox_done_at_channel", "done_at", "channel"),
)
