"""The dock shows what the job files say, and its buttons ask for what they promise."""

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ebert_core.protocol.work import Jobs, JobSummary
from ebert_gui.jobs.jobs_dock import JobsDock, status_sentence
from ebert_gui.jobs.jobs_list import JobsModel, second_line
from ebert_gui.widgets.theme import DARK
from tests.gui.listed_jobs import DONE, EXPORTED, FAILED, LOST, RUNNING, STOPPED, button, buttons, curves, texts


@pytest.fixture
def dock(qtbot: QtBot) -> JobsDock:
    dock = JobsDock(DARK)
    qtbot.addWidget(dock)
    return dock


def test_no_jobs_is_explained(dock: JobsDock) -> None:
    dock.show_jobs(Jobs(()))
    assert "No jobs yet" in texts(dock)


AGAIN = ("Edit and start again…",)


@pytest.mark.parametrize(
    ("job", "offered"),
    [
        (RUNNING, {"Stop"}),
        (DONE, {"Use this checkpoint", *AGAIN, "Remove…"}),
        (EXPORTED, {"Show as track", "Remove…"}),
        (FAILED, {"Resume", "Details…", *AGAIN, "Remove…"}),
        (STOPPED, {"Resume", *AGAIN, "Remove…"}),
        (LOST, {"Resume", *AGAIN, "Remove…"}),
    ],
)
def test_a_job_offers_what_can_be_done_with_it(dock: JobsDock, job: JobSummary, offered: set[str]) -> None:
    dock.show_jobs(Jobs((job,)))
    assert buttons(dock) == offered


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (RUNNING, "42% · about 20 min left · epoch 3"),
        (replace(RUNNING, state="starting", note=""), "Starting…"),
        (DONE, "Done. Result: /data/checkpoints/x"),
        (FAILED, "The disk is full."),
        (LOST, "The job ended without a word: the machine may have been restarted. It can be resumed."),
        (STOPPED, "Stopped; what it had finished is kept."),
    ],
)
def test_a_job_says_how_it_is(job: JobSummary, sentence: str) -> None:
    assert status_sentence(job) == sentence


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (RUNNING, "Fine-tuning · 42% · 20 min left"),
        (EXPORTED, "Export · done · 40 s ago"),
        (replace(STOPPED, verb="pretrain"), "Pre-training · stopped · 40 s ago"),
    ],
)
def test_a_row_says_the_kind_the_state_and_the_time(job: JobSummary, line: str) -> None:
    assert second_line(job, now=1040.0) == line


@pytest.mark.parametrize(
    ("job", "text", "signal", "said"),
    [
        (RUNNING, "Stop", "stop_requested", "/jobs/1"),
        (STOPPED, "Resume", "resume_requested", "/jobs/5"),
        (STOPPED, "Edit and start again…", "edit_requested", "/jobs/5"),
        (DONE, "Remove…", "remove_requested", DONE),
        (EXPORTED, "Show as track", "use_requested", EXPORTED),
    ],
)
def test_buttons_ask_for_the_chosen_job(
    dock: JobsDock, qtbot: QtBot, job: JobSummary, text: str, signal: str, said: object
) -> None:
    dock.show_jobs(Jobs((job,)))
    with qtbot.waitSignal(getattr(dock, signal)) as asked:
        qtbot.mouseClick(button(dock, text), Qt.MouseButton.LeftButton)
    assert asked.args == [said]


@pytest.mark.parametrize(("message", "said"), [("The disk is full.", "The disk is full."), ("", "x")])
def test_the_details_of_an_error_are_shown_under_what_went_wrong(
    dock: JobsDock, qtbot: QtBot, message: str, said: str
) -> None:
    button(dock, "Details…").click()
    assert dock.findChildren(QDialog) == []
    dock.show_jobs(Jobs((replace(FAILED, message=message),)))
    qtbot.mouseClick(button(dock, "Details…"), Qt.MouseButton.LeftButton)
    (details,) = dock.findChildren(QDialog)
    assert details.isVisible()
    assert said in [label.text() for label in details.findChildren(QLabel)]
    assert details.findChild(QPlainTextEdit).toPlainText() == "Traceback"
    details.close()


