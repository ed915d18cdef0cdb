"""What a person sees of signals that are being written: a window for each, how far it is, and what came of it."""

from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.sources import MeasuredSignal
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.exporting.writing_signals import WritingSignals
from ebert_gui.loading.signal_writing import SignalFile

FILE = SignalFile(MeasuredSignal(path="/a.bw"), "/x/out.bw")
DATASET = DatasetSummary("/d", "toy", "", (Chromosome("chr1", 1000),), False, False, (), (), ())


class Writer(QObject):
    """Tells what a test has it tell, and keeps what it was asked."""

    progressed = pyqtSignal(str, float)
    written = pyqtSignal(str)
    failed = pyqtSignal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Any]] = []

    def write(self, file: SignalFile, dataset: DatasetSummary) -> None:
        self.asked.append(("write", (file, dataset)))

    def call_off(self, path: str) -> None:
        self.asked.append(("call off", path))


@pytest.fixture
def said() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def writer(qapp: object) -> Writer:
    return Writer()


@pytest.fixture
def writing(qtbot: QtBot, writer: Writer, said: list[tuple[str, ...]]) -> WritingSignals:
    window = QWidget()
    qtbot.addWidget(window)
    desk: Any = SimpleNamespace(
        window=window,
        say=lambda sentence, details="": said.append(("say", sentence, details)),
        tell=lambda sentence: said.append(("tell", sentence)),
    )
    return WritingSignals(desk, writer)  # type: ignore[arg-type]


def test_a_window_says_how_far_a_file_is_and_leaves_the_others_free(writing: WritingSignals, writer: Writer) -> None:
    writing.write(FILE, DATASET)
    assert writer.asked == [("write", (FILE, DATASET))]
    [window] = writing.windows.values()
    assert window.windowModality() == Qt.WindowModality.NonModal
    assert (window.labelText(), window.value(), window.isVisible()) == ("Writing out.bw", 0, False)
    writer.progressed.emit(FILE.path, 0.42)
    assert window.value() == 42
    writer.progressed.emit(FILE.path, 1.0)
    assert window.value() == 100, "it stays until the file is there"
    assert FILE.path in writing.windows


def test_a_file_that_is_there_is_told_and_its_window_goes(
    writing: WritingSignals, writer: Writer, said: list[tuple[str, ...]]
) -> None:
    writing.write(FILE, DATASET)
    writer.written.emit(FILE.path)
    assert said == [("tell", "The signal is in /x/out.bw")]
    assert writing.windows == {}
    assert ("call off", FILE.path) not in writer.asked


def test_what_went_wrong_is_said(writing: WritingSignals, writer: Writer, said: list[tuple[str, ...]]) -> None:
    writing.write(FILE, DATASET)
    writer.failed.emit(FILE.path, "There is no folder.", "details")
    assert said == [("say", "There is no folder.", "details")]
    assert writing.windows == {}


def test_a_file_can_be_called_off_and_is_not_begun_twice(
    writing: WritingSignals, writer: Writer, said: list[tuple[str, ...]]
) -> None:
    writing.write(FILE, DATASET)
    writing.write(FILE, DATASET)
    assert said == [("say", "/x/out.bw is being written already.", "")]
    assert len(writer.asked) == 1
    writing.windows[FILE.path].canceled.emit()
    assert writer.asked[1:] == [("call off", FILE.path)]
    assert writing.windows == {}
    writer.progressed.emit(FILE.path, 0.5)
    assert writing.windows == {}
