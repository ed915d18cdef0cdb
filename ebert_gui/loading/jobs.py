"""Follows the jobs of the open dataset, and starts, stops and resumes them through the data role."""

import msgspec
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from ebert_core.protocol.specs import JobSpec
from ebert_core.protocol.work import (
    Jobs,
    JobSummary,
    JobVerdict,
    ListJobs,
    Metrics,
    ReadMetrics,
    ReadVerdict,
    ResumeJob,
    StartJob,
    StopJob,
)
from ebert_gui.loading.loader import Client
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure

_FOLLOW_MILLISECONDS = 1500
_ALIVE = ("starting", "running")


class JobFollower(QObject):
    """Looks at the jobs while one runs, and whenever it is told to.

    `listed` carries Jobs, `metrics` a directory and its Metrics, `verdict` a directory and the Verdict of its end or
    None, `ended` the summary of a job that has just ended, `started` one that was started here, `problem` a sentence
    with details.
    """

    listed = pyqtSignal(object)
    metrics = pyqtSignal(str, object)
    verdict = pyqtSignal(str, object)
    started = pyqtSignal(object)
    ended = pyqtSignal(object)
    problem = pyqtSignal(str, str)

    def __init__(self, workspace: Workspace, data: Client) -> None:
        super().__init__()
        self._workspace = workspace
        self._data = data
        self._running: set[str] = set()
        self._shown = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        workspace.dataset_changed.connect(self.look)

    def look(self) -> None:
        """List the jobs now."""
        dataset = self._workspace.dataset
        alive = self._data.state.condition in (Condition.READY, Condition.BUSY)
        if dataset is not None and dataset.path and alive:
            self._data.request(ListJobs(dataset.path), Jobs, self._on_jobs, lambda _failure: None, view_key="jobs")

    def show_metrics(self, directory: str) -> None:
        """Follow the curves of this job."""
        self._shown = directory
        self._read_metrics()

    def start(self, spec: JobSpec) -> None:
        """Start a job; it goes on without the window."""
        dataset = self._workspace.dataset
        if dataset is not None:
            self._change(StartJob(spec, dataset.path), is_new=True)

    def stop(self, directory: str) -> None:
        """Ask a job to stop."""
        self._change(StopJob(directory))

    def resume(self, directory: str) -> None:
        """Go on with a job."""
        self._change(ResumeJob(directory))

    def _change(self, request: msgspec.Struct, is_new: bool = False) -> None:
        def changed(summary: JobSummary) -> None:
            if is_new:
                self._shown = summary.directory
                self.started.emit(summary)
            self.look()

        self._data.request(request, JobSummary, changed, self._on_failure)

    def _on_jobs(self, jobs: Jobs) -> None:
        self.listed.emit(jobs)
        running = {job.directory for job in jobs.jobs if job.state in _ALIVE}
        for job in jobs.jobs:
            if job.directory in self._running and job.directory not in running:
                self.ended.emit(job)
        self._running = running
        if running and not self._timer.isActive():
            self._timer.start()
        elif not running:
            self._timer.stop()
        self._read_metrics()

    def _read_metrics(self) -> None:
        directory = self._shown
        if directory:
            self._data.request(
                ReadMetrics(directory),
                Metrics,
                lambda found: self.metrics.emit(directory, found),
                lambda _failure: None,
                view_key="metrics",
            )
            self._data.request(
                ReadVerdict(directory),
                JobVerdict,
                lambda found: self.verdict.emit(directory, found.verdict),
                lambda _failure: None,
                view_key="verdict",
            )

    def _on_failure(self, failure: Failure) -> None:
        self.problem.emit(failure.message, failure.details)
