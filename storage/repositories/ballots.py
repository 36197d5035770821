"""Participation, ballots, and the link between them."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlBallots:
    """Implements `civic.ports.Ballots`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
