"""Append-only files of one JSON object a line, which survive a crash in the middle of a line and a full disk."""

import contextlib
import errno
import os
from pathlib import Path
from typing import TypeVar

import msgspec

from ebert_core.protocol.errors import InvalidRequest

Record = TypeVar("Record", bound=msgspec.Struct)

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LineWriter:
    """Appends records to a file that this process alone writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
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

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)

    def _drop_unfinished_line(self) -> None:
        """A run that died while writing left half a line; the next line must not be glued to it."""
        data = self._path.read_bytes() if self._path.is_file() else b""
        if data and not data.endswith(b"\n"):
            os.ftruncate(self._file, data.rfind(b"\n") + 1)


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
    if error.errno in _NO_ROOM:
        return f"The disk that holds {path.parent} is full; what was finished is kept. Free some space, then resume."
    return f"{path} cannot be written: {error.strerror}."
