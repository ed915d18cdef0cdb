"""Whether a folder takes files, and whether an error says that a disk is full."""

import errno
import tempfile
from pathlib import Path

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def can_write(folder: Path) -> bool:
    """Whether a folder takes files: tried, because permissions do not tell of file systems that take none."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def is_full(error: Exception) -> bool:
    """Whether this error says that a disk is full, or that this user may not have more of it."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _NO_ROOM
    # What safetensors says of the system's errors.
    return any(f"os error {number})" in str(error) for number in _NO_ROOM)
