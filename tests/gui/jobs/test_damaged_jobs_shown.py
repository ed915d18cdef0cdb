"""A job whose files are damaged is a row and a page that say so, whatever its figures are; the rows beside it stay."""

import numpy as np
import pytest
from msgspec.structs import replace
from PyQt6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from ebert_core.protocol.work import Curve, Jobs, JobSummary, Metrics
from ebert_gui.jobs.jobs_dock import JobsDock
from ebert_gui.jobs.jobs_list import JobsPainter, second_line
from ebert_gui.widgets.theme import LIGHT
from tests.certain import present

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
RIGHT = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "done", "box", 1000.0, 1.0, ended=2000.0)
PROBLEM = "This job's files are damaged: pid does not say which process runs the job."
DAMAGED = replace(RIGHT, directory="/jobs/2", name="y", state="lost", problem=PROBLEM, started=1e11)


def test_a_damaged_job_says_so_in_its_row_and_on_its_page(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.show()
    dock.show_jobs(Jobs((DAMAGED, RIGHT)))
    assert second_line(DAMAGED) == "Fine-tuning · lost · damaged files"
    assert second_line(RIGHT, 2060.0) == "Fine-tuning · done · 60 s ago"
    assert dock.status.text() == PROBLEM
    assert not dock.resume.isVisible()
    assert dock.remove.isVisible()
    dock.show_jobs(Jobs((replace(DAMAGED, state="done"), RIGHT)))
    assert dock.status.text() == f"Done. {PROBLEM}"
    dock.show_jobs(Jobs((replace(DAMAGED, message="It was ended from outside."), RIGHT)))
    assert dock.status.text() == f"It was ended from outside. {PROBLEM}"


def test_a_suspended_job_and_one_that_is_not_heard_from_say_so_and_can_be_stopped(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.show()
    suspended = replace(RIGHT, state="suspended", fraction=0.5, ended=None, note="Suspended; kill -CONT 17.")
    silent = replace(suspended, state="silent", note="Not heard from since 2026-01-01 10:00.")
    for job, row in ((suspended, "Fine-tuning · 50% · suspended"), (silent, "Fine-tuning · 50% · not heard from")):
        dock.show_jobs(Jobs((job,)))
        assert second_line(job) == row
        assert dock.status.text() == job.note
        assert dock.stop.isVisible()
        assert not dock.resume.isVisible()
        assert not dock.remove.isVisible()
        dock.grab()


def test_figures_that_no_axis_can_hold_are_drawn(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.show()
    dock.show_jobs(Jobs((DAMAGED,)))
    steps = np.array([0, 1, 2**62])
    for values in ([1e308, -1e308, np.nan], [0.0, 5e-324, 1e-300], [np.nan] * 3):
        dock.show_metrics("/jobs/2", Metrics((Curve("training", "loss", steps, np.array(values)),)))
        dock.grab()


@pytest.mark.parametrize("length", [255, 100_000])
@pytest.mark.parametrize("field", ["name", "id", "host", "verb", "message", "note", "result", "problem"])
def test_words_of_any_length_leave_the_dock_its_width_and_the_buttons_in_reach(
    qtbot: QtBot, field: str, length: int
) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.resize(1000, 300)
    dock.show()
    states = {"note": "running", "result": "done"}
    odd = replace(RIGHT, state=states.get(field, "failed"), is_resumable=True, **{field: "x_" * (length // 2)})
    dock.show_jobs(Jobs((odd, DAMAGED)))
    dock.grab()
    page = dock.findChild(QScrollArea, "job")
    assert page is not None
    assert present(page.widget()).width() == present(page.viewport()).width()
    assert present(page.widget()).height() < 20_000
    for button in (dock.stop if field == "note" else dock.remove, dock.place):
        assert present(page.widget()).rect().contains(button.mapTo(page.widget(), button.rect().center()))


def test_ten_thousand_jobs_are_listed_and_only_those_in_view_drawn(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.resize(1000, 300)
    dock.show()
    jobs = tuple(replace(RIGHT, directory=f"/jobs/{number}", name=f"job {number}") for number in range(10_000))
    dock.show_jobs(Jobs(jobs))
    drawn = set()

    class Counting(JobsPainter):
        def paint(self, painter, option, index) -> None:
            drawn.add(index.row())
            super().paint(painter, option, index)

    dock.list.setItemDelegate(Counting(LIGHT, dock.list))
    dock.grab()
    assert 1 < len(drawn) < 20
    dock.show_jobs(Jobs(jobs[::-1]))
    dock.choose("/jobs/9999")
    assert dock.chosen() == jobs[9999]
