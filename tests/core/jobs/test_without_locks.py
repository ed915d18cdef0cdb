"""A file system without `flock`, as NFS without lockd: jobs start, are seen, refuse a second one, stop and resume.

Every process of these tests, detached jobs included, gets the error that such a file system gives.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ebert_core.jobs import control, lock
from ebert_core.jobs.directory import read_process
from ebert_core.jobs.lock import Claim, is_held_by, take_lock, writing_to
from ebert_core.jobs.records import Process, started_ticks, this_host
from ebert_core.jobs.summary import summarise
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import JobSummary
from tests.certain import present

TOY = (sys.executable, str(Path(__file__).with_name("toy_job.py")))
ERRORS = ("ENOLCK", "ENOTSUP", "ENOSYS")
SITE = """
import errno, fcntl, os
def refused(_descriptor, _kind):
    raise OSError(getattr(errno, "{name}"), "no locks here")
fcntl.flock = refused
"""


@pytest.fixture
def start(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], JobSummary]:
    """Starts a job where a lock is refused, with the first of the errors unless a test names another one."""
    name = getattr(request, "param", ERRORS[0])
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE.format(name=name))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)

    def refused(_descriptor: int, _kind: int) -> None:
        raise OSError(getattr(errno, name), "no locks here")

    monkeypatch.setattr(lock, "_flock", refused)
    dataset = str(tmp_path / "DATASET.toml")
    return lambda job: control.start_job(Pretrain(dataset, str(tmp_path / job), ("chr1",), ("chr2",)), dataset, TOY)


def wait_until(directory: Path, *states: str) -> JobSummary:
    end = time.monotonic() + 15
    while (summary := summarise(directory)).state not in states:
        assert time.monotonic() < end, summary
        time.sleep(0.02)
    return summary


@pytest.mark.parametrize("start", ERRORS, indirect=True)
def test_a_job_runs_is_seen_stops_and_goes_on(start: Callable[[str], JobSummary]) -> None:
    job = Path(start("long").directory)
    wait_until(job, "running")
    claim = msgspec.json.decode((job / "lock.held").read_bytes(), type=Claim)
    assert claim.process.pid == present(read_process(job)).pid
    assert is_held_by(job, claim.process.pid)
    assert "keeps no locks" in (job / "events.jsonl").read_text()
    with pytest.raises(InvalidRequest, match="runs already and writes to"):
        start("long")
    with pytest.raises(InvalidRequest, match="already running"):
        take_lock(job)
    control.stop_job(str(job))
    wait_until(job, "stopped")
    wait_gone(job / "lock.held")
    control.resume_job(str(job), TOY)
    wait_until(job, "running")
    control.stop_job(str(job))
    wait_until(job, "stopped")


def wait_gone(path: Path) -> None:
    end = time.monotonic() + 15
    while path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("name", ["works", "invalid", "vanish"])
def test_a_job_that_ends_lets_go(start: Callable[[str], JobSummary], name: str) -> None:
    job = Path(start(name).directory)
    assert wait_until(job, "done", "failed").state == ("done" if name == "works" else "failed")
    take_lock(job).release()
    assert not (job / "lock.held").exists()


def test_a_killed_job_is_lost_at_once_and_its_claim_is_taken_over(start: Callable[[str], JobSummary]) -> None:
    job = Path(start("long").directory)
    wait_until(job, "running")
    os.kill(present(read_process(job)).pid, signal.SIGKILL)
    wait_until(job, "lost")
    assert (job / "lock.held").exists()
    control.resume_job(str(job), TOY)
    wait_until(job, "running")
    control.stop_job(str(job))
    wait_until(job, "stopped")


def test_a_job_that_does_not_listen_is_ended_by_what_shows_that_it_holds_the_claim(
    start: Callable[[str], JobSummary],
) -> None:
    job = Path(start("deaf").directory)
    wait_until(job, "running")
    control.stop_job(str(job))
    os.utime(job / "stop", (time.time() - 60, time.time() - 60))
    control.stop_job(str(job))
    wait_until(job, "stopped")


def test_a_claim_of_another_host_is_believed_as_long_as_it_is_touched_and_never_removed(
    start: Callable[[str], JobSummary], tmp_path: Path
) -> None:
    held = tmp_path / ".out.lock.held"
    process = {"pid": 17, "host": "node17", "started": 1.0, "started_ticks": 5}
    held.write_text(json.dumps({"process": process, "what": "/jobs/theirs"}))
    with pytest.raises(InvalidRequest, match=r"^/jobs/theirs runs already"), writing_to(tmp_path / "out", "/jobs/ours"):
        pass
    os.utime(held, (time.time() - 3600, time.time() - 3600))
    said = r"^/jobs/theirs runs already .* \(not heard from since .* on node17; if it runs there no more, remove "
    with pytest.raises(InvalidRequest, match=said), writing_to(tmp_path / "out", "/jobs/ours"):
        pass
    assert held.exists()
    held.unlink()
    with writing_to(tmp_path / "out", "/jobs/ours"):
        assert held.exists()
    assert not held.exists()


def test_a_claim_of_a_process_that_ended_keeps_nobody(start: Callable[[str], JobSummary], tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    process = {"pid": ended.pid, "host": os.uname().nodename, "started": 1.0, "started_ticks": 5}
    (tmp_path / ".out.lock.held").write_text(json.dumps({"process": process, "what": "/jobs/theirs"}))
    with writing_to(tmp_path / "out", "/jobs/ours"):
        pass
    assert not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize("content", [b"", b"{", b"\0" * 99, b'{"process": {"pid": -1}}'])
def test_a_claim_that_says_nothing_is_named_and_not_removed_unseen(
    start: Callable[[str], JobSummary], tmp_path: Path, content: bytes
) -> None:
    held = tmp_path / ".out.lock.held"
    held.write_bytes(content)
    os.utime(held, (time.time() - 3600, time.time() - 3600))
    with pytest.raises(InvalidRequest, match=r"remove .*held"), writing_to(tmp_path / "out", "/jobs/ours"):
        pass
    assert held.exists()


def test_a_job_of_another_host_that_was_not_heard_from_is_silent_and_not_taken_over(
    start: Callable[[str], JobSummary],
) -> None:
    job = Path(start("long").directory)
    wait_until(job, "running")
    os.kill(present(read_process(job)).pid, signal.SIGKILL)
    wait_until(job, "lost")
    for name in ("pid", "lock.held"):
        (job / name).write_text((job / name).read_text().replace(os.uname().nodename, "node17"))
    assert summarise(job).state == "running"  # its claim was touched a moment ago
    os.utime(job / "lock.held", (time.time() - 3600, time.time() - 3600))
    silent = summarise(job)
    assert silent.state == "silent"
    assert silent.note.startswith("Not heard from since ")
    assert "node17" in silent.note
    for deed in (control.resume_job, control.remove_job):
        with pytest.raises(InvalidRequest, match=r"already running|runs; stop it"):
            deed(str(job))
    assert (job / "lock.held").exists()
    (job / "lock.held").unlink()  # what the note says
    assert summarise(job).state == "lost"
    control.resume_job(str(job), TOY)
    wait_until(job, "running")
    control.stop_job(str(job))
    wait_until(job, "stopped")


def test_a_claim_that_another_made_while_a_dead_one_was_judged_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_descriptor: int, _kind: int) -> None:
        raise OSError(errno.ENOLCK, "no locks here")

    def claim_of(pid: int, ticks: int, what: str) -> bytes:
        return msgspec.json.encode(Claim(Process(pid, this_host(), time.time(), ticks), what))

    claim = tmp_path / "lock.held"
    claim.write_bytes(claim_of(os.getpid(), 1, "a dead one"))
    other = claim_of(os.getpid(), started_ticks(os.getpid()), "another")
    judged = lock._claim_holding

    def judged_slowly(path: Path) -> lock.Holding:
        found = judged(path)
        claim.write_bytes(other)
        return found

    monkeypatch.setattr(lock, "_flock", refused)
    monkeypatch.setattr(lock, "_claim_holding", judged_slowly)
    with pytest.raises(InvalidRequest, match="is already running"):
        take_lock(tmp_path)
    assert claim.read_bytes() == other
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "lock.held"]
