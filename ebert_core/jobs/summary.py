"""What a job's files say about it now. Window, shell and a second window read the same files; nothing else knows.

A damaged job is a job whose summary says what is wrong; it never keeps anybody from the others.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from ebert_core.jobs.directory import (
    EVENTS,
    LOG,
    PID,
    SPEC,
    STOP,
    is_job,
    is_named_like_a_job,
    jobs_folder,
    log_tail,
    read_job_spec,
    read_process,
)
from ebert_core.jobs.lines import Records, read_records
from ebert_core.jobs.lock import Holding, holding
from ebert_core.jobs.reading import Damaged
from ebert_core.jobs.records import Event, Process, is_suspended, this_host
from ebert_core.protocol.specs.jobs import JobSpec, Predict
from ebert_core.protocol.specs.on_disk import verb
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import FORESEEABLE
from ebert_core.protocol.work import LIVE, JobState, JobSummary

_Read = TypeVar("_Read")

_BEGINNINGS = ("queued", "started")
_ENDS = ("done", "failed", "stopped")
_UNFINISHED = ("failed", "stopped", "lost")
# A directory without a spec is being made, unless it is older.
_YOUNG_SECONDS = 60.0
_LONGEST_NOTE, _LONGEST_MESSAGE, _LONGEST_DETAILS = 300, 2_000, 8_000
_LARGEST_EVENTS = 4_000_000


class Job(NamedTuple):
    """A job: its summary and what it was asked, None where that cannot be read."""

    summary: JobSummary
    spec: JobSpec | None


def list_jobs(folder: Path, dataset: str = "") -> list[JobSummary]:
    """The jobs in a folder, newest first; with `dataset`, those that work on it and those that no longer say on which.

    Raises:
        InvalidRequest: the folder cannot be read.
    """
    return [job.summary for job in jobs_in(folder, dataset)]


def jobs_writing_to(spec: JobSpec) -> Iterator[tuple[JobSummary, JobSpec]]:
    """The jobs of the same kind and dataset that write where this one would, newest first, and what each was asked."""
    for summary, begun in jobs_in(jobs_folder(spec.dataset), spec.dataset):
        if begun is not None and verb(begun) == verb(spec) and _place(begun) == _place(spec):
            yield summary, begun


def summarise(directory: Path) -> JobSummary:
    """What the files of a job say about it now, as far as they can be read."""
    return _job_in(directory).summary


def jobs_in(folder: Path, dataset: str = "") -> Iterator[Job]:
    """The jobs in a folder with what each was asked, newest first; with `dataset`, as `list_jobs`.

    Raises:
        InvalidRequest: the folder cannot be read.
    """
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InvalidRequest(f"The jobs in {folder} cannot be listed: {error.strerror}.") from None
    for name in names:
        directory = folder / name
        if name.startswith(".") or not is_job(directory) or _is_young(directory):
            continue
        job = _job_in(directory)
        if not dataset or works_on(job, dataset):
            yield job


def works_on(job: Job, dataset: str) -> bool:
    """Whether a job works on this dataset, or no longer says on which."""
    if job.spec is None:
        return True
    try:
        return os.path.realpath(job.spec.dataset) == os.path.realpath(dataset)
    except (OSError, ValueError):
        return False


def _is_young(directory: Path) -> bool:
    """Whether a directory has no spec because it is just being made, or is gone since it was listed."""
    try:
        state = directory.lstat()
        if not stat.S_ISDIR(state.st_mode) or abs(time.time() - state.st_mtime) > _YOUNG_SECONDS:
            return False
        return not {SPEC, EVENTS, LOG, PID}.intersection(os.listdir(directory))
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _place(spec: JobSpec) -> tuple[object, ...]:
    """What tells the files of a request from another's; those of a prediction may take its names into theirs."""
    names = (spec.cell_type, spec.factor) if isinstance(spec, Predict) and "{" in spec.output else ()
    return (spec.output, *names)


def _job_in(directory: Path) -> Job:
    problems: list[str] = []

    def tried(read: Callable[[], _Read], otherwise: _Read) -> _Read:
        try:
            return read()
        except InvalidRequest as error:
            problems.append(str(error).removesuffix("."))
            return otherwise

    process = tried(lambda: read_process(directory), None)
    host = process.host if process else this_host()
    # Whether it lives is asked before its events are read: a job that ends in between has then written its last line.
    held = tried(lambda: holding(directory, host), Holding("free"))
    read: Records = tried(lambda: read_records(directory / EVENTS, Event, _LARGEST_EVENTS), Records([]))
    if read.odd:
        lines = "a line" if read.odd == 1 else f"{read.odd:,} lines"
        problems.append(f"{lines} of {EVENTS} cannot be understood")
    spec = tried(lambda: _spec_in(directory), None)
    summary = _summary(directory, read.records, held.state != "free", host, spec)
    if summary.state in ("starting", "running"):
        summary = _with_life(summary, held, process)
    if problems:
        summary = _with_problems(summary, problems, has_events=bool(read.records))
    return Job(_fitting(summary), spec)


