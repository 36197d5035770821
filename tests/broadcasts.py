"""Announcements in organisers' own words, for tests about something else."""

from civic.model.broadcast import Broadcast, Order
from civic.model.resident import Resident
from civic.ports import Work
from tests.fakes import MORNING


async def drafted(
    work: Work, organiser: Resident, what: Broadcast | Order, key: str = "draft"
) -> int:
    """Write a draft down as it is; return its id."""
    order = what if isinstance(what, Order) else Order(what)
    async with work.write() as unit:
        draft = await unit.broadcasts.add_draft(organiser.id, key, order, MORNING)
        await unit.commit()
    return draft.id
