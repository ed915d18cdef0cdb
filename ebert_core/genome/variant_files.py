"""Variants of a VCF by interval: of a plain or gzipped file kept in memory, or read through the index of tabix."""

import gzip
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.features import Feature
from ebert_core.genome.lines import (
    GZIP_MAGIC,
    LONGEST_LINE,
    BadLine,
    Skipped,
    at_line,
    columns_of,
    leave_out,
    read_lines,
    reading,
)
from ebert_core.genome.placed import PlacedFile
from ebert_core.genome.places import open_bytes
from ebert_core.genome.tabix import TabixLines, indexed_lines
from ebert_core.genome.variants import Variant, is_heading, variant_of
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import FirstNames, KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

# What is read of an indexed file for one answer, packed; unpacked it is some ten times as much.
MOST_PACKED = 8 * 2**20
_LONGEST_HEADER = 64 * 2**20
# Beyond 512 Mb the index says nothing.
_INDEXED_END = 1 << 29
_CONTIG = re.compile(r"##contig=<.*?\bID=([^,>]+)", re.IGNORECASE)
_LENGTH = re.compile(r"\blength=(\d{1,12})\b", re.IGNORECASE)


class Header(NamedTuple):
    """What stands above the variants: lengths of chromosomes, where they are said, and the names of the samples."""

    lengths: dict[str, int]
    samples: tuple[str, ...]


class VariantRows(NamedTuple):
    """N variants of a chromosome in order of their starts; `texts` as in Variant."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    texts: list[str]


class VariantFile(PlacedFile, Protocol):
    """What can be asked for variants."""

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples."""

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """Where the first variants of a chromosome stand, about so many where there are."""

    def touching(self, interval: Interval) -> VariantRows:
        """Variants that share a base with an interval."""

    def lines(self, place: Interval) -> list[list[str]]:
        """The whole lines of the variants that cover exactly this place, cut into fields."""


def open_variants(path: Place, skipped: Skipped | None = None) -> VariantFile:
    """The variants of a VCF, plain, gzipped, or bgzipped with the index of tabix beside it, which is then used.

    Args:
        path: the file.
        skipped: takes note of lines that make no sense; without it the first of them is an error.

    Raises:
        InvalidRequest: the file or its index cannot be read.
    """
    with reading(path):
        lines = indexed_lines(path)
    return Variants(path, skipped) if lines is None else IndexedVariants(lines)


