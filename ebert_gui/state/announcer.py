"""Announcements without Qt: who keeps state tells whoever listens that it changed."""

from collections.abc import Callable


class Announcer:
    """A list of listeners that are called in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def connect(self, listener: Callable[[], None]) -> None:
        """Call this at every announcement from now on."""
        self._listeners.append(listener)

    def announce(self) -> None:
        """Tell every listener."""
        for listener in tuple(self._listeners):
            listener()
