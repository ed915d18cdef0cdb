"""Where the records of a FASTA file lie, as its index says, and the bytes of the file at any place."""

import struct
from bisect import bisect_right
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ebert_core.protocol.regular_files import open_file, read_whole

# An index of a hundred million records, or of a hundred gigabases of blocks.
_LONGEST_INDEX = 1 << 32


class Record(NamedTuple):
    """A line of a `.fai`: a sequence, where its first base lies, and how its lines are made."""

    name: str
    length: int
    offset: int
    bases_per_line: int
    bytes_per_line: int

    @property
    def end(self) -> int:
        """Where the last base ends, in bytes."""
        lines, rest = divmod(self.length, self.bases_per_line) if self.length else (0, 0)
        line_end = self.bytes_per_line - self.bases_per_line
        return self.offset + lines * self.bytes_per_line + rest - (line_end if lines and not rest else 0)


class Content(Protocol):
    """The (unpacked) bytes of a file."""

    def at(self, start: int, count: int) -> bytes:
        """Up to so many bytes from a place on."""

    def close(self) -> None:
        """Closes the file."""


def read_index(index: Path) -> list[Record]:
    """The records of a `.fai`, in its order.

    Raises:
        ValueError: a line is none of a `.fai`, or a name stands twice.
        InvalidRequest: the file cannot be read.
    """
    text = read_whole(index, _LONGEST_INDEX).decode("utf-8")
    records = [_record(line) for line in text.split("\n") if line]
    if len({record.name for record in records}) < len(records):
        raise ValueError(index)
    return records


def _record(line: str) -> Record:
    name, *numbers = line.removesuffix("\r").split("\t")
    length, offset, bases_per_line, bytes_per_line = map(int, numbers)
    if length < 0 or offset < 0 or (length and not 0 < bases_per_line <= bytes_per_line):
        raise ValueError(line)
    return Record(name, length, offset, bases_per_line, bytes_per_line)


def open_content(path: Path, blocks: Path | None) -> Content:
    """The bytes of a plain file, or of a bgzipped one whose `.gzi` is given.

    Raises:
        struct.error: the `.gzi` is cut short.
        InvalidRequest: a file cannot be read.
    """
    return _Blocked(path, blocks) if blocks else _Plain(path)


class _Closing:
    """Closes its file when nobody holds it any more: an opened dataset has no end of its own."""

    _file: Any  # Any: Biopython types little.

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # the file could not be opened
            self.close()


class _Plain(_Closing):
    def __init__(self, path: Path) -> None:
        self._file = open_file(path)

    def at(self, start: int, count: int) -> bytes:
        self._file.seek(start)
        read: bytes = self._file.read(count)
        return read


class _Blocked(_Closing):
    def __init__(self, path: Path, blocks: Path) -> None:
        from Bio import bgzf

        content = read_whole(blocks, _LONGEST_INDEX)
        (count,) = struct.unpack_from("<Q", content)
        pairs = list(struct.iter_unpack("<QQ", content[8 : 8 + 16 * count]))
        self._packed, self._unpacked = ([0, *column] for column in (zip(*pairs, strict=True) if pairs else ((), ())))
        self._file = bgzf.BgzfReader(mode="rb", fileobj=open_file(path))  # type: ignore[no-untyped-call]

    def at(self, start: int, count: int) -> bytes:
        found = []
        while count > 0 and (piece := self._from(start, count)):
            found.append(piece)
            start, count = start + len(piece), count - len(piece)
        return b"".join(found)

    def _from(self, start: int, count: int) -> bytes:
        block = bisect_right(self._unpacked, start) - 1
        within = start - self._unpacked[block]
        self._file.seek(self._packed[block] << 16)
        skipped: bytes = self._file.read(within)
        if len(skipped) < within:
            return b""
        read: bytes = self._file.read(count)
        return read
