"""The dock of the jobs opens at a third of the window and keeps that height, whatever a job has to say."""

import numpy as np
import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.tracks import DatasetSummary
from ebert_core.protocol.work import Curve, Jobs, JobSummary, Metrics
from ebert_gui.windows import screens
from ebert_gui.windows.main_window import MainWindow
from tests.gui.silent import Silent, window_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")
SIZE = (1500, 950)
RUNNING = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "running", "box", 1000.0, 0.42, "epoch 3", 1200)
STEPS = np.arange(1, 4)
CURVES = Metrics(tuple(Curve(split, "loss", STEPS, 1 / STEPS) for split in ("training", "validation")))


def made(qtbot: QtBot, dataset: DatasetSummary) -> MainWindow:
    window = window_of(qtbot, Silent(), SIZE)
    window.workspace.open_dataset(dataset)
    window.workspace.view.show(Interval("chr3", 10_000, 20_000))
    return window


@pytest.fixture
def window(qtbot: QtBot, dataset: DatasetSummary) -> MainWindow:
    window = made(qtbot, dataset)
    with qtbot.waitExposed(window):
        window.show()
    return window


def heights(window: MainWindow) -> tuple[int, int]:
    """Of the dock and of the tracks, once Qt has laid them out."""
    for _ in range(3):
        QApplication.processEvents()
    return window.shown_jobs.dock().height(), window.canvas.height()


def judged() -> Verdict:
    one = Judgement(
        "CTCF", ("K562",), 37, 150, "level", "A sentence on a factor. " * 6, 0.43, 0.41, 0.2, 0.02, -0.05, 0.1
    )
    factors = tuple(replace(one, factor=f"F{number}") for number in range(14))
    return Verdict(replace(one, outcome="better"), "motif x accessibility", "chr20", factors, ("A note.",) * 6)


def test_the_dock_keeps_the_height_that_it_opened_with(window: MainWindow) -> None:
    jobs = window.shown_jobs
    jobs.toggle()
    dock = jobs.dock()
    opened = heights(window)
    assert abs(opened[0] - SIZE[1] / 3) < 30
    dock.show_jobs(Jobs((RUNNING,)))
    assert heights(window) == opened
    dock.show_metrics(RUNNING.directory, CURVES)
    assert heights(window) == opened
    done = replace(RUNNING, state="done", fraction=1.0, result="/data/checkpoints/x")
    dock.show_jobs(Jobs((done,)))
    dock.show_verdict(done.directory, judged())
    assert heights(window) == opened
    whole = dock.findChild(QScrollArea, "job")
    assert whole is not None
    bar = whole.verticalScrollBar()
    assert bar is not None
    assert bar.maximum() == 0  # the verdict scrolls, and what stands around it stays
    dock.show_jobs(Jobs((replace(RUNNING, state="failed", message="The disk is full. " * 40, details="…"),)))
    assert heights(window) == opened
    assert opened[1] >= SIZE[1] / 2


def test_a_height_that_somebody_chose_stays(window: MainWindow, qtbot: QtBot, dataset: DatasetSummary) -> None:
    window.shown_jobs.toggle()
    heights(window)
    window.resizeDocks([window.shown_jobs.dock()], [210], Qt.Orientation.Vertical)
    chosen = heights(window)[0]
    assert abs(chosen - 210) < 3
    window.shown_jobs.toggle()
    window.shown_jobs.toggle()
    assert heights(window)[0] == chosen
    window.shown_jobs.dock().show_jobs(Jobs((RUNNING,)))
    window.shown_jobs.dock().show_metrics(RUNNING.directory, CURVES)
    assert heights(window)[0] == chosen
    kept = screens.layout_of_docks(window)
    second = made(qtbot, dataset)
    screens.lay_docks(second, kept)
    with qtbot.waitExposed(second):
        second.show()
    second.shown_jobs.dock().show()
    assert abs(heights(second)[0] - chosen) < 3
