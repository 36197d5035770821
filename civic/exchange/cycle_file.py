"""A cycle as a file: calendar, rules, projects and texts; all that decides is written out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from civic.exchange.fields import (
    Beside,
    BesideName,
    Code,
    Count,
    LongText,
    Moment,
    Part,
    Positive,
    ShortText,
    Sure,
    When,
    read_part,
)
from civic.exchange.problems import InvalidFile, Problem
from civic.exchange.voting_rules import Faults, VotingRulesPart, voting_faults
from civic.model.announcement import NoticeKind
from civic.model.cycle import ConsultationRules, CycleKind, IdeaRules, Rules, StageKind
from civic.model.refusal import Refused
from civic.model.results import Outcome
from civic.model.text import LocalText
from civic.rules.stages import ORDER
from civic.rules.templates import LEAST, LIMIT, kinds_of, places_of, read_text

MAX_PHOTO_BYTES: Final = 5_000_000
_MAX_PROJECTS: Final = 500

Year = Annotated[int, Field(strict=True, ge=1991, le=2200)]
NoticeWords = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=LEAST, max_length=LIMIT)
]


class NoticeText(Part):
    """A notice in the organisers' own words, with places such as {town}."""

    kk: NoticeWords
    ru: NoticeWords
    en: NoticeWords


class NoticesPart(Part):
    """Notices that are not to have their usual words."""

    stage_opened: NoticeText | None = None
    half_way: NoticeText | None = None
    last_days: NoticeText | None = None
    reminder: NoticeText | None = None
    stage_closed: NoticeText | None = None
    results: NoticeText | None = None

    def texts(self) -> Mapping[str, LocalText]:
        """Return the texts that are given, by the kind of notice."""
        return self.model_dump(exclude_none=True)


class StagePart(Part):
    """A dated part of the cycle."""

    kind: StageKind
    opens: Moment
    closes: Moment
    notices: NoticesPart = NoticesPart()


class IdeaRulesPart(Part):
    """What may be put forward."""

    max_cost: Positive | None
    max_photos: Annotated[int, Field(strict=True, ge=0, le=10)]


class ConsultationRulesPart(Part):
    """What is under discussion."""

    years: tuple[Year, Year, Year]
    source: LongText
    edit_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)]


class RulesPart(Part):
    """Rules; those that the cycle's stages need are given."""

    ideas: IdeaRulesPart | None = None
    voting: VotingRulesPart | None = None
    consultation: ConsultationRulesPart | None = None

    def rules(self) -> Rules:
        """Return the rules as the model has them."""
        ideas, voting, consultation = self.ideas, self.voting, self.consultation
        return Rules(
            ideas=None if ideas is None else IdeaRules(ideas.max_cost, ideas.max_photos),
            voting=None if voting is None else voting.rules(),
            consultation=None
            if consultation is None
            else ConsultationRules(
                consultation.years, consultation.source.local(), consultation.edit_minutes
            ),
        )


class ProjectPart(Part):
    """A choice on the ballot; its place in the list is its order of submission."""

    code: Code
    titles: ShortText
    about: LongText
    place: ShortText
    district: Code | None = None
    topic: Code | None = None
    cost: Positive | None
    """Whole tenge; null only in a finished round whose costs were not published."""
    cost_is_sample: Sure
    photo: BesideName | None = None


class PublishedResultPart(Part):
    """What was published about one project of a finished round."""

    code: Code
    votes: Count
    outcome: Outcome


class PublishedResultsPart(Part):
    """The published outcome of a round that was held elsewhere."""

    published: Moment
    ballots: Count | None
    votes: Count
    spent: Count | None
    projects: Annotated[tuple[PublishedResultPart, ...], Field(min_length=1)]


class CycleFile(Part):
    """The content of a cycle's file."""

    community: Code
    slug: Code
    kind: CycleKind
    titles: ShortText
    about: LongText
    stages: Annotated[tuple[StagePart, ...], Field(min_length=1)]
    rules: RulesPart
    projects: Annotated[tuple[ProjectPart, ...], Field(max_length=_MAX_PROJECTS)] = ()
    published_results: PublishedResultsPart | None = None

    def stage(self, kind: StageKind) -> StagePart | None:
        """Return the stage of that kind, or None when the file has none."""
        return next((part for part in self.stages if part.kind is kind), None)

    def calendar(
        self, zone: ZoneInfo, anchor: date
    ) -> Mapping[StageKind, tuple[datetime, datetime]]:
        """Return opening and closing of each stage in UTC."""
        return {
            part.kind: (part.opens.moment(zone, anchor), part.closes.moment(zone, anchor))
            for part in self.stages
        }


@dataclass(frozen=True, slots=True)
class CycleToApply:
    """A cycle's file that was read and is sound in itself."""

    name: str
    content: CycleFile
    photos: Mapping[str, bytes]
    """Content of the photo files that the projects name."""

    def problem(self, where: str, expected: str, found: str) -> Problem:
        """Return a problem of this file."""
        return Problem(self.name, where, expected, found)


def read_cycle(text: str, name: str, beside: Beside) -> CycleToApply:
    """Return the cycle in the YAML `text` of the file `name`; `beside` gives its photo files.

    Raises `InvalidFile` with everything that does not fit: first what single values are, then how
    they go together.
    """
    content = read_part(CycleFile, text, name)
    photos = {part.photo: beside(part.photo) for part in content.projects if part.photo}
    problems = [
        Problem(name, where, expected, found)
        for where, expected, found in (
            *_stage_faults(content),
            *_rule_faults(content),
            *_project_faults(content, photos),
            *_pot_faults(content),
            *_result_faults(content),
        )
    ]
    if problems:
        raise InvalidFile(problems)
    return CycleToApply(
        name, content, {name: photo for name, photo in photos.items() if photo is not None}
    )


