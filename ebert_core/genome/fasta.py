"""FASTA files, plain or bgzipped, read anywhere through an index of samtools' kind (.fai, .gzi)."""

import hashlib
import os
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bgzf import BlockedFile, is_bgzf
from ebert_core.genome.lines import GZIP_MAGIC, at_line, reading
from ebert_core.protocol.bases import encode_bases
from ebert_core.protocol.errors import InvalidRequest

_CHUNK = 1 << 24


class _Record(NamedTuple):
    length: int
    offset: int
    bases_per_line: int
    bytes_per_line: int


class _Bytes(Protocol):
    def read(self, start: int, end: int) -> bytes: ...

    def chunks(self) -> Iterator[bytes]: ...

    @property
    def close(self) -> Callable[[], object]: ...


class _PlainFile:
    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        self.close = weakref.finalize(self, os.close, self._descriptor)

    def read(self, start: int, end: int) -> bytes:
        return os.pread(self._descriptor, end - start, start)

    def chunks(self) -> Iterator[bytes]:
        position = 0
        while chunk := self.read(position, position + _CHUNK):
            position += len(chunk)
            yield chunk


class FastaFile:
    """A FASTA file opened for reading at any place; builds the index when there is none that is newer than the file."""

    def __init__(self, path: Path) -> None:
        """Opens the file and its index.

        Raises:
            InvalidRequest: the file cannot be read, is packed with plain gzip, or its lines are uneven.
        """
        self._path = path
        with reading(path):
            with open(path, "rb") as file:
                head = file.read(18)
            self._bytes = self._open(head)
            self._records = self._read_index() or self._build_index()
        self.chromosome_lengths = {name: record.length for name, record in self._records.items()}

    def close(self) -> None:
        """Closes the file."""
        self._bytes.close()

    def read(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
        """Base codes [start, end), which must lie on the chromosome."""
        record = self._records[chromosome]
        first, last = (_offset(record, position) for position in (start, end))
        raw = np.frombuffer(self._bytes.read(first, last), dtype=np.uint8)
        codes = encode_bases(raw[raw > ord(" ")].tobytes())
        if len(codes) != end - start:
            raise InvalidRequest(f"{self._path} does not fit its index; delete {self._index_beside()}.")
        return codes

    def _open(self, head: bytes) -> _Bytes:
        if not head:
            raise InvalidRequest(f"{self._path} is empty.")
        if not head.startswith(GZIP_MAGIC):
            if head[:1] not in (b">", b"\n", b"\r", b";"):
                raise InvalidRequest(f"{self._path} is not a FASTA file: it does not begin with '>'.")
            return _PlainFile(self._path)
        if not is_bgzf(head):
            raise InvalidRequest(
                f"{self._path} is packed with plain gzip, which cannot be read at any place; "
                "unpack it with gunzip, or pack it again with bgzip."
            )
        blocks = self._beside(".gzi")
        blocked = BlockedFile(self._path, blocks if _is_current(blocks, self._path) else None)
        if not _is_current(blocks, self._path):
            _write_beside_or_in_cache(blocks, self._path, blocked.write_index)
        return blocked

    def _beside(self, ending: str) -> Path:
        beside = self._path.with_name(self._path.name + ending)
        cached = _cache_folder() / f"{hashlib.sha256(str(self._path.resolve()).encode()).hexdigest()[:20]}{ending}"
        return cached if not _is_current(beside, self._path) and _is_current(cached, self._path) else beside

    def _index_beside(self) -> Path:
        return self._beside(".fai")

    def _read_index(self) -> dict[str, _Record] | None:
        index = self._index_beside()
        if not _is_current(index, self._path):
            return None
        try:
            rows = [line.split("\t") for line in index.read_text().splitlines()]
            return {row[0]: _Record(*map(int, row[1:5])) for row in rows} or None
        except (TypeError, ValueError):
            return None

    def _build_index(self) -> dict[str, _Record]:
        records = _IndexBuilder(self._path).build(self._bytes.chunks())
        text = "".join("\t".join([name, *map(str, record)]) + "\n" for name, record in records.items())
        _write_beside_or_in_cache(self._index_beside(), self._path, lambda path: path.write_text(text))
        return records


def _offset(record: _Record, position: int) -> int:
    line, column = divmod(position, max(1, record.bases_per_line))
    return record.offset + line * record.bytes_per_line + column


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "ebert-browser" / "indexes"


def _is_current(index: Path, path: Path) -> bool:
    return index.is_file() and index.stat().st_mtime >= path.stat().st_mtime


class _Write(Protocol):
    def __call__(self, path: Path, /) -> object: ...


def _write_beside_or_in_cache(beside: Path, path: Path, write: _Write) -> None:
    """Writes an index; a read-only folder sends it to the cache, and where that fails it is built again next time."""
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:20]
    for target in (beside, _cache_folder() / f"{key}{beside.suffix}"):
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            if target is not beside:
                target.parent.mkdir(parents=True, exist_ok=True)
            write(part)
            os.replace(part, target)
            return
        except OSError:
            part.unlink(missing_ok=True)


