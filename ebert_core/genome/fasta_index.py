"""Indexes of FASTA files (.fai, .gzi), written by a walk that says which line is wrong; see docs/decisions/fasta.md."""

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from ebert_core.genome.lines import LONGEST_LINE, at_line, unpacked
from ebert_core.genome.places import length_of, open_to_read_through, stamp
from ebert_core.protocol.machine.bounded_folders import keep_bounded
from ebert_core.protocol.machine.own_folders import cache_home
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.hearing import tell_progress

PlaceT = TypeVar("PlaceT", Path, Address, Place)
# The cache holds no more than this; the longest unused go, and are built again when they are wanted.
_MOST_INDEXES, _MOST_BYTES_OF_INDEXES = 2_000, 500_000_000
_INDEX = re.compile(r"[0-9a-f]{20}\.(fai|gzi)")


def index_in_cache(path: Place) -> Path:
    """Where our own index of the file lies, without its ending: looking at a file writes nothing beside it.

    The name is that of the file as it is now, by its path, size and time of change.
    """
    if isinstance(path, Path):
        status = path.stat()
        key = f"{path.resolve()} {status.st_size} {status.st_mtime_ns}"
    else:
        key = " ".join(map(str, (path, *stamp(path))))
    return _cache() / hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def _cache() -> Path:
    return cache_home() / "indexes"


def build_indexes(path: Place, *, is_blocked: bool) -> dict[str, bytes]:
    """Contents of the index files by their endings; with `is_blocked`, of a bgzipped file.

    Raises:
        InvalidRequest: the file has no sequence, or a line that no index can describe.
    """
    with unpacked(path) as stream:
        records = _fai(path, _measured(stream))
    if not is_blocked:
        return {".fai": records}
    with open_to_read_through(path) as file:
        return {".fai": records, ".gzi": b"".join(_gzi(path, file))}


def write_indexes(place: Path, indexes: dict[str, bytes]) -> None:
    """Writes index files, each of which appears complete or not at all."""
    for ending, content in indexes.items():
        target = with_ending(place, ending)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)
        if target.parent == _cache():
            keep_bounded(target.parent, _INDEX, _MOST_INDEXES, _MOST_BYTES_OF_INDEXES)


def with_ending(place: PlaceT, ending: str) -> PlaceT:
    """Where one index file lies, given where they lie without their endings."""
    return place.with_name(place.name + ending) if isinstance(place, Path) else place.with_ending(ending)


class _Line(NamedTuple):
    """How a line begins, how many bytes it has without blanks at its end, and with its end.

    A chromosome may stand on one line, which is not kept in memory.
    """

    begin: bytes
    bases: int
    length: int


def _measured(stream: BinaryIO) -> Iterator[_Line]:
    begin, bases, length = b"", 0, 0
    while piece := stream.readline(LONGEST_LINE):
        begin = begin or piece
        if stripped := len(piece.rstrip()):
            bases = length + stripped
        length += len(piece)
        if piece.endswith(b"\n"):
            yield _Line(begin, bases, length)
            begin, bases, length = b"", 0, 0
    if length:
        yield _Line(begin, bases, length)


@dataclass
class _Record:
    offset: int = 0
    length: int = 0
    bases_per_line: int = 0
    bytes_per_line: int = 0
    is_over: bool = False

    def takes(self, line: _Line, offset: int) -> bool:
        """Adds a line; False when one of this length may not stand here."""
        _, bases, length = line
        if not bases:
            self.is_over |= self.length > 0
            return True
        if not self.length:
            self.offset, self.bases_per_line, self.bytes_per_line = offset, bases, length
        if self.is_over or bases > self.bases_per_line:
            return False
        self.is_over = length != self.bytes_per_line or bases != self.bases_per_line
        self.length += bases
        return True


def _fai(path: Place, lines: Iterable[_Line]) -> bytes:
    records: dict[str, _Record] = {}
    name, record, offset = "", None, 0
    for number, line in enumerate(lines, 1):
        if line.begin.startswith(b">"):
            name = _name(path, number, line.begin, records)
            record = records[name] = _Record(offset + line.length)
        elif record is None:
            if line.bases and not line.begin.startswith(b";"):
                raise at_line(path, number, "a FASTA file begins with a line that starts with '>'")
        elif not record.takes(line, offset):
            raise at_line(
                path,
                number - record.is_over,
                f"the lines of {name} differ in length, which no index can describe; write the file again "
                "with lines of one length",
            )
        offset += line.length
    if not records:
        raise InvalidRequest(f"{path} holds no sequence.")
    rows = ([name, r.length, r.offset, r.bases_per_line, r.bytes_per_line] for name, r in records.items())
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def _name(path: Place, number: int, header: bytes, records: dict[str, _Record]) -> str:
    words = header[1:].split()
    if not words:
        raise at_line(path, number, "a sequence has no name")
    name = words[0].decode("utf-8", "replace")
    if name in records:
        raise at_line(path, number, f"the sequence {name} is there twice")
    return name


def _gzi(path: Place, file: BinaryIO) -> Iterator[bytes]:
    from Bio import bgzf

    # The first block begins at 0 and is left out, and so is the empty one that marks the end.
    walked = bgzf.BgzfBlocks(file)
    size, blocks = max(1, length_of(file)), list[tuple[int, int]]()
    for start, _, data_start, length in walked:
        if len(blocks) % 100 == 0:
            tell_progress(min(1.0, start / size), f"indexing {path.name}")
        if length:
            blocks.append((start, data_start))
    blocks = blocks[1:]
    yield struct.pack("<Q", len(blocks))
    yield from (struct.pack("<QQ", *block) for block in blocks)
