"""The ledger of news."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlAnnouncements:
    """Implements `civic.ports.Announcements`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
