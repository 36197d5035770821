"""What people do: each act is a conversation held by pressing the buttons that are shown."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot import sample
from bot.rehearsal.messenger import Bubble
from bot.rehearsal.person import Person, name_of
from bot.rehearsal.places import PublicPlace
from bot.sample.voices import CommentPart, IdeaPart
from civic.model.cycle import Cycle
from civic.model.project import Project
from dialogs.places import GO, PlaceKind

Act = Callable[[Person], Awaitable[None]]

WITHIN_REACH: Final = frozenset(
    {
        *("card", "chart", "close", "closen", "closep", "do", "help", "line", "list", "log"),
        *("menu", "mine", "narrow", "next", "nextp", "open", "photo", "prev", "prevp", "receipt"),
        *("results", "rule", "rules", "said", "search", "settings", "top", "up", "whatkept"),
    }
)
"""Buttons that a person who only looks around presses: they change nothing."""
RUBBISH: Final = (
    "?",
    "+7",
    "999999999999",
    "/қате",
    "😀" * 40,
    "а" * 4000,
    "\u202e\u202d",
    "<b>",
    "Сәлем! Хабарландыру бойынша жазып отырмын.",
    "как тут голосовать",
)
"""What nobody asked for."""
ANNOUNCEMENTS: Final = (
    (
        "Сенбіде сағат 10-да орталық саябақта <b>жиналыс</b> болады: жобаларды талқылаймыз.",
        "В субботу в 10 часов в центральном парке <b>собрание</b>: обсудим проекты.",
    ),
    (
        "Ертең 9-дан 13-ке дейін су болмайды: құбыр жөнделеді.",
        "Завтра с 9 до 13 не будет воды: чинят трубу.",
    ),
    (
        "Былтырғы дауыста жеңген аула алаңы ашылды. Рақмет!",
        "Площадка, победившая на прошлом голосовании, открыта. Спасибо!",
    ),
)
"""What an organiser tells the town, in Kazakh and in Russian."""
OBJECTIONS: Final = (
    "Жазыңызшы: қай көшеде?",
    "Напишите, пожалуйста, куда звонить.",
)
"""What another organiser wants changed before it is announced."""


CORRECTED: Final = {
    "kk": "Мекенжай: Бейбітшілік көшесі, 5. Телефон: 2-12-05.",
    "ru": "Адрес: улица Мира, 5. Телефон: 2-12-05.",
}
"""What the author writes in place of what was sent back."""
PHOTO: Final = sample.FOLDER / "photos" / "alley.jpg"
"""What goes with some announcements; others have a document."""
DOCUMENT: Final = ("жоспар.csv", "көше;күні\nБейбітшілік;3 наурыз\n".encode())
"""Its name and content."""


@dataclass(slots=True)
class Town:
    """What people know of the town: what goes on, and what others have said."""

    cycles: Sequence[Cycle]
    projects: Mapping[int, Sequence[Project]]
    """On the ballot of each cycle."""
    sections: Mapping[int, Sequence[int]]
    """Numbers of the lines of each draft budget."""
    ideas_to_have: Sequence[IdeaPart]
    comments_to_make: Sequence[CommentPart]
    ideas: dict[int, list[int]] = field(default_factory=dict)
    """Numbers of ideas that were put forward, by cycle."""
    comments: dict[int, list[int]] = field(default_factory=dict)
    """Numbers of published comments, by cycle."""


async def arrive(person: Person, link: str = "") -> None:
    """Come for the first time, perhaps by a link on a poster in one's language."""
    await person.says(f"/start {link}".strip())
    if person.finds("lang"):
        await person.presses("lang", person.language)
    if person.finds("keep"):
        if person.chance.happens(0.3):
            await person.says(f"Айгүл {person.number}")
        else:
            await person.presses("keep")
    districts = person.items("district")
    if districts and person.chance.happens(0.5):
        await person.presses("district", person.chance.pick(districts))
    elif person.finds("skip"):
        await person.presses("skip")


def vote(cycle_id: int, choices: Sequence[int]) -> Act:
    """Return the act of choosing these projects, found by links that others passed on."""

    async def act(person: Person) -> None:
        for project_id in choices:
            await person.follows(f"p_{project_id}")
            await mark(person, cycle_id, project_id)
        if choices and person.chance.happens(0.15) and await person.presses("list"):
            await person.presses("receipt")

    return act


async def mark(person: Person, cycle_id: int, project_id: int) -> None:
    """Put the project in front of the person on the ballot, and see whether it is there."""
    if person.finds("off", project_id) is None:
        await person.presses("on", project_id)
    if person.finds("yes", project_id):
        await person.presses("yes", project_id)
    _remember(person, cycle_id, project_id)


