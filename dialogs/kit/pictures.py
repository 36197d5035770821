"""Pictures in windows: stored photos and charts that were just painted.

aiogram_dialog shows a picture by path, address or file id; ours are in the database or in memory.
So a window names its picture by a *link* and `bot.message_manager.PictureMessageManager` turns the
link into bytes when the channel has not got the picture yet. A photo, with its id (or None) in the
window's data::

    Window(Tr("…"), StoredPicture("photo"), state=…, getter=card)
    # and in the getter: {"photo": project.photo}

A chart, painted once for each key and kept for the next person who asks::

    @inject
    async def chart(
        charts: FromDishka[PaintedCharts], painter: FromDishka[ChartPainter], **_: object
    ) -> dict[str, Any]:
        key = f"budget-{cycle.id}-{section.id}-{language}"
        return {"chart": await charts.link(key, lambda: painter.budget(title, bars, unit))}

Whatever changes the picture has to be in the key. A window with a picture is sent with its text as
a caption, which may hold 1,024 characters; show at most one picture per step, on request.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

from aiogram.enums import ContentType
from aiogram_dialog import DialogManager
from aiogram_dialog.api.entities import MediaAttachment
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.media import Media
from typing_extensions import override

from civic.model.broadcast import Broadcast

PHOTO_PREFIX: Final = "picture:"
DOCUMENT_PREFIX: Final = "document:"
CHART_PREFIX: Final = "chart:"
KEPT_CHARTS: Final = 64
"""About 4 MB of PNG."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keeps the `limit` values that were asked for last."""

    def __init__(self, limit: int) -> None:
        """Forget the value that was asked for longest ago when there are more than `limit`."""
        self._limit = limit
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return the value, or None when it was never kept or is forgotten."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep the value."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Keep the value no longer."""
        self._kept.pop(key, None)


class PaintedCharts:
    """Charts painted lately, shared by everyone; one for the whole program."""

    def __init__(self, limit: int = KEPT_CHARTS) -> None:
        """Keep `limit` charts."""
        self._charts: Recent[str, bytes] = Recent(limit)
        self._painting = asyncio.Lock()

    async def link(self, key: str, paint: Callable[[], Awaitable[bytes]]) -> str:
        """Return the link of the chart named `key`, calling `paint` only if it is not kept."""
        # One at a time: painting is the heaviest thing the program does, and a crowd often asks
        # for the same chart.
        async with self._painting:
            if self._charts.get(key) is None:
                self._charts.put(key, await paint())
        return f"{CHART_PREFIX}{key}"

    def find(self, link: str) -> bytes | None:
        """Return the PNG behind a link, or None when it is forgotten."""
        return self._charts.get(link.removeprefix(CHART_PREFIX))


class StoredPicture(Media):
    """A picture of the window.

    `data[key]` is the id of a stored photo, a link of `PaintedCharts`, or None for no picture.
    """

    def __init__(self, key: str, when: WhenCondition = None) -> None:
        """Look for the picture under `key` in the window's data."""
        super().__init__(when=when)
        self.key = key

    @override
    async def _render_media(
        self, data: dict[str, Any], manager: DialogManager
    ) -> MediaAttachment | None:
        picture = data.get(self.key)
        if picture is None:
            return None
        link = f"{PHOTO_PREFIX}{picture}" if isinstance(picture, int) else picture
        return MediaAttachment(ContentType.PHOTO, url=link)


class StoredAttachment(Media):
    """The photo or the document that goes with an announcement.

    `data[key]` is its `Broadcast`, or None.
    """

    def __init__(self, key: str, when: WhenCondition = None) -> None:
        """Look for the announcement under `key` in the window's data."""
        super().__init__(when=when)
        self.key = key

    @override
    async def _render_media(
        self, data: dict[str, Any], manager: DialogManager
    ) -> MediaAttachment | None:
        broadcast: Broadcast | None = data.get(self.key)
        if broadcast is None:
            return None
        if broadcast.document is not None:
            link = f"{DOCUMENT_PREFIX}{broadcast.document.id}/{broadcast.document.name}"
            return MediaAttachment(ContentType.DOCUMENT, url=link)
        if broadcast.photo is not None:
            return MediaAttachment(ContentType.PHOTO, url=f"{PHOTO_PREFIX}{broadcast.photo}")
        return None
