"""One transaction over all repositories."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from civic import ports
from storage.connection import Connection
from storage.database import Database
from storage.memory import Memory, Recall
from storage.repositories.announcements import SqlAnnouncements
from storage.repositories.ballots import SqlBallots
from storage.repositories.broadcasts import SqlBroadcasts
from storage.repositories.comments import SqlComments
from storage.repositories.communities import SqlCommunities
from storage.repositories.cycles import SqlCycles
from storage.repositories.deliveries import SqlDeliveries
from storage.repositories.destinations import SqlDestinations
from storage.repositories.documents import SqlDocuments
from storage.repositories.engagements import SqlEngagements
from storage.repositories.ideas import SqlIdeas
from storage.repositories.invitations import SqlInvitations
from storage.repositories.pictures import SqlPictures
from storage.repositories.postings import SqlPostings
from storage.repositories.projects import SqlProjects
from storage.repositories.protocols import SqlProtocols
from storage.repositories.residents import SqlResidents
from storage.repositories.sections import SqlSections


class SqlUnitOfWork:
    """Implements `civic.ports.UnitOfWork`.

    What is not committed is rolled back when its block ends.
    """

    def __init__(self, connection: Connection, memory: Memory) -> None:
        """Put every repository on the same connection."""
        self._connection = connection
        towns, cycles = Recall(memory), Recall(memory)
        self.communities: ports.Communities = SqlCommunities(connection, towns)
        self.residents: ports.Residents = SqlResidents(connection, towns)
        self.invitations: ports.Invitations = SqlInvitations(connection)
        self.cycles: ports.Cycles = SqlCycles(connection, cycles)
        self.engagements: ports.Engagements = SqlEngagements(connection)
        self.ideas: ports.Ideas = SqlIdeas(connection)
        self.projects: ports.Projects = SqlProjects(connection, cycles)
        self.sections: ports.Sections = SqlSections(connection)
        self.comments: ports.Comments = SqlComments(connection)
        self.ballots: ports.Ballots = SqlBallots(connection, cycles)
        self.protocols: ports.Protocols = SqlProtocols(connection)
        self.announcements: ports.Announcements = SqlAnnouncements(connection)
        self.broadcasts: ports.Broadcasts = SqlBroadcasts(connection)
        self.deliveries: ports.Deliveries = SqlDeliveries(connection)
        self.destinations: ports.Destinations = SqlDestinations(connection)
        self.postings: ports.Postings = SqlPostings(connection)
        self.pictures: ports.Pictures = SqlPictures(connection)
        self.documents: ports.Documents = SqlDocuments(connection)

    async def commit(self) -> None:
        """Keep what was done."""
        await self._connection.commit()


class SqlWork:
    """Implements `civic.ports.Work`."""

    def __init__(self, database: Database) -> None:
        """Open units of work on `database`."""
        self._database = database
        self._memory = Memory()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ports.UnitOfWork]:
        """Open a unit of work that only reads."""
        async with self._database.read() as connection:
            yield SqlUnitOfWork(connection, self._memory)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[ports.UnitOfWork]:
        """Open a unit of work that may commit."""
        async with self._database.write() as connection:
            yield SqlUnitOfWork(connection, self._memory)
