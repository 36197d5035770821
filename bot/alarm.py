"""Tells whoever listens that something may be due."""

from collections.abc import Callable


class AlarmBell:
    """Implements `civic.ports.Alarm`: actions ring, scheduler and broadcaster listen."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listeners: list[Callable[[], None]] = []

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever the bell rings; it must return at once."""
        self._listeners.append(wake)

    def wake(self) -> None:
        """Ring."""
        for wake in self._listeners:
            wake()
