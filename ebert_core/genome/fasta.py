"""FASTA files, plain or bgzipped, read anywhere with pyfaidx, and every line looked at."""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.fasta_check import letters_at, opened_by
from ebert_core.genome.fasta_index import build_indexes, index_in_cache, with_ending, write_indexes
from ebert_core.genome.fasta_records import IndexedFile
from ebert_core.genome.lines import GZIP_MAGIC, reading
from ebert_core.protocol.bases import encode_bases
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.regular_files import open_file

# The names by which pyfaidx knows a bgzipped file, and the empty block that ends one.
_BLOCKED_ENDINGS = (".gz", ".bgz")
_END_OF_BLOCKS = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class _Opened(NamedTuple):
    """A file, and where the index lies by which it was opened, without its ending."""

    file: IndexedFile
    place: Path


class FastaFile:
    """A FASTA file opened for reading at any place; builds an index in the cache where none describes the file."""

    def __init__(self, path: Path) -> None:
        """Opens the file and its index.

        Raises:
            InvalidRequest: the file cannot be read, is packed with plain gzip, or its lines are uneven.
        """
        self._path = path
        with reading(path):
            self._is_blocked = _is_blocked(path)
            with _damage_said(path):
                self._opened = _open_indexed(path, self._is_blocked) or self._open_and_index()
        self.chromosome_lengths: dict[str, int] = {
            name: record.length for name, record in self._opened.file.records.items()
        }

    def close(self) -> None:
        """Closes the file."""
        self._opened.file.close()

    def read(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
        """Base codes [start, end), which must lie on the chromosome.

        Raises:
            InvalidRequest: the file is not what its index says or is damaged.
        """
        return encode_bases(self.letters(chromosome, start, end).tobytes())

    def letters(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
        """Letters [start, end) as they stand in the file, which must lie on the chromosome.

        Raises:
            InvalidRequest: the file is not what its index says or is damaged.
        """
        if start == end:
            return np.empty(0, dtype=np.uint8)
        file, place = self._opened
        with reading(self._path):
            try:
                letters = letters_at(file.records[chromosome], file, start, end)
            except (ValueError, RuntimeError, struct.error, zlib.error):
                letters = None  # A block is not where the index says, or not what was packed.
        if letters is None:
            index = with_ending(place, ".fai")
            raise InvalidRequest(
                f"{self._path} does not fit its index or is damaged; get the file again or delete {index}."
            )
        return letters

    def _open_and_index(self) -> _Opened:
        indexes = build_indexes(self._path, is_blocked=self._is_blocked)
        with suppress(OSError):
            place = index_in_cache(self._path)
            write_indexes(place, indexes)
            return self._open(place)
        with tempfile.TemporaryDirectory() as folder:
            write_indexes(Path(folder, "index"), indexes)
            return self._open(Path(folder, "index"))

    def _open(self, index: Path) -> _Opened:
        blocks = with_ending(index, ".gzi") if self._is_blocked else None
        return _Opened(IndexedFile(self._path, with_ending(index, ".fai"), blocks), index)


def indexed_lengths(path: Path) -> dict[str, int] | None:
    """Lengths by chromosome where a current index is at hand, else None; no index is built.

    Raises:
        InvalidRequest: the file cannot be read, or not at any place.
    """
    with reading(path), _damage_said(path):
        opened = _open_indexed(path, _is_blocked(path))
    if opened is None:
        return None
    opened.file.close()
    return {name: record.length for name, record in opened.file.records.items()}


def _open_indexed(path: Path, is_blocked: bool) -> _Opened | None:
    """The file with the index beside it, else the one in the cache; None where neither describes the file."""
    endings = (".fai", ".gzi") if is_blocked else (".fai",)
    for place in (path, index_in_cache(path)):
        index, blocks = with_ending(place, ".fai"), with_ending(place, ".gzi") if is_blocked else None
        if not all(_is_current(with_ending(place, ending), path) for ending in endings):
            continue
        if (file := opened_by(index, path, blocks)) is not None:
            return _Opened(file, place)
    return None


def _is_blocked(path: Path) -> bool:
    with open_file(path) as file:
        head = file.read(18)
        file.seek(-min(len(_END_OF_BLOCKS), file.seek(0, 2)), 2)
        tail = file.read()
    is_named_packed = path.name.lower().endswith(_BLOCKED_ENDINGS)
    if not head:
        raise InvalidRequest(f"{path} is empty.")
    if not head.startswith(GZIP_MAGIC):
        if head[:1] not in (b">", b"\n", b"\r", b";"):
            raise InvalidRequest(f"{path} is not a FASTA file: it does not begin with '>'.")
        if is_named_packed:
            raise InvalidRequest(
                f"{path} is named as if it were packed, but it is not; rename it without '{path.suffix}'."
            )
        return False
    if head[3:4] != b"\x04" or head[12:14] != b"BC":
        raise InvalidRequest(
            f"{path} is packed with plain gzip, which cannot be read at any place; "
            "unpack it with gunzip, or pack it again with bgzip."
        )
    if tail != _END_OF_BLOCKS:
        raise InvalidRequest(f"{path} is damaged or cut short: the block that ends a bgzipped file is missing.")
    if not is_named_packed:
        raise InvalidRequest(f"{path} is packed with bgzip, but its name does not say so; add '.gz' to its name.")
    return True


@contextmanager
def _damage_said(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, RuntimeError, struct.error):
        raise InvalidRequest(f"{path} is damaged: a compressed block cannot be unpacked.") from None


def _is_current(index: Path, path: Path) -> bool:
    return index.is_file() and index.stat().st_mtime >= path.stat().st_mtime
