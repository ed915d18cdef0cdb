"""Starting, stopping and resuming jobs. A started job outlives the window, the worker and the connection."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ebert_core.jobs import launch
from ebert_core.jobs.directory import (
    EVENTS,
    SPEC,
    STOP,
    foreign_files,
    is_named_like_a_job,
    job_directory,
    new_job,
    read_job_spec,
    read_process,
)
from ebert_core.jobs.lines import LineWriter
from ebert_core.jobs.lock import is_held_by, take_lock
from ebert_core.jobs.records import Event, Process, started_ticks, this_host
from ebert_core.jobs.summary import jobs_writing_to, summarise
from ebert_core.protocol.specs.jobs import JobSpec
from ebert_core.protocol.specs.on_disk import verb
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import LIVE, JobSummary

EBERT = (sys.executable, "-m", "ebert_core")
_NICENESS = 5
_SECONDS_UNTIL_TERMINATED = 10.0
# Refuses what would replace the finished result of another job; told whether the job's own request may have made it.
Judge = Callable[[JobSpec, bool], None]


def start_job(spec: JobSpec, dataset: str, program: Sequence[str] = EBERT) -> JobSummary:
    """A new job that has been started: `ebert VERB spec.toml --job DIRECTORY`, detached.

    Raises:
        InvalidRequest: another job writes to the same place, or its directory cannot be made.
    """
    refuse_second(spec)
    directory = new_job(spec, dataset)
    _start(directory, [*program, verb(spec), str(directory / SPEC), "--job", str(directory)])
    return summarise(directory)


def refuse_second(spec: JobSpec, itself: str = "") -> None:
    """Refuses a run while another job than `itself` writes to the same place.

    Raises:
        InvalidRequest: names the other job.
    """
    for job, _ in jobs_writing_to(spec):
        if job.state in LIVE and not _is_same_place(job.directory, itself):
            raise InvalidRequest(
                f"{job.directory} runs already and writes to {spec.output}. Wait for it, stop it "
                f"({shlex.join(('ebert', 'jobs', 'stop', job.directory))}), or name another output."
            )


def _is_same_place(one: str, other: str) -> bool:
    return bool(other) and os.path.realpath(one) == os.path.realpath(other)


def resume_job(directory_text: str, program: Sequence[str] = EBERT, judge: Judge | None = None) -> JobSummary:
    """A job that goes on, detached, where it stopped, failed or was lost. A refusal leaves it as it was.

    Raises:
        InvalidRequest: as `resuming_command`.
    """
    directory = job_directory(directory_text)
    _start(directory, resuming_command(directory_text, program, judge))
    return summarise(directory)


def resuming_command(directory_text: str, program: Sequence[str] = EBERT, judge: Judge | None = None) -> list[str]:
    """The command by which a job goes on where it stopped: the same with `--resume`, on as many threads as before.

    Args:
        directory_text: the job's directory.
        program: what runs it.
        judge: refuses what would replace the finished result of another job; None lets it be replaced.

    Raises:
        InvalidRequest: it is running or done, its spec is damaged, another job writes there, or `judge` refuses.
    """
    directory = job_directory(directory_text)
    state = summarise(directory).state
    if state in LIVE:
        raise InvalidRequest(f"The job {directory.name} is already running.")
    if state == "done":
        raise InvalidRequest(f"The job {directory.name} is done; start a new one to go further.")
    spec = read_job_spec(directory)
    refuse_going_on(spec, directory_text, judge)
    try:
        (directory / STOP).unlink(missing_ok=True)
    except OSError as error:
        raise InvalidRequest(f"The job {directory.name} cannot go on: {STOP}: {error.strerror}.") from None
    process = read_process(directory)
    threads = ["--threads", str(process.threads)] if process is not None and process.threads else []
    return [*program, verb(spec), str(directory / SPEC), "--job", str(directory), "--resume", *threads]


def refuse_going_on(spec: JobSpec, directory: str, judge: Judge | None) -> None:
    """Refuses to go on with a job where another job writes, or has finished something that would be lost.

    Raises:
        InvalidRequest: names the other job, or what `judge` says.
    """
    refuse_second(spec, directory)
    if judge is not None:
        others = (job for job, _ in jobs_writing_to(spec) if not _is_same_place(job.directory, directory))
        judge(spec, not any(job.state == "done" for job in others))


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
    try:
        os.close(os.open(stop, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except FileExistsError:
        # A clock that was set back must not keep a job from being ended.
        if abs(time.time() - stop.lstat().st_mtime) > _SECONDS_UNTIL_TERMINATED:
            _terminate(directory)
    except OSError as error:
        raise InvalidRequest(f"The job {directory.name} cannot be asked to stop: {error.strerror}.") from None
    return summarise(directory)


def remove_job(directory_text: str) -> None:
    """Removes the directory of a job that does not run. What it made lies elsewhere and stays.

    Raises:
        InvalidRequest: it is no job, it runs, its files cannot be removed, or it has no job's name and holds what no
            job writes: it may be any folder in which somebody keeps a spec.
    """
    directory = job_directory(directory_text)
    if summarise(directory).state in LIVE:
        raise InvalidRequest(f"The job {directory.name} runs; stop it before it is removed.")
    is_folder = directory.is_dir() and not directory.is_symlink()
    foreign = foreign_files(directory) if is_folder and not is_named_like_a_job(directory.absolute()) else []
    if foreign:
        raise InvalidRequest(
            f"{directory} holds {foreign[0]}, which no job wrote, so it is not removed; remove it yourself if nothing "
            "in it is needed."
        )
    try:
        if is_folder:
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
        number = lock.descriptor
        launcher = [sys.executable, "-E", "-S", launch.__file__, str(directory), str(number), str(_NICENESS)]
        subprocess.run([*launcher, *command], stdin=subprocess.DEVNULL, pass_fds=[number], check=True)
    except BaseException:
        lock.release()
        raise
    lock.leave()


def _terminate(directory: Path) -> None:
    """Ends the process that holds this job's lock, and no other: a record may be copied, forged, or of long ago.

    Raises:
        InvalidRequest: it runs elsewhere, or nothing shows that the process of the record holds the lock.
    """
    process = read_process(directory)
    if process is None:
        return
    if process.host != this_host():
        raise InvalidRequest(f"The job {directory.name} runs on {process.host}; stop process {process.pid} there.")
    try:
        handle = os.pidfd_open(process.pid)  # stands for this process, whoever gets its number later
    except ProcessLookupError:
        return
    except (AttributeError, OSError):
        raise _unproven(directory, process) from None
    try:
        is_same = started_ticks(process.pid) == process.started_ticks
        if not is_same or not is_held_by(directory, process.pid):
            raise _unproven(directory, process)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            signal.pidfd_send_signal(handle, signal.SIGCONT)  # a suspended process would hear it only later
    except PermissionError:
        raise InvalidRequest(f"The job {directory.name} is another user's; ask them to stop it.") from None
    finally:
        os.close(handle)


def _unproven(directory: Path, process: Process) -> InvalidRequest:
    return InvalidRequest(
        f"Nothing shows that process {process.pid} is the one that runs the job {directory.name}, so it is not ended. "
        "Look at it, and end it yourself if it is."
    )
