"""Tells those who watch a chat, in this process, that there is something new."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Ringing:
    """One watcher's end of the bell."""

    def __init__(self) -> None:
        """Begin silent."""
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the watcher now or the next time it waits."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, or after `seconds` without one."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()


class Bell:
    """Rings for chats."""

    def __init__(self) -> None:
        """Begin with nobody watching."""
        self._watchers: defaultdict[int, set[Ringing]] = defaultdict(set)
        self.is_closed = False

    @contextmanager
    def watching(self, chat_id: int) -> Iterator[Ringing]:
        """Watch a chat; what rings from here on is not missed."""
        ringing = Ringing()
        self._watchers[chat_id].add(ringing)
        try:
            yield ringing
        finally:
            self._watchers[chat_id].discard(ringing)
            if not self._watchers[chat_id]:
                del self._watchers[chat_id]

    def watchers(self, chat_id: int) -> int:
        """Return how many watch the chat."""
        return len(self._watchers.get(chat_id, ()))

    def ring(self, chat_id: int) -> None:
        """Wake everyone who watches the chat."""
        for ringing in self._watchers.get(chat_id, ()):
            ringing.ring()

    def close(self) -> None:
        """Wake everyone, to go: the service is stopping."""
        self.is_closed = True
        for watchers in self._watchers.values():
            for ringing in watchers:
                ringing.ring()
