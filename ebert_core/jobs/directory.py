"""A job's directory: where it lies, what is in it, and what its files say about the job.

Window, shell and a second window all read the same files; nothing else knows how a job is.
"""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from ebert_core.jobs.lines import read_lines
from ebert_core.jobs.lock import is_locked
from ebert_core.jobs.records import Event, Metric, Process, Result, this_host
from ebert_core.jobs.specs import read_spec, verb, write_spec
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import JobSpec, Predict
from ebert_core.protocol.verdict import Verdict
from ebert_core.protocol.work import Curve, JobState, JobSummary, Metrics

SPEC, EVENTS, METRICS, PID, STOP, RESULT, LOG = (
    "spec.toml",
    "events.jsonl",
    "metrics.jsonl",
    "pid",
    "stop",
    "result.json",
    "log.txt",
)
_BEGINNINGS = ("queued", "started")
_ENDS = ("done", "failed", "stopped")
_LONGEST_NAME = 40
# What comes after the last step of a training (calibration, the verdict) takes its own time, which steps do not tell.
_NO_MORE_STEPS = 0.98
_LOG_TAIL_BYTES = 4_000
# A lock held on another machine may not be seen here; a file that was written this recently says as much.
_RECENT_SECONDS = 60.0


def jobs_folder(dataset: str) -> Path:
    """The folder of a dataset's jobs: `$EBERT_JOBS`, else `jobs/` beside the dataset.

    Raises:
        InvalidRequest: there is no dataset beside which they could lie.
    """
    chosen = os.environ.get("EBERT_JOBS")
    if chosen:
        return Path(chosen).absolute()
    if not dataset:
        raise InvalidRequest("Jobs lie beside a dataset; save these files as a dataset first, or set EBERT_JOBS.")
    return Path(dataset).absolute().parent / "jobs"


def new_job(spec: JobSpec, dataset: str) -> Path:
    """A new job directory that holds the spec.

    Raises:
        InvalidRequest: the folder of jobs cannot be written.
    """
    folder = jobs_folder(dataset)
    name = re.sub(r"[^a-z0-9]+", "-", Path(spec.output).stem.lower()).strip("-")[:_LONGEST_NAME] or "job"
    stem = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{verb(spec)}-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        directory = _make_first_free(folder, stem)
        write_spec(directory / SPEC, spec)
    except OSError as error:
        raise InvalidRequest(
            f"No job can be started in {folder}: {error.strerror}. Set EBERT_JOBS to a folder that can be written."
        ) from error
    return directory


def _make_first_free(folder: Path, stem: str) -> Path:
    number = 1
    while True:
        directory = folder / (stem if number == 1 else f"{stem}-{number}")
        try:
            directory.mkdir()
        except FileExistsError:
            number += 1
        else:
            return directory


def list_jobs(folder: Path, dataset: str = "") -> list[JobSummary]:
    """The jobs in a folder, newest first; with `dataset`, only those that work on it."""
    directories = sorted((path.parent for path in folder.glob(f"*/{SPEC}")), reverse=True)
    return [summarise(directory) for directory in directories if not dataset or _works_on(directory, dataset)]


def jobs_writing_to(spec: JobSpec) -> Iterator[tuple[JobSummary, JobSpec]]:
    """The jobs of the same kind and dataset that write where this one would, newest first, and what each was asked."""
    for job in list_jobs(jobs_folder(spec.dataset), spec.dataset):
        begun = read_spec(Path(job.directory) / SPEC)
        if job.verb == verb(spec) and _place(begun) == _place(spec):
            yield job, begun


def _place(spec: JobSpec) -> tuple[object, ...]:
    """What tells the files of a request from another's; those of a prediction may take its names into theirs."""
    names = (spec.cell_type, spec.factor) if isinstance(spec, Predict) and "{" in spec.output else ()
    return (spec.output, *names)


def _works_on(directory: Path, dataset: str) -> bool:
    try:
        return os.path.realpath(read_spec(directory / SPEC).dataset) == os.path.realpath(dataset)
    except InvalidRequest:
        return False


def job_directory(text: str) -> Path:
    """The directory of a job, checked.

    Raises:
        InvalidRequest: it is none.
    """
    directory = Path(text)
    if not (directory / SPEC).is_file():
        raise InvalidRequest(f"{text} is no job directory: it has no {SPEC}.")
    return directory


