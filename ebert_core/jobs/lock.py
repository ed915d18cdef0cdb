"""Who is alive: a job holds a lock on its directory as long as its process lives, whatever kills it."""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ebert_core.jobs.reading import Damaged
from ebert_core.protocol.errors import InvalidRequest

_FILE = "lock"
# How the process that starts a job hands over the lock that it already holds, so that there is no gap in between.
LOCK_VARIABLE = "EBERT_JOB_LOCK"
_PATIENCE_SECONDS = 1.0


def take_lock(directory: Path) -> int:
    """A descriptor that holds the directory's lock until it is closed; the one handed over, when there is one.

    Raises:
        InvalidRequest: another process holds it.
    """
    handed_over = _handed_over(directory)
    if handed_over is not None:
        return handed_over
    descriptor = os.open(directory / _FILE, os.O_RDWR | os.O_CREAT, 0o666)
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Someone who looks whether the job lives holds it for an instant, too.
            if time.monotonic() > end:
                os.close(descriptor)
                raise InvalidRequest(f"The job {directory.name} is already running.") from None
            time.sleep(0.02)
        else:
            return descriptor


def is_locked(directory: Path) -> bool:
    """Whether a process holds the directory's lock.

    Raises:
        Damaged: that cannot be told.
    """
    try:
        descriptor = os.open(directory / _FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        why = "is a link" if error.errno == errno.ELOOP else f"cannot be opened: {error.strerror}"
        raise Damaged(f"{_FILE} {why}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Damaged(f"{_FILE} is no file")
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        raise Damaged(f"{_FILE} cannot be locked: {error.strerror}") from None
    finally:
        os.close(descriptor)
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
    try:
        descriptor = _locked_file(path) if path else None
    except BlockingIOError as error:
        raise InvalidRequest(
            f"{error.strerror or 'Another job'} runs already and writes to {output}. Wait for it, stop it, or name "
            "another output."
        ) from None
    except OSError:
        descriptor = None
    if path is None or descriptor is None:
        yield
        return
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(job).encode(), 0)
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
            for folder in made:
                folder.rmdir()  # stays, and ends this, where something is in it
        os.close(descriptor)


def _locked_file(path: Path) -> int:
    """A descriptor of a locked file under this name; a BlockingIOError says who holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have removed it in between; then the name is another file's, or nobody's.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BlockingIOError as error:
            holder = os.pread(descriptor, 4096, 0).decode("utf-8", "replace")
            os.close(descriptor)
            raise BlockingIOError(error.errno, holder) from None
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _handed_over(directory: Path) -> int | None:
    number = os.environ.pop(LOCK_VARIABLE, "")
    if not number:
        return None
    descriptor = int(number)
    try:
        if not os.path.samestat(os.fstat(descriptor), os.stat(directory / _FILE)):
            return None
    except OSError:
        return None
    os.set_inheritable(descriptor, False)
    return descriptor
