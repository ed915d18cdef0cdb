"""Lines of a bgzipped table by their place, found through the index that `tabix` wrote beside it.

The index (.tbi) is that of the tabix specification (samtools.github.io/hts-specs).
"""

import gzip
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ebert_core.genome.bgzf import LEVELS, WINDOW_SHIFT
from ebert_core.genome.lines import GZIP_MAGIC
from ebert_core.genome.places import open_bytes, open_to_read_through, stamp
from ebert_core.genome.refusals import Refused
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.errors import InvalidRequest

# Smaller files are fetched whole: to look for an index costs a request.
LEAST_INDEXED = 8 * 2**20
_LARGEST_INDEX = 100 * 2**20
_MAGIC, _HEADER = b"TBI\1", "<8i"
_ZERO_BASED, _VCF = 0x10000, 2
_VCF_END = re.compile(r"(?:^|;)END=(\d{1,12})(?:;|$)")


class _Chunk(NamedTuple):
    """Lines that follow each other, by the virtual offsets of the first and of the end."""

    begin: int
    end: int


class _Of(NamedTuple):
    """What the index says of one chromosome: chunks by bin, and where the lines of each window of 16 kb begin."""

    bins: dict[int, list[_Chunk]]
    windows: tuple[int, ...]


class _Columns(NamedTuple):
    """Which columns, counted from 1, hold what, how starts are counted, and how a line begins that is a comment."""

    chromosome: int
    start: int
    end: int
    is_zero_based: bool
    is_vcf: bool
    comment: str


