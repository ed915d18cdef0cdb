"""A script of its own, run between the worker and the job: it starts the job and ends, so that the job has no parent.

The second half of a double fork, without forking a process that has threads. Only the standard library is imported.
Arguments: the job directory, the descriptor of its lock, how far the job steps back behind the window, the command.
"""

import json
import os
import stat
import subprocess
import sys
from typing import BinaryIO


def main() -> None:
    """Starts the command in a session of its own, with its output in the job's log."""
    directory, lock, niceness, *command = sys.argv[1:]
    os.nice(int(niceness))
    with _log(os.path.join(directory, "log.txt")) as log:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[int(lock)],
            env={**os.environ, "EBERT_JOB_LOCK": lock},
        )
    _hand_over_claim(int(lock), started.pid)
    os._exit(0)


def _hand_over_claim(lock: int, pid: int) -> None:
    """Names the job's process in the claim that stands in for a lock; a lock is an empty file."""
    content = os.pread(lock, 65_536, 0)
    if content:
        claim = json.loads(content)
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        claim["process"] = {**claim["process"], "pid": pid, "started_ticks": ticks}
        changed = json.dumps(claim).encode()
        os.ftruncate(lock, os.pwrite(lock, changed, 0))


def _log(path: str) -> BinaryIO:
    """The log, to append to: never what a link points to, nor a file that has a second name elsewhere."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    for more in (0, os.O_EXCL):
        try:
            descriptor = os.open(path, flags | more, 0o666)
            state = os.fstat(descriptor)
            if stat.S_ISREG(state.st_mode) and state.st_nlink == 1:
                return os.fdopen(descriptor, "ab")
            os.close(descriptor)
        except OSError:
            pass
        try:
            os.unlink(path)  # of a link, what it points to stays
        except OSError:
            break
    return open(os.devnull, "ab")  # a job runs without its log, too


if __name__ == "__main__":
    main()
