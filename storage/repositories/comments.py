"""Remarks on the draft budget."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlComments:
    """Implements `civic.ports.Comments`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
