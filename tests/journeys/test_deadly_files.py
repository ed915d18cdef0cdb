"""A file that crashes the data worker costs its own row: the others are drawn, now and at the next start."""

import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.program import Options
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.content import TrackContent
from ebert_gui.state.fatal_files import kept_fatal_files
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, WorkerState

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000
WORKER = [sys.executable, str(Path(__file__).with_name("crashing_worker.py"))]


class Crashing:
    """A window whose data worker can be crashed by a file; `ends` are the sentences of its ends."""

    def __init__(self, app, **options) -> None:
        self.ends: list[str] = []
        self.data = WorkerClient(WORKER, "data", fatal=kept_fatal_files())
        self.data.state_changed.connect(self._note_end)
        self.data.start()
        self.program = WindowProgram(Options(**options), app, self.data)
        self.program.window.show()

    def _note_end(self, state: WorkerState) -> None:
        if state.condition is Condition.RESTARTING:
            self.ends.append(state.sentence)

    @property
    def contents(self) -> dict[str, TrackContent]:
        program = self.program
        return {track.title: program.loader.content(track) for track in program.workspace.setup.tracks}

    def is_settled(self) -> bool:
        program = self.program
        is_alive = self.data.state.condition in (Condition.READY, Condition.BUSY)
        is_quiet = program.opener.is_settled and program.loader.is_idle and program.workspace.dataset is not None
        return is_alive and is_quiet and not any(content.is_loading for content in self.contents.values())

    def show(self, interval: Interval) -> None:
        self.program.workspace.view.show(interval)
        self.program.loader.ask()


@pytest.fixture
def open_crashing(qapp: QApplication, qtbot: QtBot):
    windows = []

    def open_one(*titles: str, **options) -> Crashing:
        window = Crashing(qapp, **options)
        windows.append(window)
        qtbot.waitUntil(lambda: set(titles) <= set(window.contents), timeout=LONG)
        qtbot.waitUntil(window.is_settled, timeout=LONG)
        return window

    yield open_one
    for window in windows:
        window.program.window.close()
        window.program.window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def bigwigs(toy_dataset: Path, tmp_path: Path) -> dict[str, Path]:
    whole = (toy_dataset.parent / "alpha.bw").read_bytes()
    files = {name: tmp_path / f"{name}.bw" for name in ("good", "opening", "reading")}
    files["good"].write_bytes(whole)
    files["opening"].write_bytes(whole + b"OPENING")
    files["reading"].write_bytes(whole + b"READING")
    return files


@pytest.mark.parametrize("kind", ["opening", "reading"])
def test_one_deadly_file_costs_its_row_and_one_worker(
    open_crashing, qtbot: QtBot, toy_dataset: Path, bigwigs: dict[str, Path], kind: str
) -> None:
    deadly, name = bigwigs[kind], f"{kind}.bw"
    window = open_crashing(name, "good.bw", dataset=str(toy_dataset), files=(str(bigwigs["good"]), str(deadly)))
    sentence = f"The data worker ended while it read {deadly}. This is not tried again until the file changes."
    shown = window.contents[name]
    assert (shown.sentence, shown.link, shown.is_error) == (sentence, "Try again", True)
    assert window.contents["good.bw"].parts["signal"]
    assert not window.contents["good.bw"].sentence
    assert len(window.ends) == 1
    assert str(deadly) in window.ends[0]
    for place in (Interval("chr2", 0, 3000), Interval("chr2", 4000, 12_000)):
        window.show(place)
        qtbot.waitUntil(window.is_settled, timeout=LONG)
    assert window.contents["good.bw"].parts["signal"]
    assert window.contents[name].sentence == sentence
    assert len(window.ends) == 1


def test_the_session_brings_no_death_back_and_a_changed_file_is_read(
    open_crashing, qtbot: QtBot, toy_dataset: Path, bigwigs: dict[str, Path]
) -> None:
    names, files = ("reading.bw", "opening.bw"), (str(bigwigs["reading"]), str(bigwigs["opening"]))
    first = open_crashing(*names, dataset=str(toy_dataset), files=files)
    assert len(first.ends) == 2
    first.program.window.close()
    second = open_crashing(*names)
    assert second.ends == []
    for name in names:
        assert "The data worker ended while it read" in second.contents[name].sentence
    bigwigs["reading"].write_bytes(bigwigs["good"].read_bytes())
    second.program.loader.retry()
    qtbot.waitUntil(second.is_settled, timeout=LONG)
    assert second.contents["reading.bw"].parts["signal"]
    assert not second.contents["reading.bw"].sentence
    assert second.ends == []


def test_try_again_in_the_row_reads_the_file_once_more(
    open_crashing, qtbot: QtBot, toy_dataset: Path, bigwigs: dict[str, Path]
) -> None:
    window = open_crashing("reading.bw", dataset=str(toy_dataset), files=(str(bigwigs["reading"]),))
    canvas = window.program.window.canvas
    for ends in (2, 3):
        qtbot.waitUntil(lambda: canvas.grab() is not None and bool(canvas.scene.links), timeout=LONG)
        link = next(link for link in canvas.scene.links if link.track.title == "reading.bw")
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPointF(link.box.center()).toPoint())
        qtbot.waitUntil(lambda ends=ends: len(window.ends) == ends, timeout=LONG)
        qtbot.waitUntil(window.is_settled, timeout=LONG)
        assert window.contents["reading.bw"].link == "Try again"
    others = [content for title, content in window.contents.items() if title != "reading.bw"]
    assert others
    assert not any(content.sentence for content in others)


def test_files_alone_open_without_the_deadly_one(open_crashing, bigwigs: dict[str, Path]) -> None:
    window = open_crashing("opening.bw", files=(str(bigwigs["opening"]), str(bigwigs["good"])))
    assert window.contents["good.bw"].parts["signal"]
    assert "The data worker ended while it read" in window.contents["opening.bw"].sentence
    assert len(window.ends) == 1
