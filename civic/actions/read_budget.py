"""A resident reads the draft budget, one line and what is under it at a time."""

from dataclasses import dataclass

from civic.actions.consultations import Discussion, find_discussion, find_section
from civic.model.budget import Section
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.amounts import Change, change, share


@dataclass(frozen=True, slots=True)
class Line:
    """A line under the one that is read."""

    section: Section
    change: Change
    """From the first year to the second."""
    of_parent: float | None
    """In percent of the line above, in the first year."""


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A line of the draft budget (or the whole) with what is under it."""

    discussion: Discussion
    is_open: bool
    """True while people may comment."""
    path: tuple[Section, ...]
    """The lines above, from the group down."""
    section: Section | None
    """None for the whole budget."""
    amounts: tuple[int | None, int | None, int | None]
    change: Change
    of_parent: float | None
    of_total: float | None
    """In percent of the whole budget, in the first year; None for the whole itself."""
    lines: tuple[Line, ...]
    """Largest first."""
    comments: int
    """On this very line."""
    all_comments: int
    """On the whole draft and all its lines."""


@dataclass(frozen=True, slots=True)
class ReadBudget:
    """Read a line of the draft budget."""

    work: Work
    clock: Clock

    async def __call__(
        self, resident: Resident, cycle_id: int | None, section_id: int | None
    ) -> BudgetView:
        """Return the line, or the whole when `section_id` is None.

        Without `cycle_id` (a link to a line) the cycle is that of the line. Raises `Refused` with
        `NOT_FOUND` or `NO_SUCH_STAGE`.
        """
        async with self.work.read() as work:
            if cycle_id is None:
                linked = None if section_id is None else await work.sections.get(section_id)
                if linked is None:
                    raise Refused(Reason.NOT_FOUND)
                cycle_id = linked.cycle_id
            discussion = await find_discussion(work, resident, cycle_id)
            section = await find_section(work, cycle_id, section_id)
            path = () if section is None else tuple(await work.sections.ancestors(section.id))
            children = await work.sections.children(cycle_id, section_id)
            totals = await work.sections.totals(cycle_id)
            on_whole = await work.comments.count_on_section(cycle_id, None)
            all_comments = await work.comments.count(cycle_id)
        amounts = totals if section is None else section.amounts
        return BudgetView(
            discussion=discussion,
            is_open=discussion.is_open(self.clock.now()),
            path=path,
            section=section,
            amounts=amounts,
            change=change(amounts[0], amounts[1]),
            of_parent=share(amounts[0], path[-1].amounts[0]) if path else None,
            of_total=None if section is None else share(amounts[0], totals[0]),
            lines=tuple(
                Line(
                    child,
                    change(child.amounts[0], child.amounts[1]),
                    share(child.amounts[0], amounts[0]),
                )
                for child in children
            ),
            comments=on_whole if section is None else section.comments,
            all_comments=all_comments,
        )