def summarise(directory: Path) -> JobSummary:
    """What the files of a job say about it now."""
    # Whether it lives is asked first: a job that ends in between has then written its last line before we read.
    is_alive = is_locked(directory)
    events = read_lines(directory / EVENTS, Event)
    process = read_process(directory)
    host = process.host if process else this_host()
    is_alive = is_alive or (host != this_host() and _was_written_recently(directory))
    state = _state(events, is_alive)
    last = events[-1] if events else None
    shown = next((event for event in reversed(events) if event.kind == "progress"), None)
    fraction = 1.0 if state == "done" else shown.fraction if shown else 0.0
    message, details = (last.message, last.details) if last else ("", "")
    if state in ("failed", "lost") and not message:
        message, details = _why_it_vanished(state), log_tail(directory)
    _, job_verb, name = (*directory.name.split("-", 2), "", "")[:3]
    return JobSummary(
        directory=str(directory),
        id=directory.name,
        verb=job_verb,
        name=name,
        state=state,
        host=host,
        started=events[0].time if events else directory.stat().st_mtime,
        fraction=fraction,
        note=_note(directory, state, shown),
        remaining_seconds=_remaining_seconds(events) if state == "running" else None,
        message=message,
        details=details,
        result=last.result if last else "",
        ended=last.time if last and state in (*_ENDS, "lost") else None,
    )


def read_metrics(directory: Path) -> Metrics:
    """All curves of a job; of a step that was run twice, the later value."""
    curves: dict[tuple[str, str], dict[int, float]] = {}
    for record in read_lines(directory / METRICS, Metric):
        curve = curves.setdefault((record.split, record.name), {})
        curve[record.step] = np.nan if record.value is None else record.value
    return Metrics(
        tuple(
            Curve(split, name, np.array(sorted(curve), np.int64), np.array([curve[step] for step in sorted(curve)]))
            for (split, name), curve in curves.items()
        )
    )


def read_verdict(directory: Path) -> Verdict | None:
    """The verdict that a fine-tuning ended with; None before its end, and for other jobs."""
    try:
        return msgspec.json.decode((directory / RESULT).read_bytes(), type=Result).verdict
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def read_process(directory: Path) -> Process | None:
    """Which process runs or ran the job, or None before the first did."""
    try:
        return msgspec.json.decode((directory / PID).read_bytes(), type=Process)
    except FileNotFoundError:
        return None


def log_tail(directory: Path) -> str:
    """The last lines that the job's command printed."""
    try:
        return (directory / LOG).read_bytes()[-_LOG_TAIL_BYTES:].decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _state(events: list[Event], is_alive: bool) -> JobState:
    last = next((event.kind for event in reversed(events) if event.kind in (*_BEGINNINGS, *_ENDS)), "queued")
    match last:
        case "done" | "failed" | "stopped":
            return last
        case "queued":
            return "starting" if is_alive else "failed"
        case _:
            return "running" if is_alive else "lost"


def _why_it_vanished(state: JobState) -> str:
    if state == "failed":
        return "The job ended before it could say why; its last lines may tell."
    return "The job was ended from outside: the machine was switched off, or its memory ran out. It can be resumed."


def _note(directory: Path, state: JobState, shown: Event | None) -> str:
    if state in ("starting", "running") and (directory / STOP).exists():
        return "stopping"
    return shown.note if shown and state in ("running", "stopped", "lost") else ""


def _remaining_seconds(events: list[Event]) -> float | None:
    """How long the present run still takes, if it goes on as it went since its start."""
    begun = max(index for index, event in enumerate(events) if event.kind == "started")
    reports = [event for event in events[begun:] if event.kind == "progress"]
    if not reports or reports[-1].fraction <= reports[0].fraction:
        return None
    # What came before the first step forward was preparation, which does not come again.
    first = next(event for event in reversed(reports) if event.fraction == reports[0].fraction)
    last = reports[-1]
    if last.fraction >= _NO_MORE_STEPS:
        return None
    seconds_for_all = (last.time - first.time) / (last.fraction - first.fraction)
    return max(0.0, seconds_for_all * (1.0 - last.fraction) - (time.time() - last.time))


def _was_written_recently(directory: Path) -> bool:
    try:
        return time.time() - (directory / EVENTS).stat().st_mtime < _RECENT_SECONDS
    except FileNotFoundError:
        return False
