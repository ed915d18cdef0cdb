"""The desk of the one window: what its commands may use."""

from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from ebert_gui.browser.scene import Scene
from ebert_gui.commands.desk import Frame, Kept
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.navigator import Navigator
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.messages import MessageBar


class Parts(NamedTuple):
    """The objects that a window is built from."""

    workspace: Workspace
    loader: Loader
    opener: Opener
    navigator: Navigator
    jobs: JobFollower
    kinds: Kinds
    sessions: SavedSessions


class Room(NamedTuple):
    """Where commands are run: the window as the parent of dialogs, its frame, its tracks and its messages."""

    window: QWidget
    frame: Frame
    scene: Scene
    messages: MessageBar


class WindowDesk(QObject):
    """Is a `Desk`. `waiting` carries what takes a while before anything is open, and an empty text at its end."""

    waiting = pyqtSignal(str)

    def __init__(self, parts: Parts, room: Room) -> None:
        super().__init__(room.window)
        self.workspace: Workspace = parts.workspace
        self.loader = parts.loader
        self.opener = parts.opener
        self.navigator = parts.navigator
        self.jobs = parts.jobs
        self.sessions = parts.sessions
        self.window, self.frame, self.scene, self._messages = room
        self._kept: dict[type, Any] = {}
        self._waits = count(1)

    def say(self, sentence: str, details: str = "") -> None:
        """Show a problem in the message bar."""
        self._messages.error(sentence, details)

    def tell(self, sentence: str) -> None:
        """Show a remark in the message bar."""
        self._messages.info(sentence)

    def wait(self, sentence: str) -> Callable[[], None]:
        """Say on the start page, or where something is open in the message bar, what takes a while."""
        about = f"wait {next(self._waits)}"
        if self.workspace.dataset is None:
            self.waiting.emit(sentence)
        else:
            self._messages.info(sentence, about=about)

        def end() -> None:
            self.waiting.emit("")
            self._messages.withdraw(about)

        return end

    def kept(self, kind: type[Kept], make: Callable[[], Kept]) -> Kept:
        """The one object of this kind; made when it is first asked for."""
        if kind not in self._kept:
            self._kept[kind] = make()
        kept: Kept = self._kept[kind]
        return kept
