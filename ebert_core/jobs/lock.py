"""Who is alive: a job holds a lock on its directory as long as its process lives, whatever kills it.

Where the file system has no `flock` (NFS without lockd, Lustre without -o flock), a claim stands in for it: a file that
can be created only once and names process and host. The kernel does not remove a claim, so one of a process that ended
is recognised by the number and start of that process, which only its own host can judge.
"""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from ebert_core.jobs.reading import Damaged, content_of
from ebert_core.jobs.records import Process, started_ticks, this_host
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.whole_files import new_file
from ebert_core.protocol.terms.errors import InvalidRequest

LOCK = "lock"
# How the process that starts a job hands over the lock that it already holds, so that there is no gap in between.
LOCK_VARIABLE = "EBERT_JOB_LOCK"
_PATIENCE_SECONDS = 1.0
# A holder touches its lock far more often; one on another host that did not for so long is not heard from any more.
SILENT_SECONDS = 600.0
HEARTBEAT_SECONDS = 30.0
# What file systems say that have no locks.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)
_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_LARGEST_CLAIM = 65_536


class Claim(msgspec.Struct, frozen=True):
    """What a claim says: which process holds it, and what for."""

    process: Process
    what: str = ""


class Holding(NamedTuple):
    """Whether a lock is held: `silent` where only another host could tell, and its holder was not heard from for long.

    `heard` is when the holder was last heard from, in seconds since 1970, where that is told by the file alone.
    """

    state: Literal["held", "free", "silent"]
    heard: float = 0.0


class Held:
    """A lock that this process holds until `release`; `is_claim` where the file system has no `flock`."""

    def __init__(self, path: Path, descriptor: int, *, is_claim: bool) -> None:
        self.path = path
        self.descriptor = descriptor
        self.is_claim = is_claim

    def beat(self) -> None:
        """Lets other hosts hear that the holder lives."""
        with contextlib.suppress(OSError):
            os.utime(self.descriptor)

    def leave(self) -> None:
        """Closes the lock without releasing it for others who have it open: after a fork, or once it is handed over."""
        os.close(self.descriptor)

    def release(self) -> None:
        """Lets others take it."""
        if self.is_claim:
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(self.descriptor), self.path.lstat()):
                    self.path.unlink()
        os.close(self.descriptor)


