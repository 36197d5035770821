"""What the actions on ideas share: which draft is meant, and whether it may be written."""

from dataclasses import dataclass
from datetime import datetime

from civic.model.community import Community
from civic.model.cycle import Cycle, IdeaRules, Stage
from civic.model.idea import Idea, IdeaContent, IdeaDraft, IdeaStatus
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import UnitOfWork
from civic.rules.eligibility import in_town
from civic.rules.stages import Permission, require, stage_for


@dataclass(frozen=True, slots=True)
class Target:
    """Which draft is meant, whatever window or device it is written from."""

    cycle_id: int
    idea_id: int | None = None
    """The own submitted idea that is being changed; None for a new one, of which there is one."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing a draft needs to know."""

    cycle: Cycle
    stage: Stage
    rules: IdeaRules
    town: Community
    idea: Idea | None
    """The submitted idea that is being changed."""


async def find_desk(work: UnitOfWork, resident: Resident, target: Target) -> Desk:
    """Return what the draft is written against.

    Raises `Refused` with `NOT_FOUND`, `NOT_YOURS`, `IDEA_WITHDRAWN`, or `NO_SUCH_STAGE` in a cycle
    that collects no ideas.
    """
    cycle = in_town(await work.cycles.get(target.cycle_id), resident)
    town = await work.communities.get(cycle.community_id)
    stage = stage_for(cycle, Permission.WRITE_IDEA)
    if town is None or stage is None or cycle.rules.ideas is None:
        raise Refused(Reason.NO_SUCH_STAGE)
    idea = None
    if target.idea_id is not None:
        idea, _ = await find_own_idea(work, resident, target.idea_id)
        if idea.status is IdeaStatus.WITHDRAWN:
            raise Refused(Reason.IDEA_WITHDRAWN)
    return Desk(cycle, stage, cycle.rules.ideas, town, idea)


async def open_draft(
    work: UnitOfWork, resident: Resident, target: Target, now: datetime
) -> tuple[IdeaDraft, Desk]:
    """Return the draft to be written, made if there is none; nobody else can write it meanwhile.

    Raises `Refused` as `find_desk` does, and while the stage is not open.
    """
    desk = await find_desk(work, resident, target)
    require(desk.cycle, Permission.WRITE_IDEA, now)
    start = IdeaContent() if desk.idea is None else desk.idea.content
    draft = await work.ideas.add_draft(resident.id, desk.cycle.id, target.idea_id, start, now)
    if desk.idea is None:
        await work.engagements.begin(desk.stage.id, resident.id)
    return draft, desk


async def note_taken_back(work: UnitOfWork, resident: Resident, cycle_id: int) -> None:
    """Note what is left of what the person began, once an idea or a draft is gone."""
    cycle = in_town(await work.cycles.get(cycle_id), resident)
    stage = stage_for(cycle, Permission.WRITE_IDEA)
    if stage is None:
        return
    ideas = await work.ideas.of_author(resident.id)
    if any(
        idea.cycle_id == cycle.id and idea.status is not IdeaStatus.WITHDRAWN for idea in ideas
    ):
        return
    if await work.ideas.draft_of(resident.id, cycle.id, None) is not None:
        await work.engagements.unfinish(stage.id, resident.id)
    else:
        await work.engagements.forget(stage.id, resident.id)


async def find_idea(work: UnitOfWork, resident: Resident, idea_id: int) -> tuple[Idea, Cycle]:
    """Return an idea of the person's town and its cycle; raises `Refused` with `NOT_FOUND`."""
    idea = await work.ideas.get(idea_id)
    if idea is None:
        raise Refused(Reason.NOT_FOUND)
    return idea, in_town(await work.cycles.get(idea.cycle_id), resident)


async def find_own_idea(work: UnitOfWork, resident: Resident, idea_id: int) -> tuple[Idea, Cycle]:
    """Return an idea of the person and its cycle; raises `NOT_FOUND` or `NOT_YOURS`."""
    idea, cycle = await find_idea(work, resident, idea_id)
    if idea.author_id != resident.id:
        raise Refused(Reason.NOT_YOURS)
    return idea, cycle
