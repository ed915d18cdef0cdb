"""Files that survive a crash in the middle of a line and a full disk: one JSON object a line, or whole at once."""

import contextlib
import errno
import os
from collections import deque
from pathlib import Path
from typing import TypeVar

import msgspec

from ebert_core.model.durable import is_full, put_in_place
from ebert_core.protocol.errors import InvalidRequest

Record = TypeVar("Record", bound=msgspec.Struct)

# Records that wait for room on a full disk; a run whose disk stays full ends long before there are as many.
_MOST_WAITING = 100_000


class LineWriter:
    """Appends records to a file that this process alone writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[msgspec.Struct] = deque(maxlen=_MOST_WAITING)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
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


def read_lines(path: Path, kind: type[Record]) -> list[Record]:
    """The records of a file, without an unterminated last line; none when there is no file.

    After a power cut a file may hold a block of zeros; such a line is passed over.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    decoder = msgspec.json.Decoder(kind)
    records = []
    for line in data[: data.rfind(b"\n") + 1].split(b"\n"):
        with contextlib.suppress(msgspec.DecodeError):
            records.append(decoder.decode(line))
    return records


def _sentence(path: Path, error: OSError) -> str:
    if is_full(error):
        return f"The disk that holds {path.parent} is full; what was finished is kept. Free some space, then resume."
    return f"{path} cannot be written: {error.strerror}."
