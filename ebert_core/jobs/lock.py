"""Who is alive: a job holds a lock on its directory as long as its process lives, whatever kills it."""

import fcntl
import os
import time
from pathlib import Path

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
    descriptor = os.open(directory / _FILE, os.O_RDWR | os.O_CREAT, 0o644)
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
    """Whether a process holds the directory's lock."""
    try:
        descriptor = os.open(directory / _FILE, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


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
