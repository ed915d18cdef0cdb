"""FASTA files, plain or bgzipped, read anywhere by their index, and every line looked at."""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.fasta_check import letters_at, opened_by, opened_by_content
from ebert_core.genome.fasta_index import PlaceT, build_indexes, index_in_cache, with_ending, write_indexes
from ebert_core.genome.fasta_records import IndexedFile, opened_at, opened_by_pyfaidx
from ebert_core.genome.lines import GZIP_MAGIC, reading
from ebert_core.genome.places import open_bytes, open_to_read_through, stamp
from ebert_core.genome.refusals import Refused
from ebert_core.genome.remote import MOST_READ_THROUGH
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.errors import InvalidRequest

# A genome of a million scaffolds.
_LARGEST_INDEX = 100 * 2**20
# The names by which pyfaidx knows a bgzipped file, and the empty block that ends one.
_BLOCKED_ENDINGS = (".gz", ".bgz")
_END_OF_BLOCKS = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class _Opened(NamedTuple):
    """A file, and where the index lies by which it was opened, without its ending."""

    file: IndexedFile
    place: Place


class FastaFile:
    """A FASTA file opened for reading at any place; builds an index in the cache where none describes the file."""

    def __init__(self, path: Place) -> None:
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
            advice = (
                f"tell whoever keeps {index}" if isinstance(place, Address) else f"get the file again or delete {index}"
            )
            raise InvalidRequest(f"{self._path} does not fit its index or is damaged; {advice}.")
        return letters

    def _open_and_index(self) -> _Opened:
        path = self._path
        if isinstance(path, Address) and stamp(path).size > MOST_READ_THROUGH:
            raise InvalidRequest(
                f"{path} has no index {path.with_ending('.fai')} that describes it, and so large a file "
                "cannot be read without one; make one with samtools faidx and put it beside it, or download the file."
            )
        indexes = build_indexes(path, is_blocked=self._is_blocked)
        with suppress(OSError):
            place = index_in_cache(path)
            write_indexes(place, indexes)
            return self._open(path, place)
        with tempfile.TemporaryDirectory() as folder:
            write_indexes(Path(folder, "index"), indexes)
            return self._open(path, Path(folder, "index"))

    def _open(self, path: Place, place: Path) -> _Opened:
        fai, gzi = _indexes_at(place, self._is_blocked)
        if isinstance(path, Path):
            return _Opened(opened_by_pyfaidx(path, fai, gzi), place)
        return _Opened(opened_at(path, _content(fai), _content(gzi) if gzi else None), place)


def indexed_lengths(path: Place) -> dict[str, int] | None:
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


def _open_indexed(path: Place, is_blocked: bool) -> _Opened | None:
    """The file with the index beside it, else the one in the cache; None where neither describes the file."""
    if isinstance(path, Address):
        return _open_far_away(path, is_blocked)
    for place in (path, index_in_cache(path)):
        fai, gzi = _indexes_at(place, is_blocked)
        if not _is_current(fai, path) or (gzi is not None and not _is_current(gzi, path)):
            continue
        if (file := opened_by(fai, path, gzi)) is not None:
            return _Opened(file, place)
    return None


def _open_far_away(address: Address, is_blocked: bool) -> _Opened | None:
    """The same of a file at an address, whose index may lie beside it there."""
    for place in (address, index_in_cache(address)):
        try:
            contents = [_content(each) for each in _indexes_at(place, is_blocked) if each is not None]
        except (OSError, Refused):
            continue
        if (file := opened_by_content(contents[0], address, contents[1] if is_blocked else None)) is not None:
            return _Opened(file, place)
    return None


def _indexes_at(place: PlaceT, is_blocked: bool) -> tuple[PlaceT, PlaceT | None]:
    """Where the `.fai` of a file lies and, where it is bgzipped, its `.gzi`, given that place without its ending."""
    return with_ending(place, ".fai"), with_ending(place, ".gzi") if is_blocked else None


def _content(index: Place) -> bytes:
    with open_to_read_through(index) as file:
        content = file.read(_LARGEST_INDEX + 1)
    if len(content) > _LARGEST_INDEX:
        raise InvalidRequest(f"{index} is larger than any index of a FASTA.")
    return content


def _is_blocked(path: Place) -> bool:
    with open_bytes(path) as file:
        head = file.read(18)
        file.seek(-min(len(_END_OF_BLOCKS), file.seek(0, 2)), 2)
        tail = file.read()
    # pyfaidx tells packing by the name.
    counts_name = isinstance(path, Path)
    is_named_packed = path.name.lower().endswith(_BLOCKED_ENDINGS)
    if not head:
        raise InvalidRequest(f"{path} is empty.")
    if not head.startswith(GZIP_MAGIC):
        if head[:1] not in (b">", b"\n", b"\r", b";"):
            raise InvalidRequest(f"{path} is not a FASTA file: it does not begin with '>'.")
        if counts_name and is_named_packed:
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
    if counts_name and not is_named_packed:
        raise InvalidRequest(f"{path} is packed with bgzip, but its name does not say so; add '.gz' to its name.")
    return True


@contextmanager
def _damage_said(path: Place) -> Iterator[None]:
    try:
        yield
    except (ValueError, RuntimeError, struct.error):
        raise InvalidRequest(f"{path} is damaged: a compressed block cannot be unpacked.") from None


def _is_current(index: Path, path: Path) -> bool:
    return index.is_file() and index.stat().st_mtime >= path.stat().st_mtime
