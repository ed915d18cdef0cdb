"""Corrects the summaries that pyBigWig writes wrongly, so that a bigWig shows the same values at every zoom.

The format is that of Kent et al. 2010, "BigWig and BigBed", doi:10.1093/bioinformatics/btq351, supplement.
"""

import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import pyBigWig
from numpy.typing import NDArray

_HEADER = struct.Struct("=IHHQQQHHQQIQ")
_LEVEL = struct.Struct("=IIQQ")
_LIMITS = struct.Struct("=dd")
_NODE = struct.Struct("=BBH")
_CHILD = struct.Struct("=Q")
_PLACE = struct.Struct("=QQ")
_INDEX_HEADER_BYTES, _LEAF_BYTES, _CHILD_BYTES, _BEFORE_PLACE = 48, 32, 24, 16
_RECORD = np.dtype(
    [
        ("chromosome", np.uint32),
        ("start", np.uint32),
        ("end", np.uint32),
        ("bases", np.uint32),
        ("minimum", np.float32),
        ("maximum", np.float32),
        ("sum", np.float32),
        ("sum_of_squares", np.float32),
    ]
)
_BASES_AT_ONCE = 1_000_000


class _Level(NamedTuple):
    """A zoom level of a file: how many bases a record has at most, and where its blocks and their index begin."""

    width: int
    data_at: int
    index_at: int


def correct_summaries(path: Path, minimum: float, maximum: float) -> None:
    """Changes a bigWig that pyBigWig has just closed so that all its summaries agree with its values.

    libBigWig (seen in pyBigWig 0.3.29) writes the last record of every block of every zoom level with a sum and a sum
    of squares of 0, and the smallest positive number as the maximum of a file in which no value is above the first.

    Args:
        path: the file; it is changed in place, so it should not have its final name yet.
        minimum: the lowest value in the file.
        maximum: the highest value in the file.

    Raises:
        OSError: the disk is full.
    """
    with (
        pyBigWig.open(str(path)) as values,
        open(path, "r+b") as file,
        tempfile.TemporaryFile(dir=path.parent) as corrected,
    ):
        header = _HEADER.unpack(_read(file, 0, _HEADER.size))
        file.seek(header[9] + 8)
        file.write(_LIMITS.pack(minimum, maximum))
        places = [_HEADER.size + number * _LEVEL.size for number in range(header[2])]
        levels = [_Level(*(_LEVEL.unpack(_read(file, at, _LEVEL.size))[field] for field in (0, 2, 3))) for at in places]
        # pyBigWig writes the zoom levels last, each with its index behind it, and then the magic number once more.
        begin, end = levels[0].data_at, file.seek(0, os.SEEK_END) - 4
        for at, level, following in zip(places, levels, (*(level.data_at for level in levels[1:]), end), strict=True):
            moved = _correct_level(file, level, following, corrected, begin, values)
            file.seek(at)
            file.write(_LEVEL.pack(moved.width, 0, moved.data_at, moved.index_at))
        corrected.write(struct.pack("=I", header[0]))
        file.seek(begin)
        file.truncate()
        corrected.seek(0)
        shutil.copyfileobj(corrected, file)


def _correct_level(file: IO[bytes], level: _Level, end: int, corrected: IO[bytes], begin: int, values: Any) -> _Level:
    """Writes a level with corrected records to another file, and says where it will lie when that stands at `begin`."""
    names = list(values.chroms())
    moved = begin + corrected.tell()
    corrected.write(_read(file, level.data_at, 4))
    index = bytearray(_read(file, level.index_at, end - level.index_at))
    for place in _places(index, _INDEX_HEADER_BYTES, level.index_at):
        offset, size = _PLACE.unpack_from(index, place)
        records = np.frombuffer(zlib.decompress(_read(file, offset, size)), dtype=_RECORD).copy()
        records[-1]["sum"], records[-1]["sum_of_squares"] = _sums(records[-1], values, names)
        content = zlib.compress(records.tobytes())
        _PLACE.pack_into(index, place, begin + corrected.tell(), len(content))
        corrected.write(content)
    new = begin + corrected.tell()
    _move_nodes(index, _INDEX_HEADER_BYTES, level.index_at, new - level.index_at)
    corrected.write(index)
    return _Level(level.width, moved, new)


def _sums(record: np.void, values: Any, names: list[str]) -> tuple[float, float]:
    """The sum of a record's values and of their squares, over the bases that it covers."""
    if record["minimum"] == record["maximum"]:
        value, bases = float(record["maximum"]), int(record["bases"])
        return bases * value, bases * value**2
    total = total_of_squares = 0.0
    end = int(record["end"])
    for start in range(int(record["start"]), end, _BASES_AT_ONCE):
        read: NDArray[np.float32] = values.values(
            names[record["chromosome"]], start, min(start + _BASES_AT_ONCE, end), numpy=True
        )
        known = read[np.isfinite(read)].astype(np.float64)
        total += float(known.sum())
        total_of_squares += float(np.square(known).sum())
    return total, total_of_squares


def _places(index: bytearray, node: int, offset: int) -> Iterator[int]:
    """Where below a node of an index, which lies at `offset` of its file, the place and size of each block stand."""
    is_leaf, _, children = _NODE.unpack_from(index, node)
    first = node + _NODE.size
    if is_leaf:
        yield from range(first + _BEFORE_PLACE, first + children * _LEAF_BYTES, _LEAF_BYTES)
        return
    for place in range(first + _BEFORE_PLACE, first + children * _CHILD_BYTES, _CHILD_BYTES):
        yield from _places(index, _CHILD.unpack_from(index, place)[0] - offset, offset)


def _move_nodes(index: bytearray, node: int, offset: int, by: int) -> None:
    """Adds the distance by which an index is moved to the places of all nodes below one."""
    is_leaf, _, children = _NODE.unpack_from(index, node)
    first = node + _NODE.size
    if is_leaf:
        return
    for place in range(first + _BEFORE_PLACE, first + children * _CHILD_BYTES, _CHILD_BYTES):
        child = _CHILD.unpack_from(index, place)[0]
        _move_nodes(index, child - offset, offset, by)
        _CHILD.pack_into(index, place, child + by)


def _read(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)
