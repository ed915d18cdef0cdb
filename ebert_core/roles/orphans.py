"""Makes a worker end with its window, even while a library holds the interpreter and no thread sees the pipe close."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_parent_at_start = os.getppid() if sys.platform != "win32" else 0


def die_with_parent() -> None:
    """From now on the kernel kills this process when its parent ends (Linux; elsewhere the closed pipe must do)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if sys.platform != "win32" and os.getppid() != _parent_at_start:
        # It ended before we could ask to be told.
        os._exit(0)
