"""Drafts, submitted ideas and their support."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlIdeas:
    """Implements `civic.ports.Ideas`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