def change_vote(cycle_id: int, others: Sequence[int]) -> Act:
    """Return the act of taking one choice back and making another."""

    async def act(person: Person) -> None:
        chosen = sorted(person.ballots.get(cycle_id, ()))
        if not chosen:
            return
        project_id = person.chance.pick(chosen)
        await person.follows(f"p_{project_id}")
        await person.presses("off", project_id)
        _remember(person, cycle_id, project_id)
        await vote(cycle_id, others)(person)

    return act


def press_too_late(cycle_id: int, project_id: int, wait: float) -> Act:
    """Return the act of opening a project before the close and choosing it after it."""

    async def act(person: Person) -> None:
        await person.follows(f"p_{project_id}")
        await asyncio.sleep(wait)
        await mark(person, cycle_id, project_id)

    return act


def _remember(person: Person, cycle_id: int, project_id: int) -> None:
    ballot = person.ballots.setdefault(cycle_id, set())
    if person.finds("off", project_id):
        ballot.add(project_id)
    elif person.finds("on", project_id):
        ballot.discard(project_id)


def put_forward(town: Town, cycle_id: int, *, finish: bool) -> Act:
    """Return the act of writing an idea; without `finish` it is left half-way."""

    async def act(person: Person) -> None:
        idea = person.chance.pick(town.ideas_to_have)
        await person.follows(f"l_{cycle_id}")
        if not await person.presses("write"):
            return
        if person.finds("on"):
            await person.presses("on")
        else:
            await person.says(f"{idea.title} {person.number}")
            await person.says(idea.problem)
            if not finish:
                return
            await person.says(idea.proposal)
        await _finish_idea(town, cycle_id, person, idea)

    return act


async def _finish_idea(town: Town, cycle_id: int, person: Person, idea: IdeaPart) -> None:
    if not person.finds("topic") and not person.finds("send"):
        await person.says(idea.proposal)
    if topics := person.items("topic"):
        await person.presses("topic", person.chance.pick(topics))
        await person.says(idea.place)
        await person.presses("skip")
        await person.presses("skip")
    if person.finds("other"):
        await person.presses("other")
    await person.presses("send")
    if (number := person.sees("i")) is not None:
        town.ideas.setdefault(cycle_id, []).append(number)


def support(town: Town, cycle_id: int) -> Act:
    """Return the act of supporting an idea of somebody else."""

    async def act(person: Person) -> None:
        ideas = town.ideas.get(cycle_id)
        if not ideas:
            await person.follows(f"l_{cycle_id}")
            return
        await person.follows(f"i_{person.chance.pick(ideas)}")
        if person.finds("support"):
            await person.presses("support")

    return act


def comment(town: Town, cycle_id: int, *, finish: bool) -> Act:
    """Return the act of commenting on a line of a draft budget, or on the whole of it."""

    async def act(person: Person) -> None:
        sections = town.sections.get(cycle_id)
        on_line = bool(sections) and person.chance.happens(0.8)
        await person.follows(
            f"s_{person.chance.pick(sections)}" if sections and on_line else f"b_{cycle_id}"
        )
        if not await person.presses("say"):
            return
        said = person.chance.pick(town.comments_to_make)
        if person.finds("goon"):
            await person.presses("goon")
        else:
            await person.presses(said.kind.value)
            await person.says(said.text)
        if finish and await person.presses("publish"):
            number = person.sees("k")
            if number is not None:
                town.comments.setdefault(cycle_id, []).append(number)

    return act


def agree(town: Town, cycle_id: int) -> Act:
    """Return the act of agreeing with somebody else's comment."""

    async def act(person: Person) -> None:
        comments = town.comments.get(cycle_id)
        if not comments:
            await person.follows(f"b_{cycle_id}")
            return
        number = person.chance.pick(comments)
        await person.follows(f"k_{number}")
        if person.finds("on", number):
            await person.presses("on", number)

    return act


async def wander(person: Person) -> None:
    """Look around: the menu, and whatever leads on from there."""
    await person.says("/menu")
    for _ in range(1 + person.chance.below(3)):
        bubble = person.bubble
        keys = [] if bubble is None else bubble.keys
        inviting = [key for key in keys if name_of(key).partition(":")[0] in WITHIN_REACH]
        if bubble is None or not inviting:
            return
        await person.presses_key(bubble, person.chance.pick(inviting))


async def press_old(person: Person) -> None:
    """Scroll up and press a button of long ago."""
    old = [bubble for bubble in person.bubbles if bubble.keys and not bubble.is_news]
    if len(old) < 2:  # noqa: PLR2004 - the last one is not old
        await wander(person)
        return
    bubble = person.chance.pick(old[:-1])
    await person.presses_key(bubble, person.chance.pick(bubble.keys))


async def press_twice(person: Person) -> None:
    """Press a button twice, because the first press took a moment."""
    await person.says("/menu")
    bubble = person.bubble
    if bubble is None:
        return
    key = person.finds("mine") or bubble.keys[0]
    async with asyncio.TaskGroup() as presses:
        presses.create_task(person.presses_key(bubble, key))
        presses.create_task(person.presses_key(bubble, key))


