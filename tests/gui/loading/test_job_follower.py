"""The follower of jobs asks for the curves and the verdict of the job on screen."""

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.tracks import CheckDraft, DatasetDraft, DraftCheck
from ebert_core.protocol.work import (
    CheckJob,
    JobCheck,
    Jobs,
    JobSummary,
    JobVerdict,
    ListJobs,
    Metrics,
    ReadMetrics,
    ReadSpec,
    ReadVerdict,
    Removed,
    RemoveJob,
    ResumeJob,
    StartJob,
    StopJob,
)
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.opening import Opener
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.certain import present
from tests.gui.drawn import KINDS
from tests.gui.loading.recording import RecordingClient

VERDICT = Verdict(Judgement("CTCF", ("K562",), 37, 150, "level", "It is level."), "motif x state", "chr20")


def test_curves_and_verdict_of_the_shown_job_arrive_with_its_directory(
    qtbot: QtBot, workspace: Workspace, data: RecordingClient
) -> None:
    follower = JobFollower(workspace, data)
    follower.show_metrics("/jobs/1")
    assert data.requests(ReadVerdict) == [ReadVerdict("/jobs/1")]
    assert data.requests(ReadMetrics) == [ReadMetrics("/jobs/1")]
    (_, take_metrics, _), (_, take_verdict, _) = data.open.values()
    with qtbot.waitSignal(follower.verdict) as told:
        take_verdict(JobVerdict(VERDICT))
    assert told.args == ["/jobs/1", VERDICT]
    with qtbot.waitSignal(follower.metrics):
        take_metrics(Metrics(()))


SPEC = Predict("/c", "/d/DATASET.toml", "alpha", "CTCF", "/d/x.bw")


def test_a_check_that_was_lost_with_its_worker_is_asked_once_more_and_then_said(
    loader: Loader, workspace: Workspace, data: RecordingClient
) -> None:
    follower, told = JobFollower(workspace, data), []
    data.open.clear()
    follower.check(SPEC, told.append)
    data.fail_all(Failure("lost", "The data worker crashed."))
    assert len(data.requests(CheckJob)) == 2
    assert told == [JobCheck("The data worker crashed.")]


@pytest.mark.parametrize("kind", ["invalid", "bug", "avoided"])
def test_why_a_check_failed_is_said_where_it_was_asked(
    loader: Loader, workspace: Workspace, data: RecordingClient, kind: str
) -> None:
    follower, told = JobFollower(workspace, data), []
    data.open.clear()
    follower.check(SPEC, told.append)
    data.fail_all(Failure(kind, "The data worker ended while it read /d/x.bw.", file="/d/x.bw"))
    assert told == [JobCheck("The data worker ended while it read /d/x.bw.")]


def test_a_check_that_a_newer_one_replaced_says_nothing(
    loader: Loader, workspace: Workspace, data: RecordingClient
) -> None:
    follower, told = JobFollower(workspace, data), []
    data.open.clear()
    follower.check(SPEC, told.append)
    data.fail_all(Failure("replaced"))
    assert (told, len(data.requests(CheckJob))) == ([], 1)


@pytest.mark.parametrize(("kind", "asked"), [("lost", 2), ("avoided", 2), ("replaced", 1)])
def test_files_of_a_draft_are_checked_once_more_after_the_worker_ended(
    loader: Loader, workspace: Workspace, data: RecordingClient, kind: str, asked: int
) -> None:
    told: list[DraftCheck] = []
    data.open.clear()
    Opener(workspace, data, data, KINDS).questions.check_draft(
        DatasetDraft("/d.toml", "d", "hg19", "/d.fa"), told.append
    )
    data.fail_all(Failure(kind, file="/d.fa"))
    assert (len(data.requests(CheckDraft)), told) == (asked, [])


RUNNING = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "running", "box", 1000.0, 0.42)
DONE = replace(RUNNING, directory="/jobs/2", state="done")


class Heard:
    """What a follower announced, in order."""

    def __init__(self, follower: JobFollower) -> None:
        self.told: list[tuple[str, object]] = []
        for name in ("listed", "started", "ended"):
            getattr(follower, name).connect(lambda what, name=name: self.told.append((name, what)))
        follower.problem.connect(lambda sentence, _details: self.told.append(("problem", sentence)))

    def take(self) -> list[tuple[str, object]]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def follower(loader: Loader, workspace: Workspace, data: RecordingClient) -> JobFollower:
    data.open.clear()
    data.asked.clear()
    return JobFollower(workspace, data)


