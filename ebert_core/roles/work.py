"""What the data role answers about jobs: starts, lists, stops and resumes them, and reads their curves."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ebert_core.protocol.specs.jobs import FineTune, JobSpec, Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import (
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
from ebert_core.roles.session import Handlers, Report

if TYPE_CHECKING:
    from ebert_core.dataset.description import Dataset
    from ebert_core.training.checks import Checked


def handlers() -> Handlers:
    """The part of the data role's table that is about jobs."""
    starting = _Starting()
    return {
        StartJob: starting.start,
        CheckJob: starting.check,
        ReadSpec: _read_spec,
        ReadSpecFile: _read_spec_file,
        RemoveJob: _remove,
        ListJobs: _list,
        StopJob: _stop,
        ResumeJob: _resume,
        ReadMetrics: _read_metrics,
        ReadVerdict: _read_verdict,
    }


class _Starting:
    """Judges jobs and starts those that may start; keeps the dataset open that the last one was about."""

    def __init__(self) -> None:
        self._stamp: tuple[str, int] | None = None
        self._dataset: Dataset | None = None

    def start(self, request: StartJob, report: Report) -> JobSummary:
        """Starts a job, or refuses it before it has a directory."""
        from ebert_core.jobs.control import start_job

        report(0.0, "checking what was asked")
        self._checked(request.spec)
        report(0.5, "starting the job")
        return start_job(request.spec, request.dataset)

    def check(self, request: CheckJob, report: Report) -> JobCheck:
        """Judges a job and starts nothing."""
        report(0.0, "checking what was asked")
        try:
            checked = self._checked(request.spec)
        except InvalidRequest as error:
            return JobCheck(str(error), usable=self._usable(request.spec))
        if not checked:
            return JobCheck("")
        return JobCheck("", checked.warnings, checked.seconds, self._usable(request.spec))

    def _usable(self, spec: JobSpec) -> tuple[str, ...]:
        """Where this fine-tuning could learn; nothing where that cannot be told."""
        from ebert_core.training.usable import usable_chromosomes

        if not isinstance(spec, FineTune):
            return ()
        try:
            dataset = self._opened(spec.dataset)
            cells = (*spec.cell_types, *spec.validation_cell_types) or dataset.cell_types
            return usable_chromosomes(dataset, spec.factors or dataset.factors, cells)
        except InvalidRequest:
            return ()

    def _checked(self, spec: JobSpec) -> "Checked | None":
        from ebert_core.jobs.control import refuse_second

        refuse_second(spec)
        if isinstance(spec, Predict):
            _check_prediction(spec, self._opened(spec.dataset))
        from ebert_core.training.replacing import refuse_to_replace

        refuse_to_replace(spec, "Choose another name for the result.", may_be_own=False)
        if not isinstance(spec, FineTune):
            return None
        from ebert_core.training.checks import check_finetune

        return check_finetune(spec, self._opened(spec.dataset))

    def _opened(self, path: str) -> "Dataset":
        from ebert_core.dataset.description import Dataset

        stamp = (path, Path(path).stat().st_mtime_ns if Path(path).exists() else 0)
        if self._dataset is None or self._stamp != stamp:
            self._dataset, self._stamp = Dataset.open(Path(path)), stamp
        return self._dataset


def _check_prediction(spec: Predict, dataset: "Dataset") -> None:
    from ebert_core.inference.given import check_inputs
    from ebert_core.inference.targets import check_folder_of, targets_of
    from ebert_core.model.description import read_description

    description = read_description(Path(spec.checkpoint))
    for target in targets_of(spec, description):
        check_folder_of(target.path)
    check_inputs(spec, description, dataset)


def _read_spec(request: ReadSpec, report: Report) -> JobRequest:
    from ebert_core.jobs.directory import job_directory, read_job_spec

    report(0.0)
    return JobRequest(read_job_spec(job_directory(request.directory)))


def _read_spec_file(request: ReadSpecFile, report: Report) -> JobRequest:
    from ebert_core.protocol.specs.on_disk import KINDS, read_spec

    report(0.0)
    return JobRequest(read_spec(request.path, wanted=KINDS[request.verb]))


def _remove(request: RemoveJob, report: Report) -> Removed:
    from ebert_core.jobs.control import remove_job

    report(0.0)
    remove_job(request.directory)
    return Removed(request.directory)


def _list(request: ListJobs, report: Report) -> Jobs:
    from ebert_core.jobs.directory import jobs_folder
    from ebert_core.jobs.summary import list_jobs

    report(0.0)
    if not request.dataset and not os.environ.get("EBERT_JOBS"):
        # Bare files that were never saved as a dataset have no place for jobs, so they have none.
        return Jobs(())
    return Jobs(tuple(list_jobs(jobs_folder(request.dataset), request.dataset)))


def _stop(request: StopJob, report: Report) -> JobSummary:
    from ebert_core.jobs.control import stop_job

    report(0.0)
    return stop_job(request.directory)


def _resume(request: ResumeJob, report: Report) -> JobSummary:
    from ebert_core.jobs.control import resume_job
    from ebert_core.training.replacing import refuse_to_replace

    def judge(spec: JobSpec, may_be_own: bool) -> None:
        advice = "Start this job anew under another name with “Edit and start again…”, or move that result away."
        refuse_to_replace(spec, advice, may_be_own=may_be_own)

    report(0.0, "starting the job again")
    return resume_job(request.directory, judge=judge)


def _read_metrics(request: ReadMetrics, report: Report) -> Metrics:
    from ebert_core.jobs.directory import job_directory, read_metrics

    report(0.0)
    return read_metrics(Path(job_directory(request.directory)))


def _read_verdict(request: ReadVerdict, report: Report) -> JobVerdict:
    from ebert_core.jobs.directory import job_directory, read_verdict

    report(0.0)
    return JobVerdict(read_verdict(job_directory(request.directory)))