async def write_rubbish(person: Person) -> None:
    """Write what nobody asked for, and find the way back."""
    if person.chance.happens(0.2):
        await person.sends_sticker()
    else:
        await person.says(person.chance.pick(RUBBISH))
    if person.chance.happens(0.5):
        await person.says("/menu")


async def want_no_news(person: Person) -> None:
    """Stop the announcements."""
    await person.says("/stop")
    person.wants_news = False
    person.can_be_told(can=False)


async def block(person: Person) -> None:
    """Block the service."""
    await person.blocks()


async def disappear(person: Person) -> None:
    """Delete the account."""
    person.disappears()


async def come_back(person: Person) -> None:
    """Unblock the service and write again."""
    await person.comes_back()


def set_up(places: Sequence[PublicPlace]) -> Act:
    """Return the act of letting these groups and channels be told, in both languages."""

    async def act(person: Person) -> None:
        for place in places:
            await person.adds_service(place)
        await person.says("/menu")
        await person.presses("desk")
        await person.presses("chats")
        for chat in person.items("chat"):
            await person.presses("chat", chat)
            await person.presses("lang", "kk+ru")
            if person.finds("stages"):
                await person.presses("stages")
            await person.presses("uncard")

    return act


async def announce(person: Person) -> None:
    """Tell people something as an organiser: all of them, or some, at once or tomorrow.

    Groups and channels are told with them or not, and a photo or a document goes along or not.
    Where another organiser approves it, hand it in. Now and then it is left half-way and taken up
    again the next time.
    """
    await person.says("/menu")
    if not (await person.presses("news") and await person.presses("new")):
        return
    if drafts := person.items("draft"):
        await person.presses("draft", drafts[0])
    else:
        words = person.chance.pick(ANNOUNCEMENTS)
        for text in words:
            await person.says(text)
    if person.chance.happens(0.2):
        return
    for change, share in (
        (_choose_whom, 0.4),
        (_choose_chats, 0.5),
        (_attach, 0.4),
        (_tell_tomorrow, 0.3),
    ):
        if person.chance.happens(share):
            await change(person)
    await person.presses("see")
    ways = (way for way in ("later", "hand") if person.finds(way))
    await person.presses(next(ways, "send"))
    if person.finds("pause") and person.chance.happens(0.3):
        await person.presses("pause")
        # The last copy may have gone out just before.
        if person.finds("resume"):
            await person.presses("resume")


async def decide(person: Person) -> None:
    """Look whether another organiser has handed something in; approve it, or send it back."""
    await person.says("/menu")
    await person.presses("desk")
    if not person.finds("approve"):
        return
    await person.presses("approve")
    await person.presses("waits", person.items("waits")[0])
    await person.presses("decide")
    if person.chance.happens(0.3):
        await person.presses("back")
        await person.says(person.chance.pick(OBJECTIONS))
    else:
        await person.presses("approve")


def rewriting(bubble: Bubble) -> Act | None:
    """Return the act of changing what was sent back, if the news says that something was."""
    leads_to = f"{GO}{PlaceKind.DRAFT.value}_"
    keys = [key for key in bubble.keys if (key.callback_data or "").startswith(leads_to)]
    if not keys:
        return None

    async def act(person: Person) -> None:
        await person.presses_key(bubble, keys[0])
        if not person.finds("text"):
            # It has been handed in again meanwhile, or is gone.
            return
        for language, words in CORRECTED.items():
            await person.presses("text", language)
            await person.says(words)
        await person.presses("see")
        if person.finds("hand"):
            await person.presses("hand")

    return act


async def _choose_chats(person: Person) -> None:
    await person.presses("whom")
    await person.presses("chats")
    for chat in person.items("chat"):
        if person.chance.happens(0.8):
            await person.presses("chat", chat)
    await person.presses("unchats")
    await person.presses("unwhom")


async def _tell_tomorrow(person: Person) -> None:
    await person.presses("when")
    await person.presses("tomorrow")


async def _attach(person: Person) -> None:
    await person.presses("attach")
    if person.chance.happens(0.5):
        await person.sends_photo(PHOTO.read_bytes())
    else:
        await person.sends_document(*DOCUMENT)


async def _choose_whom(person: Person) -> None:
    await person.presses("whom")
    await person.presses("trait", person.chance.pick(["district", "language"]))
    await person.presses("value", person.chance.pick(person.items("value")))
    await person.presses("unvalues")
    await person.presses("unwhom")


def follow_news(bubble: Bubble) -> Act:
    """Return the act of pressing a button under a piece of news."""

    async def act(person: Person) -> None:
        if bubble.keys:
            await person.presses_key(bubble, bubble.keys[0])

    return act