def read_header(path: Place) -> Header:
    """What stands above the variants; nothing more of the file is read.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    with reading(path), open_bytes(path) as file:
        is_packed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if is_packed else file
        left = _LONGEST_HEADER
        said: list[str] = []
        while left > 0 and (line := stream.readline(LONGEST_LINE)).lstrip(b"\xef\xbb\xbf").startswith(b"#"):
            left -= len(line)
            said.append(line.decode("utf-8-sig", "replace").rstrip("\r\n"))
    return header_of(said)


def header_of(lines: Iterable[str]) -> Header:
    """What lines that begin with `#` say."""
    lengths: dict[str, int] = {}
    samples: tuple[str, ...] = ()
    for line in lines:
        name, length = _CONTIG.match(line), _LENGTH.search(line)
        if name is not None and length is not None and int(length[1]):
            lengths[name[1]] = int(length[1])
        elif line.upper().startswith("#CHROM"):
            samples = tuple(line.split("\t")[9:])
    return Header(lengths, samples)


def _checked(path: Place, number: int, fields: list[str], lengths: Mapping[str, int]) -> Variant:
    variant = variant_of(path, number, fields)
    length = lengths.get(variant.chromosome)
    # One base behind the end is the telomere.
    if length is not None and variant.start > length:
        raise at_line(
            path,
            number,
            f"the position {variant.start + 1} lies beyond the end of {variant.chromosome}, "
            f"which has {length} bases by the header",
        )
    return variant


def _rows_of(variants: Iterable[Variant]) -> VariantRows:
    found = sorted(variants, key=lambda variant: (variant.start, variant.end))
    return VariantRows(
        np.array([each.start for each in found], dtype=np.int64),
        np.array([each.end for each in found], dtype=np.int64),
        np.array([each.kind for each in found], dtype=np.uint8),
        [each.text for each in found],
    )


class _Gathered:
    """The variants of one chromosome as they are read, in some 100 bytes each."""

    def __init__(self) -> None:
        self.starts, self.ends, self.numbers, self.kinds = array("q"), array("q"), array("q"), array("B")
        self.texts: list[str] = []

    def add(self, number: int, variant: Variant) -> None:
        self.starts.append(variant.start)
        self.ends.append(variant.end)
        self.numbers.append(number)
        self.kinds.append(variant.kind)
        self.texts.append(variant.text)


class _On:
    """The variants of one chromosome in order, and in which lines they stand."""

    def __init__(self, gathered: _Gathered) -> None:
        starts, ends = np.array(gathered.starts, dtype=np.int64), np.array(gathered.ends, dtype=np.int64)
        order = np.lexsort((ends, starts))
        kinds = np.array(gathered.kinds, dtype=np.uint8)[order]
        self.rows = VariantRows(starts[order], ends[order], kinds, [gathered.texts[place] for place in order.tolist()])
        self.numbers = np.array(gathered.numbers, dtype=np.int64)[order]
        self._furthest = np.maximum.accumulate(self.rows.ends)

    @property
    def end(self) -> int:
        return int(self._furthest[-1])

    def touching(self, start: int, end: int) -> NDArray[np.intp]:
        first = int(np.searchsorted(self._furthest, start, side="right"))
        last = int(np.searchsorted(self.rows.starts, end, side="left"))
        return first + np.flatnonzero(self.rows.ends[first:last] > start)


class Variants:
    """The variants of a text, of which all but INFO and the samples is kept."""

    def __init__(self, path: Place, skipped: Skipped | None = None) -> None:
        """Reads the file.

        Raises:
            InvalidRequest: it cannot be read, or no line of it makes sense.
        """
        self.path = path
        self._skipped = skipped or Skipped()
        gathered: dict[str, _Gathered] = {}
        names = self._first_names = FirstNames()
        heading: list[str] = []
        self._header = Header({}, ())
        for number, line in read_lines(path):
            if line.startswith("#"):
                heading.append(line)
                self._header = header_of(heading) if line.upper().startswith("#CHROM") else self._header
                continue
            fields = columns_of(line)
            if is_heading(fields):
                self._header = header_of([*heading, "#" + line])
                continue
            try:
                variant = _checked(path, number, fields, self._header.lengths)
            except BadLine as problem:
                leave_out(problem, skipped)
                continue
            gathered.setdefault(names.of(variant.chromosome), _Gathered()).add(number, variant)
        self._on = {name: _On(found) for name, found in gathered.items()}
        self._names = KnownNames(self._on)
        self._skipped.refuse_if_all(is_empty=not self._on)
        self._header = self._header if self._header.lengths or self._header.samples else header_of(heading)
        self.knows_lengths = bool(self._header.lengths) and self._on.keys() <= self._header.lengths.keys()

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples."""
        return self._header.samples

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on lines that were left out."""
        return self._skipped.remarks

    @cached_property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths as the header says them, or the furthest ends."""
        if not self.knows_lengths:
            return {name: on.end for name, on in self._on.items()}
        return {name: length for name, length in self._header.lengths.items() if self._first_names.of(name) == name}

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """Where the first variants of a chromosome stand, or as many as there are."""
        name = self._names.find(chromosome)
        return () if name is None else _placed(name, self._on[name].rows, count)

    def touching(self, interval: Interval) -> VariantRows:
        """Variants that share a base with an interval."""
        name = self._names.find(interval.chromosome)
        if name is None:
            return _rows_of(())
        rows = self._on[name].rows
        places = self._on[name].touching(interval.start, interval.end)
        return VariantRows(
            rows.starts[places], rows.ends[places], rows.kinds[places], [rows.texts[each] for each in places.tolist()]
        )

    def lines(self, place: Interval) -> list[list[str]]:
        """The whole lines of the variants that cover exactly this place; the file is read again up to them."""
        name = self._names.find(place.chromosome)
        if name is None:
            return []
        on = self._on[name]
        at = (on.rows.starts == place.start) & (on.rows.ends == place.end)
        wanted = set(on.numbers[at].tolist())
        found = []
        for number, line in read_lines(self.path) if wanted else ():
            if number in wanted:
                found.append(columns_of(line))
            if len(found) == len(wanted):
                break
        return found


