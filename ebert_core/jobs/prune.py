"""Which jobs of a folder can go, how much room that makes, and what speaks against removing one."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ebert_core.jobs.directory import foreign_files, is_named_like_a_job
from ebert_core.jobs.summary import Job, jobs_in, works_on
from ebert_core.protocol.work import LIVE, JobSummary

_DAY = 86_400.0
_UNSUCCESSFUL = ("failed", "lost")


class Prunable(NamedTuple):
    """A job that is old enough to go; `kept_for` says what speaks against it, empty where nothing does."""

    job: JobSummary
    bytes_on_disk: int
    kept_for: str


def prunable_jobs(
    folder: Path, older_than_days: float, *, failed_only: bool, with_states: bool, dataset: str = ""
) -> list[Prunable]:
    """The jobs that ended so many days ago, the oldest first; none that runs, or may run elsewhere.

    Nor one of another person, and no directory that has another name than jobs are given: somebody keeps it, or it is
    no job but a folder in which a spec lies.

    Args:
        folder: the jobs' folder.
        older_than_days: how long ago they ended at least.
        failed_only: only those that failed or were lost.
        with_states: also those that could be resumed, and those in which lies what another job or its own result names,
            or what the job did not write.
        dataset: only jobs that work on it, and those that no longer say on which; an empty text for all.

    Raises:
        InvalidRequest: the folder cannot be read.
    """
    jobs = list(jobs_in(folder))
    naming = _naming(jobs)
    found = []
    for job in jobs:
        summary = job.summary
        if not _is_ours(Path(summary.directory)) or (dataset and not works_on(job, dataset)):
            continue
        ended = summary.started if summary.ended is None else summary.ended
        is_old = time.time() - ended >= older_than_days * _DAY
        if summary.state in LIVE or not is_old or (failed_only and summary.state not in _UNSUCCESSFUL):
            continue
        kept_for = "" if with_states else _kept_for(summary, naming)
        found.append(Prunable(summary, bytes_in(Path(summary.directory)), kept_for))
    return sorted(found, key=lambda each: each.job.started)


def bytes_in(directory: Path) -> int:
    """How much room a directory takes on its disk; links are not followed, nor is the directory where it is one."""
    blocks = 0
    if directory.is_symlink():
        return blocks
    for place, folders, files in os.walk(directory):
        for name in (*folders, *files):
            try:
                blocks += os.lstat(os.path.join(place, name)).st_blocks
            except OSError:
                continue  # gone meanwhile
    return 512 * blocks


def _kept_for(job: JobSummary, naming: Mapping[str, Sequence[str]]) -> str:
    directory = os.path.realpath(job.directory)
    if directory in _folders_of(job.result):
        return "its result lies in it"
    if other := next((other for other in naming.get(directory, ()) if other != job.id), ""):
        return f"{other} names a file in it"
    if job.is_resumable and _has_state(Path(job.directory)):
        return "it can be resumed"
    if foreign := foreign_files(Path(job.directory)):
        return f"it holds {foreign[0]}, which the job did not write"
    return ""


def _is_ours(directory: Path) -> bool:
    """Whether it is a job's by its name, and this person's."""
    try:
        return is_named_like_a_job(directory) and directory.lstat().st_uid == os.getuid()
    except OSError:
        return False  # gone meanwhile


def _has_state(directory: Path) -> bool:
    try:
        return any((directory / "checkpoints").iterdir())
    except OSError:
        return False


def _naming(jobs: Iterable[Job]) -> dict[str, list[str]]:
    """By folder, the jobs that name something in it: each path is resolved once, however many jobs there are."""
    found: dict[str, list[str]] = {}
    for job in jobs:
        for folder in dict.fromkeys(folder for named in _named_in(job) for folder in _folders_of(named)):
            found.setdefault(folder, []).append(job.summary.id)
    return found


def _named_in(job: Job) -> Iterator[str]:
    for key in job.spec.__struct_fields__ if job.spec else ():
        value = getattr(job.spec, key)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, str):
                # Checkpoints joined by a plus sign are several; a folder whose name has one is itself.
                yield from {each, *each.split("+")}


def _folders_of(path: str) -> Iterator[str]:
    """The folders in which a path lies, links resolved; none of what is no path."""
    if os.path.isabs(path) and "\0" not in path:
        yield from map(str, Path(os.path.realpath(path)).parents)
