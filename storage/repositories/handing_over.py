"""What becomes of everything of a resident who turns out to be another one.

Every column that names a resident stands here; a test finds those that are forgotten.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from civic.model.announcement import DeliveryState
from civic.model.audience import Audience, Trait
from storage.connection import Connection
from storage.repositories.copies import ARE_BEING_WRITTEN
from storage.tables import budgets, cycles, ideas, news, people

_DOUBT: Final = "joined"
"""Error class of a copy that was being sent to somebody who was joined to another."""
_RANKS: Final = {DeliveryState.SENT: 3, DeliveryState.SENDING: 2, DeliveryState.PENDING: 1}
"""What has come furthest stands, so that nobody is told twice; all that failed comes last."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who is to be whom, and when."""

    connection: Connection
    former: int
    kept: int
    now: datetime


Column = sa.Column[int]
Way = Callable[[Change, Column], Awaitable[None]]
Better = Callable[[sa.FromClause, sa.FromClause], sa.ColumnElement[bool]]


async def _over(change: Change, column: Column) -> None:
    """Let what names the former name the kept one."""
    await change.connection.execute(
        sa.update(column.table).where(column == change.former).values({column.name: change.kept})
    )


def _once(*key: str, better: Better | None = None) -> Way:
    """Let it go over, of two with the same `key` one: the kept one's unless `better` says else."""

    async def go(change: Change, column: Column) -> None:
        table = column.table
        other = table.alias("other")
        same = [other.c[name] == table.c[name] for name in key]
        if better is not None:
            replaced = sa.exists().where(
                other.c[column.name] == change.former, *same, better(other, table)
            )
            await change.connection.execute(
                sa.delete(table).where(column == change.kept, replaced)
            )
        there = sa.exists().where(other.c[column.name] == change.kept, *same)
        await change.connection.execute(sa.delete(table).where(column == change.former, there))
        await _over(change, column)

    return go


async def _end(change: Change, column: Column) -> None:
    """Let it go: it was about the former alone."""
    await change.connection.execute(sa.delete(column.table).where(column == change.former))


async def _copies(change: Change, column: Column) -> None:
    """Let copies of news go over; their sender no longer finds what it was sending.

    That is sent again, in doubt, unless it went to the kept one too. Where the turn of one of the
    two is still to come, what reached nobody goes: it is written anew, as they are now.
    """
    await change.connection.execute(
        sa.update(news.deliveries)
        .where(column == change.former, news.IS_SENDING)
        .values(
            state=DeliveryState.PENDING.value,
            doubtful=True,
            error=_DOUBT,
            worker=None,
            changed_at=change.now,
        )
    )
    to_come = sa.select(news.announcements.c.id).where(
        ARE_BEING_WRITTEN, news.announcements.c.planned_to < max(change.former, change.kept)
    )
    await change.connection.execute(
        sa.delete(news.deliveries).where(
            column.in_([change.former, change.kept]),
            news.deliveries.c.announcement_id.in_(to_come),
            news.deliveries.c.state.not_in([state.value for state in _RANKS]),
            sa.not_(news.deliveries.c.doubtful),
        )
    )
    await _once("announcement_id", better=_has_come_further)(change, column)


