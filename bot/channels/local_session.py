"""A session whose messenger is in this process."""

from collections.abc import AsyncGenerator
from typing import Any

from aiogram.client.session.base import BaseSession
from typing_extensions import override


class LocalSession(BaseSession):
    """Has no connection to close and no server from which files are fetched."""

    @override
    async def close(self) -> None:
        """Nothing is open."""

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Give an empty file."""
        yield b""
