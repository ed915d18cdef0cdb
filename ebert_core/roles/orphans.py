"""Makes a worker end with its window, from its first moment and while a library holds the interpreter.

Nothing but the standard library is imported here: this runs before any other import of a worker.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator

_PR_SET_PDEATHSIG = 1
_LOOK_EVERY_MILLISECONDS = 250
_parent_at_start = os.getppid() if sys.platform != "win32" else 0


def die_with_parent() -> None:
    """From now on the kernel kills this process when its parent ends (Linux; elsewhere the closed pipe must do)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if sys.platform != "win32" and os.getppid() != _parent_at_start:
        # It ended before we could ask to be told.
        os._exit(0)


@contextlib.contextmanager
def ending_with(pipe: int) -> Iterator[None]:
    """Within this block the process ends as soon as the other end of the pipe is closed; nothing is read from it."""
    if sys.platform == "win32":
        yield
        return
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(pipe, is_over), name="watch for the end", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _watch(pipe: int, is_over: threading.Event) -> None:
    watched = select.poll()
    # Nothing but what is always told: that the other end is closed.
    watched.register(pipe, 0)
    while not is_over.is_set():
        if watched.poll(_LOOK_EVERY_MILLISECONDS):
            os._exit(0)
