"""Lines of draft budgets."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlSections:
    """Implements `civic.ports.Sections`."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work inside the transaction of `connection`."""
        self._connection = connection
