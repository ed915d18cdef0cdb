"""What tests of a worker's window end share: how long it waits, what it hears, and how to wait for it."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, Failure, Patience, WorkerState
from tests.core.roles import toy_worker

TOY_WORKER = Path(toy_worker.__file__)
QUICK = Patience(start=10_000, beat=50, silent_beats=100, cancel=400, end=300, first_pause=10, restarts=2)


class Answers:
    """What came back for the requests of one test."""

    def __init__(self) -> None:
        self.replies: list[object] = []
        self.failures: list[Failure] = []
        self.progress: list[tuple[float, str]] = []

    def hears(self) -> dict[str, Callable[..., None]]:
        return {
            "on_reply": self.replies.append,
            "on_failure": self.failures.append,
            "on_progress": lambda fraction, note: self.progress.append((fraction, note)),
        }


def wait_for(qtbot: QtBot, client: WorkerClient, condition: Condition) -> WorkerState:
    if client.state.condition != condition:
        with qtbot.waitSignal(
            client.state_changed, timeout=15_000, check_params_cb=lambda state: state.condition == condition
        ):
            pass
    return client.state
