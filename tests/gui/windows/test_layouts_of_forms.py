"""The dock of the jobs and the forms keep their distances, and spare room goes where it is of use."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QLabel, QPushButton, QScrollArea, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_core.protocol.work import Jobs
from ebert_gui.datasets.new_dataset_dialog import Answers, NewDatasetDialog
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.picture_dialog import PictureDialog
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.jobs.jobs_dock import JobsDock
from ebert_gui.widgets.theme import DARK, LIGHT
from ebert_gui.windows.main_window import MainWindow
from tests.certain import present
from tests.gui.judged import VERDICT
from tests.gui.layouts import gaps_down, margins_of, parts_of, place_of
from tests.gui.listed_jobs import FAILED, RUNNING, curves

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ENDED = replace(FAILED, result="/x")


@pytest.fixture
def dock(qtbot: QtBot) -> JobsDock:
    dock = JobsDock(LIGHT)
    qtbot.addWidget(dock)
    dock.resize(1200, 420)
    with qtbot.waitExposed(dock):
        dock.show()
    return dock


def page_of(dock: JobsDock) -> QWidget:
    area = dock.findChild(QScrollArea, "job")
    assert area is not None
    page = area.widget()
    assert page is not None
    return page


def part(window: QWidget, text: str) -> QWidget:
    return next(each for each in parts_of(window) if isinstance(each, QLabel | QPushButton) and each.text() == text)


def test_an_empty_dock_of_jobs_explains_at_its_top_left(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs(()))
    page = present(dock.widget()).currentWidget()
    qtbot.waitUntil(lambda: margins_of(page) == (16, 20, 16))
    assert gaps_down(page) == [8]
    assert place_of(part(page, "No jobs yet"), page).height() < 30
    assert part(page, "No jobs yet").property("role") == "title"
    dock.resize(300, 40)
    assert present(dock.widget()).minimumHeight() == 140


def test_what_a_job_says_stands_in_three_lines_with_its_buttons_at_the_right(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs((ENDED, RUNNING)))
    page = page_of(dock)
    qtbot.waitUntil(lambda: margins_of(page) == (14, 10, 14))
    tops = [place_of(each, page).top() for each in (dock.title, dock.status, dock.place)]
    assert tops == sorted(tops)
    for line in (("Resume", "Use this checkpoint"), ("Details…", "Remove…", "Edit and start again…")):
        places = [place_of(part(page, text), page) for text in line]
        assert len({place.top() for place in places}) == 1
        assert [after.left() - before.right() - 1 for before, after in pairwise(places)] == [8] * (len(line) - 1)
        assert places[-1].right() == page.width() - 1 - 14
    for left, button in ((dock.title, "Resume"), (dock.place, "Details…")):
        assert place_of(part(page, button), page).left() - place_of(left, page).right() - 1 == 8
        assert left.width() > 300
    assert gaps_down(page)[:2] == [6, 6]
    dock.choose(RUNNING.directory)
    qtbot.waitUntil(dock.progress.isVisible)
    qtbot.waitUntil(lambda: place_of(dock.progress, page).bottom() < place_of(dock.status, page).top())
    assert place_of(dock.title, page).bottom() < place_of(dock.progress, page).top()
    assert dock.progress.width() == page.width() - 28
    assert not dock.progress.isTextVisible()


def test_spare_room_goes_to_the_page_and_no_part_can_be_pushed_away(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs((ENDED, RUNNING)))
    assert dock.list.width() == 290
    dock.resize(1500, 420)
    qtbot.waitUntil(lambda: page_of(dock).width() > 1100)
    assert dock.list.width() == 290
    (outer,) = [each for each in dock.findChildren(QSplitter) if each.isAncestorOf(dock.list)]
    outer.setSizes([0, 1500])
    assert dock.list.width() >= 250
    outer.setSizes([1500, 0])
    needed = page_of(dock).minimumSizeHint().width()
    assert page_of(dock).width() >= needed > 300


def test_the_verdict_has_more_room_than_the_curves_and_takes_what_is_spare(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs((ENDED, RUNNING)))
    dock.show_metrics(ENDED.directory, curves("loss"))
    dock.show_verdict(ENDED.directory, VERDICT)
    qtbot.waitUntil(dock.judged.isVisible)
    qtbot.waitUntil(lambda: dock.judged.width() > dock.plot.width())
    before, plot = dock.judged.width(), dock.plot.width()
    dock.resize(1500, 420)
    qtbot.waitUntil(lambda: dock.judged.width() > before + 200)
    assert abs(dock.plot.width() - plot) <= 40
    (inner,) = [each for each in dock.findChildren(QSplitter) if not each.isAncestorOf(dock.list)]
    inner.setSizes([1000, 0])
    assert dock.plot.width() > 60
    margins = dock.verdict.contentsMargins()
    assert (margins.left(), margins.top(), margins.right(), margins.bottom()) == (0, 4, 12, 8)
    # All the height that is left is theirs.
    page = page_of(dock)
    assert place_of(dock.plot, page).bottom() == page.height() - 1 - 10


def test_the_curves_stand_under_the_choice_and_the_keys(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs((ENDED, RUNNING)))
    dock.show_metrics(ENDED.directory, curves("loss", "auPRC"))
    plot = dock.plot
    qtbot.waitUntil(lambda: plot.plot.isVisible() and plot.plot.y() < 60)
    choice, drawn = place_of(plot.choice, plot), place_of(plot.plot, plot)
    assert (choice.left(), choice.top()) == (0, 4)
    assert (drawn.left(), drawn.right(), drawn.bottom()) == (0, plot.width() - 1, plot.height() - 1)
    assert drawn.top() - choice.bottom() - 1 == 4
    assert plot.plot.minimumHeight() == 90
    assert plot.plot.focusPolicy() is Qt.FocusPolicy.NoFocus
    plot.clear()
    assert plot._nothing.alignment() & Qt.AlignmentFlag.AlignTop
    assert (plot.choice.accessibleName(), plot.plot.accessibleName()) == ("Metric to draw", "Curves of the training")


Make = Callable[[DatasetSummary, ModelSummary, MainWindow], QDialog]


def export(dataset: DatasetSummary, checkpoint: ModelSummary, _window: MainWindow) -> QDialog:
    return ExportDialog(dataset, checkpoint, "K562", "CTCF", Interval("chr3", 0, 1000))


def finetuning(dataset: DatasetSummary, checkpoint: ModelSummary, _window: MainWindow) -> QDialog:
    return FineTuneDialog(dataset, checkpoint)


def picture(_dataset: DatasetSummary, _checkpoint: ModelSummary, window: MainWindow) -> QDialog:
    return PictureDialog(window.canvas.scene, DARK)


def new_dataset(_dataset: DatasetSummary, _checkpoint: ModelSummary, _window: MainWindow) -> QDialog:
    dialog = NewDatasetDialog(Answers(lambda *_: None, lambda *_: None, lambda *_: None))
    dialog.add_files(["/lab/a.bw"])
    return dialog


@pytest.mark.parametrize(
    ("make", "width", "least", "top", "gaps", "action"),
    [
        (export, 660, 480, 16, [10, 10, 10, 5, 6, 6, 6, 10, 10, 10, 10], "Start export"),
        (finetuning, 820, 660, 14, None, "Start fine-tuning"),
        (picture, 640, 240, 14, [10] * 4, "Save picture"),
        (new_dataset, 1040, 620, 14, [10] * 5, "Create dataset"),
    ],
)
def test_a_form_opens_at_its_size_with_its_fields_close_and_enter_starts_it(
    qtbot: QtBot,
    dataset: DatasetSummary,
    checkpoint: ModelSummary,
    window: MainWindow,
    make: Make,
    width: int,
    least: int,
    top: int,
    gaps: list[int] | None,
    action: str,
) -> None:
    dialog = make(dataset, checkpoint, window)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.width() == width
    assert least <= dialog.height() <= least + 140
    dialog.resize(width, 1100)
    qtbot.waitUntil(lambda: margins_of(dialog) == (16, top, 16))
    between = gaps_down(dialog)
    if gaps is not None:
        # Below the last field is what nothing wants; below the summary is its distance from the buttons.
        assert between[: len(gaps)] == gaps
    stretches = [gap for gap in between if gap > 60]
    assert len(stretches) == (make is not new_dataset), "the table of files takes the room itself"
    assert between[-1] in (10, 20)
    # Enter in a field never presses what stands beside it.
    assert {each.text() for each in dialog.findChildren(QPushButton) if each.autoDefault()} == {action, "Cancel"}
