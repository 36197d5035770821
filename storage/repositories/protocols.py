"""Results protocols."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlProtocols:
    """Implements `civic.ports.Protocols`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
