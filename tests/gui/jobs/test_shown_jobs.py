"""Jobs in the window: what the dock and the button say, what they ask of the worker, and what an end says."""

import numpy as np
import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QCoreApplication, QEvent, Qt
from PyQt6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import OpenModel
from ebert_core.protocol.specs.jobs import FineTune, Predict
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.tracks import OpenFiles
from ebert_core.protocol.work import (
    Curve,
    Jobs,
    JobSummary,
    ListJobs,
    Metrics,
    ReadMetrics,
    ReadSpec,
    RemoveJob,
    ResumeJob,
    StopJob,
)
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.widgets.theme import DARK, LIGHT
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.screens import layout_of_docks
from tests.gui.silent import Silent

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
RUNNING = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x&y", "running", "box", 1000.0, 0.42, "epoch 3", 1200)
DONE = replace(RUNNING, directory="/jobs/2", state="done", fraction=1.0, result="/data/checkpoints/x")
EXPORTED = replace(DONE, directory="/jobs/3", verb="predict", result="/data/x.bw")
FAILED = replace(RUNNING, directory="/jobs/4", state="failed", message="The disk is full.", details="Traceback")
STEPS = np.arange(1, 4)
CURVES = Metrics((Curve("training", "loss", STEPS, 1 / STEPS),))


def button(window: MainWindow, text: str) -> QPushButton:
    return next(each for each in window.shown_jobs.dock().findChildren(QPushButton) if each.text() == text)


@pytest.mark.parametrize(
    ("jobs", "text"),
    [
        ((), None),
        ((DONE,), None),
        ((DONE, RUNNING), "Fine-tuning x&&y · 42%"),
        ((RUNNING, replace(RUNNING, directory="/jobs/9"), DONE), "Fine-tuning x&&y · 42% and 1 more"),
    ],
)
def test_the_button_of_the_status_bar_says_what_runs(
    window: MainWindow, jobs: tuple[JobSummary, ...], text: str | None
) -> None:
    running = window.shown_jobs.running
    assert not running.isVisible()
    window.jobs.listed.emit(Jobs((RUNNING,)))
    window.jobs.listed.emit(Jobs(jobs))
    assert running.isVisible() is (text is not None)
    if text is not None:
        assert running.text() == text
    assert running.toolTip() == "Show the jobs"
    assert running.autoRaise()


def test_the_button_opens_the_dock_and_looks_at_once(window: MainWindow, data: Silent, qtbot: QtBot) -> None:
    window.jobs.listed.emit(Jobs((RUNNING,)))
    data.asked.clear()
    qtbot.mouseClick(window.shown_jobs.running, Qt.MouseButton.LeftButton)
    dock = window.shown_jobs.dock()
    assert dock.isVisible()
    assert window.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea
    assert data.asked == [ListJobs("/data/DATASET.toml")]
    window.shown_jobs.toggle()
    assert not dock.isVisible()
    assert len(data.asked) == 2


def test_the_dock_shows_what_the_follower_hears(window: MainWindow, data: Silent) -> None:
    window.jobs.listed.emit(Jobs((RUNNING,)))
    window.jobs.metrics.emit("/jobs/1", CURVES)
    dock = window.shown_jobs.dock()
    assert not dock.isVisible()
    window.jobs.listed.emit(Jobs((DONE, RUNNING)))
    assert data.asked[-2:-1] == [ReadMetrics("/jobs/2")]
    window.jobs.metrics.emit("/jobs/2", CURVES)
    assert dock.plot.shown() == CURVES.curves
    window.jobs.verdict.emit(
        "/jobs/2", Verdict(Judgement("CTCF", ("K562",), 37, 150, "level", "It is level."), "motif x state", "chr20")
    )
    assert not dock.judged.isHidden()


def test_a_job_that_was_started_is_shown_and_chosen(window: MainWindow) -> None:
    window.jobs.started.emit(RUNNING)
    dock = window.shown_jobs.dock()
    assert dock.isVisible()
    window.jobs.listed.emit(Jobs((DONE, RUNNING)))
    assert dock.chosen() == RUNNING


@pytest.mark.parametrize(
    ("job", "text", "asked"),
    [
        (RUNNING, "Stop", StopJob("/jobs/1")),
        (replace(FAILED, is_resumable=True), "Resume", ResumeJob("/jobs/4")),
        (FAILED, "Edit and start again…", ReadSpec("/jobs/4")),
        (DONE, "Use this checkpoint", OpenModel("/data/checkpoints/x", "/data/DATASET.toml")),
    ],
)
def test_the_buttons_of_the_dock_reach_the_worker(
    window: MainWindow, data: Silent, qtbot: QtBot, job: JobSummary, text: str, asked: object
) -> None:
    window.shown_jobs.toggle()
    window.jobs.listed.emit(Jobs((job,)))
    data.asked.clear()
    qtbot.mouseClick(button(window, text), Qt.MouseButton.LeftButton)
    assert data.asked == [asked]


