"""What the windows of the vote show."""

from collections.abc import Sequence
from typing import Any, Final

from aiogram_dialog import DialogManager
from dishka.integrations.aiogram_dialog import FromDishka, inject

from civic.actions.read_ballot import BallotView, ReadBallot, VotePhase
from civic.actions.read_project import ProjectView, ReadProject
from civic.model.community import Community
from civic.model.project import Project
from civic.model.text import in_language
from dialogs.kit.acting import Acting
from dialogs.kit.figures import numbered, shorten
from dialogs.kit.moments import close
from dialogs.kit.pages import page_of, turned_to
from dialogs.kit.text import Markup, _, fill
from dialogs.results.sentences import outcome
from dialogs.voting import counting, sentences

PAGE: Final = 6
ABOUT: Final = 1200
"""Characters of a description in a card."""
ABOUT_BESIDE_PHOTO: Final = 400
"""The same beside a photo, where a messenger allows less text."""
EVERYTHING: Final = "all"
OPEN: Final = "☐"


@inject
async def projects(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBallot],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the rule, a page of the list and how the ballot stands."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    language = acting.language
    narrowed = str(dialog_manager.dialog_data.get("narrow", EVERYTHING))
    listed = narrow_down(view.projects, narrowed)
    page = page_of(listed, turned_to(dialog_manager), PAGE)
    is_open = view.phase is VotePhase.OPEN
    return {
        "title": in_language(view.cycle.titles, language),
        "rule": sentences.rule(view, language),
        "binding": counting.binding(view.rules),
        "dates": sentences.dates(view, acting),
        "lines": Markup("\n").join(
            _line(number, project, view, language) for number, project in page.lines
        ),
        "narrowed": _kind_name(narrowed, acting.community, language),
        "standing": sentences.standing(view, language) if is_open else "",
        "choices": [
            (project.id, numbered(number, in_language(project.titles, language)))
            for number, project in page.lines
        ],
        **page.shown,
        "receipt": bool(view.receipt),
        "counted": view.counted,
        "can_narrow": len(kinds(view.projects, acting.community, language)) > 1,
    }


@inject
async def narrow(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBallot],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return by what the list can be narrowed."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    return {"kinds": kinds(view.projects, acting.community, acting.language)}


