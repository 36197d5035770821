"""A town as a file: its names, time zone, currency, districts, topics and contact."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from civic.exchange.fields import Code, Part, ShortText, Sure, read_part, unexpected
from civic.exchange.problems import InvalidFile, Problem
from civic.model.community import Community, District, Topic


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        expected = "a time zone such as Asia/Almaty"
        raise unexpected(expected) from error
    return name


def _currency(code: str) -> str:
    if len(code) == 3 and code.isascii() and code.isupper():  # noqa: PLR2004 - ISO 4217
        return code
    expected = "a currency code of three capitals such as KZT"
    raise unexpected(expected)


class NamedPart(Part):
    """A district or a topic."""

    code: Code
    names: ShortText


class CommunityFile(Part):
    """The content of a town's file."""

    slug: Code
    names: ShortText
    timezone: Annotated[str, AfterValidator(_zone)]
    currency: Annotated[str, AfterValidator(_currency)]
    contact: ShortText
    districts: Annotated[tuple[NamedPart, ...], Field(max_length=50)]
    topics: Annotated[tuple[NamedPart, ...], Field(min_length=1, max_length=20)]
    broadcasts_need_second_organiser: Sure = False

    def community(self) -> Community:
        """Return the town, without an id yet."""
        return Community(
            id=0,
            slug=self.slug,
            names=self.names.local(),
            timezone=self.timezone,
            currency=self.currency,
            districts=tuple(District(part.code, part.names.local()) for part in self.districts),
            topics=tuple(Topic(part.code, part.names.local()) for part in self.topics),
            contact=self.contact.local(),
            broadcasts_need_second_organiser=self.broadcasts_need_second_organiser,
        )


def read_community(text: str, name: str) -> Community:
    """Return the town in the YAML `text` of the file `name`, without an id yet.

    Raises `InvalidFile` with everything that does not fit.
    """
    content = read_part(CommunityFile, text, name)
    problems = [
        *_repeated(content.districts, "districts", name),
        *_repeated(content.topics, "topics", name),
    ]
    if problems:
        raise InvalidFile(problems)
    return content.community()


def _repeated(parts: Sequence[NamedPart], where: str, name: str) -> list[Problem]:
    codes = [part.code for part in parts]
    return [
        Problem(name, f"{where}[{index}].code", "a code of its own", f"«{code}» a second time")
        for index, code in enumerate(codes)
        if code in codes[:index]
    ]
