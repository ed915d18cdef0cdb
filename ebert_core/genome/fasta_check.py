"""Whether an index of a FASTA file describes the file that lies beside it now, so that no wrong base is ever shown."""

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

# What may stand between the last base of a record and the first of the next.
# Nothing is given back (`++`), so that a long line that is no header is refused in one pass.
_BETWEEN = re.compile(rb"\s*+>\s*+(\S++)[^\n]*+\n\s*+")
_BEFORE_THE_FIRST = re.compile(rb"(?:\s*+;[^\n]*+\n)*+\s*+>\s*+(\S++)[^\n]*+\n\s*+")
# A header longer than this is none.
_LONGEST_GAP = 1 << 20


class _Record(NamedTuple):
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


class _Bytes(Protocol):
    """The (unpacked) bytes of a file."""

    def at(self, start: int, count: int) -> bytes:
        """Up to so many bytes from a place on."""


def describes(index: Path, path: Path, blocks: Path | None = None) -> bool:
    """Whether each record of a `.fai` begins behind its own header, has its lines, and the last ends with the file.

    Args:
        index: the `.fai`.
        path: the FASTA file.
        blocks: the `.gzi` of a bgzipped file.
    """
    try:
        records = [_record(line) for line in index.read_text(encoding="utf-8").splitlines() if line]
        with _bytes_of(path, blocks) as content:
            return bool(records) and _fit(records, content)
    except (OSError, ValueError, IndexError, struct.error, EOFError):
        return False


def _record(line: str) -> _Record:
    name, *numbers = line.split("\t")
    length, offset, bases_per_line, bytes_per_line = map(int, numbers)
    if length and not 0 < bases_per_line <= bytes_per_line:
        raise ValueError(line)
    return _Record(name, length, offset, bases_per_line, bytes_per_line)


def _fit(records: list[_Record], content: _Bytes) -> bool:
    end = 0
    for number, record in enumerate(records):
        if not end <= record.offset <= end + _LONGEST_GAP:
            return False
        header = (_BETWEEN if number else _BEFORE_THE_FIRST).fullmatch(content.at(end, record.offset - end))
        if header is None or header[1].decode("utf-8", "replace") != record.name:
            return False
        if record.length and not _has_its_lines(record, content):
            return False
        end = record.end
    return not content.at(end, _LONGEST_GAP).strip()


def _has_its_lines(record: _Record, content: _Bytes) -> bool:
    """Whether the first line ends where the index says, the last before its end, and something stands at the ends."""
    places = [record.offset + record.bases_per_line] if record.length > record.bases_per_line else []
    lines = (record.length - 1) // record.bases_per_line
    if lines:
        places.append(record.offset + (lines - 1) * record.bytes_per_line + record.bases_per_line)
    width = record.bytes_per_line - record.bases_per_line
    are_line_ends = all(content.at(place, width).strip(b"\r\n") == b"" for place in places)
    last = content.at(record.end - 1, 1)
    return are_line_ends and bool(last.strip()) and bool(content.at(record.offset, 1).strip())


class _Plain:
    def __init__(self, path: Path) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 (closed by close)

    def at(self, start: int, count: int) -> bytes:
        self._file.seek(start)
        return self._file.read(count)

    def close(self) -> None:
        self._file.close()


class _Blocked:
    def __init__(self, path: Path, blocks: Path) -> None:
        from Bio import bgzf

        content = blocks.read_bytes()
        (count,) = struct.unpack_from("<Q", content)
        pairs = list(struct.iter_unpack("<QQ", content[8 : 8 + 16 * count]))
        self._packed, self._unpacked = ([0, *column] for column in (zip(*pairs, strict=True) if pairs else ((), ())))
        self._file = bgzf.BgzfReader(str(path), "rb")  # type: ignore[no-untyped-call]  # Biopython types little.

    def at(self, start: int, count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = self._from(start + len(found), count - len(found))
            if not piece:
                break
            found += piece
        return found

    def _from(self, start: int, count: int) -> bytes:
        block = bisect_right(self._unpacked, start) - 1
        within = start - self._unpacked[block]
        self._file.seek(self._packed[block] << 16)  # type: ignore[no-untyped-call]
        skipped: bytes = self._file.read(within)  # type: ignore[no-untyped-call]
        if len(skipped) < within:
            return b""
        read: bytes = self._file.read(count)  # type: ignore[no-untyped-call]
        return read

    def close(self) -> None:
        self._file.close()  # type: ignore[no-untyped-call]


@contextmanager
def _bytes_of(path: Path, blocks: Path | None) -> Iterator[_Bytes]:
    with closing(_Blocked(path, blocks) if blocks else _Plain(path)) as content:
        yield content
