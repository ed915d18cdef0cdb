"""Starting, stopping and resuming jobs. A started job outlives the window, the worker and the connection."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ebert_core.jobs import launch
from ebert_core.jobs.directory import (
    EVENTS,
    SPEC,
    STOP,
    job_directory,
    new_job,
    read_job_spec,
    read_process,
)
from ebert_core.jobs.lines import LineWriter
from ebert_core.jobs.lock import take_lock
from ebert_core.jobs.records import Event, started_ticks, this_host
from ebert_core.jobs.specs import verb
from ebert_core.jobs.summary import jobs_writing_to, summarise
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import JobSpec
from ebert_core.protocol.work import LIVE, JobSummary

EBERT = (sys.executable, "-m", "ebert_core")
_NICENESS = 5
_SECONDS_UNTIL_TERMINATED = 10.0


def start_job(spec: JobSpec, dataset: str, program: Sequence[str] = EBERT) -> JobSummary:
    """A new job that has been started: `ebert VERB spec.toml --job DIRECTORY`, detached.

    Raises:
        InvalidRequest: another job writes to the same place, or its directory cannot be made.
    """
    refuse_second(spec)
    directory = new_job(spec, dataset)
    _start(directory, [*program, verb(spec), str(directory / SPEC), "--job", str(directory)])
    return summarise(directory)


def refuse_second(spec: JobSpec) -> None:
    """Refuses a run while another writes to the same place.

    Raises:
        InvalidRequest: names the other job.
    """
    for job, _ in jobs_writing_to(spec):
        if job.state in LIVE:
            raise InvalidRequest(
                f"{job.directory} runs already and writes to {spec.output}. Wait for it, stop it (ebert jobs stop "
                f"{job.directory}), or name another output."
            )


def resume_job(directory_text: str, program: Sequence[str] = EBERT) -> JobSummary:
    """A job that goes on where it stopped, failed or was lost: the same command with `--resume`.

    Raises:
        InvalidRequest: it is running or done, or its spec is damaged.
    """
    directory = job_directory(directory_text)
    state = summarise(directory).state
    if state in LIVE:
        raise InvalidRequest(f"The job {directory.name} is already running.")
    if state == "done":
        raise InvalidRequest(f"The job {directory.name} is done; start a new one to go further.")
    spec = read_job_spec(directory)
    (directory / STOP).unlink(missing_ok=True)
    _start(directory, [*program, verb(spec), str(directory / SPEC), "--job", str(directory), "--resume"])
    return summarise(directory)


def stop_job(directory_text: str) -> JobSummary:
    """A job that has been asked to stop; one that did not listen to an earlier request is terminated.

    Raises:
        InvalidRequest: it is not running.
    """
    directory = job_directory(directory_text)
    summary = summarise(directory)
    if summary.state not in LIVE:
        raise InvalidRequest(f"The job {directory.name} is not running: it is {summary.state}.")
    stop = directory / STOP
    if stop.exists() and time.time() - stop.stat().st_mtime > _SECONDS_UNTIL_TERMINATED:
        _terminate(directory)
    elif not stop.exists():
        stop.touch()
    return summarise(directory)


def remove_job(directory_text: str) -> None:
    """Removes the directory of a job that does not run. What it made lies elsewhere and stays.

    Raises:
        InvalidRequest: it is no job, it runs, or its files cannot be removed.
    """
    directory = job_directory(directory_text)
    if summarise(directory).state in LIVE:
        raise InvalidRequest(f"The job {directory.name} runs; stop it before it is removed.")
    try:
        if directory.is_dir() and not directory.is_symlink():
            shutil.rmtree(directory)
        else:
            directory.unlink()  # of a link, what it points to stays
    except OSError as error:
        raise InvalidRequest(f"The job {directory.name} cannot be removed: {error.strerror}.") from error


def _start(directory: Path, command: list[str]) -> None:
    lock = take_lock(directory)
    try:
        events = LineWriter(directory / EVENTS)
        events.append(Event(round(time.time(), 3), "queued"))
        events.close()
        # Without -E and -S, the launcher would read site-packages for nothing.
        launcher = [sys.executable, "-E", "-S", launch.__file__, str(directory), str(lock), str(_NICENESS)]
        subprocess.run([*launcher, *command], stdin=subprocess.DEVNULL, pass_fds=[lock], check=True)
    finally:
        os.close(lock)


def _terminate(directory: Path) -> None:
    process = read_process(directory)
    if process is None:
        return
    if process.host != this_host():
        raise InvalidRequest(f"The job {directory.name} runs on {process.host}; stop process {process.pid} there.")
    if started_ticks(process.pid) == process.started_ticks:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