def answer(data: RecordingClient, *replies: object) -> None:
    """Answer the oldest requests."""
    for reply in replies:
        data.open.pop(next(iter(data.open)))[1](reply)


def test_a_job_that_is_started_is_told_of_listed_and_its_curves_are_read(
    follower: JobFollower, workspace: Workspace, data: RecordingClient
) -> None:
    heard = Heard(follower)
    follower.start(SPEC)
    assert data.asked == [StartJob(SPEC, present(workspace.dataset).path)]
    answer(data, RUNNING)
    assert heard.take() == [("started", RUNNING)]
    assert data.asked[1:] == [ListJobs(present(workspace.dataset).path)]
    answer(data, Jobs((RUNNING, DONE)))
    assert heard.take() == [("listed", Jobs((RUNNING, DONE)))]
    assert data.asked[2:] == [ReadMetrics("/jobs/1"), ReadVerdict("/jobs/1")]


@pytest.mark.parametrize(
    ("ask", "request_of", "reply"),
    [
        (lambda follower: follower.stop("/jobs/1"), StopJob("/jobs/1"), RUNNING),
        (lambda follower: follower.resume("/jobs/1"), ResumeJob("/jobs/1"), RUNNING),
        (lambda follower: follower.remove("/jobs/1"), RemoveJob("/jobs/1"), Removed("/jobs/1")),
    ],
)
def test_stopping_resuming_and_removing_reach_the_worker_and_the_list_is_read_again(
    follower: JobFollower,
    workspace: Workspace,
    data: RecordingClient,
    ask,
    request_of: StopJob | ResumeJob | RemoveJob,
    reply: JobSummary | Removed,
) -> None:
    heard = Heard(follower)
    ask(follower)
    assert data.asked == [request_of]
    answer(data, reply)
    assert data.asked[1:] == [ListJobs(present(workspace.dataset).path)]
    assert heard.take() == []
    ask(follower)
    data.fail_all(Failure("invalid", "It does not run."))
    assert ("problem", "It does not run.") in heard.take()


def test_a_job_that_ends_is_told_of_once_and_the_looking_ends_with_the_last(
    follower: JobFollower, workspace: Workspace, data: RecordingClient
) -> None:
    heard = Heard(follower)
    follower.look()
    answer(data, Jobs((RUNNING,)))
    assert follower._timer.isActive()
    assert follower._timer.interval() >= 1_000, "a worker is not asked without end"
    follower._timer.timeout.emit()
    ended = replace(RUNNING, state="failed")
    answer(data, Jobs((ended, DONE)))
    assert heard.take()[1:] == [("listed", Jobs((ended, DONE))), ("ended", ended)]
    assert not follower._timer.isActive()
    follower.look()
    answer(data, Jobs((ended, DONE)))
    assert heard.take() == [("listed", Jobs((ended, DONE)))]


def test_a_job_of_a_dataset_that_was_open_before_is_followed_while_it_runs(
    follower: JobFollower, workspace: Workspace, data: RecordingClient
) -> None:
    heard = Heard(follower)
    first = present(workspace.dataset).path
    follower.look()
    answer(data, Jobs((RUNNING, DONE)))
    data.asked.clear()
    workspace.open_dataset(replace(workspace.dataset, path="/other/DATASET.toml"))
    assert [each for each in data.asked if isinstance(each, ListJobs)] == [
        ListJobs("/other/DATASET.toml"),
        ListJobs(first),
    ]
    heard.take()
    other = replace(DONE, directory="/jobs/9")
    follower._on_jobs("/other/DATASET.toml", Jobs((other,)))
    assert heard.take() == [("listed", Jobs((other, RUNNING)))]


def test_no_jobs_are_asked_for_before_the_worker_is_there(follower: JobFollower, data: RecordingClient) -> None:
    data.state = WorkerState(Condition.STARTING)
    follower.look()
    assert data.asked == []


def test_what_a_job_was_asked_is_read_for_the_form(follower: JobFollower, data: RecordingClient) -> None:
    follower.read_spec("/jobs/1", lambda _spec: None)
    assert data.asked == [ReadSpec("/jobs/1")]