def test_what_was_exported_is_opened_and_its_spec_asked_for(window: MainWindow, data: Silent, qtbot: QtBot) -> None:
    window.shown_jobs.toggle()
    window.jobs.listed.emit(Jobs((EXPORTED,)))
    data.asked.clear()
    qtbot.mouseClick(button(window, "Show as track"), Qt.MouseButton.LeftButton)
    assert data.asked == [OpenFiles(("/data/x.bw",), "/data/DATASET.toml"), ReadSpec("/jobs/3")]


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ({"chromosomes": ("chr5", "chr17")}, Interval("chr5", 0, 10_000)),
        ({"locus": "chr3:30,001-40,000"}, Interval("chr3", 30_000, 40_000)),
        ({"regions": ("/data/r.bed", "chr17:101-200")}, Interval("chr17", 100, 200)),
        ({"regions": ("/data/r.bed",)}, None),
        ({"chromosomes": ("chr5", "chr3")}, None),
        ({"locus": "chr3:1,001-9,000"}, None),
        ({}, None),
    ],
)
def test_the_window_goes_where_an_exported_file_has_values_and_says_so(
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    asked: dict[str, object],
    goes_to: Interval | None,
) -> None:
    spec = Predict("/c", "/d", "K562", "CTCF", "/data/x.bw", **asked)
    monkeypatch.setattr(window.jobs, "read_spec", lambda _directory, on_spec: on_spec(spec))
    window.workspace.view.show(before := Interval("chr3", 0, 2_000))
    window.shown_jobs.toggle()
    window.jobs.listed.emit(Jobs((EXPORTED,)))
    qtbot.mouseClick(button(window, "Show as track"), Qt.MouseButton.LeftButton)
    shown = window.workspace.view.interval
    assert (shown.chromosome, shown.start) == ((goes_to or before).chromosome, (goes_to or before).start)
    said = [each.message.sentence for each in window.messages.history]
    assert any("x.bw has no values where the window was" in sentence for sentence in said) is (goes_to is not None)


@pytest.mark.parametrize("was_shown", [True, False])
def test_the_jobs_are_shown_at_the_next_start_where_they_were_shown(window: MainWindow, was_shown: bool) -> None:
    window.shown_jobs.toggle()
    if not was_shown:
        window.shown_jobs.toggle()
    layout = layout_of_docks(window)
    window.shown_jobs.dock().hide()
    window.lay_docks(layout)
    assert window.shown_jobs.dock().isVisible() is was_shown


def test_only_what_was_asked_of_a_fine_tuning_fills_the_form(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Predict("/c", "/d", "K562", "CTCF", "/x.bw"), FineTune("/d", "/made/again", ("chr3",), ("chr5",))]
    monkeypatch.setattr(window.jobs, "read_spec", lambda _directory, on_spec: on_spec(answers.pop(0)))
    dock = window.shown_jobs.dock()
    dock.edit_requested.emit("/jobs/3")
    assert window.findChildren(FineTuneDialog) == []
    dock.edit_requested.emit("/jobs/1")
    (form,) = window.findChildren(FineTuneDialog)
    assert form.isVisible()
    assert form.output.text() == "/made/again"


@pytest.mark.parametrize(("answer", "asked"), [("Remove", [RemoveJob("/jobs/2")]), ("Cancel", [])])
def test_a_job_is_removed_only_when_a_person_says_so(
    window: MainWindow, data: Silent, qtbot: QtBot, answer: str, asked: list[object]
) -> None:
    window.shown_jobs.toggle()
    window.jobs.listed.emit(Jobs((DONE,)))
    qtbot.mouseClick(button(window, "Remove…"), Qt.MouseButton.LeftButton)
    (box,) = window.findChildren(QMessageBox)
    assert box.isVisible()
    assert (box.windowTitle(), box.text()) == ("Remove job", "Remove the job x&y?")
    assert "What it made elsewhere stays." in box.informativeText()
    buttons = {each.text().replace("&", ""): each for each in box.buttons()}
    assert box.defaultButton() is buttons["Cancel"]
    data.asked.clear()
    buttons[answer].click()
    assert data.asked == asked
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(QMessageBox) == []


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (DONE, ("info", "x&y is done: /data/checkpoints/x", "")),
        (replace(DONE, name=""), ("info", "finetune is done: /data/checkpoints/x", "")),
        (FAILED, ("error", "The disk is full.", "Traceback")),
        (replace(FAILED, message=""), ("error", "x&y failed.", "Traceback")),
        (replace(FAILED, message="", name=""), ("error", "finetune failed.", "Traceback")),
        (replace(DONE, state="stopped"), None),
    ],
)
def test_the_end_of_a_job_is_said_unless_it_was_wanted(
    window: MainWindow, job: JobSummary, said: tuple[str, str, str] | None
) -> None:
    window.jobs.ended.emit(job)
    message = window.messages.shown
    assert (message and (message.level, message.sentence, message.details)) == said


def test_what_a_job_cannot_do_is_said(window: MainWindow) -> None:
    window.jobs.problem.emit("It does not run.", "details")
    assert window.messages.shown is not None
    assert (window.messages.shown.sentence, window.messages.shown.details) == ("It does not run.", "details")


def test_other_colours_reach_the_dock(window: MainWindow) -> None:
    window.set_theme(DARK)
    dock = window.shown_jobs.dock()
    assert dock.plot._theme is DARK
    window.set_theme(LIGHT)
    assert dock.plot._theme is LIGHT
