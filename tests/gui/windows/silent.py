"""A worker that hears everything and answers nothing, and the entries of the window's menus."""

from typing import Any

from ebert_gui.windows.main_window import MainWindow
from ebert_gui.workers.state import Condition, WorkerState


class Silent:
    """A worker that hears everything and answers nothing."""

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[Any] = []
        self.forgiven: list[str] = []

    def request(self, body: Any, *_words: object, **_more: object) -> int:
        self.asked.append(body)
        return len(self.asked)

    def cancel(self, number: int) -> None:
        """Nothing is under way."""

    def forgive(self, *paths: str) -> None:
        self.forgiven += paths


def entry(window: MainWindow, menu: str, text: str) -> Any:
    """A line of a menu of the window."""
    return next(each for each in window.menus[menu].actions() if each.text().replace("&", "") == text)
