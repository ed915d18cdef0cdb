"""Files that survive a crash in the middle of a line and a full disk: one JSON object a line, or whole at once."""

import contextlib
import errno
import os
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from ebert_core.jobs.reading import ends_of
from ebert_core.model.durable import is_full, put_in_place
from ebert_core.protocol.errors import InvalidRequest

Record = TypeVar("Record", bound=msgspec.Struct)

# Records that wait for room on a full disk; a run whose disk stays full ends long before there are as many.
_MOST_WAITING = 100_000
# Of a file too large to be read, this much of its beginning says when the job began.
_FIRST_BYTES = 65_536


class LineWriter:
    """Appends records to a file that this process alone writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[msgspec.Struct] = deque(maxlen=_MOST_WAITING)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise InvalidRequest(_sentence(path, error)) from error
        self._drop_unfinished_line()

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
        data = self._path.read_bytes() if self._path.is_file() else b""
        if data and not data.endswith(b"\n"):
            os.ftruncate(self._file, data.rfind(b"\n") + 1)


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file, which appears complete or not at all.

    Raises:
        InvalidRequest: the disk is full or cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        put_in_place(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
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
    return f"{path} cannot be written: {error.strerror}."