def test_the_chosen_job_stays_chosen_when_a_new_one_appears(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING, DONE)))
    dock.choose("/jobs/2")
    dock.show_jobs(Jobs((FAILED, replace(RUNNING, fraction=0.5), DONE)))
    assert dock.chosen() == DONE
    dock.show_jobs(Jobs((DONE,)))
    assert dock.chosen() == DONE


def test_curves_are_wanted_when_a_training_is_chosen_and_when_it_moves(dock: JobsDock, qtbot: QtBot) -> None:
    wanted: list[str] = []
    dock.metrics_wanted.connect(wanted.append)
    dock.show_jobs(Jobs((RUNNING, EXPORTED)))
    dock.show_jobs(Jobs((RUNNING, EXPORTED)))
    dock.show_jobs(Jobs((replace(RUNNING, fraction=0.5), EXPORTED)))
    dock.choose("/jobs/3")
    assert wanted == ["/jobs/1", "/jobs/1"]


@pytest.mark.parametrize(("job", "said"), [(RUNNING, "appears at step 20"), (FAILED, "before it recorded any")])
def test_without_curves_it_says_whether_some_will_come(dock: JobsDock, job: JobSummary, said: str) -> None:
    dock.show_jobs(Jobs((job,)))
    assert said in texts(dock)


def test_steps_are_counted_in_whole_numbers(dock: JobsDock) -> None:
    axis = dock.plot.plot.getAxis("bottom")
    assert min(spacing for spacing, _offset in axis.tickSpacing(7.5, 8.5, 400)) == 1.0
    assert min(spacing for spacing, _offset in axis.tickSpacing(0, 5000, 400)) > 1.0


def test_curves_of_the_chosen_job_are_drawn_and_others_dropped(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING, DONE)))
    dock.show_metrics("/jobs/2", curves("loss"))
    assert dock.plot.shown() == ()
    dock.show_metrics("/jobs/1", curves("loss", "auPRC"))
    assert [curve.split for curve in dock.plot.shown()] == ["training", "validation"]
    keys = " ".join(texts(dock).split("\n"))
    assert "training" in keys
    assert "held out" in keys
    assert "training, mean of recent steps" in keys
    assert "validation" not in keys
    dock.plot.choice.setCurrentText("auPRC")
    dock.show_metrics("/jobs/1", curves("loss", "auPRC"))
    assert {curve.name for curve in dock.plot.shown()} == {"auPRC"}
    dock.choose("/jobs/2")
    assert dock.plot.shown() == ()


def test_fifty_jobs_repaint_only_the_row_that_changed(qtbot: QtBot) -> None:
    model = JobsModel()
    jobs = [replace(RUNNING, directory=f"/jobs/{number}") for number in range(50)]
    model.show(tuple(jobs))
    changed: list[int] = []
    resets: list[bool] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    model.modelReset.connect(lambda: resets.append(True))
    jobs[7] = replace(jobs[7], fraction=0.9)
    model.show((replace(RUNNING, directory="/jobs/new"), *jobs))
    assert changed == [8]
    assert resets == []
    assert model.rowCount() == 51


def test_a_job_that_was_started_is_chosen_once_it_is_listed(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((DONE,)))
    dock.choose(RUNNING.directory)
    dock.show_jobs(Jobs((RUNNING, DONE)))
    chosen = dock.chosen()
    assert chosen is not None
    assert chosen.directory == RUNNING.directory
    dock.choose(DONE.directory)
    dock.show_jobs(Jobs((RUNNING, DONE)))
    assert dock.title.text() == DONE.name


def test_a_job_is_as_old_as_its_end(dock: JobsDock) -> None:
    ended = replace(DONE, started=1_000.0, ended=1_780.0)
    assert second_line(ended, now=1_900.0).endswith("done · 2 min ago")
