"""A cycle that collects ideas, and a photo to send."""

from io import BytesIO

import pytest
from PIL import Image

from bot.wiring import Service
from civic.model.cycle import Cycle
from tests.idea_cycles import collecting, stored


@pytest.fixture
async def cycle(service: Service) -> Cycle:
    """A cycle with its ideas stage open."""
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    return await stored(service.work, collecting(town.id))


@pytest.fixture
def jpeg() -> bytes:
    """A small photo."""
    content = BytesIO()
    Image.new("RGB", (64, 48), "green").save(content, "JPEG")
    return content.getvalue()
