"""A worker that answers only what a test says, a window with such workers, and the entries of its menus."""

from collections.abc import Callable, Sequence
from typing import Any

from pytestqt.qtbot import QtBot

from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.navigator import Navigator
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import LIGHT
from ebert_gui.windows.desk import Parts
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.workers.state import Condition, WorkerState
from tests.gui.drawn import KINDS


class Silent:
    """A worker that hears everything and answers nothing but what a test says."""

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[Any] = []
        self.forgiven: list[Sequence[str] | None] = []
        self._waiting: list[tuple[Any, Callable[[Any], None]]] = []

    def request(self, body: Any, reply_type: Any, on_reply: Callable[[Any], None], *_words: Any, **_more: Any) -> int:
        self.asked.append(body)
        self._waiting.append((body, on_reply))
        return len(self.asked)

    def answer(self, kind: type, reply: object) -> None:
        """Answer what was asked of a kind and has no answer yet."""
        answered = [each for each in self._waiting if isinstance(each[0], kind)]
        self._waiting = [each for each in self._waiting if each not in answered]
        assert answered
        for _body, on_reply in answered:
            on_reply(reply)

    def cancel(self, number: int) -> None:
        """Nothing is under way."""

    def forgive(self, paths: Sequence[str] | None) -> None:
        self.forgiven.append(paths)


def window_of(qtbot: QtBot, worker: Silent, size: tuple[int, int] = (1280, 720)) -> MainWindow:
    """A window in which nothing is open yet and which is not shown; `worker` is both of its workers."""
    workspace = Workspace(KINDS)
    loader, opener = Loader(workspace, {"data": worker, "model": worker}), Opener(workspace, worker, worker, KINDS)
    navigator, jobs = Navigator(workspace, worker), JobFollower(workspace, worker)
    sessions = SavedSessions(workspace, opener, KINDS, worker)
    window = MainWindow(Parts(workspace, loader, opener, navigator, jobs, KINDS, sessions), LIGHT)
    qtbot.addWidget(window)
    window.resize(*size)
    return window


def entry(window: MainWindow, menu: str, text: str) -> Any:
    """A line of a menu of the window."""
    return next(each for each in window.menus[menu].actions() if each.text().replace("&", "") == text)
