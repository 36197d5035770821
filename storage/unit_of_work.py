"""One transaction over all repositories."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Generic, TypeVar

from typing_extensions import override

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
from storage.repositories.joining import SqlJoining
from storage.repositories.pictures import SqlPictures
from storage.repositories.postings import SqlPostings
from storage.repositories.projects import SqlProjects
from storage.repositories.protocols import SqlProtocols
from storage.repositories.replies import SqlReplies
from storage.repositories.residents import SqlResidents
from storage.repositories.sections import SqlSections
from storage.repositories.strangers import SqlStrangers

Repository = TypeVar("Repository")


class _Of(Generic[Repository]):
    """A repository of a unit of work, made when it is first asked for: most need two or three."""

    def __init__(self, make: Callable[["SqlUnitOfWork"], Repository]) -> None:
        self._make = make

    def __set_name__(self, owner: type["SqlUnitOfWork"], name: str) -> None:
        self._name = name

    def __get__(self, unit: "SqlUnitOfWork", owner: type["SqlUnitOfWork"]) -> Repository:
        made = self._make(unit)
        # Found before this descriptor from now on.
        vars(unit)[self._name] = made
        return made


class SqlUnitOfWork:
    """Implements `civic.ports.UnitOfWork`.

    What is not committed is rolled back when its block ends.
    """

    connection: Connection
    towns: Recall
    """Which versions of towns were seen."""
    seen: Recall
    """Which versions of cycles were seen."""

    communities = _Of[ports.Communities](lambda unit: SqlCommunities(unit.connection, unit.towns))
    residents = _Of[ports.Residents](lambda unit: SqlResidents(unit.connection, unit.towns))
    invitations = _Of[ports.Invitations](lambda unit: SqlInvitations(unit.connection))
    joining = _Of[ports.Joining](lambda unit: SqlJoining(unit.connection))
    cycles = _Of[ports.Cycles](lambda unit: SqlCycles(unit.connection, unit.seen))
    engagements = _Of[ports.Engagements](lambda unit: SqlEngagements(unit.connection))
    ideas = _Of[ports.Ideas](lambda unit: SqlIdeas(unit.connection))
    projects = _Of[ports.Projects](lambda unit: SqlProjects(unit.connection, unit.seen))
    sections = _Of[ports.Sections](lambda unit: SqlSections(unit.connection))
    comments = _Of[ports.Comments](lambda unit: SqlComments(unit.connection))
    ballots = _Of[ports.Ballots](lambda unit: SqlBallots(unit.connection))
    protocols = _Of[ports.Protocols](lambda unit: SqlProtocols(unit.connection))
    announcements = _Of[ports.Announcements](lambda unit: SqlAnnouncements(unit.connection))
    broadcasts = _Of[ports.Broadcasts](lambda unit: SqlBroadcasts(unit.connection))
    deliveries = _Of[ports.Deliveries](lambda unit: SqlDeliveries(unit.connection))
    destinations = _Of[ports.Destinations](lambda unit: SqlDestinations(unit.connection))
    postings = _Of[ports.Postings](lambda unit: SqlPostings(unit.connection))
    replies = _Of[ports.Replies](lambda unit: SqlReplies(unit.connection))
    pictures = _Of[ports.Pictures](lambda unit: SqlPictures(unit.connection))
    documents = _Of[ports.Documents](lambda unit: SqlDocuments(unit.connection))
    strangers = _Of[ports.Strangers](lambda unit: SqlStrangers(unit.connection))

    def __init__(self, connection: Connection, memory: Memory) -> None:
        """Put every repository on the same connection."""
        self.connection = connection
        self.towns = Recall(memory)
        self.seen = Recall(memory)

    async def commit(self) -> None:
        """Keep what was done."""
        await self.connection.commit()


class SqlWork:
    """Implements `civic.ports.Work`."""

    def __init__(self, database: Database) -> None:
        """Open units of work on `database`."""
        self._database = database
        self._memory = Memory()

    def read(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """Open a unit of work that only reads."""
        return _Opened(self._database.read(), self._memory)

    def write(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """Open a unit of work that may commit."""
        return _Opened(self._database.write(), self._memory)

    def attempt(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """Open a unit of work that locks nothing while it decides."""
        return _Opened(self._database.attempt(), self._memory)


class _Opened(AbstractAsyncContextManager[ports.UnitOfWork]):
    """A unit of work on a connection that is lent for as long."""

    def __init__(self, lent: AbstractAsyncContextManager[Connection], memory: Memory) -> None:
        self._lent = lent
        self._memory = memory

    @override
    async def __aenter__(self) -> ports.UnitOfWork:
        return SqlUnitOfWork(await self._lent.__aenter__(), self._memory)

    @override
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await self._lent.__aexit__(kind, error, trace)
