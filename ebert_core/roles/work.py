"""What the data role answers about jobs: starts, lists, stops and resumes them, and reads their curves."""

import os
from pathlib import Path

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
from ebert_core.roles.session import Handlers, Report


def handlers() -> Handlers:
    """The part of the data role's table that is about jobs."""
    return {
        StartJob: _start,
        ListJobs: _list,
        StopJob: _stop,
        ResumeJob: _resume,
        ReadMetrics: _read_metrics,
        ReadVerdict: _read_verdict,
    }


def _start(request: StartJob, report: Report) -> JobSummary:
    from ebert_core.jobs.control import start_job

    report(0.0, "starting the job")
    return start_job(request.spec, request.dataset)


def _list(request: ListJobs, report: Report) -> Jobs:
    from ebert_core.jobs.directory import jobs_folder, list_jobs

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

    report(0.0, "starting the job again")
    return resume_job(request.directory)


def _read_metrics(request: ReadMetrics, report: Report) -> Metrics:
    from ebert_core.jobs.directory import job_directory, read_metrics

    report(0.0)
    return read_metrics(Path(job_directory(request.directory)))


def _read_verdict(request: ReadVerdict, report: Report) -> JobVerdict:
    from ebert_core.jobs.directory import job_directory, read_verdict

    report(0.0)
    return JobVerdict(read_verdict(job_directory(request.directory)))
