"""FASTA files, plain or bgzipped, read anywhere with pyfaidx."""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.fasta_check import describes
from ebert_core.genome.fasta_index import build_indexes, index_in_cache, with_ending, write_indexes
from ebert_core.genome.lines import GZIP_MAGIC, reading
from ebert_core.protocol.bases import encode_bases
from ebert_core.protocol.errors import InvalidRequest

if TYPE_CHECKING:
    from pyfaidx import Faidx

# The names by which pyfaidx knows a bgzipped file, and the empty block that ends one.
_BLOCKED_ENDINGS = (".gz", ".bgz")
_END_OF_BLOCKS = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


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
                self._faidx = _open_indexed(path, self._is_blocked) or self._open_and_index()
        self.chromosome_lengths: dict[str, int] = {name: row.rlen for name, row in self._faidx.index.items()}

    def close(self) -> None:
        """Closes the file."""
        self._faidx.close()

    def read(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
        """Base codes [start, end), which must lie on the chromosome."""
        if start == end:
            return np.empty(0, dtype=np.uint8)
        try:
            codes = encode_bases(self._letters(chromosome, start, end))
        except (ValueError, RuntimeError, struct.error, zlib.error):
            # A block that is not where the index says, or not what was packed.
            codes = np.empty(0, dtype=np.uint8)
        if len(codes) != end - start:
            raise InvalidRequest(
                f"{self._path} does not fit its index or is damaged; "
                f"get the file again or delete {self._faidx.indexname}."
            )
        return codes

    def _letters(self, chromosome: str, start: int, end: int) -> str:
        try:
            return str(self._faidx.fetch(chromosome, start + 1, end))
        except ValueError:
            if not self._is_blocked or start == 0:
                raise
            # pyfaidx looks for the first base of a block at the end of the block before, which Biopython cannot
            # express when that block is full (65,536 bytes).
            return str(self._faidx.fetch(chromosome, start, end)[1:])

    def _open_and_index(self) -> "Faidx":
        indexes = build_indexes(self._path, is_blocked=self._is_blocked)
        with suppress(OSError):
            place = index_in_cache(self._path)
            write_indexes(place, indexes)
            return _open(self._path, place)
        with tempfile.TemporaryDirectory() as folder:
            write_indexes(Path(folder, "index"), indexes)
            return _open(self._path, Path(folder, "index"))


def indexed_lengths(path: Path) -> dict[str, int] | None:
    """Lengths by chromosome where a current index is at hand, else None; no index is built.

    Raises:
        InvalidRequest: the file cannot be read, or not at any place.
    """
    with reading(path), _damage_said(path):
        faidx = _open_indexed(path, _is_blocked(path))
    if faidx is None:
        return None
    lengths: dict[str, int] = {name: row.rlen for name, row in faidx.index.items()}
    faidx.close()
    return lengths


def _open_indexed(path: Path, is_blocked: bool) -> "Faidx | None":
    """The file with the index beside it, else the one in the cache; None where neither describes the file."""
    endings = (".fai", ".gzi") if is_blocked else (".fai",)
    for place in (path, index_in_cache(path)):
        index, blocks = with_ending(place, ".fai"), with_ending(place, ".gzi") if is_blocked else None
        if all(_is_current(with_ending(place, ending), path) for ending in endings) and describes(index, path, blocks):
            with suppress(ValueError, struct.error):
                return _open(path, place)
    return None


def _open(path: Path, index: Path) -> "Faidx":
    # 50 ms of imports that only a FASTA needs; the data role starts faster without them.
    from pyfaidx import Faidx

    return Faidx(
        path,
        indexname=with_ending(index, ".fai"),
        gzi_indexname=with_ending(index, ".gzi"),
        as_raw=True,
        rebuild=False,
        build_index=False,
    )


def _is_blocked(path: Path) -> bool:
    with open(path, "rb") as file:
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
