"""Documents that go with announcements, stored once by content."""

from datetime import datetime

from storage.connection import Connection
from storage.repositories.kept import KeptFiles
from storage.tables.news import documents


class SqlDocuments(KeptFiles):
    """Implements `civic.ports.Documents`."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of `connection`."""
        super().__init__(connection, documents)

    async def remove_unused(self, before: datetime, limit: int) -> int:
        """See the port."""
        return await self.remove_others(await self.in_broadcasts("document"), before, limit)
