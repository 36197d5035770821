"""Replies of the last moments, so that the news of other processes makes room for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from civic.model.reply import Reply
from storage.connection import Connection
from storage.prepared import Prepared
from storage.repositories.destinations import keep_free
from storage.tables.news import destinations, replies

_OF_OTHERS: Final = Prepared(
    sa.select(replies).where(
        replies.c.at > sa.bindparam("since"),
        replies.c.channel == sa.bindparam("on"),
        replies.c.sender != sa.bindparam("me"),
    )
)


class SqlReplies:
    """Implements `civic.ports.Replies`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection

    async def note(self, sender: str, sent: Sequence[Reply], forget_before: datetime) -> None:
        """See the port."""
        await self._connection.execute(
            sa.insert(replies),
            [
                {
                    "sender": sender,
                    "channel": reply.channel,
                    "chat_id": reply.chat_id,
                    "at": reply.at,
                }
                for reply in sent
            ],
        )
        await self._connection.execute(sa.delete(replies).where(replies.c.at < forget_before))

    async def of_others(self, sender: str, channel: str, since: datetime) -> Mapping[int, Reply]:
        """See the port."""
        rows = await self._connection.rows(_OF_OTHERS, since=since, on=channel, me=sender)
        return {row.id: Reply(row.channel, row.chat_id, row.at) for row in rows}

    async def keep_free(self, channel: str, chat_id: int, until: datetime) -> None:
        """See the port."""
        here = sa.and_(destinations.c.channel == channel, destinations.c.chat_id == chat_id)
        await keep_free(self._connection, here, until)
