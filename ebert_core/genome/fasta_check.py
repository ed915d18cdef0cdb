"""Whether an index of a FASTA file describes the file that lies beside it now, so that no wrong base is ever shown.

Two looks at it: headers, first and last lines of all records when the file is opened, and every line that is read.
"""

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.fasta_records import IndexedFile, Record, opened_at, opened_by_pyfaidx
from ebert_core.protocol.terms.addresses import Place

# What may stand between the last base of a record and the first of the next.
# Nothing is given back (`++`), so that a long line that is no header is refused in one pass.
_BETWEEN = re.compile(rb"\s*+>\s*+(\S++)[^\n]*+\n\s*+")
_BEFORE_THE_FIRST = re.compile(rb"(?:\s*+;[^\n]*+\n)*+\s*+>\s*+(\S++)[^\n]*+\n\s*+")
# A header longer than this is none.
_LONGEST_GAP = 1 << 20
# Longer lines, such as a chromosome on one, are not read whole.
_LONG_LINE = 1 << 16
# How many of the first records of a file at an address are looked at when it is opened; and the last.
_LOOKED_AT_FAR_AWAY = 3
# What pyfaidx and the file itself say of an index that is none, or is that of another file.
_NO_INDEX = (OSError, ValueError, IndexError, OverflowError, struct.error, zlib.error, EOFError)
_LINE_FEED, _CARRIAGE_RETURN, _HEADER = b"\n\r>"


def opened_by(index: Path, path: Path, blocks: Path | None = None) -> IndexedFile | None:
    """The file as its `.fai` describes it; None where the `.fai` does not describe it.

    Each record must begin behind its own header and have its lines, and the last must end where the file does.

    Args:
        index: the `.fai`.
        path: the FASTA file.
        blocks: the `.gzi` of a bgzipped file.
    """
    return _fitting(lambda: opened_by_pyfaidx(path, index, blocks))


def opened_by_content(index: bytes, place: Place, blocks: bytes | None) -> IndexedFile | None:
    """The same of a file anywhere, of which a few records are looked at: each would cost two requests.

    Args:
        index: what the `.fai` holds.
        place: the FASTA file.
        blocks: what the `.gzi` of a bgzipped file holds.
    """
    return _fitting(lambda: opened_at(place, index, blocks), most=_LOOKED_AT_FAR_AWAY)


def _fitting(open_it: Callable[[], IndexedFile], most: int | None = None) -> IndexedFile | None:
    try:
        opened = open_it()
    except _NO_INDEX:
        return None
    with suppress(*_NO_INDEX):
        if opened.records and _fit(list(opened.records.values()), opened, most):
            return opened
    opened.close()
    return None


def _fit(records: Sequence[Record], content: IndexedFile, most: int | None) -> bool:
    end = 0
    for number, record in enumerate(records):
        if not end <= record.offset <= end + _LONGEST_GAP:
            return False
        is_looked_at = most is None or number < most or number == len(records) - 1
        if is_looked_at and not _begins(record, content, end, is_first=not number):
            return False
        end = record.end
    return not content.at(end, _LONGEST_GAP).strip()


def _begins(record: Record, content: IndexedFile, end: int, *, is_first: bool) -> bool:
    """Whether a record stands behind its own header, which follows the end of the record before, and has its ends."""
    header = (_BEFORE_THE_FIRST if is_first else _BETWEEN).fullmatch(content.at(end, record.offset - end))
    if header is None or header[1].decode("utf-8", "replace") != record.name:
        return False
    return not record.length or _has_its_ends(record, content)


def _has_its_ends(record: Record, content: IndexedFile) -> bool:
    """Whether the first line ends where the index says, the last before its end, and something stands at the ends."""
    places = [record.offset + record.bases_per_line] if record.length > record.bases_per_line else []
    lines = (record.length - 1) // record.bases_per_line
    if lines:
        places.append(record.offset + (lines - 1) * record.bytes_per_line + record.bases_per_line)
    width = record.bytes_per_line - record.bases_per_line
    are_line_ends = all(content.at(place, width).strip(b"\r\n") == b"" for place in places)
    last = content.at(record.end - 1, 1)
    return are_line_ends and bool(last.strip()) and bool(content.at(record.offset, 1).strip())


def letters_at(record: Record, content: IndexedFile, start: int, end: int) -> NDArray[np.uint8] | None:
    """The letters [start, end) of a record; None where the lines that hold them are not those of the index.

    A file that was changed after its index was made has line ends elsewhere, and what an insertion and a deletion moved
    between them may have the same headers and the same size. So the ends of each line that is read are looked at.
    """
    width = record.bases_per_line
    first, last = start // width, (end - 1) // width + 1
    if width <= _LONG_LINE:
        letters = _letters_of_lines(record, content, first, last)
        return None if letters is None else letters[start - first * width : end - first * width]
    parts = []
    for line in range(first, last):
        begin = line * width
        parts.append(_part_of_line(record, content, line, max(start - begin, 0), min(end - begin, width)))
    return None if any(part is None for part in parts) else np.concatenate([part for part in parts if part is not None])


def _letters_of_lines(record: Record, content: IndexedFile, first: int, last: int) -> NDArray[np.uint8] | None:
    start = record.offset + first * record.bytes_per_line
    expected = min(last * record.bytes_per_line, record.end - record.offset) - first * record.bytes_per_line
    read = np.frombuffer(content.at(start, expected), dtype=np.uint8)
    if len(read) < expected:
        return None
    # The last line of a record has no line end that counts, since the file may end without one.
    whole = np.full((last - first) * record.bytes_per_line, _LINE_FEED, dtype=np.uint8)
    whole[:expected] = read
    lines = whole.reshape(last - first, record.bytes_per_line)
    letters = lines[:, : record.bases_per_line].reshape(-1)[: record.length - first * record.bases_per_line]
    return letters if _are_letters(letters) and _are_ends(lines[:, record.bases_per_line :]) else None


def _part_of_line(record: Record, content: IndexedFile, line: int, start: int, end: int) -> NDArray[np.uint8] | None:
    """The letters [start, end) of a line that is too long to be read whole, and whether it ends where it should."""
    begin = record.offset + line * record.bytes_per_line
    letters = np.frombuffer(content.at(begin + start, end - start), dtype=np.uint8)
    is_last = (line + 1) * record.bases_per_line >= record.length
    line_end = (
        b"" if is_last else content.at(begin + record.bases_per_line, record.bytes_per_line - record.bases_per_line)
    )
    is_right = len(letters) == end - start and _are_letters(letters)
    return letters if is_right and _are_ends(np.frombuffer(line_end, dtype=np.uint8)) else None


def _are_letters(letters: NDArray[np.uint8]) -> bool:
    return bool(((letters > ord(" ")) & (letters < 127) & (letters != _HEADER)).all())


def _are_ends(ends: NDArray[np.uint8]) -> bool:
    return bool(((ends == _LINE_FEED) | (ends == _CARRIAGE_RETURN)).all())
