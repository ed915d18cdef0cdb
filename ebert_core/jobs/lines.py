"""Files that survive a crash in the middle of a line and a full disk: one JSON object a line, or whole at once."""

import contextlib
import errno
import os
import stat
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from ebert_core.jobs.reading import ends_of
from ebert_core.protocol.machine.disks import is_full
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.errors import InvalidRequest

Record = TypeVar("Record", bound=msgspec.Struct)

# Records that wait for room on a full disk; a run whose disk stays full ends long before there are as many.
_MOST_WAITING = 100_000
# Of a file too large to be read, this much of its beginning says when the job began.
_FIRST_BYTES = 65_536
_PIECE = 1 << 20
_APPENDING = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class LineWriter:
    """Appends records to a file that this process alone writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[msgspec.Struct] = deque(maxlen=_MOST_WAITING)
        try:
            self._file = self._opened()
        except OSError as error:
            raise InvalidRequest(_sentence(path, error)) from error
        self._drop_unfinished_line()

    def _opened(self) -> int:
        """The file, made where there is none: never what a link points to, nor one that has a second name elsewhere."""
        for _ in range(2):
            descriptor = os.open(self._path, _APPENDING, 0o666)
            state = os.fstat(descriptor)
            if stat.S_ISREG(state.st_mode) and state.st_nlink <= 1:
                return descriptor
            os.close(descriptor)
            if not stat.S_ISREG(state.st_mode):
                break
            write_whole(self._path, self._path.read_bytes(), is_ours_alone=True)
        raise OSError(errno.EINVAL, "it is no file of its own")

    def append(self, record: msgspec.Struct) -> None:
        """Appends one line, whole or not at all.

        Raises:
            InvalidRequest: the disk is full or has gone.
        """
        line = msgspec.json.encode(record) + b"\n"
        size = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            if os.fstat(self._file).st_size > size:
                os.ftruncate(self._file, size)
            raise InvalidRequest(_sentence(self._path, error)) from error

    def append_when_possible(self, record: msgspec.Struct) -> None:
        """Appends one line, after those that wait; where there is no room, it waits in memory with them."""
        self._waiting.append(record)
        self.append_waiting()

    def append_waiting(self) -> None:
        """Appends the lines that wait, as far as there is room."""
        with contextlib.suppress(InvalidRequest):
            while self._waiting:
                self.append(self._waiting[0])
                self._waiting.popleft()

    def close(self) -> None:
        """Closes the file; what still waits is lost."""
        self.append_waiting()
        os.close(self._file)

    def _drop_unfinished_line(self) -> None:
        """A run that died while writing left half a line; the next line must not be glued to it."""
        end = os.fstat(self._file).st_size
        while end:
            piece = os.pread(self._file, min(end, _PIECE), end - min(end, _PIECE))
            start = end - len(piece)
            if (last := piece.rfind(b"\n")) >= 0:
                end = start + last + 1
                break
            end = start
        os.ftruncate(self._file, end)


def write_file(path: Path, data: bytes) -> None:
    """Writes a file of a job, which appears complete or not at all.

    Raises:
        InvalidRequest: the disk is full or cannot be written.
    """
    try:
        write_whole(path, data, is_ours_alone=True)
    except OSError as error:
        raise InvalidRequest(_sentence(path, error)) from error


def as_json(record: msgspec.Struct) -> bytes:
    """A record as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(record)) + b"\n"


class Records(NamedTuple):
    """The records of a file, and how many of its lines are none."""

    records: list[
        Any
    ]  # Any: of the kind that was asked for; a NamedTuple cannot be generic before Python 3.12's syntax.
    odd: int = 0


def read_records(path: Path, kind: type[Record], most_bytes: int = 16_000_000) -> Records:
    """The records of a file, without an unterminated last line; none when there is no file.

    Of a file larger than `most_bytes`, its first lines and its end. After a power cut a file may hold a block of
    zeros; such a line counts for nothing.

    Raises:
        Damaged: it is no regular file, or cannot be read.
    """
    try:
        first, last = ends_of(path, _FIRST_BYTES, most_bytes)
    except FileNotFoundError:
        return Records([])
    decoder = msgspec.json.Decoder(kind)
    records, odd = [], 0
    whole = first[: first.rfind(b"\n") + 1].split(b"\n")
    lines = last[: last.rfind(b"\n") + 1].split(b"\n")
    for line in (*whole, *(lines[1:] if first else lines)):  # after a gap, a line has lost its beginning
        try:
            records.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            odd += bool(line.strip(b"\0\r\n\t "))
    return Records(records, odd)


def read_lines(path: Path, kind: type[Record]) -> list[Record]:
    """The records of a file as `read_records` gives them, whatever other lines it has."""
    return read_records(path, kind).records


def _sentence(path: Path, error: OSError) -> str:
    if is_full(error):
        return f"The disk that holds {path.parent} is full; what was finished is kept. Free some space, then resume."
    if error.errno == errno.ELOOP:
        return f"{path} is a link and is not written through; remove it."
    return f"{path} cannot be written: {error.strerror}."
