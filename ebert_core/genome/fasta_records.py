"""Where the records of a FASTA file lie, and the bytes of the file at any place, as pyfaidx opens it with its index."""

from bisect import bisect_right
from pathlib import Path
from typing import Any, NamedTuple


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


class IndexedFile:
    """A FASTA file that pyfaidx has opened by its index: its records by name, and its unpacked bytes.

    pyfaidx itself strips line ends wherever they are; the bytes are what `fasta_check.py` looks at.
    """

    def __init__(self, path: Path, index: Path, blocks: Path | None) -> None:
        """Opens the file with a `.fai`, and with a `.gzi` where it is bgzipped; both are there and not older.

        Raises:
            ValueError: a line is none of a `.fai`, or a name stands twice.
            struct.error: the `.gzi` is cut short.
            OSError: a file cannot be read.
        """
        # 50 ms of imports that only a FASTA needs; the data role starts faster without them.
        from pyfaidx import Faidx

        # Any: pyfaidx has no types.
        self._faidx: Any = Faidx(
            path, indexname=index, gzi_indexname=blocks, as_raw=True, rebuild=False, build_index=False
        )
        self.records = {
            name: _sound(Record(name, row.rlen, row.offset, row.lenc, row.lenb))
            for name, row in self._faidx.index.items()
        }
        self._unpacked = [block.ustart for block in self._faidx.gzi_index] if blocks else []

    def close(self) -> None:
        """Closes the file."""
        self._faidx.close()

    def at(self, start: int, count: int) -> bytes:
        """Up to so many bytes from a place on."""
        if not self._unpacked:
            self._faidx.file.seek(start)
            read: bytes = self._faidx.file.read(count)
            return read
        found = []
        while count > 0 and (piece := self._from_block(start, count)):
            found.append(piece)
            start, count = start + len(piece), count - len(piece)
        return b"".join(found)

    def _from_block(self, start: int, count: int) -> bytes:
        # Read to the place, not jumped to: the end of a full block (65,536 bytes) has no address within it.
        block = self._faidx.gzi_index[bisect_right(self._unpacked, start) - 1]
        within = start - block.ustart
        self._faidx.file.seek(block.cstart << 16)
        if len(self._faidx.file.read(within)) < within:
            return b""
        read: bytes = self._faidx.file.read(count)
        return read


def _sound(record: Record) -> Record:
    width = record.bases_per_line
    if record.length < 0 or record.offset < 0 or (record.length and not 0 < width <= record.bytes_per_line):
        raise ValueError(record)
    return record
