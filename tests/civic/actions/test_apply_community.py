"""Setting a town up from its file."""

from dataclasses import replace

from civic.actions.apply_community import Applied, ApplyCommunity
from civic.model.community import Community
from civic.ports import Work


async def test_a_town_is_created_once_and_then_left_alone(work: Work, town: Community) -> None:
    apply = ApplyCommunity(work)
    aksu = replace(town, id=0, slug="aksu")
    assert await apply(aksu) is Applied.CREATED
    assert await apply(aksu) is Applied.UNCHANGED


async def test_a_changed_town_keeps_its_id(work: Work, town: Community) -> None:
    changed = replace(town, id=0, contact={"ru": "+7 71336 11111"})
    assert await ApplyCommunity(work)(changed) is Applied.UPDATED
    async with work.read() as reading:
        stored = await reading.communities.by_slug(town.slug)
    assert stored == replace(changed, id=town.id)
