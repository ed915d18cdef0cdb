"""The two pipes of a worker, taken away from everyone else before a library can print into them.

Nothing but the standard library is imported here: this runs before any other import of a worker.
"""

import contextlib
import os
import sys
from typing import NamedTuple

_PIPE_BYTES = 1024 * 1024


class Streams(NamedTuple):
    """Private descriptors of the pipes from and to the window; no child process inherits them."""

    from_window: int
    to_window: int


def take_streams() -> Streams:
    """The pipes on descriptors 0 and 1; from now on 0 reads nothing and 1 writes where stderr goes."""
    sys.stdout.flush()
    streams = Streams(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for descriptor in streams:
        _set_binary(descriptor)
    _widen(streams.to_window)
    return streams


def _widen(descriptor: int) -> None:
    """Makes a pipe hold a chunk, where the system can, so that one big reply wakes both sides seldom."""
    if sys.platform == "linux":
        import fcntl

        # Not a pipe, or more than this user may have: then it stays as it is.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _set_binary(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(descriptor, os.O_BINARY)
