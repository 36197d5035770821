"""A resident reads what people say about the draft budget."""

from dataclasses import dataclass
from datetime import datetime

from civic.actions.consultations import Discussion, find_comment, find_discussion, find_section
from civic.model.budget import Section
from civic.model.comment import Comment, CommentOrder
from civic.model.resident import Resident
from civic.ports import Clock, Work
from civic.rules.remarks import as_read_by, editable_until


@dataclass(frozen=True, slots=True)
class CommentsView:
    """A page of the remarks on a line, or on the whole."""

    discussion: Discussion
    is_open: bool
    section: Section | None
    comments: tuple[Comment, ...]
    total: int
    page: int
    """From 0; the nearest one when the page asked for is not there any more."""
    pages: int


@dataclass(frozen=True, slots=True)
class CommentView:
    """A remark with what the reader may do about it."""

    discussion: Discussion
    is_open: bool
    section: Section | None
    comment: Comment
    is_own: bool
    is_supported: bool
    editable_until: datetime | None
    """For the author, as long as the remark can be changed or deleted."""


@dataclass(frozen=True, slots=True)
class ReadComments:
    """Read the remarks on a line of the draft budget."""

    work: Work
    clock: Clock

    async def __call__(
        self,
        resident: Resident,
        cycle_id: int,
        section_id: int | None,
        order: CommentOrder,
        *,
        page: int,
        size: int,
    ) -> CommentsView:
        """Return a page; raises `Refused` with `NOT_FOUND` or `NO_SUCH_STAGE`."""
        async with self.work.read() as work:
            discussion = await find_discussion(work, resident, cycle_id)
            section = await find_section(work, cycle_id, section_id)
            total = await work.comments.count_on_section(cycle_id, section_id)
            pages = max(1, -(-total // size))
            page = min(max(page, 0), pages - 1)
            comments = await work.comments.on_section(
                cycle_id, section_id, order, offset=page * size, limit=size
            )
        return CommentsView(
            discussion=discussion,
            is_open=discussion.is_open(self.clock.now()),
            section=section,
            comments=tuple(as_read_by(comment, resident) for comment in comments),
            total=total,
            page=page,
            pages=pages,
        )


@dataclass(frozen=True, slots=True)
class ReadComment:
    """Read one remark in full."""

    work: Work
    clock: Clock

    async def __call__(self, resident: Resident, comment_id: int) -> CommentView:
        """Return the remark; raises `Refused` with `NOT_FOUND`."""
        now = self.clock.now()
        async with self.work.read() as work:
            comment, discussion = await find_comment(work, resident, comment_id)
            section = await find_section(work, comment.cycle_id, comment.section_id)
            is_supported = await work.comments.is_supported(comment_id, resident.id)
        is_own = comment.author_id == resident.id
        can_change = is_own and comment.hidden is None
        until = editable_until(comment, discussion.rules)
        return CommentView(
            discussion=discussion,
            is_open=discussion.is_open(now),
            section=section,
            comment=as_read_by(comment, resident),
            is_own=is_own,
            is_supported=is_supported,
            editable_until=until if can_change and now < until else None,
        )


@dataclass(frozen=True, slots=True)
class ReadMyComments:
    """Read one's own remarks."""

    work: Work

    async def __call__(self, resident: Resident) -> tuple[Comment, ...]:
        """Return all of them, newest first."""
        async with self.work.read() as work:
            return tuple(await work.comments.of_author(resident.id))
