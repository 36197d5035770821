"""What the menu shows."""

from collections.abc import Sequence
from typing import Any

from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_now import CycleNow, ReadNow, StageNow
from civic.model.resident import Role
from civic.model.text import in_language
from civic.rules.calendar import Doing
from dialogs.kit.acting import Acting
from dialogs.kit.figures import bar, numbered
from dialogs.kit.moments import close, day
from dialogs.kit.stages import stage_name
from dialogs.kit.text import Markup, _, fill, ngettext


@inject
async def main(
    read: FromDishka[ReadNow], acting: FromDishka[Acting], **_kwargs: object
) -> dict[str, Any]:
    """Return the picture of now: a paragraph for each cycle and a button for what can be done."""
    cycles = await read(acting.resident)
    labels, titles = _told_apart(cycles, acting.language)
    return {
        "town": in_language(acting.community.names, acting.language),
        "pictures": Markup("\n\n").join(
            picture(cycle, title, acting) for cycle, title in zip(cycles, titles, strict=True)
        ),
        "nothing": not cycles,
        "doings": [
            (f"{cycle.doing.value}:{cycle.id}", label)
            for cycle, label in zip(cycles, labels, strict=True)
        ],
        "organiser": acting.resident.has(Role.ORGANISER),
        # Organisers find them on their desk.
        "moderator": acting.resident.has(Role.MODERATOR)
        and not acting.resident.has(Role.ORGANISER),
    }


def _told_apart(cycles: Sequence[CycleNow], language: str) -> tuple[list[str], list[str]]:
    """Return the buttons and the titles, numbered where two buttons would say the same."""
    labels = [doing(cycle) for cycle in cycles]
    titles = [in_language(cycle.titles, language) for cycle in cycles]
    if len(set(labels)) == len(labels):
        return labels, titles
    return (
        [numbered(place, label) for place, label in enumerate(labels, start=1)],
        [f"{place}. {title}" for place, title in enumerate(titles, start=1)],
    )


def picture(cycle: CycleNow, title: str, acting: Acting) -> Markup:
    """Return what goes on in a cycle: its stage, how far it is, and what the person has done."""
    language, zone = acting.language, acting.community.zone
    lines: list[str] = [fill("<b>{title}</b>", {"title": title})]
    if cycle.stage is not None:
        lines.append(_open_stage(cycle.stage, acting))
    elif cycle.ahead is not None:
        text = _("Next: {stage}, from {date}")
        values = {
            "stage": stage_name(cycle.ahead.kind),
            "date": day(cycle.ahead.opens_at, zone, language),
        }
        lines.append(fill(text, values))
    else:
        lines.append(_("Finished. The results can be read."))
    return Markup("\n").join(lines)


def _open_stage(stage: StageNow, acting: Acting) -> Markup:
    left = (
        _("last day, until {time}")
        if stage.days_left == 0
        else ngettext("{count} day left", "{count} days left", stage.days_left)
    )
    text = _("{stage}: day {day} of {days}\n{bar} {left}")
    values = {
        "stage": stage_name(stage.kind),
        "day": stage.day,
        "days": stage.days,
        "bar": bar(stage.day, stage.days),
        "left": left.format(
            count=stage.days_left,
            time=close(stage.closes_at, acting.community.zone, acting.language),
        ),
    }
    own = ""
    if stage.finished:
        own = "\n" + _("You have taken part. Thank you!")
    elif stage.began:
        own = "\n" + _("You have begun but not finished.")
    return fill(text, values) + own


def doing(cycle: CycleNow) -> str:
    """Return the label of the button for what can be done in a cycle today."""
    begun = cycle.stage is not None and cycle.stage.began
    if cycle.doing is Doing.VOTE and begun:
        return _("My ballot")
    return doing_name(cycle.doing)


def doing_name(what: Doing) -> str:
    """Return the label of the button for something that can be done in any cycle."""
    return {
        Doing.WRITE_IDEA: _("Ideas"),
        Doing.READ_IDEAS: _("Ideas put forward"),
        Doing.COMMENT: _("Draft budget"),
        Doing.READ_BUDGET: _("Draft budget"),
        Doing.VOTE: _("Vote"),
        Doing.READ_RESULTS: _("Results of voting"),
        Doing.READ_ABOUT: _("About and dates"),
    }[what]
