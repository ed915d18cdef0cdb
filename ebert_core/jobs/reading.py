"""The content of a job's files, read in bounded time and memory: a job's folder may be damaged, foreign or planted.

No file here is trusted to be a file, to be readable, to be small, or to hold what its name says.
"""

import os
import stat
from pathlib import Path

from ebert_core.protocol.terms.errors import InvalidRequest

# A link is followed nowhere in a job's folder, a pipe is not waited for, and a child process inherits no file.
_READING = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Damaged(InvalidRequest):
    """A file of a job cannot be what it should be; the message says which file, and what is wrong with it."""


def content_of(path: Path, most_bytes: int) -> bytes:
    """The whole content of a file.

    Raises:
        FileNotFoundError: there is none.
        Damaged: it is a link or no regular file, cannot be read, or is larger than `most_bytes`.
    """
    with _opened(path) as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise Damaged(f"{path.name} is larger than {most_bytes:,} bytes")
    return data


def ends_of(path: Path, first_bytes: int, last_bytes: int) -> tuple[bytes, bytes]:
    """The beginning and the end of a file that may be too large to be read; nothing and all of it where it is not.

    Raises:
        FileNotFoundError: there is none.
        Damaged: it is a link or no regular file, or cannot be read.
    """
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= first_bytes + last_bytes:
            return b"", file.read(first_bytes + last_bytes)
        first = file.read(first_bytes)
        file.seek(size - last_bytes)
        return first, file.read(last_bytes)


def _opened(path: Path) -> "_Opened":
    try:
        descriptor = os.open(path, _READING)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise Damaged(f"{path.name} {_why(path, error)}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Damaged(f"{path.name} is no file")
    return _Opened(path, descriptor)


class _Opened:
    """An open file whose errors name it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._file = os.fdopen(descriptor, "rb")

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, position: int) -> None:
        self._file.seek(position)

    def read(self, most_bytes: int) -> bytes:
        try:
            return self._file.read(most_bytes)
        except OSError as error:
            raise Damaged(f"{self._path.name} {_why(self._path, error)}") from None

    def __enter__(self) -> "_Opened":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


def _why(path: Path, error: Exception) -> str:
    if os.path.islink(path):
        return "is a link"
    return f"cannot be read: {error.strerror if isinstance(error, OSError) else error}"
