"""The process of a worker: how it is ended, what it said last, and how it is told that it has ended."""

import sys

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ebert_core.protocol.messages import Hello, Pong
from ebert_gui.workers.endings import Ending
from ebert_gui.workers.process import WorkerProcess
from tests.core.roles.toy_worker import Double
from tests.gui.workers.clients import TOY_WORKER

DEAF = "trap '' TERM; echo deaf >&2; while :; do sleep 0.05; done"


class Life:
    """A process, and what it said of itself."""

    def __init__(self, qtbot: QtBot, argv: list[str], milliseconds_to_end: int = 200) -> None:
        self.parent = QObject()
        self.process = WorkerProcess(argv, milliseconds_to_end, self.parent)
        self.messages: list[object] = []
        self.broken: list[str] = []
        self.ends: list[tuple[Ending, int]] = []
        self.process.received.connect(self.messages.append)
        self.process.broken.connect(self.broken.append)
        self.process.ended.connect(lambda ending, code: self.ends.append((ending, code)))
        self._qtbot = qtbot
        self.process.start()

    def until_it_says(self, word: str) -> None:
        self._qtbot.waitUntil(lambda: word in self.process.last_lines, timeout=20_000)

    def end_of_it(self) -> tuple[Ending, int]:
        self._qtbot.waitUntil(lambda: self.ends != [], timeout=20_000)
        assert self.process.number == 0
        (end,) = self.ends
        return end


def test_a_healthy_worker_ends_when_its_pipe_is_closed(qtbot: QtBot) -> None:
    life = Life(qtbot, [sys.executable, str(TOY_WORKER)], 30_000)
    qtbot.waitUntil(lambda: life.messages != [], timeout=20_000)
    assert isinstance(life.messages[0], Hello)
    assert life.process.has_answered
    assert life.process.number > 0
    life.process.end()
    assert life.end_of_it() == (Ending.EXITED, 0)
    life.process.send(Double(1))
    assert life.broken == []


def test_one_that_stays_is_asked_and_one_that_does_not_hear_is_killed(qtbot: QtBot) -> None:
    life = Life(qtbot, ["sleep", "60"])
    life.process.end()
    assert life.end_of_it() == (Ending.CRASHED, 15)
    for end in (WorkerProcess.end, WorkerProcess.end_by_force):
        life = Life(qtbot, ["sh", "-c", DEAF])
        life.until_it_says("deaf")
        end(life.process)
        assert life.end_of_it() == (Ending.CRASHED, 9)


def test_force_asks_at_once_and_leaves_time_to_end(qtbot: QtBot) -> None:
    life = Life(qtbot, ["sh", "-c", "trap 'exit 3' TERM; echo ready >&2; while :; do sleep 0.05; done"], 30_000)
    life.until_it_says("ready")
    life.process.end_by_force()
    assert life.end_of_it() == (Ending.EXITED, 3)


def test_whoever_waits_for_the_end_waits_no_longer_than_wanted(qtbot: QtBot) -> None:
    life = Life(qtbot, ["sh", "-c", DEAF])
    life.until_it_says("deaf")
    life.process.wait_for_end(100)
    assert life.ends == [(Ending.CRASHED, 9)]
    assert life.process.number == 0
    life.process.wait_for_end(100)
    assert len(life.ends) == 1


def test_what_a_worker_said_last_is_heard_before_its_end_although_somebody_waits_for_that(qtbot: QtBot) -> None:
    script = (
        "import sys, time\n"
        "from ebert_core.protocol.frames import PREAMBLE, frame\n"
        "from ebert_core.protocol.messages import Pong\n"
        "for data in (PREAMBLE + frame(Pong(1)), frame(Pong(2))):\n"
        "    sys.stdout.buffer.write(data)\n"
        "    sys.stdout.flush()\n"
        "    time.sleep(0.3)\n"
    )
    life = Life(qtbot, [sys.executable, "-c", script], 30_000)
    heard_at_the_end: list[int] = []
    life.process.ended.connect(lambda _ending, _code: heard_at_the_end.append(len(life.messages)))
    life.process.received.connect(lambda _message: life.process.wait_for_end(30_000))
    assert life.end_of_it() == (Ending.EXITED, 0)
    assert life.messages == [Pong(1), Pong(2)]
    assert heard_at_the_end == [2]


def test_the_last_forty_lines_are_kept_and_none_without_end(qtbot: QtBot) -> None:
    script = "import sys; sys.stderr.write('\\n \\n'.join([*map(str, range(60)), 'x' * 5_000])); sys.exit(4)"
    life = Life(qtbot, [sys.executable, "-c", script])
    assert life.end_of_it() == (Ending.EXITED, 4)
    assert life.process.last_lines.splitlines() == [*map(str, range(21, 60)), "x" * 2_000]


@pytest.mark.parametrize(("mode", "is_said"), [("banner", False), ("endless-banner", True)])
def test_what_stood_before_the_worker_is_said_only_where_none_answered(qtbot: QtBot, mode: str, is_said: bool) -> None:
    life = Life(qtbot, [sys.executable, str(TOY_WORKER), mode], 30_000)
    qtbot.waitUntil(lambda: bool(life.messages or life.broken), timeout=20_000)
    assert bool(life.process.last_lines) is is_said
    assert len(life.broken) == is_said
    life.process.end_by_force()
    life.end_of_it()
    assert len(life.broken) == is_said


def test_a_program_that_is_not_there_has_ended_once_with_its_reason(qtbot: QtBot) -> None:
    life = Life(qtbot, ["/no/such/ebert"])
    assert life.end_of_it() == (Ending.NOT_STARTED, 0)
    assert "No such file" in life.process.last_lines
    assert life.process.program == "/no/such/ebert"
