"""Room on a disk for what a library is about to write and may not fail to: it has no way to say that a disk is full."""

import ctypes
import errno
import os
import random
import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

try:
    import resource
except ImportError:  # Windows has no such limits.
    limits: ModuleType | None = None
else:
    limits = resource

# What a file system, an older kernel or a network says that cannot give room without writing.
_CANNOT = (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
_PIECE = 1 << 20
# Written at a time where room has to be written for, since the wait for the disk is long beside that for a few bytes:
# little for a small file, then twice as much each time.
_FIRST_AT_A_TIME, _AT_A_TIME = 64 << 10, 8 << 20


class DiskRoom:
    """Asks a disk for room beside a file that is being written.

    Most file systems give a file room without anything being written to it. ext3, NFS before 4.2 and many FUSE systems
    do not: there, bytes are written to a file without a name, which is held and grown until the end, so that nearly
    every byte is written once. `bytes_written` counts them. The C library's `posix_fallocate` would write all of them
    at every call.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: BinaryIO | None = None
        self._granted = 0
        self._at_a_time = _FIRST_AT_A_TIME
        self.bytes_written = 0

    def ask(self, size: int, now: int, later: int) -> None:
        """Returns once there is room for `now` bytes in the next writes, and for `later` bytes after them.

        `size` is how long the file is by now.

        Raises:
            OSError: the disk is full, or this user may not have more of it, or no file as long as that.
        """
        if limits and 0 <= limits.getrlimit(limits.RLIMIT_FSIZE)[0] < size + now + later:
            raise _error(errno.EFBIG)
        if shutil.disk_usage(self._folder).free + self._length() < now + later:
            raise _error(errno.ENOSPC)
        if self._held is None:
            with tempfile.TemporaryFile(dir=self._folder) as probe:
                if allocate(probe.fileno(), now + later):
                    return
            self._held = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - held until it is given back
        if now > self._granted:
            self._granted = max(now, self._at_a_time)
            self._at_a_time = min(_AT_A_TIME, 2 * self._granted)
            self._grow(self._granted + later)
            self._held.truncate(later)
        self._granted -= now

    def give_back(self) -> None:
        """Gives back what is held, for whoever writes next."""
        if self._held is not None:
            self._held.close()
            self._held, self._granted = None, 0

    def _length(self) -> int:
        return os.fstat(self._held.fileno()).st_size if self._held else 0

    def _grow(self, length: int) -> None:
        assert self._held is not None
        # Not zeros: a file system that compresses would find room for any number of them.
        piece = random.Random(0).randbytes(_PIECE)
        self._held.seek(0, os.SEEK_END)
        while (missing := length - self._held.tell()) > 0:
            self.bytes_written += self._held.write(piece[:missing])
        self._held.flush()
        os.fsync(self._held.fileno())  # a network tells only now that it has no room


def allocate(descriptor: int, length: int) -> bool:
    """Gives an open file room without writing to it; False where that cannot be done.

    Raises:
        OSError: there is no room.
    """
    try:
        function = ctypes.CDLL(None, use_errno=True).fallocate
    except (AttributeError, OSError, TypeError):  # not Linux
        return False
    function.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    while function(descriptor, 0, 0, length):
        if (number := ctypes.get_errno()) in _CANNOT:
            return False
        if number != errno.EINTR:
            raise _error(number)
    return True


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