class IndexedVariants:
    """The variants of a bgzipped VCF, read through its index where they are asked for."""

    def __init__(self, lines: TabixLines) -> None:
        """Takes the lines of the file; its header is read.

        Raises:
            InvalidRequest: it cannot be read.
        """
        self.path: Place = lines.place
        self._lines = lines
        self._header = read_header(self.path)
        self._indexed = lines.reached
        self._names = KnownNames(self._indexed)
        self._left_out: dict[str, BadLine] = {}
        self.knows_lengths = bool(self._header.lengths) and self._indexed.keys() <= self._header.lengths.keys()
        self.chromosome_lengths = dict(self._header.lengths) if self.knows_lengths else self._indexed

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples."""
        return self._header.samples

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on lines that were left out of what was read so far."""
        if not self._left_out:
            return ()
        lines = "1 line left out" if len(self._left_out) == 1 else f"{len(self._left_out):,} lines left out"
        where, problem = next(iter(self._left_out.items()))
        return (Remark(lines, f"{lines} so far, first that of {where}: {problem.problem}."),)

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """Where the first variants of a chromosome stand."""
        name = self._names.find(chromosome)
        if name is None:
            return ()
        found: list[Variant] = []
        for variant, _ in self._read(name, 0, _INDEXED_END):
            found.append(variant)
            if len(found) == count:
                break
        return _placed(name, _rows_of(found), count)

    def touching(self, interval: Interval) -> VariantRows:
        """Variants that share a base with an interval.

        Raises:
            InvalidRequest: too much of the file would be read for them.
        """
        name = self._names.find(interval.chromosome)
        start, end = max(0, interval.start), min(interval.end, _INDEXED_END)
        if name is None or start >= end:
            return _rows_of(())
        packed = self._lines.packed_bytes(name, start, end)
        if packed > MOST_PACKED:
            raise InvalidRequest(
                f"{self.path} has {packed / 2**20:,.0f} MB of variants here; zoom in until it is less than "
                f"{MOST_PACKED // 2**20} MB."
            )
        return _rows_of(variant for variant, _ in self._read(name, start, end) if variant.end > start)

    def lines(self, place: Interval) -> list[list[str]]:
        """The whole lines of the variants that cover exactly this place."""
        name = self._names.find(place.chromosome)
        if name is None:
            return []
        found = self._read(name, place.start, place.start + 1)
        return [fields for each, fields in found if (each.start, each.end) == (place.start, place.end)]

    def _read(self, name: str, start: int, end: int) -> Iterator[tuple[Variant, list[str]]]:
        with reading(self.path):
            for fields in self._lines.touching(name, start, end, self._leave_out):
                try:
                    yield _checked(self.path, 0, fields, self._header.lengths), fields
                except BadLine as problem:
                    self._note(fields, problem)

    def _leave_out(self, fields: list[str]) -> None:
        try:
            variant_of(self.path, 0, fields)
        except BadLine as problem:
            self._note(fields, problem)
        else:
            self._note(fields, at_line(self.path, 0, "its position is not written as the index counts"))

    def _note(self, fields: list[str], problem: BadLine) -> None:
        self._left_out.setdefault(":".join(fields[:2])[:40], problem)


def _placed(name: str, rows: VariantRows, count: int) -> tuple[Feature, ...]:
    return tuple(
        Feature(name, start, end)
        for start, end in zip(rows.starts[:count].tolist(), rows.ends[:count].tolist(), strict=True)
    )