def _stage_faults(content: CycleFile) -> Faults:
    order = ORDER[content.kind]
    whens = [when for part in content.stages for when in (part.opens, part.closes)]
    if len({when.on is None for when in whens}) > 1:
        yield "stages", "either dates or {day: …} throughout", "both"
        return
    rank = -1
    closed: When | None = None
    for index, part in enumerate(content.stages):
        where = f"stages[{index}]"
        if part.kind not in order[rank + 1 :]:
            expected = "each kind at most once, in the order " + ", ".join(order)
            yield f"{where}.kind", expected, part.kind
        else:
            rank = order.index(part.kind)
        if not part.opens.place < part.closes.place:
            yield f"{where}.closes", f"a moment after the opening {part.opens}", str(part.closes)
        yield from _notice_faults(f"{where}.notices", part)
        if closed is not None and part.opens.place < closed.place:
            yield f"{where}.opens", f"not before the stage above closes {closed}", str(part.opens)
        closed = part.closes


def _notice_faults(where: str, part: StagePart) -> Faults:
    told = [kind.value for kind in kinds_of(part.kind)]
    for name, words in part.notices.texts().items():
        if name not in told:
            yield f"{where}.{name}", f"notices of such a stage: {', '.join(told)}", name
            continue
        places = places_of(NoticeKind(name))
        for language, text in words.items():
            try:
                read_text(text, NoticeKind(name))
            except Refused as refused:
                known = ", ".join(f"{{{place}}}" for place in places)
                found = str(refused.facts.get("place", "brackets that do not fit"))
                yield f"{where}.{name}.{language}", f"only places such as {known}", f"«{found}»"


_NEEDED_RULES: Final[Mapping[StageKind, str]] = {
    StageKind.IDEAS: "ideas",
    StageKind.VOTING: "voting",
    StageKind.CONSULTATION: "consultation",
}


def _rule_faults(content: CycleFile) -> Faults:
    for kind, name in _NEEDED_RULES.items():
        given = getattr(content.rules, name) is not None
        needed = content.stage(kind) is not None
        if needed and not given:
            yield f"rules.{name}", f"rules for the stage «{kind}»", "nothing"
        if given and not needed:
            yield f"rules.{name}", f"no such rules without a stage «{kind}»", "rules"
    if content.rules.voting is not None and content.published_results is None:
        codes = [part.code for part in content.projects]
        for where, expected, found in voting_faults(content.rules.voting, codes):
            yield f"rules.voting.{where}", expected, found


def _project_faults(content: CycleFile, photos: Mapping[str, bytes | None]) -> Faults:
    if content.projects and content.stage(StageKind.VOTING) is None:
        yield "projects", "none without a stage «voting»", str(len(content.projects))
    codes = [part.code for part in content.projects]
    for index, part in enumerate(content.projects):
        where = f"projects[{index}]"
        if part.code in codes[:index]:
            yield f"{where}.code", "a code of its own", f"«{part.code}» a second time"
        if part.cost is None and content.published_results is None:
            yield f"{where}.cost", "the cost in whole tenge", "nothing"
        if part.photo is not None:
            photo = photos[part.photo]
            if photo is None:
                yield f"{where}.photo", "a file beside this one", f"no file «{part.photo}»"
            elif len(photo) > MAX_PHOTO_BYTES:
                yield f"{where}.photo", f"at most {MAX_PHOTO_BYTES} bytes", str(len(photo))


def _pot_faults(content: CycleFile) -> Faults:
    """Yield projects that no pot pays for, and pots that pay for no project."""
    division = None if content.rules.voting is None else content.rules.voting.division
    if division is None:
        return
    pots = [pot.code for pot in division.pots]
    paid = [getattr(part, division.by) for part in content.projects]
    for index, code in enumerate(paid):
        if code not in pots:
            found = "nothing" if code is None else f"«{code}»"
            yield f"projects[{index}].{division.by}", f"one of {', '.join(pots)}", found
    for index, code in enumerate(pots):
        if code not in paid:
            where = f"rules.voting.division.pots[{index}].code"
            yield where, f"the {division.by} of a project", f"«{code}»"


def _result_faults(content: CycleFile) -> Faults:
    results = content.published_results
    if results is None:
        return
    where = "published_results"
    if content.stage(StageKind.VOTING) is None:
        yield where, "none without a stage «voting»", "results"
    codes = [part.code for part in content.projects]
    given = [part.code for part in results.projects]
    for index, part in enumerate(results.projects):
        if part.code not in codes:
            yield f"{where}.projects[{index}].code", "a code from projects", f"«{part.code}»"
        if part.code in given[:index]:
            expected, found = "each project once", f"«{part.code}» a second time"
            yield f"{where}.projects[{index}].code", expected, found
    if missing := [code for code in codes if code not in given]:
        yield f"{where}.projects", "a result for every project", f"none for {_listed(missing)}"
    total = sum(part.votes for part in results.projects)
    if total > results.votes:
        yield f"{where}.votes", f"at least {total}, the votes of all projects", str(results.votes)


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(f"«{code}»" for code in codes)
