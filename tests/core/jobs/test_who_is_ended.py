"""Stop ends the process that holds the job's lock, and no other, whatever the job's files say."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from ebert_core.jobs import control
from ebert_core.jobs.directory import read_process
from ebert_core.jobs.lock import is_held_by, take_lock
from ebert_core.jobs.records import Process, started_ticks, this_host
from ebert_core.jobs.summary import summarise
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import JobSummary
from tests.certain import present

TOY = (sys.executable, str(Path(__file__).with_name("toy_job.py")))
pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux shows who holds a lock")


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same person that has nothing to do with any job."""
    with subprocess.Popen([sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"], stdout=-1) as other:
        assert other.stdout
        other.stdout.readline()
        yield other
        other.kill()


def started(tmp_path: Path, name: str) -> JobSummary:
    dataset = str(tmp_path / "DATASET.toml")
    job = control.start_job(Pretrain(dataset, str(tmp_path / name), ("chr1",), ("chr2",)), dataset, TOY)
    wait_until(lambda: summarise(Path(job.directory)).fraction == 0.25)
    return job


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def asked_long_ago(directory: Path) -> None:
    (directory / "stop").touch()
    os.utime(directory / "stop", (time.time() - 60, time.time() - 60))


def name_in_record(directory: Path, process: Process) -> None:
    (directory / "pid").write_bytes(msgspec.json.encode(process))


def record_of(pid: int) -> Process:
    return Process(pid, this_host(), time.time(), started_ticks(pid))


def test_a_forged_record_ends_no_process(tmp_path: Path, bystander: subprocess.Popen[bytes]) -> None:
    """Somebody holds the lock of a directory of theirs and names a process of whoever stops the job."""
    job = Path(started(tmp_path, "deaf").directory)
    runs = present(read_process(job))
    name_in_record(job, record_of(bystander.pid))
    asked_long_ago(job)
    with pytest.raises(InvalidRequest, match=f"Nothing shows that process {bystander.pid} is the one"):
        control.stop_job(str(job))
    assert bystander.poll() is None
    name_in_record(job, runs)
    control.stop_job(str(job))
    wait_until(lambda: summarise(job).state == "stopped")


def test_a_copy_of_a_running_jobs_directory_does_not_end_it(tmp_path: Path) -> None:
    job = Path(started(tmp_path, "deaf").directory)
    copy = job.with_name("copy")
    shutil.copytree(job, copy)
    assert summarise(copy).state == "lost"
    with pytest.raises(InvalidRequest, match="is not running"):
        control.stop_job(str(copy))
    # One whose files are second names of the job's own shares its lock.
    linked = job.with_name("linked")
    shutil.copytree(job, linked, copy_function=os.link)
    asked_long_ago(linked)
    assert summarise(linked).state == "running"
    with pytest.raises(InvalidRequest, match="Nothing shows"):
        control.stop_job(str(linked))
    assert summarise(job).state == "running"
    shutil.rmtree(linked)
    asked_long_ago(job)
    control.stop_job(str(job))
    wait_until(lambda: summarise(job).state == "stopped")


def test_a_lock_that_is_a_file_the_process_has_open_for_something_else_proves_nothing(tmp_path: Path) -> None:
    opened = tmp_path / "lock"
    with opened.open("w") as file:
        assert not is_held_by(tmp_path, os.getpid())
        del file
    held = take_lock(tmp_path)
    assert is_held_by(tmp_path, os.getpid())
    os.link(tmp_path / "lock", tmp_path / "second")
    assert not is_held_by(tmp_path, os.getpid())
    held.release()


def test_a_number_that_was_used_again_is_another_process(tmp_path: Path, bystander: subprocess.Popen[bytes]) -> None:
    job = Path(started(tmp_path, "deaf").directory)
    runs = present(read_process(job))
    name_in_record(job, msgspec.structs.replace(record_of(bystander.pid), started_ticks=1))
    asked_long_ago(job)
    with pytest.raises(InvalidRequest, match="Nothing shows"):
        control.stop_job(str(job))
    assert bystander.poll() is None
    os.kill(runs.pid, signal.SIGKILL)
    wait_until(lambda: summarise(job).state == "lost")


def test_a_job_of_another_host_is_named_and_no_process_here_ended(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    job = Path(started(tmp_path, "deaf").directory)
    runs = present(read_process(job))
    name_in_record(job, msgspec.structs.replace(record_of(bystander.pid), host="node17"))
    asked_long_ago(job)
    with pytest.raises(InvalidRequest, match=rf"runs on node17; stop process {bystander.pid} there\."):
        control.stop_job(str(job))
    assert bystander.poll() is None
    os.kill(runs.pid, signal.SIGKILL)


def test_a_job_of_another_host_whose_lock_is_free_here_runs_as_long_as_it_is_heard_from(tmp_path: Path) -> None:
    job = Path(started(tmp_path, "long").directory)
    runs = present(read_process(job))
    os.kill(runs.pid, signal.SIGKILL)
    wait_until(lambda: summarise(job).state == "lost")
    name_in_record(job, msgspec.structs.replace(runs, host="node17"))
    assert summarise(job).state == "running"  # its lock was touched a moment ago
    with pytest.raises(InvalidRequest, match="is already running"):
        control.resume_job(str(job), TOY)
    os.utime(job / "lock", (time.time() - 3600, time.time() - 3600))
    assert summarise(job).state == "lost"


def test_a_suspended_job_is_shown_as_such_and_can_be_ended(tmp_path: Path) -> None:
    job = Path(started(tmp_path, "long").directory)
    runs = present(read_process(job))
    os.kill(runs.pid, signal.SIGSTOP)
    wait_until(lambda: summarise(job).state == "suspended")
    assert summarise(job).note == f"Suspended; kill -CONT {runs.pid} lets it go on."
    asked_long_ago(job)
    control.stop_job(str(job))
    wait_until(lambda: summarise(job).state == "stopped")


@pytest.mark.parametrize(
    ("number", "state"),
    [(signal.SIGKILL, "lost"), (signal.SIGTERM, "stopped"), (signal.SIGINT, "stopped"), (signal.SIGHUP, "stopped")],
)
def test_a_job_that_is_asked_to_end_saves_first_and_one_that_is_killed_is_lost(
    tmp_path: Path, number: signal.Signals, state: str
) -> None:
    job = Path(started(tmp_path, "long").directory)
    runs = present(read_process(job))
    os.kill(runs.pid, number)
    wait_until(lambda: summarise(job).state == state)
    assert summarise(job).is_resumable


def test_a_folder_of_jobs_that_is_moved_while_they_run_keeps_them(tmp_path: Path) -> None:
    job = Path(started(tmp_path, "long").directory)
    moved = tmp_path / "elsewhere" / job.name
    moved.parent.mkdir()
    os.rename(job, moved)
    assert summarise(moved).state == "running"
    asked_long_ago(moved)
    control.stop_job(str(moved))
    wait_until(lambda: summarise(moved).state == "stopped")


def test_a_clock_that_is_set_back_keeps_no_job_from_being_stopped_and_shows_no_negative_time(tmp_path: Path) -> None:
    job = Path(started(tmp_path, "deaf").directory)
    (job / "stop").touch()
    later = time.time() + 86_400
    os.utime(job / "stop", (later, later))
    os.utime(job / "lock", (later, later))
    assert summarise(job).state == "running"
    control.stop_job(str(job))
    wait_until(lambda: summarise(job).state == "stopped")
