"""The rows of the list of jobs as they are drawn: the dot of the state, the chosen row, and how far a job is."""

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ebert_core.protocol.work import Jobs, JobState, JobSummary
from ebert_gui.jobs.jobs_dock import JobsDock
from ebert_gui.widgets.theme import DARK, LIGHT
from tests.certain import present

RUNNING = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "running", "box", 1000.0, 0.25, "epoch 3", 1200)
OTHER = replace(RUNNING, directory="/jobs/2", state="done", fraction=1.0)


@pytest.fixture
def dock(qtbot: QtBot) -> JobsDock:
    dock = JobsDock(LIGHT)
    qtbot.addWidget(dock)
    dock.resize(1000, 400)
    with qtbot.waitExposed(dock):
        dock.show()
    return dock


def drawn(dock: JobsDock) -> QImage:
    return present(dock.list.viewport()).grab().toImage()


def columns(image: QImage, y: int, colour: str) -> int:
    """How many pixels of a line have this colour."""
    return sum(image.pixelColor(x, y).name() == colour for x in range(image.width()))


def test_the_line_of_a_running_job_is_as_long_as_its_share(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING, OTHER)))
    image = drawn(dock)
    line = next(y for y in range(40, 52) if columns(image, y, LIGHT.hairline) > 50)
    done, left = columns(image, line, LIGHT.accent), columns(image, line, LIGHT.hairline)
    assert abs(done - 0.25 * (done + left)) < 3
    assert abs(done + left - (image.width() - 40)) < 3
    assert not any(columns(image, y, LIGHT.hairline) > 50 for y in range(52, 104)), "only what runs has a line"


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        ("starting", LIGHT.accent),
        ("running", LIGHT.accent),
        ("suspended", LIGHT.warning),
        ("silent", LIGHT.warning),
        ("lost", LIGHT.warning),
        ("done", LIGHT.success),
        ("failed", LIGHT.error),
        ("stopped", LIGHT.muted),
    ],
)
def test_the_dot_has_the_colour_of_the_state(dock: JobsDock, state: JobState, colour: str) -> None:
    dock.show_jobs(Jobs((replace(RUNNING, state=state),)))
    assert drawn(dock).pixelColor(16, 17).name() == colour


def test_other_colours_are_drawn_at_once(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING, OTHER)))
    dock.set_theme(DARK)
    image = drawn(dock)
    assert image.pixelColor(3, 10).name() == DARK.selection
    assert image.pixelColor(16, 17).name() == DARK.accent
    assert image.pixelColor(16, 69).name() == DARK.success
    assert dock.plot._theme is DARK


def test_a_job_that_is_gone_leaves_no_row(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs((RUNNING, OTHER)))
    below = QPoint(100, 60)
    assert dock.list.indexAt(below).data(Qt.ItemDataRole.UserRole) == OTHER
    with qtbot.waitSignal(dock.model.modelReset, timeout=2_000):
        dock.show_jobs(Jobs((OTHER,)))
    assert not dock.list.indexAt(below).isValid()
    assert dock.list.indexAt(QPoint(100, 10)).data(Qt.ItemDataRole.UserRole) == OTHER
    assert drawn(dock).pixelColor(16, 17).name() == LIGHT.success


def test_the_chosen_row_is_marked_and_both_lines_are_written(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING, OTHER)))
    image = drawn(dock)
    assert image.pixelColor(3, 10).name() == LIGHT.selection
    assert image.pixelColor(3, 62).name() != LIGHT.selection
    for row, ground in ((0, image.pixelColor(3, 10)), (1, image.pixelColor(3, 62))):
        for top in (8, 26):
            inked = [
                (x, y)
                for y in range(52 * row + top, 52 * row + top + 16)
                for x in range(30, 230)
                if image.pixelColor(x, y) != ground
            ]
            assert min(x for x, _ in inked) < 34
            assert len(inked) > 10


def test_how_long_ago_a_job_ended_is_drawn_anew_though_nothing_of_it_changes(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs(Jobs((replace(RUNNING, state="stopped", ended=1.0), OTHER)))
    with qtbot.waitSignal(dock.model.dataChanged) as changed:
        dock.model.age()
    assert [index.row() for index in changed.args[:2]] == [0, 1]