def _has_come_further(one: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
    return _rank(one) > _rank(other)


def _rank(copies: sa.FromClause) -> sa.Case[int]:
    ranks = {state.value: rank for state, rank in _RANKS.items()}
    return sa.case(ranks, value=copies.c.state, else_=0)


def _is_finished(one: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(one.c.finished, sa.not_(other.c.finished))


async def _addresses(change: Change, column: Column) -> None:
    """Let addresses go over; where the kept one wants news holds."""
    contacts = people.contacts
    await change.connection.execute(
        sa.update(contacts)
        .where(column == change.former)
        .values(
            resident_id=change.kept,
            latest=False,
            chosen=False,
            moved=True,
            # Whoever is told just now without having written counts as told.
            approached_at=sa.case(
                (contacts.c.approaching, sa.literal(change.now, contacts.c.approached_at.type)),
                else_=contacts.c.approached_at,
            ),
            approaching=False,
        )
    )


async def _announcement_drafts(change: Change, column: Column) -> None:
    """Let all drafts go over; those begun at places that are called alike get names of their own.

    Nothing else depends on the name than that a draft is not begun twice.
    """
    drafts = news.broadcast_drafts
    taken = sa.select(drafts.c.key).where(column == change.kept)
    await change.connection.execute(
        sa.update(drafts)
        .where(column == change.former, drafts.c.key.in_(taken.scalar_subquery()))
        .values(key=sa.literal("joined ").concat(sa.cast(drafts.c.id, sa.String)))
    )
    await _over(change, column)


async def _supports_of_ideas(change: Change, column: Column) -> None:
    """Let support go over once, except for what is now their own."""
    own = sa.select(ideas.ideas.c.id).where(
        ideas.ideas.c.author_id.in_([change.former, change.kept])
    )
    await _once("idea_id")(change, column)
    await change.connection.execute(
        sa.delete(ideas.idea_supports).where(
            column == change.kept, ideas.idea_supports.c.idea_id.in_(own)
        )
    )


def _on_comments(table: sa.Table, *which: sa.ColumnElement[bool]) -> Way:
    """Let support or complaints go over once, except for those about what is now their own."""

    async def go(change: Change, column: Column) -> None:
        own = sa.select(budgets.comments.c.id).where(
            budgets.comments.c.author_id.in_([change.former, change.kept])
        )
        await _once("comment_id")(change, column)
        await change.connection.execute(
            sa.delete(table).where(column == change.kept, table.c.comment_id.in_(own), *which)
        )

    return go


async def _announcements(change: Change, column: Column) -> None:
    """Let what the former announced go over, and what is still to be told to them."""
    await _over(change, column)
    table = news.announcements
    waiting = await change.connection.execute(
        sa.select(table.c.id, table.c.audience).where(table.c.planned_at.is_(None))
    )
    for row in waiting.all():
        audience = Audience.read(row.audience)
        named = audience.conditions.get(Trait.PERSON, ())
        if change.former not in named:
            continue
        renamed = {change.kept if one == change.former else one: None for one in named}
        conditions = {**audience.conditions, Trait.PERSON: tuple(renamed)}
        await change.connection.execute(
            sa.update(table)
            .where(table.c.id == row.id)
            .values(audience=replace(audience, conditions=conditions).stored())
        )


WAYS: Final[Mapping[Column, Way]] = {
    # Copies before addresses: in the order in which senders take them.
    news.deliveries.c.resident_id: _copies,
    news.announcements.c.by: _announcements,
    news.announcements.c.approved_by: _over,
    news.broadcast_drafts.c.organiser_id: _announcement_drafts,
    people.contacts.c.resident_id: _addresses,
    people.roles.c.resident_id: _once("role"),
    people.topic_choices.c.resident_id: _once("topic"),
    people.invitations.c.spent_by: _over,
    people.join_codes.c.resident_id: _end,
    people.join_failures.c.resident_id: _end,
    people.former_residents.c.resident_id: _over,
    cycles.engagements.c.resident_id: _once("stage_id", better=_is_finished),
    cycles.stage_changes.c.by: _over,
    # Of two drafts for the same one has been chosen before.
    ideas.idea_drafts.c.resident_id: _over,
    ideas.idea_supports.c.resident_id: _supports_of_ideas,
    ideas.ideas.c.author_id: _over,
    budgets.comment_drafts.c.resident_id: _over,
    budgets.comment_supports.c.resident_id: _on_comments(budgets.comment_supports),
    budgets.comment_reports.c.resident_id: _on_comments(
        budgets.comment_reports, sa.not_(budgets.comment_reports.c.settled)
    ),
    budgets.comment_decisions.c.by: _over,
    budgets.comments.c.author_id: _over,
}
"""For each column that names a resident, in this order, what becomes of it."""


async def hand_over(change: Change) -> None:
    """Give everything of the former to the kept one, and end the former."""
    for column, way in WAYS.items():
        await way(change, column)
    residents, former = people.residents, people.former_residents
    await change.connection.execute(sa.delete(residents).where(residents.c.id == change.former))
    await change.connection.execute(
        sa.insert(former).values(former_id=change.former, resident_id=change.kept)
    )