class TabixLines:
    """The lines of a table with its index, read where they are asked for."""

    def __init__(self, place: Place, index: bytes) -> None:
        """Takes what the `.tbi` of a table holds.

        Raises:
            InvalidRequest: it is no such index.
        """
        self.place = place
        try:
            self._columns, self._of = _read_index(gzip.decompress(index))
        except (OSError, EOFError, zlib.error, struct.error, ValueError):
            raise InvalidRequest(f"The index of {place} is damaged or none of tabix.") from None

    @property
    def reached(self) -> dict[str, int]:
        """The end of the window of 16 kb in which the last line of each chromosome ends, in the order of the file."""
        return {name: max(1, len(of.windows)) << WINDOW_SHIFT for name, of in self._of.items()}

    def all(self) -> Iterator[list[str]]:
        """The fields of all lines that hold data, from the beginning of the file."""
        with self._opened() as file:
            for line in iter(file.readline, b""):
                if fields := self._fields(line):
                    yield fields

    def packed_bytes(self, chromosome: str, start: int, end: int) -> int:
        """How much of the file is read, about, for the lines that share a base with [start, end)."""
        of = self._of.get(chromosome)
        return sum((chunk.end >> 16) - (chunk.begin >> 16) for chunk in _chunks(of, start, end)) if of else 0

    def touching(
        self, chromosome: str, start: int, end: int, leave_out: Callable[[list[str]], None] | None = None
    ) -> Iterator[list[str]]:
        """The fields of lines that share a base with [start, end) of a chromosome, called as the file calls it.

        A line that has no place is handed to `leave_out`; without it the file is refused.
        """
        of = self._of.get(chromosome)
        if of is None:
            return
        for fields in self._lines_of(_chunks(of, start, end)):
            if fields[min(len(fields), self._columns.chromosome) - 1] != chromosome:
                continue
            try:
                first, last = self._span(fields)
            except InvalidRequest:
                if leave_out is None:
                    raise
                leave_out(fields)
                continue
            if first >= end:
                return
            if max(last, first + 1) > start:
                yield fields

    def _lines_of(self, chunks: Iterable[_Chunk]) -> Iterator[list[str]]:
        with self._opened() as file:
            for chunk in chunks:
                file.seek(chunk.begin)
                while file.tell() < chunk.end and (line := file.readline()):
                    if fields := self._fields(line):
                        yield fields

    @contextmanager
    def _opened(self) -> Iterator[Any]:  # Any: Biopython types little.
        from Bio import bgzf

        with open_bytes(self.place) as file:
            try:
                yield bgzf.BgzfReader(fileobj=file, mode="rb")
            except InvalidRequest:
                raise
            # What Biopython says of a block that is none, or of an index that points into the middle of one.
            except (ValueError, AssertionError, struct.error, zlib.error, EOFError, RuntimeError):
                raise InvalidRequest(
                    f"{self.place} is damaged, or its index is of another file: make the index anew with tabix."
                ) from None

    def _fields(self, line: bytes) -> list[str]:
        """None of a comment or a line that is blank."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        return [] if not text.strip() or text.startswith(self._columns.comment) else text.split("\t")

    def _span(self, fields: list[str]) -> tuple[int, int]:
        columns = self._columns
        try:
            start = int(fields[columns.start - 1]) - (not columns.is_zero_based)
            if columns.is_vcf:
                written = _VCF_END.search(fields[7]) if len(fields) > 7 else None
                # Position 0 is the telomere before the first base.
                return max(0, start), max(start + len(fields[3]), int(written[1]) if written else 1)
            return start, int(fields[columns.end - 1]) if columns.end else start + 1
        except (ValueError, IndexError):
            raise InvalidRequest(f"{self.place} does not fit its index: a line of it has no place.") from None


def lines_by_index(place: Place) -> TabixLines | None:
    """The lines of a large bgzipped table at an address that has its index beside it; None for anything else.

    Raises:
        InvalidRequest: the server does not give the file, or the index is none.
    """
    return indexed_lines(place) if isinstance(place, Address) and stamp(place).size >= LEAST_INDEXED else None


def indexed_lines(place: Place) -> TabixLines | None:
    """The lines of a bgzipped table, wherever it lies, that has its index beside it; None for anything else.

    Raises:
        InvalidRequest: the server does not give the file, or the index is none.
        OSError: the file cannot be opened.
    """
    with open_bytes(place) as file:
        head = file.read(18)
    if not head.startswith(GZIP_MAGIC) or head[3:4] != b"\x04" or head[12:14] != b"BC":
        return None
    if isinstance(place, Path):
        beside = place.with_name(place.name + ".tbi")
        return TabixLines(place, read_whole(beside, _LARGEST_INDEX)) if beside.is_file() else None
    try:
        with open_to_read_through(place.with_ending(".tbi")) as file:
            return TabixLines(place, file.read(_LARGEST_INDEX))
    except Refused:
        return None


def _chunks(of: _Of, start: int, end: int) -> list[_Chunk]:
    """Where lines may lie that touch [start, end), in order and apart from each other."""
    if not of.windows or start >> WINDOW_SHIFT >= len(of.windows):
        return []
    least = of.windows[max(0, start) >> WINDOW_SHIFT]
    numbers = (range(first + (max(0, start) >> shift), first + (end - 1 >> shift) + 1) for shift, first in LEVELS)
    found = chain.from_iterable(of.bins.get(number, ()) for number in chain((0,), *numbers))
    joined: list[_Chunk] = []
    for chunk in sorted(chunk for chunk in found if chunk.end > least):
        if joined and chunk.begin <= joined[-1].end:
            joined[-1] = _Chunk(joined[-1].begin, max(joined[-1].end, chunk.end))
        else:
            joined.append(_Chunk(max(chunk.begin, least), chunk.end))
    return joined


def _read_index(content: bytes) -> tuple[_Columns, dict[str, _Of]]:
    if content[:4] != _MAGIC:
        raise ValueError(content[:4])
    count, form, chromosome, start, end, comment, _skipped, length = struct.unpack_from(_HEADER, content, 4)
    at = 4 + struct.calcsize(_HEADER)
    names = content[at : at + length].split(b"\0")[:-1]
    if len(names) != count or min(chromosome, start) < 1:
        raise ValueError(count)
    columns = _Columns(chromosome, start, end, bool(form & _ZERO_BASED), form & 0xFFFF == _VCF, chr(comment & 0x7F))
    at += length
    found: dict[str, _Of] = {}
    for name in names:
        found[name.decode("utf-8", "replace")], at = _read_chromosome(content, at)
    return columns, found


def _read_chromosome(content: bytes, at: int) -> tuple[_Of, int]:
    """What is said of one chromosome from a place on, and where that ends."""
    (count,) = struct.unpack_from("<i", content, at)
    at += 4
    bins: dict[int, list[_Chunk]] = {}
    for _ in range(count):
        number, chunks = struct.unpack_from("<Ii", content, at)
        places = struct.unpack_from(f"<{2 * chunks}Q", content, at + 8)
        bins[number] = [_Chunk(*pair) for pair in zip(places[::2], places[1::2], strict=True)]
        at += 8 + 16 * chunks
    (count,) = struct.unpack_from("<i", content, at)
    return _Of(bins, struct.unpack_from(f"<{count}Q", content, at + 4)), at + 4 + 8 * count
