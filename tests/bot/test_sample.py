"""The sample town on an empty database."""

from datetime import timedelta

import pytest

from bot import sample
from bot.photos import PillowPhotoReader
from bot.sample.voices import read_voices
from civic.model.audience import EVERYONE
from civic.model.community import Community
from civic.model.cycle import StageKind
from civic.model.text import LANGUAGES
from civic.ports import Work
from civic.rules.calendar import day_number, days_in
from civic.rules.ideas import LENGTHS, Field
from tests.fakes import FrozenClock


async def _load(work: Work, clock: FrozenClock) -> bool:
    return await sample.load(work, clock, PillowPhotoReader())


async def test_the_sample_town_shows_every_kind_of_stage_at_once(
    work: Work, clock: FrozenClock
) -> None:
    assert await _load(work, clock)
    async with work.read() as unit:
        town = await unit.communities.first()
        assert town is not None
        cycles = {cycle.slug: cycle for cycle in await unit.cycles.all(town.id)}
        current = {
            slug: stage and stage.kind
            for slug, cycle in cycles.items()
            for stage in [cycle.current(clock.now())]
        }
        protocol = await unit.protocols.get(cycles["khromtau-2020"].id)
        totals = await unit.sections.totals(cycles["budget-2026"].id)
        projects = await unit.projects.in_cycle(cycles["yards-and-parks"].id)
    assert current == {
        "budget-2026": StageKind.CONSULTATION,
        "new-ideas": StageKind.IDEAS,
        "yards-and-parks": StageKind.VOTING,
        "khromtau-2020": None,
    }
    assert totals == (784_991_772, 829_948_001, 847_244_738)
    assert len(projects) == 12
    assert all(project.cost_is_sample for project in projects)
    assert len({project.photo for project in projects} - {None}) == 12
    assert protocol is not None
    assert protocol.published_elsewhere
    assert len(protocol.results) == 13


@pytest.mark.parametrize("hours", [-9, 0, 13])
async def test_the_consultation_is_on_day_9_of_28_at_any_hour(
    work: Work, clock: FrozenClock, hours: int
) -> None:
    clock.move(timedelta(hours=hours))
    await _load(work, clock)
    async with work.read() as unit:
        town = await unit.communities.first()
        assert town is not None
        cycle = await unit.cycles.by_slug(town.id, "budget-2026")
    assert cycle is not None
    stage = cycle.current(clock.now())
    assert stage is not None
    assert (day_number(stage, clock.now(), town.zone), days_in(stage)) == (9, 28)


async def test_a_made_up_resident_has_spoken_and_gets_no_news(
    work: Work, clock: FrozenClock
) -> None:
    await _load(work, clock)
    clock.move(timedelta(days=1))
    await _load(work, clock)
    async with work.read() as unit:
        ideas_cycle = await unit.cycles.by_slug(1, "new-ideas")
        budget_cycle = await unit.cycles.by_slug(1, "budget-2026")
        assert ideas_cycle is not None
        assert budget_cycle is not None
        ideas = await unit.ideas.in_cycle(ideas_cycle.id)
        comments = await unit.comments.count(budget_cycle.id)
        assert await unit.announcements.reach(1, EVERYONE) == {}
    assert {idea.author_name for idea in ideas} == {"Үлгі · Пример"}
    assert (len(ideas), comments) == (6, 6)


def test_what_the_made_up_resident_says_is_as_long_as_anybody_may_write() -> None:
    spoken = read_voices(sample.VOICES.read_text(encoding="utf-8"), sample.VOICES.name)
    topics = {topic.code for topic in sample.community().topics}
    districts = {district.code for district in sample.community().districts}
    codes = {".".join(row.code) for row in sample.budget().rows}
    for idea in spoken.ideas:
        for field in (Field.TITLE, Field.PROBLEM, Field.PROPOSAL, Field.PLACE):
            length = LENGTHS[field]
            assert length.least <= len(getattr(idea, field.value)) <= length.limit
        assert idea.topic in topics
        assert idea.district in districts
    assert {part.section for part in spoken.comments} <= {None, *codes}


async def test_loading_again_changes_nothing(work: Work, clock: FrozenClock) -> None:
    await _load(work, clock)
    async with work.read() as unit:
        before = await unit.cycles.all(1)
    clock.move(timedelta(days=5))
    assert await _load(work, clock)
    async with work.read() as unit:
        assert await unit.cycles.all(1) == before


async def test_an_interrupted_load_goes_on_where_it_stopped(
    work: Work, clock: FrozenClock
) -> None:
    async with work.write() as unit:
        await unit.communities.save(sample.community())
        await unit.commit()
    assert await _load(work, clock)
    async with work.read() as unit:
        assert len(await unit.cycles.all(1)) == 4


async def test_another_town_is_left_alone(work: Work, clock: FrozenClock, town: Community) -> None:
    assert not await _load(work, clock)
    async with work.read() as unit:
        assert await unit.cycles.all(town.id) == []


@pytest.mark.parametrize("name", sample.CYCLES)
def test_texts_differ_between_languages(name: str) -> None:
    content = sample.cycle(name).content
    texts = [content.titles.local(), content.about.local()]
    texts += [part.titles.local() for part in content.projects]
    for text in texts:
        assert len({text[language] for language in LANGUAGES}) == 3


def test_photos_are_light() -> None:
    photos = sample.cycle("vote.yaml").photos
    assert len(photos) == 12
    assert max(len(content) for content in photos.values()) <= 15 * 1024
