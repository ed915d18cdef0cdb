"""Where the records of a FASTA file lie, and the unpacked bytes of the file at any place, as its index says."""

import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ebert_core.genome.places import open_bytes
from ebert_core.protocol.terms.addresses import Place


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


class Block(NamedTuple):
    """A line of a `.gzi`: where a block of a bgzipped file begins, and where what it holds begins unpacked."""

    packed: int
    unpacked: int


class _Opened(Protocol):
    """A file that is open; pyfaidx's own object is one."""

    @property
    def file(self) -> Any: ...  # Any: Biopython and pyfaidx have no types.

    def close(self) -> None: ...


class _FarAway(NamedTuple):
    """A file at an address, of which nothing stays open."""

    file: Any  # Any: as above.

    def close(self) -> None:
        self.file.close()


class IndexedFile:
    """A FASTA file that was opened by its index: its records by name, and its unpacked bytes.

    pyfaidx strips line ends wherever they are; the bytes are what `fasta_check.py` looks at.
    """

    def __init__(self, opened: "_Opened", records: Iterable[Record], blocks: Sequence[Block] = ()) -> None:
        """Takes an opened file, which unpacks what it reads where there are blocks, and what its index says.

        Raises:
            ValueError: a record makes no sense, or a name stands twice.
        """
        # The file is held by what closes it alone, so that it is closed before it is thrown away.
        self._opened, self._blocks = opened, blocks
        self._unpacked = [block.unpacked for block in blocks]
        self.records: dict[str, Record] = {}
        for record in map(_sound, records):
            if record.name in self.records:
                raise ValueError(record.name)
            self.records[record.name] = record

    def close(self) -> None:
        """Closes the file."""
        self._opened.close()

    def at(self, start: int, count: int) -> bytes:
        """Up to so many bytes from a place on."""
        if not self._blocks:
            self._opened.file.seek(start)
            read: bytes = self._opened.file.read(count)
            return read
        found = []
        while count > 0 and (piece := self._from_block(start, count)):
            found.append(piece)
            start, count = start + len(piece), count - len(piece)
        return b"".join(found)

    def _from_block(self, start: int, count: int) -> bytes:
        # Read to the place, not jumped to: the end of a full block (65,536 bytes) has no address within it.
        block = self._blocks[bisect_right(self._unpacked, start) - 1]
        within = start - block.unpacked
        self._opened.file.seek(block.packed << 16)
        if len(self._opened.file.read(within)) < within:
            return b""
        read: bytes = self._opened.file.read(count)
        return read


def opened_by_pyfaidx(path: Path, index: Path, blocks: Path | None) -> IndexedFile:
    """A file here with its `.fai`, and with its `.gzi` where it is bgzipped; both are there and not older.

    Raises:
        ValueError: a line is none of a `.fai`, or a name stands twice.
        struct.error: the `.gzi` is cut short.
        OSError: a file cannot be read.
    """
    # 50 ms of imports that only a FASTA needs; the data role starts faster without them.
    from pyfaidx import Faidx

    # Any: pyfaidx has no types.
    opened: Any = Faidx(path, indexname=index, gzi_indexname=blocks, as_raw=True, rebuild=False, build_index=False)
    try:
        rows = opened.index.items()
        records = [Record(name, row.rlen, row.offset, row.lenc, row.lenb) for name, row in rows]
        places = [Block(each.cstart, each.ustart) for each in opened.gzi_index] if blocks else []
        return IndexedFile(opened, records, places)
    except ValueError:
        opened.close()
        raise


def opened_at(place: Place, index: bytes, blocks: bytes | None) -> IndexedFile:
    """A file anywhere with what its `.fai` holds, and its `.gzi` where it is bgzipped.

    Raises:
        ValueError: a line is none of a `.fai`, or a name stands twice.
        struct.error: the `.gzi` is cut short.
        InvalidRequest: the file cannot be read.
    """
    records = [_record(line) for line in index.decode("utf-8", "replace").splitlines() if line]
    if blocks is None:
        return IndexedFile(_FarAway(open_bytes(place)), records)
    from Bio import bgzf

    (count,) = struct.unpack_from("<Q", blocks)
    places = [Block(0, 0), *map(Block._make, struct.iter_unpack("<QQ", blocks[8 : 8 + 16 * count]))]
    file = bgzf.BgzfReader(fileobj=open_bytes(place), mode="rb")
    return IndexedFile(_FarAway(file), records, places)


def _record(line: str) -> Record:
    name, *numbers = line.split("\t")
    return Record(name, *(int(number) for number in numbers[:4]))


def _sound(record: Record) -> Record:
    width = record.bases_per_line
    if record.length < 0 or record.offset < 0 or (record.length and not 0 < width <= record.bytes_per_line):
        raise ValueError(record)
    return record