def _spec_in(directory: Path) -> JobSpec:
    if not directory.is_dir():
        raise Damaged("it is no directory" if directory.exists() else "it is a link to nowhere")
    return read_job_spec(directory)


def _summary(directory: Path, events: list[Event], is_alive: bool, host: str, spec: JobSpec | None) -> JobSummary:
    state = _state(events, is_alive)
    last = events[-1] if events else None
    shown = next((event for event in reversed(events) if event.kind == "progress"), None)
    message, details = (last.message, last.details) if last else ("", "")
    if state in ("failed", "lost") and not message:
        message, details = _why_it_vanished(state), log_tail(directory)
    job_verb, name = _verb_and_name(directory, spec)
    return JobSummary(
        directory=str(directory),
        id=directory.name,
        verb=job_verb,
        name=name,
        state=state,
        host=host,
        started=events[0].time if events else _made(directory),
        fraction=1.0 if state == "done" else shown.fraction if shown else 0.0,
        note=_note(directory, state, shown),
        remaining_seconds=_remaining_seconds(events) if state == "running" else None,
        message=message,
        details=details,
        result=last.result if last else "",
        ended=last.time if last and state in (*_ENDS, "lost") else None,
        is_resumable=state in _UNFINISHED and spec is not None and not (last and last.is_refused),
    )


def _with_life(summary: JobSummary, held: Holding, process: Process | None) -> JobSummary:
    """Says of a job that may be running when it was last heard from, or that its process is suspended."""
    if held.state == "silent":
        heard = time.strftime("%Y-%m-%d %H:%M", time.localtime(held.heard))
        note = (
            f"Not heard from since {heard}. It ran on {summary.host}, where ebert jobs stop reaches it; if it runs "
            "there no more, remove the file lock.held in its directory, then resume it."
        )
        return replace(summary, state="silent", note=note, remaining_seconds=None)
    if process and process.host == this_host() and is_suspended(process):
        note = f"Suspended; kill -CONT {process.pid} lets it go on."
        return replace(summary, state="suspended", note=note, remaining_seconds=None)
    return summary


def _with_problems(summary: JobSummary, problems: list[str], *, has_events: bool) -> JobSummary:
    problem = f"This job's files are damaged: {'; '.join(dict.fromkeys(problems))}."
    if has_events or summary.state in LIVE:
        return replace(summary, problem=problem)
    # Nothing says how it ended.
    return replace(summary, problem=problem, state="lost", message="")


def _fitting(summary: JobSummary) -> JobSummary:
    """No longer than a row and a dock can show, and of text that can be sent."""
    longest = {
        "note": _LONGEST_NOTE,
        "message": _LONGEST_MESSAGE,
        "problem": _LONGEST_MESSAGE,
        "details": _LONGEST_DETAILS,
        "result": _LONGEST_MESSAGE,
    }
    changed = {}
    for field in summary.__struct_fields__:
        value = getattr(summary, field)
        if isinstance(value, str):
            kept = value if len(value) <= longest.get(field, len(value)) else f"{value[: longest[field]]}…"
            changed[field] = kept.encode("utf-8", "replace").decode()  # a name of bytes that are no UTF-8
    return replace(summary, **changed)


def _verb_and_name(directory: Path, spec: JobSpec | None) -> tuple[str, str]:
    """From the directory's name, unless somebody has given it another one."""
    words = directory.name.split("-", 2)
    if is_named_like_a_job(directory) and len(words) == 3:
        return words[1], words[2]
    return (verb(spec) if spec else "", directory.name)


def _made(directory: Path) -> float:
    try:
        return max(0.0, directory.lstat().st_mtime)
    except OSError:
        return 0.0


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
    if state in ("starting", "running") and os.path.lexists(directory / STOP):
        return "stopping"
    return shown.note if shown and state in ("running", "stopped", "lost") else ""


def _remaining_seconds(events: list[Event]) -> float | None:
    """How long the present run still takes, if it goes on as it went since its start."""
    begun = max((index for index, event in enumerate(events) if event.kind == "started"), default=0)
    reports = [event for event in events[begun:] if event.kind == "progress"]
    if not reports or reports[-1].fraction <= reports[0].fraction:
        return None
    # What came before the first step forward was preparation, which does not come again.
    first = next(event for event in reversed(reports) if event.fraction == reports[0].fraction)
    last = reports[-1]
    if last.fraction >= FORESEEABLE:
        return None  # how long the rest takes is told by nothing that came before
    seconds_for_all = (last.time - first.time) / (last.fraction - first.fraction)
    return max(0.0, seconds_for_all * (1.0 - last.fraction) - (time.time() - last.time))