class _Taken(Exception):
    """Another process holds the lock: what for, as it says, and what is to know about a holder elsewhere."""

    def __init__(self, what: str, about: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.about = about


def take_lock(directory: Path) -> Held:
    """The lock of a job's directory; the one handed over by whoever started this process, when there is one.

    Raises:
        InvalidRequest: another process holds it, or it cannot be made.
    """
    handed_over = _handed_over(directory)
    if handed_over is not None:
        return handed_over
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return _taken(directory / LOCK, str(directory))
        except _Taken as holder:
            # Someone who looks whether the job lives holds it for an instant, too.
            if time.monotonic() > end:
                raise InvalidRequest(f"The job {directory.name} is already running{_told(holder)}.") from None
            time.sleep(0.02)
        except OSError as error:
            raise InvalidRequest(f"{directory / LOCK} cannot be locked: {error.strerror}.") from None


def holding(directory: Path, host: str) -> Holding:
    """Whether a process holds the directory's lock; `host` is where the job says that it runs.

    Raises:
        Damaged: that cannot be told.
    """
    path = directory / LOCK
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return Holding("free")
    except OSError as error:
        why = "is a link" if error.errno == errno.ELOOP else f"cannot be opened: {error.strerror}"
        raise Damaged(f"{LOCK} {why}") from None
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise Damaged(f"{LOCK} is no file")
        _flock(descriptor, fcntl.LOCK_SH)
    except BlockingIOError:
        return Holding("held")
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return _claim_holding(_claim_beside(path))
        raise Damaged(f"{LOCK} cannot be locked: {error.strerror}") from None
    finally:
        os.close(descriptor)
    # A lock that is held on another host may not be seen here. When nobody is heard from either, there is nobody.
    is_elsewhere = host != this_host() and time.time() - state.st_mtime < SILENT_SECONDS
    return Holding("held" if is_elsewhere else "free")


def is_held_by(directory: Path, pid: int) -> bool:
    """Whether it can be shown that this very process holds the directory's lock; only Linux tells."""
    lock = directory / LOCK
    for path, mark in ((_claim_beside(lock), ""), (lock, "FLOCK")):
        try:
            state = path.lstat()
            numbers = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        # A file with a second name may be one that the process has open for something else.
        if (
            stat.S_ISREG(state.st_mode)
            and state.st_nlink == 1
            and any(_holds(pid, number, state, mark) for number in numbers)
        ):
            return True
    return False


@contextmanager
def writing_to(output: Path, job: Path | str) -> Iterator[None]:
    """Within this, no other job writes to a place, whatever its dataset is and wherever its directory lies.

    A hidden file beside the place is locked as long as this process lives. Where no file can be made nothing is locked;
    writing there fails anyhow, in words of its own.

    Args:
        output: the place.
        job: its directory, or what runs where there is none, named to whoever is refused meanwhile.

    Raises:
        InvalidRequest: another job writes there.
    """
    path = output.with_name(f".{output.name}.lock") if output.name else None
    made = [folder for folder in output.parents if not folder.exists()]
    held = None
    try:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = _taken(path, str(job), has_passing_name=True)
    except _Taken as holder:
        raise InvalidRequest(
            f"{holder.what or 'Another job'} runs already and writes to {output}{_told(holder)}. Wait for it, stop it, "
            "or name another output."
        ) from None
    except OSError:
        held = None
    if path is None or held is None:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        held.release()
        with contextlib.suppress(OSError):
            for folder in made:
                folder.rmdir()  # stays, and ends this, where something is in it


def _taken(path: Path, what: str, *, has_passing_name: bool = False) -> Held:
    """A lock that is held now, of a file that says what for; one with a passing name goes with its holder."""
    while True:
        descriptor = _opened(path)
        try:
            _flock(descriptor, fcntl.LOCK_EX)
        except BlockingIOError:
            holder = os.pread(descriptor, 4096, 0).decode("utf-8", "replace")
            os.close(descriptor)
            raise _Taken(holder) from None
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _NO_LOCKS:
                raise
            return _claimed(_claim_beside(path), what)
        if not has_passing_name:
            return Held(path, descriptor, is_claim=False)
        # Whoever held it before may have removed it in between; then the name is another file's, or nobody's.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.lstat()):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, what.encode(), 0)
                return Held(path, descriptor, is_claim=False)
        os.close(descriptor)


def _opened(path: Path) -> int:
    """A file of its own to lock: a link or a file with a second name gives way to a new one."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, _OPEN, 0o666)
        state = os.fstat(descriptor)
        if stat.S_ISREG(state.st_mode) and state.st_nlink <= 1:
            return descriptor
        os.close(descriptor)
    return new_file(path)


def _flock(descriptor: int, kind: int) -> None:
    fcntl.flock(descriptor, kind | fcntl.LOCK_NB)


def _claim_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.held")


def _claimed(path: Path, what: str) -> Held:
    while True:
        try:
            descriptor = os.open(path, _OPEN | os.O_EXCL, 0o666)
        except FileExistsError:
            _remove_if_dead(path)
            continue
        process = Process(os.getpid(), this_host(), time.time(), started_ticks(os.getpid()))
        os.pwrite(descriptor, msgspec.json.encode(Claim(process, what)), 0)
        return Held(path, descriptor, is_claim=True)


def _remove_if_dead(path: Path) -> None:
    """Removes a claim whose process has ended, so that it can be made anew.

    Raises:
        _Taken: the process lives, or runs on a host that cannot be asked from here.
    """
    try:
        claim = _read_claim(path)
    except FileNotFoundError:
        return
    except Damaged:
        claim = None
    state = _claim_holding(path)
    if state.state == "silent":
        host = claim.process.host if claim else "another host"
        about = f"not heard from since {_clock(state.heard)} on {host}; if it runs there no more, remove {path}"
        raise _Taken(claim.what if claim else "", about)
    if state.state == "held":
        raise _Taken(claim.what if claim else "")
    # Of two who see this at once, one renames it; the other finds nothing, or a claim that is not the one it judged.
    aside = path.with_name(f"{path.name}.{os.getpid()}.ended")
    with contextlib.suppress(OSError):
        os.rename(path, aside)
        if claim is None or _read_claim(aside) == claim:
            aside.unlink()
        else:
            os.link(aside, path)
            aside.unlink()


def _claim_holding(path: Path) -> Holding:
    try:
        claim = _read_claim(path)
        modified = path.lstat().st_mtime
    except FileNotFoundError:
        return Holding("free")
    except Damaged:
        # Half written, or by nobody of ours: it holds as long as it is young.
        heard = path.lstat().st_mtime
        return Holding("held" if time.time() - heard < HEARTBEAT_SECONDS else "silent", heard)
    process = claim.process
    if process.host == this_host():
        lives = _exists(process.pid) and started_ticks(process.pid) == process.started_ticks
        return Holding("held" if lives else "free")
    return _heard_from(modified)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True


def _heard_from(heard: float) -> Holding:
    # A clock that is behind the file server's makes it seem young; it lives then.
    return Holding("held" if time.time() - heard < SILENT_SECONDS else "silent", heard)


def _read_claim(path: Path) -> Claim:
    try:
        return parse_json(content_of(path, _LARGEST_CLAIM), Claim)
    except msgspec.DecodeError:
        raise Damaged(f"{path.name} does not say who holds it") from None


def _holds(pid: int, number: str, state: os.stat_result, mark: str) -> bool:
    try:
        if not os.path.samestat(os.stat(f"/proc/{pid}/fd/{number}"), state):
            return False
        return mark in Path(f"/proc/{pid}/fdinfo/{number}").read_text(encoding="utf-8")
    except OSError:
        return False


def _told(holder: _Taken) -> str:
    return f" ({holder.about})" if holder.about else ""


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _handed_over(directory: Path) -> Held | None:
    number = os.environ.pop(LOCK_VARIABLE, "")
    if not number.isdecimal():
        return None
    descriptor = int(number)
    for path in (directory / LOCK, _claim_beside(directory / LOCK)):
        try:
            if os.path.samestat(os.fstat(descriptor), path.lstat()):
                os.set_inheritable(descriptor, False)
                return Held(path, descriptor, is_claim=path.name != LOCK)
        except (OSError, OverflowError):
            continue
    return None
