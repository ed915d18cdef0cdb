"""What the dock of the jobs says of the chosen job, in words and in hints, and which job that is."""

import pytest
from msgspec.structs import replace
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_core.protocol.work import Jobs, JobSummary
from ebert_gui.jobs.jobs_dock import JobsDock
from ebert_gui.widgets.theme import DARK, LIGHT
from tests.certain import present
from tests.gui.judged import VERDICT
from tests.gui.listed_jobs import DONE, EXPORTED, FAILED, LOST, RUNNING, button, curves

NEW = replace(RUNNING, directory="/jobs/9", name="new")
PRETRAINING = replace(RUNNING, directory="/jobs/10", verb="pretrain")


@pytest.fixture
def dock(qtbot: QtBot) -> JobsDock:
    dock = JobsDock(LIGHT)
    qtbot.addWidget(dock)
    with qtbot.waitExposed(dock):
        dock.show()
    return dock


def test_the_dock_and_its_parts_have_names(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING,)))
    assert (dock.windowTitle(), dock.objectName()) == ("Jobs", "jobs-dock")
    assert [part.accessibleName() for part in (dock.list, dock.judged, dock.progress)] == [
        "Jobs, newest first",
        "Verdict on the model",
        "Progress of the job",
    ]
    hints = {
        "Stop": "Stop this job; what it had finished stays",
        "Resume": "Go on where this job stopped",
        "Edit and start again…": "Change what this job was asked, and start it as a new job",
        "Remove…": "Delete this job's log and state; what it made stays",
        "Use this checkpoint": "Use what this job made",
        "Details…": "Show the details of the error",
    }
    assert {text: button(dock, text).toolTip() for text in hints if text != "Use this checkpoint"} == {
        text: hint for text, hint in hints.items() if text != "Use this checkpoint"
    }
    dock.show_jobs(Jobs((DONE,)))
    assert {text: button(dock, text).accessibleDescription() for text in hints} == hints


@pytest.mark.parametrize(
    ("job", "role", "progress"),
    [(RUNNING, "", 420), (DONE, "", None), (FAILED, "error", None), (LOST, "error", None), (EXPORTED, "", None)],
)
def test_the_page_says_which_job_it_is_of_how_it_is_and_where(
    dock: JobsDock, job: JobSummary, role: str, progress: int | None
) -> None:
    dock.show_jobs(Jobs((FAILED,)))
    dock.show_jobs(Jobs((DONE,)))
    dock.show_jobs(Jobs((job,)))
    assert dock.title.text() == "x"
    assert (dock.status.property("role") or "") == role
    assert dock.place.text() == f"{job.verb} on box · 1-finetune-x"
    assert dock.place.toolTip() == job.directory
    assert dock.progress.isVisible() is (progress is not None)
    if progress is not None:
        assert (dock.progress.value(), dock.progress.maximum()) == (progress, 1000)
    assert dock.plot.isVisible() is (job.verb == "finetune")


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (RUNNING, "The loss appears at step 20, the scores on held-out loci after the first epoch."),
        (PRETRAINING, "The curves appear after the first evaluation."),
        (FAILED, "No curves: the job ended before it recorded any."),
    ],
)
def test_where_there_are_no_curves_it_says_when_they_come(dock: JobsDock, job: JobSummary, said: str) -> None:
    dock.show_jobs(Jobs((job,)))
    assert said in [label.text() for label in dock.plot.findChildren(QLabel) if label.isVisible()]


def test_a_job_that_is_waited_for_is_chosen_once_and_not_again(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((RUNNING, DONE)))
    dock.choose(DONE.directory)
    assert dock.chosen() == DONE
    dock.choose(RUNNING.directory)
    assert dock.chosen() == RUNNING, "the first row as well"
    dock.choose(NEW.directory)
    assert dock.chosen() == RUNNING
    dock.show_jobs(Jobs((NEW, RUNNING, DONE)))
    assert dock.chosen() == NEW
    dock.choose(DONE.directory)
    dock.show_jobs(Jobs((NEW, RUNNING, DONE)))
    assert dock.chosen() == DONE
    assert dock.title.text() == DONE.name
    dock.show_jobs(Jobs(()))
    dock.show_jobs(Jobs((NEW,)))
    assert dock.title.text() == "new"


def test_what_belongs_to_one_job_is_not_shown_of_the_next(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((DONE, FAILED, EXPORTED)))
    dock.show_metrics(DONE.directory, curves("loss"))
    dock.show_verdict(DONE.directory, VERDICT)
    assert dock.judged.isVisible()
    assert dock.plot.shown()
    dock.choose(FAILED.directory)
    assert not dock.judged.isVisible()
    assert dock.plot.shown() == ()
    dock.show_metrics(DONE.directory, curves("loss"))
    dock.show_verdict(DONE.directory, VERDICT)
    assert not dock.judged.isVisible()
    assert dock.plot.shown() == ()
    dock.choose(EXPORTED.directory)
    dock.show_verdict(EXPORTED.directory, VERDICT)
    assert not dock.judged.isVisible(), "an export is not judged"


def test_curves_of_a_job_that_ended_are_asked_for_once_more(dock: JobsDock) -> None:
    wanted: list[str] = []
    dock.metrics_wanted.connect(wanted.append)
    dock.show_jobs(Jobs((RUNNING,)))
    dock.show_jobs(Jobs((replace(RUNNING, note="epoch 4"),)))
    assert wanted == ["/jobs/1"], "its words have changed and not how far it is"
    dock.show_jobs(Jobs((replace(RUNNING, state="done"),)))
    assert wanted == ["/jobs/1"] * 2, "the last figures came with the end"


def test_other_colours_reach_the_verdict(dock: JobsDock) -> None:
    dock.show_jobs(Jobs((DONE,)))
    dock.show_verdict(DONE.directory, VERDICT)
    assert present(dock.verdict.table.item(0, 6)).foreground().color().name() == LIGHT.text
    dock.set_theme(DARK)
    assert present(dock.verdict.table.item(0, 6)).foreground().color().name() == DARK.text
