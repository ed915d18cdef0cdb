"""The docks show what the workers say, and the buttons ask for what they promise."""

import numpy as np
import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.work import Curve, Jobs, JobSummary, Metrics
from ebert_gui.windows.checkpoint_dock import CheckpointDock
from ebert_gui.windows.jobs_dock import JobsDock, status_sentence
from ebert_gui.windows.jobs_list import JobsModel, second_line
from ebert_gui.windows.theme import DARK

RUNNING = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "running", "box", 1000.0, 0.42, "epoch 3", 1200)
DONE = replace(RUNNING, directory="/jobs/2", state="done", fraction=1.0, result="/data/checkpoints/x")
EXPORTED = replace(DONE, directory="/jobs/3", verb="predict", result="/data/x.bw")
UNFINISHED = replace(RUNNING, is_resumable=True)
FAILED = replace(UNFINISHED, directory="/jobs/4", state="failed", message="The disk is full.", details="Traceback")
STOPPED = replace(UNFINISHED, directory="/jobs/5", state="stopped")
LOST = replace(UNFINISHED, directory="/jobs/6", state="lost")
REFUSED = replace(RUNNING, directory="/jobs/7", state="failed", message="There is no factor GATA9.")


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def buttons(widget: QWidget) -> set[str]:
    return {button.text() for button in widget.findChildren(QPushButton) if button.isVisibleTo(widget)}


def button(widget: QWidget, text: str) -> QPushButton:
    return next(found for found in widget.findChildren(QPushButton) if found.text() == text)


@pytest.fixture
def dock(qtbot: QtBot) -> JobsDock:
    dock = JobsDock(DARK)
    qtbot.addWidget(dock)
    return dock


def curves(*names: str) -> Metrics:
    steps = np.arange(1, 4)
    return Metrics(
        tuple(Curve(split, name, steps, 1 / steps) for name in names for split in ("training", "validation"))
    )


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


@pytest.fixture
def about(qtbot: QtBot) -> CheckpointDock:
    about = CheckpointDock()
    qtbot.addWidget(about)
    return about


def test_a_checkpoint_that_did_not_open_says_why_until_another_does(
    about: CheckpointDock, checkpoint: CheckpointSummary
) -> None:
    about.show_checkpoint(None, "/data/x/weights.safetensors does not fit its description.")
    assert "does not fit its description" in texts(about)
    about.show_checkpoint(checkpoint)
    about.show_checkpoint(None)
    assert "does not fit" not in texts(about)


def test_without_a_checkpoint_one_can_be_opened(about: CheckpointDock, qtbot: QtBot) -> None:
    about.show_checkpoint(None)
    assert "No checkpoint is open" in texts(about)
    with qtbot.waitSignal(about.open_requested):
        qtbot.mouseClick(button(about, "Open checkpoint…"), Qt.MouseButton.LeftButton)


def test_a_checkpoint_says_what_it_is_and_where_not_to_trust_it(
    about: CheckpointDock, checkpoint: CheckpointSummary
) -> None:
    about.show_checkpoint(checkpoint)
    said = texts(about)
    for text in (
        "small",
        "Trained on little DNA",
        "GM12878, K562",
        "chr3",
        "chr17:20,001-40,000",
        "cpu in bf16",
        "5.1",
    ):
        assert text in said
    table = about.findChild(QTableWidget)
    assert table is not None
    rows = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    assert rows == [["CTCF", "GM12878, K562", "0.71"], ["MAX", "GM12878", "not scored"]]
    assert "HepG2, chr5" in table.item(0, 2).toolTip()


def test_a_synthetic_checkpoint_says_so(about: CheckpointDock, checkpoint: CheckpointSummary) -> None:
    about.show_checkpoint(replace(checkpoint, is_synthetic=True, factors=(), limits=()))
    assert "SYNTHETIC" in texts(about)
    assert "None yet: fine-tune it." in texts(about)


def test_another_checkpoint_takes_the_place_of_the_first(about: CheckpointDock, checkpoint: CheckpointSummary) -> None:
    about.show_checkpoint(checkpoint)
    about.show_checkpoint(replace(checkpoint, name="other"))
    assert "other" in texts(about)
    about.show_checkpoint(None)
    assert "No checkpoint is open" in texts(about)


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
