"""One-time invitations to a role."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from civic.actions.accept_invitation import AcceptInvitation
from civic.actions.invite import PREFIX, VALID_FOR, Invite
from civic.model.community import Community
from civic.model.refusal import Reason, Refused
from civic.model.resident import Resident, Role
from civic.ports import Work
from tests.conftest import Meet
from tests.fakes import CountingRandomness, FrozenClock


class Door:
    """Invites people and lets them in."""

    def __init__(self, work: Work, clock: FrozenClock, randomness: CountingRandomness) -> None:
        """Use the given parts."""
        self.work = work
        self.clock = clock
        self.invite = Invite(work, clock, randomness)
        self.accept = AcceptInvitation(work, clock, randomness)

    async def roles(self, resident: Resident) -> frozenset[Role]:
        async with self.work.read() as work:
            found = await work.residents.get(resident.id)
        assert found is not None
        return found.roles

    async def refusal(self, resident: Resident, token: str) -> Reason:
        with pytest.raises(Refused) as caught:
            await self.accept(resident, token)
        return caught.value.reason


@pytest.fixture
def door(work: Work, clock: FrozenClock, randomness: CountingRandomness) -> Door:
    """A door to the small town."""
    return Door(work, clock, randomness)


async def test_whoever_opens_the_link_first_gets_the_role(
    door: Door, town: Community, resident: Meet
) -> None:
    organiser, other = await resident(), await resident()
    token = await door.invite(town.id, Role.ORGANISER)
    assert await door.accept(organiser, token) is Role.ORGANISER
    assert await door.roles(organiser) == {Role.ORGANISER}
    assert await door.refusal(other, token) is Reason.INVITATION_SPENT
    assert await door.roles(other) == frozenset()


async def test_opening_the_link_again_does_no_harm(
    door: Door, town: Community, resident: Meet
) -> None:
    organiser = await resident()
    token = await door.invite(town.id, Role.MODERATOR)
    await door.accept(organiser, token)
    assert await door.accept(organiser, token) is Role.MODERATOR
    assert await door.roles(organiser) == {Role.MODERATOR}


async def test_an_invitation_ends_after_seven_days(
    door: Door, town: Community, resident: Meet
) -> None:
    token = await door.invite(town.id, Role.ORGANISER)
    door.clock.move(VALID_FOR - timedelta(seconds=1))
    in_time = await resident()
    assert await door.accept(in_time, token) is Role.ORGANISER
    late = await door.invite(town.id, Role.ORGANISER)
    door.clock.move(timedelta(days=7))
    assert await door.refusal(in_time, late) is Reason.INVITATION_SPENT


async def test_an_invitation_is_good_in_its_own_town_only(
    door: Door, work: Work, town: Community, resident: Meet
) -> None:
    async with work.write() as unit:
        aksu = await unit.communities.save(replace(town, slug="aksu"))
        await unit.commit()
    token = await door.invite(town.id, Role.ORGANISER)
    stranger = await resident(community_id=aksu)
    assert await door.refusal(stranger, token) is Reason.INVITATION_SPENT


async def test_an_invented_token_is_refused(door: Door, town: Community, resident: Meet) -> None:
    await door.invite(town.id, Role.ORGANISER)
    assert await door.refusal(await resident(), "0" * 32) is Reason.INVITATION_SPENT


async def test_nobody_is_invited_to_a_town_that_does_not_exist(door: Door) -> None:
    with pytest.raises(Refused) as caught:
        await door.invite(404, Role.ORGANISER)
    assert caught.value.reason is Reason.NOT_FOUND


async def test_the_payload_fits_a_link_of_a_messenger(door: Door, town: Community) -> None:
    payload = PREFIX + await door.invite(town.id, Role.ORGANISER)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
