"""Follows the jobs of the open dataset, and starts, stops and resumes them through the data role."""

from collections.abc import Callable
from functools import partial

import msgspec
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from ebert_core.protocol.specs.jobs import FineTune, JobSpec
from ebert_core.protocol.work import (
    LIVE,
    CheckJob,
    JobCheck,
    JobRequest,
    Jobs,
    JobSummary,
    JobVerdict,
    ListJobs,
    Metrics,
    ReadMetrics,
    ReadSpec,
    ReadSpecFile,
    ReadVerdict,
    Removed,
    RemoveJob,
    ResumeJob,
    StartJob,
    StopJob,
)
from ebert_gui.loading.loader import Client
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Failure

_FOLLOW_MILLISECONDS = 1500


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
        # By dataset: a job goes on, and is followed, when another dataset is opened.
        self._running: dict[str, frozenset[str]] = {}
        self._jobs: dict[str, tuple[JobSummary, ...]] = {}
        self._shown = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        workspace.dataset_changed.connect(self.look)

    def look(self) -> None:
        """List the jobs now."""
        if not self._data.state.condition.is_alive:
            return
        dataset = self._workspace.dataset
        here = [dataset.path] if dataset is not None and dataset.path else []
        for path in dict.fromkeys([*here, *(path for path, running in self._running.items() if running)]):
            on_jobs = partial(self._on_jobs, path)
            self._data.request(ListJobs(path), Jobs, on_jobs, lambda _failure: None, view_key=f"jobs {path}")

    @property
    def names(self) -> frozenset[str]:
        """What the jobs are called that are known here: each after the file or folder that it writes."""
        return frozenset(job.name for jobs in self._jobs.values() for job in jobs)

    def show_metrics(self, directory: str) -> None:
        """Follow the curves of this job."""
        self._shown = directory
        self._read_metrics()

    def start(self, spec: JobSpec) -> None:
        """Start a job; it goes on without the window."""
        dataset = self._workspace.dataset
        if dataset is not None:
            self._change(StartJob(spec, dataset.path), is_new=True)

    def check(self, spec: JobSpec, on_checked: Callable[[JobCheck], None], asks_again: bool = True) -> None:
        """Ask whether a job would start; a newer question replaces one that waits."""

        def failed(failure: Failure) -> None:
            if failure.kind == "lost" and asks_again:
                self.check(spec, on_checked, asks_again=False)
            elif failure.is_told:
                on_checked(JobCheck(failure.message))

        dataset = self._workspace.dataset
        if dataset is not None:
            request = CheckJob(spec, dataset.path)
            self._data.request(request, JobCheck, on_checked, failed, view_key="check job")

    def read_spec(self, directory: str, on_spec: Callable[[JobSpec], None]) -> None:
        """Ask what a job was asked."""
        self._data.request(ReadSpec(directory), JobRequest, lambda found: on_spec(found.spec), self._on_failure)

    def read_finetuning(self, path: str, on_spec: Callable[[FineTune], None]) -> None:
        """Ask what fine-tuning a spec file of the host wants; what is none is told as a problem."""

        def answered(found: JobRequest) -> None:
            assert isinstance(found.spec, FineTune), "a spec of another job is refused"
            on_spec(found.spec)

        self._data.request(ReadSpecFile(path, "finetune"), JobRequest, answered, self._on_failure)

    def remove(self, directory: str) -> None:
        """Remove the directory of a job that does not run."""
        self._data.request(RemoveJob(directory), Removed, lambda _removed: self.look(), self._on_failure)

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

    def _on_jobs(self, dataset: str, jobs: Jobs) -> None:
        before = self._running.get(dataset, frozenset())
        running = frozenset(job.directory for job in jobs.jobs if job.state in LIVE)
        self._running[dataset] = running
        self._jobs[dataset] = jobs.jobs
        self._list()
        for job in jobs.jobs:
            if job.directory in before - running:
                self.ended.emit(job)
        any_runs = any(self._running.values())
        if any_runs and not self._timer.isActive():
            self._timer.start()
        elif not any_runs:
            self._timer.stop()
        self._read_metrics()

    def _list(self) -> None:
        """Announce the jobs of the open dataset, and those that run on datasets that were open before."""
        dataset = self._workspace.dataset
        here = dataset.path if dataset is not None else ""
        elsewhere = (job for path, jobs in self._jobs.items() if path != here for job in jobs if job.state in LIVE)
        self.listed.emit(Jobs((*self._jobs.get(here, ()), *elsewhere)))

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
