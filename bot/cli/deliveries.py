"""`dauys deliveries`: what was told, how far it is, and what happened to one person's copy."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime

import click

from bot.cli.opening import load_settings, opened
from bot.settings import Settings
from bot.wiring import Service
from civic.model.announcement import (
    HELD_BACK,
    Announcement,
    DeliveryRecord,
    DeliveryState,
    Progress,
)
from civic.model.destination import PostingRecord
from civic.rules.texts import one_line

LATEST = 20
"""How many announcements, or copies of one person, are listed."""
NOT_FOUND = 1
"""Exit status for an announcement that is not there."""
_COUNTS = ("sent", "blocked", "failed", "skipped", "left")
_WHY_HELD_BACK = "the messenger permits only so many a day who have not written for a day"
_HEAD = ("id", "number", "kind", "state", "planned", *_COUNTS)


@click.command("deliveries")
@click.argument("announcement", type=int, required=False)
@click.option("--person", type=int, help="Number of a resident: what happened to their copies.")
def command(announcement: int | None, person: int | None) -> None:
    """List the latest announcements, or say all about one ANNOUNCEMENT (its id)."""
    asyncio.run(_show(load_settings(), announcement, person))


async def _show(settings: Settings, announcement: int | None, person: int | None) -> None:
    async with opened(settings) as service:
        if person is not None:
            await _show_person(service, person)
        elif announcement is not None:
            await _show_one(service, announcement)
        else:
            await _show_latest(service)


async def _show_latest(service: Service) -> None:
    async with service.work.read() as work:
        found = await work.announcements.latest(LATEST)
        progress = [
            await work.announcements.progress(entry.id, service.clock.now()) for entry in found
        ]
    _table([_HEAD, *(_row(*both) for both in zip(found, progress, strict=True))])


async def _show_one(service: Service, announcement_id: int) -> None:
    async with service.work.read() as work:
        found = await work.announcements.get(announcement_id)
        progress = await work.announcements.progress(announcement_id, service.clock.now())
        postings = await work.postings.of_announcement(announcement_id)
    if found is None:
        click.echo(f"There is no announcement {announcement_id}.", err=True)
        sys.exit(NOT_FOUND)
    _table([_HEAD, _row(found, progress)])
    click.echo(f"for {found.audience.stored() or 'everyone'}")
    click.echo(f"{progress.per_second:.1f} a second during the last minute")
    click.echo(f"{progress.doubtful} doubtful: sent again after a sender had died")
    click.echo(f"{progress.together} in one message with other news")
    click.echo(f"{progress.held_back} held back: {_WHY_HELD_BACK}")
    if progress.reasons:
        click.echo("why copies wait, were left out or failed:")
        _table([("state", "why", "copies"), *_reason_rows(progress)])
    if postings:
        click.echo("groups and channels:")
        head = ("id", "title", "kind", "channel", "state", "attempts", "when", "why")
        _table([head, *map(_posting_row, postings)])


def _reason_rows(progress: Progress) -> Sequence[Sequence[str]]:
    by_number = sorted(progress.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(state.value, why, str(copies)) for (state, why), copies in by_number]


async def _show_person(service: Service, resident_id: int) -> None:
    async with service.work.read() as work:
        records = await work.announcements.records_of(resident_id, LATEST)
    head = ("announcement", "kind", "state", "channel", "attempts", "message", "when", "why")
    _table([head, *map(_record_row, records)])


def _row(found: Announcement, progress: Progress) -> tuple[str, ...]:
    counts = [
        progress.counts.get(state, 0)
        for state in (
            DeliveryState.SENT,
            DeliveryState.BLOCKED,
            DeliveryState.FAILED,
            DeliveryState.SKIPPED,
        )
    ]
    return (
        str(found.id),
        "" if found.number is None else str(found.number),
        found.kind.value,
        found.state.value,
        "" if found.planned_at is None else _moment(found.planned_at),
        *map(str, [*counts, progress.left]),
    )


def _posting_row(record: PostingRecord) -> tuple[str, ...]:
    destination = record.destination
    return (
        str(destination.id),
        one_line(destination.title),
        destination.kind.value,
        destination.channel,
        record.state.value,
        str(record.attempts),
        _when(record),
        _why(record),
    )


def _record_row(record: DeliveryRecord) -> tuple[str, ...]:
    # What went in one message shows the same number here.
    message = record.digest or record.announcement.id
    return (
        str(record.announcement.id),
        record.announcement.kind.value,
        record.state.value,
        record.channel,
        str(record.attempts),
        str(message) if record.state is DeliveryState.SENT else "",
        _when(record),
        _why(record),
    )


def _when(record: DeliveryRecord | PostingRecord) -> str:
    if record.state is DeliveryState.PENDING:
        return f"not before {_moment(record.not_before)}"
    return _moment(record.changed_at)


def _why(record: DeliveryRecord | PostingRecord) -> str:
    held_back = record.state is DeliveryState.PENDING and record.error == HELD_BACK
    reason = f"{HELD_BACK}: {_WHY_HELD_BACK}" if held_back else record.error
    doubt = "may have come twice" if record.doubtful else ""
    return ", ".join(part for part in (reason, doubt) if part)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
