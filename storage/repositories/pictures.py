"""Photos, stored once by content."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlPictures:
    """Implements `civic.ports.Pictures`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
