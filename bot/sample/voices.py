"""Ideas and comments of a made-up resident, so that the sample town does not look empty."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from pydantic import StringConstraints

from civic.exchange.fields import Code, Part, Positive, read_part
from civic.model.comment import MAX_LENGTH, CommentKind
from civic.model.cycle import Cycle
from civic.model.idea import IdeaContent
from civic.model.resident import NewsChoice, Resident
from civic.ports import UnitOfWork

CHANNEL: Final = "sample"
"""No messenger: nothing can ever be sent there."""
_ADDRESS: Final = "voices"

Words = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LENGTH)]


class IdeaPart(Part):
    """An idea of the sample resident."""

    title: Words
    problem: Words
    proposal: Words
    topic: Code
    district: Code
    place: Words
    cost: Positive


class CommentPart(Part):
    """A remark of the sample resident."""

    section: str | None
    """Codes of all levels joined by dots; None for the draft as a whole."""
    kind: CommentKind
    text: Words


class Voices(Part):
    """Everything that the sample resident has said."""

    author: Words
    ideas: tuple[IdeaPart, ...]
    comments: tuple[CommentPart, ...]


def read_voices(text: str, name: str) -> Voices:
    """Return what is in the YAML `text` of the file `name`; raises `InvalidFile`."""
    return read_part(Voices, text, name)


async def have_spoken(work: UnitOfWork) -> bool:
    """Tell whether everything has been said."""
    return await work.residents.by_address(CHANNEL, _ADDRESS) is not None


async def speak(
    work: UnitOfWork, voices: Voices, ideas: Cycle, budget: Cycle, now: datetime
) -> None:
    """Say everything, in the cycle that collects ideas and in the consultation."""
    author = await _author(work, voices.author, ideas.community_id, now)
    for part in voices.ideas:
        content = IdeaContent(**part.model_dump())
        draft = await work.ideas.add_draft(author.id, ideas.id, None, content, now)
        await work.ideas.submit(draft, now)
        await work.ideas.remove_draft(draft.id)
    sections = {section.code: section.id for section in await work.sections.all(budget.id)}
    for comment in voices.comments:
        section = None if comment.section is None else sections[comment.section]
        begun = await work.comments.add_draft(author.id, budget.id, section, None)
        await work.comments.publish(replace(begun, kind=comment.kind, text=comment.text), now)
        await work.comments.remove_draft(begun.id)


async def _author(work: UnitOfWork, name: str, community_id: int, now: datetime) -> Resident:
    added, contact = await work.residents.add(community_id, "kk", CHANNEL, _ADDRESS, None, now)
    await work.residents.set_reachable(CHANNEL, contact.chat_id, reachable=False)
    author = replace(added, display_name=name, news=NewsChoice.NONE, greeted=True)
    await work.residents.save(author)
    return author
