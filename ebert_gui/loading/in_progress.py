"""What is being opened, so that the window knows when all has settled, and the line of those that wait for data."""

from collections import deque
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

DATA = "dataset"


class InProgress(QObject):
    """Openings that have begun and not ended, by a name each. `settled` says that none is left."""

    settled = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._names: set[str] = set()
        self._line: deque[Callable[[], None]] = deque()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being opened."""
        return not self._names

    def in_line(self, ask: Callable[[], None]) -> None:
        """Ask for data when what was asked for before has come: each opening builds on what is open then."""
        self._line.append(ask)
        self._go_on()

    def begin(self, name: str) -> None:
        """This is being opened."""
        self._names.add(name)

    def end(self, name: str) -> None:
        """This is open, or will not be."""
        self._names.discard(name)
        self._go_on()
        if self.is_settled:
            self.settled.emit()

    def _go_on(self) -> None:
        if self._line and DATA not in self._names:
            self._line.popleft()()