@inject
async def card(
    dialog_manager: DialogManager,
    read: FromDishka[ReadProject],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return one project and its mark on the ballot."""
    view = await read(acting.resident, project_of(dialog_manager))
    ballot, project, language = view.ballot, view.project, acting.language
    is_open, is_chosen = ballot.phase is VotePhase.OPEN, project.id in ballot.choices
    with_photo = project.photo is not None and (
        dialog_manager.dialog_data.get("photo") == project.id
    )
    about = in_language(project.about, language)
    return {
        "title": in_language(project.titles, language),
        "number": project.id,
        "position": view.position,
        "count": len(ballot.projects),
        "cost": sentences.cost(project, language),
        "place": _place(project, acting),
        "exclusive": counting.excluded_by(project, ballot.projects, ballot.rules, language),
        "about": shorten(about, ABOUT_BESIDE_PHOTO if with_photo else ABOUT),
        "mark": _mark(view),
        "standing": sentences.standing(ballot, language) if is_open else "",
        "status": "" if is_open else _status(view, acting),
        "tick": [project.id] if is_open and not is_chosen else [],
        "untick": [project.id] if is_open and is_chosen else [],
        "previous": [] if view.previous is None else [view.previous],
        "following": [] if view.following is None else [view.following],
        "photo": project.photo if with_photo else None,
        "can_show": project.photo is not None and not with_photo,
        "can_hide": with_photo,
        "counted": ballot.counted,
        "direct": is_direct(dialog_manager),
    }


@inject
async def declare(
    dialog_manager: DialogManager,
    read: FromDishka[ReadProject],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return what has to be declared, and the project that waits for it."""
    view = await read(acting.resident, project_of(dialog_manager))
    return {
        "age": view.ballot.rules.minimum_age,
        "town": in_language(acting.community.names, acting.language),
        "title": in_language(view.project.titles, acting.language),
        "waiting": [view.project.id],
    }


@inject
async def receipt(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBallot],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the receipt of the ballot that is in."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    zone, language = acting.community.zone, acting.language
    return {
        "title": in_language(view.cycle.titles, language),
        "receipt": view.receipt,
        "is_in": bool(view.receipt),
        "is_empty": not view.receipt,
        "closes": close(view.stage.closes_at, zone, language),
        "is_open": bool(view.receipt) and view.phase is VotePhase.OPEN,
        "is_over": bool(view.receipt) and view.phase is VotePhase.OVER,
    }


@inject
async def rule(
    dialog_manager: DialogManager,
    read: FromDishka[ReadBallot],
    acting: FromDishka[Acting],
    **_kwargs: object,
) -> dict[str, Any]:
    """Return the whole rule."""
    view = await read(acting.resident, cycle_of(dialog_manager))
    rules, language = view.rules, acting.language
    return {
        "title": in_language(view.cycle.titles, language),
        "choosing": sentences.still_choosing(view, language),
        "counting": "\n".join(counting.in_full(rules, acting.community, language)),
        "dates": sentences.dates(view, acting),
        "age": rules.minimum_age,
        "town": in_language(acting.community.names, language),
        "hash": view.cycle.rules_hash,
    }


def cycle_of(manager: DialogManager) -> int:
    """Return the id of the cycle whose vote is shown."""
    return int(manager.dialog_data["cycle"])


def project_of(manager: DialogManager) -> int:
    """Return the id of the project whose card is shown."""
    return int(manager.dialog_data["project"])


def is_direct(manager: DialogManager) -> bool:
    """Tell whether the conversation was started at a card, and not at the list."""
    return isinstance(manager.start_data, dict) and "project" in manager.start_data


def narrow_down(listed: Sequence[Project], narrowed: str) -> list[Project]:
    """Return the projects of a topic («t.code») or district («d.code»), or all of them."""
    kind, _dot, code = narrowed.partition(".")
    fields = {"t": lambda one: one.topic, "d": lambda one: one.district}
    if kind not in fields:
        return list(listed)
    return [project for project in listed if fields[kind](project) == code]


def kinds(listed: Sequence[Project], community: Community, language: str) -> list[tuple[str, str]]:
    """Return id and label of everything by which the list can be narrowed."""
    topics = {project.topic for project in listed}
    districts = {project.district for project in listed}
    return [
        *(
            (f"t.{topic.code}", shorten(in_language(topic.names, language)))
            for topic in community.topics
            if topic.code in topics
        ),
        *(
            (f"d.{district.code}", shorten(in_language(district.names, language)))
            for district in community.districts
            if district.code in districts
        ),
    ]


def _kind_name(narrowed: str, community: Community, language: str) -> str:
    kind, _dot, code = narrowed.partition(".")
    found = {"t": community.topic, "d": community.district}.get(kind)
    entry = None if found is None else found(code)
    return "" if entry is None else in_language(entry.names, language)


def _line(number: int, project: Project, view: BallotView, language: str) -> Markup:
    values = {
        "number": number,
        "title": in_language(project.titles, language),
        "cost": sentences.cost(project, language),
    }
    if project.id in view.choices:
        text = _("{number}. ☑ <b>{title}</b>: {cost}. Chosen")
    elif view.phase is VotePhase.OPEN:
        text = _("{number}. ☐ {title}: {cost}")
    elif project.cost is None:
        text = _("{number}. {title}")
    else:
        text = _("{number}. {title}: {cost}")
    return fill(text, values)


def _place(project: Project, acting: Acting) -> str:
    district = acting.community.district(project.district)
    parts = [
        in_language(project.place, acting.language),
        "" if district is None else in_language(district.names, acting.language),
    ]
    return ", ".join(part for part in parts if part)


def _mark(view: ProjectView) -> str:
    if view.project.id in view.ballot.choices:
        return _("☑ This project is on your ballot.")
    if view.ballot.phase is VotePhase.OPEN:
        return _("☐ This project is not on your ballot.")
    return ""


def _status(view: ProjectView, acting: Acting) -> str:
    if view.result is None:
        return sentences.dates(view.ballot, acting)
    projects = {project.id: project for project in view.ballot.projects}
    return outcome(view.result, projects, acting.language)
