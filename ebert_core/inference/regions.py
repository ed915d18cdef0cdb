"""Region files of any length, read in bulk: a list of sixty million bins costs seconds, not minutes and gigabytes."""

import gzip
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import bed_feature, is_track_line
from ebert_core.genome.lines import GZIP_MAGIC, columns_of, first_bytes, reading
from ebert_core.protocol.errors import InvalidRequest

_BYTES_AT_ONCE = 1 << 24
_LONGEST_NAME = 64
_MOST_DIGITS = 10
_TAB, _NEWLINE, _RETURN, _ZERO, _HASH = 9, 10, 13, 48, 35


class Regions(NamedTuple):
    """Regions on one chromosome that follow each other in a file; `line` is the number of the first one's line."""

    chromosome: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    line: int


def read_regions(path: Path) -> Iterator[Regions]:
    """The regions of a BED file (plain or gzipped) in its order, some hundred thousand at a time.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    if b"\0" in first_bytes(path):
        raise InvalidRequest(f"{path} is not a text file.")
    line = 1
    for text in _blocks_of_lines(path):
        found = _regular(text, line)
        yield from _irregular(path, text, line) if found is None else found
        line += text.count(b"\n")


def _blocks_of_lines(path: Path) -> Iterator[bytes]:
    """The text of a file in pieces that end with a line."""
    with reading(path), open(path, "rb") as raw:
        is_packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        file: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_packed else raw  # type: ignore[assignment] # reads bytes
        rest = b""
        while block := file.read(_BYTES_AT_ONCE):
            whole, newline, after = block.rpartition(b"\n")
            if newline:
                yield rest + whole + newline
                rest = after
            else:
                rest += block
        if rest.strip():
            yield rest + b"\n"


def _regular(text: bytes, line: int) -> list[Regions] | None:
    """The regions of lines that are plain BED throughout, or None where a line needs a closer look."""
    codes = np.frombuffer(text, dtype=np.uint8)
    ends_of_lines = np.flatnonzero(codes == _NEWLINE)
    starts_of_lines = np.append(0, ends_of_lines[:-1] + 1)
    tabs = np.flatnonzero(codes == _TAB)
    first_tab = np.searchsorted(tabs, starts_of_lines)
    tabs_per_line = np.diff(np.append(first_tab, len(tabs)))
    if tabs_per_line.min() < 2 or (codes == _RETURN).any() or (codes[starts_of_lines] == _HASH).any():
        return None
    third = np.append(tabs, len(codes))[first_tab + 2]
    first, second, third = tabs[first_tab], tabs[first_tab + 1], np.minimum(third, ends_of_lines)
    starts, ends = _numbers(codes, first + 1, second), _numbers(codes, second + 1, third)
    widths = first - starts_of_lines
    if starts is None or ends is None or (ends < starts).any() or widths.min() < 1 or widths.max() > _LONGEST_NAME:
        return None
    edges = _changes(codes, starts_of_lines, widths)
    return [
        Regions(
            text[starts_of_lines[low] : first[low]].decode("utf-8", "replace"),
            starts[low:high],
            ends[low:high],
            line + int(low),
        )
        for low, high in pairwise(edges)
    ]


def _numbers(codes: NDArray[np.uint8], first: NDArray[np.intp], last: NDArray[np.intp]) -> NDArray[np.int64] | None:
    """Decimal numbers that stand at [first, last), or None where one is none."""
    widths = last - first
    if widths.min() < 1 or widths.max() > _MOST_DIGITS:
        return None
    numbers = np.zeros(len(first), dtype=np.int64)
    for place in range(int(widths.max())):
        is_here = place < widths
        digits = codes[np.where(is_here, last - 1 - place, first)].astype(np.int64) - _ZERO
        if ((digits < 0) | (digits > 9)).any():
            return None
        numbers += np.where(is_here, digits, 0) * 10**place
    return numbers


def _changes(codes: NDArray[np.uint8], starts: NDArray[np.intp], widths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where a name differs from the one before, with both ends."""
    is_new = np.diff(widths) != 0
    for place in range(int(widths.max())):
        letters = codes[starts + np.minimum(place, widths - 1)]
        is_new |= np.diff(letters.astype(np.int16)) != 0
    return np.concatenate(([0], np.flatnonzero(is_new) + 1, [len(starts)]))


def _irregular(path: Path, text: bytes, line: int) -> Iterator[Regions]:
    """The regions of lines among which are comments, headings, spaces for tabs, or mistakes to be named."""
    features = []
    for number, row in enumerate(text.decode("utf-8-sig", "replace").splitlines(), line):
        is_heading = number == 1 and not any(field.isdigit() for field in columns_of(row)[1:3])
        if row.strip() and not is_track_line(row) and not is_heading:
            features.append((number, bed_feature(path, number, columns_of(row))))
    for chromosome, group in groupby(features, key=lambda pair: pair[1].chromosome):
        numbered = list(group)
        yield Regions(
            chromosome,
            np.array([feature.start for _, feature in numbered], dtype=np.int64),
            np.array([feature.end for _, feature in numbered], dtype=np.int64),
            numbered[0][0],
        )
