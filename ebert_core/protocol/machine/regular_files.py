"""Opening files that somebody else named: only regular ones, and only as much of them as there is room for.

A pipe without a writer would keep its reader waiting for ever, `/dev/zero` has no end, and opening some devices does
something. What is no regular file is refused before it is opened.
"""

import io
import os
import stat
from pathlib import Path

from ebert_core.protocol.terms.errors import InvalidRequest

# Descriptions, specs and sessions are far smaller.
LARGEST_DOCUMENT = 64 * 2**20

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def refuse_irregular(path: str | Path) -> None:
    """Nothing, where the path is that of a regular file; for libraries that open it themselves.

    Raises:
        InvalidRequest: it is a pipe, a socket or a device.
        OSError: there is none, it is a folder, or it may not be looked at.
    """
    _check(path, os.stat(path).st_mode)


def open_file(path: str | Path) -> io.BufferedReader:
    """A regular file, opened for reading.

    Raises:
        InvalidRequest: it is a pipe, a socket or a device.
        OSError: it cannot be opened, or is a folder.
    """
    refuse_irregular(path)
    # Another file may have taken its place since: such an open must not wait either.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check(path, os.fstat(descriptor).st_mode)
        return io.BufferedReader(io.FileIO(descriptor, "rb"))
    except BaseException:
        os.close(descriptor)
        raise


def read_whole(path: str | Path, most: int = LARGEST_DOCUMENT) -> bytes:
    """All of a small regular file.

    Args:
        path: the file.
        most: how many bytes it may have.

    Raises:
        InvalidRequest: it is a pipe, a socket or a device, or larger.
        OSError: it cannot be read, or is a folder.
    """
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise InvalidRequest(f"{path} is larger than {most // 2**20:,} MiB, which no file of its kind is.")
        return file.read()


def _check(path: str | Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "Is a directory", str(path))
    for is_kind, what in _KINDS:
        if is_kind(mode):
            raise InvalidRequest(
                f"{path} is {what}, not a regular file; write what it holds into a file and open that."
            )