class _IndexBuilder:
    """Walks a FASTA file once and notes where each record lies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records: dict[str, _Record] = {}
        self._name: str | None = None
        self._record = _Record(0, 0, 0, 0)
        self._is_last_line = False
        self._line = 0

    def build(self, chunks: Iterator[bytes]) -> dict[str, _Record]:
        position, rest = 0, b""
        for chunk in chunks:
            data = rest + chunk
            end = data.rfind(b"\n") + 1
            self._take(data[:end], position)
            position, rest = position + end, data[end:]
        if rest:
            self._take(rest + b"\n", position)
        self._finish()
        if not self._records:
            raise InvalidRequest(f"{self._path} holds no sequence.")
        return self._records

    def _take(self, data: bytes, position: int) -> None:
        if not data:
            return
        raw = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(raw == ord("\n")) + 1
        starts = np.concatenate(([0], ends[:-1]))
        headers = np.flatnonzero(raw[starts] == ord(">"))
        for header, following in zip([-1, *headers], [*headers, len(starts)], strict=True):
            if header >= 0:
                self._begin(
                    data[starts[header] + 1 : ends[header]], position + int(ends[header]), self._line + header + 1
                )
            self._lines(raw, starts[header + 1 : following], ends[header + 1 : following], self._line + header + 2)
        self._line += len(starts)

    def _begin(self, header: bytes, offset: int, line: int) -> None:
        self._finish()
        words = header.split()
        if not words:
            raise at_line(self._path, line, "a sequence has no name")
        self._name = words[0].decode("utf-8", "replace")
        if self._name in self._records:
            raise at_line(self._path, line, f"the sequence {self._name} is there twice")
        self._record = _Record(0, offset, 0, 0)
        self._is_last_line = False

    def _lines(self, raw: NDArray[np.uint8], starts: NDArray[np.intp], ends: NDArray[np.intp], line: int) -> None:
        widths = ends - starts
        breaks = np.where((widths > 1) & (raw[ends - 2] == ord("\r")), 2, 1)
        bases = widths - breaks
        if self._name is None:
            if bases.any():
                raise at_line(self._path, line, "a FASTA file begins with a line that starts with '>'")
            return
        if not bases.any():
            self._is_last_line |= len(bases) > 0
            return
        if not self._record.bases_per_line:
            self._record = self._record._replace(bases_per_line=int(bases[0]), bytes_per_line=int(widths[0]))
        self._check(bases, line)
        self._record = self._record._replace(length=self._record.length + int(bases.sum()))

    def _check(self, bases: NDArray[np.intp], line: int) -> None:
        uneven = np.flatnonzero(bases != self._record.bases_per_line)
        first = int(uneven[0]) if len(uneven) else len(bases)
        goes_on = (self._is_last_line and bases[0] > 0) or bases[first + 1 :].any()
        if goes_on or bases.max() > self._record.bases_per_line:
            raise at_line(
                self._path,
                line + min(first, len(bases) - 1),
                f"the lines of {self._name} differ in length, which no index can describe; write the file again "
                "with lines of one length",
            )
        self._is_last_line |= len(uneven) > 0

    def _finish(self) -> None:
        if self._name is not None:
            self._records[self._name] = self._record
