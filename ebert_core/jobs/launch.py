"""A script of its own, run between the worker and the job: it starts the job and ends, so that the job has no parent.

The second half of a double fork, without forking a process that has threads. Only the standard library is imported.
Arguments: the job directory, the descriptor of its lock, how far the job steps back behind the window, the command.
"""

import os
import subprocess
import sys


def main() -> None:
    """Starts the command in a session of its own, with its output in the job's log."""
    directory, lock, niceness, *command = sys.argv[1:]
    os.nice(int(niceness))
    with open(os.path.join(directory, "log.txt"), "ab") as log:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[int(lock)],
            env={**os.environ, "EBERT_JOB_LOCK": lock},
        )
    os._exit(0)


if __name__ == "__main__":
    main()
