"""What is on the ballot."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlProjects:
    """Implements `civic.ports.Projects`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
