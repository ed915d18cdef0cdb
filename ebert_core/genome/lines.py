"""Lines of text files, plain or compressed, and the sentences said when a file cannot be read."""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from ebert_core.genome.places import length_of, open_bytes, open_to_read_through
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.hearing import tell_progress

ABSENT = ("", ".", "na", "n/a", "nan", "-nan", "+nan", "null", "none")
# No chromosome is as long, and sums of a few of them are exact.
LARGEST_POSITION = 1 << 40
# What is drawn is float32.
LARGEST_VALUE = 3.4e38
# R writes 100,000 as 1e+05, and pandas whole numbers beside absent ones as 100000.0.
_WITH_EXPONENT = re.compile(r"\d+(?:\.\d*)?(?:[eE]\+?\d{1,2})?")
_LONGEST_QUOTE = 40
# A line of any format read here has a few thousand characters; a line is kept in memory.
LONGEST_LINE = 1_000_000
# Some 300 bytes are kept of each; larger regular files are read as columns.
MOST_LINES = 10_000_000
_PIECE_BYTES = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


class BadLine(InvalidRequest):
    """A line of a text file that makes no sense, and its number counted from 1."""

    def __init__(self, path: Place, number: int, problem: str) -> None:
        super().__init__(f"{path}, line {number}: {problem}.")
        self.number, self.problem = number, problem


class _Problems:
    """How many lines have one fate, and the first of them: a file may have forty million."""

    def __init__(self, fate: str) -> None:
        self._fate, self._count = fate, 0
        self.first: BadLine | None = None

    def add(self, problem: BadLine) -> None:
        self.first, self._count = self.first or problem, self._count + 1

    def remark(self) -> Iterator[Remark]:
        if self.first is not None:
            lines = f"{'1 line' if self._count == 1 else f'{self._count:,} lines'} {self._fate}"
            yield Remark(lines, f"{lines}, first line {self.first.number}: {self.first.problem}.")


class Skipped:
    """The lines of a file that were left out, or read in part, so that the rest of it can be drawn."""

    def __init__(self) -> None:
        self._left_out, self._read_in_part = _Problems("left out"), _Problems("read in part")

    def leave_out(self, problem: BadLine) -> None:
        """Notes a line of which nothing is drawn."""
        self._left_out.add(problem)

    def read_in_part(self, problem: BadLine) -> None:
        """Notes a line that is drawn otherwise than it stands."""
        self._read_in_part.add(problem)

    def refuse_if_all(self, *, is_empty: bool) -> None:
        """Nothing, unless the file is empty because of what was left out.

        Raises:
            BadLine: the first line that was left out, and why.
        """
        if is_empty and self._left_out.first is not None:
            raise self._left_out.first

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """How many lines were not read, or in part, and the first of them with its number; none where all were."""
        return (*self._left_out.remark(), *self._read_in_part.remark())


def leave_out(problem: BadLine, skipped: Skipped | None) -> None:
    """Notes a line of which nothing is drawn.

    Raises:
        BadLine: nobody takes note of such lines.
    """
    if skipped is None:
        raise problem
    skipped.leave_out(problem)


class Line(NamedTuple):
    """A line without its end, and its number counted from 1."""

    number: int
    text: str


@contextmanager
def reading(path: Place) -> Iterator[None]:
    """Turns what can go wrong with a file into one sentence about that file.

    Raises:
        InvalidRequest: the file is absent, a folder, forbidden, or damaged.
    """
    try:
        yield
    except FileNotFoundError:
        raise InvalidRequest(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise InvalidRequest(f"{path} is a folder, not a file.") from None
    except PermissionError:
        raise InvalidRequest(f"{path} may not be read by you; change its permissions or copy it.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InvalidRequest(f"{path} is damaged or cut short: its compressed data ends too early.") from None
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror or error}.") from None


def first_bytes(path: Place, count: int = 4096) -> bytes:
    """The first bytes of a file, unpacked when it is gzipped.

    Raises:
        InvalidRequest: the file cannot be read or is empty.
    """
    with reading(path), open_bytes(path) as file:
        head = file.read(count)
        if not head:
            raise InvalidRequest(f"{path} is empty.")
        if not head.startswith(GZIP_MAGIC):
            return head
        file.seek(0)
        with gzip.open(file) as unpacked:
            return unpacked.read(count)


class _Watched(io.RawIOBase):
    """The unpacked bytes of a file, which tell whoever waits how far they are, and hear that nobody does any more."""

    def __init__(self, path: Place, packed: io.BufferedReader, unpacked: gzip.GzipFile | io.BufferedReader) -> None:
        self._note, self._packed, self._unpacked = f"reading {path.name}", packed, unpacked
        self._size = max(1, length_of(packed))

    def readable(self) -> bool:
        return True

    # Any: RawIOBase takes whatever holds bytes.
    def readinto(self, buffer: Any) -> int:
        tell_progress(min(1.0, self._packed.tell() / self._size), self._note)
        piece = memoryview(buffer)[:_PIECE_BYTES]
        read = self._unpacked.read(len(piece))
        piece[: len(read)] = read
        return len(read)


@contextmanager
def unpacked(path: Place) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked when it is gzipped, however much it unpacks to; tells progress while it is read.

    Raises:
        InvalidRequest: the file cannot be read, is no regular file, or is damaged.
    """
    with reading(path), open_to_read_through(path) as packed:
        is_packed = packed.read(2) == GZIP_MAGIC
        packed.seek(0)
        content = gzip.GzipFile(fileobj=packed) if is_packed else packed
        with io.BufferedReader(_Watched(path, packed, content), _PIECE_BYTES) as stream:
            yield stream


def read_lines(path: Place) -> Iterator[Line]:
    """All lines that are not blank, whatever ends them.

    Raises:
        InvalidRequest: the file cannot be read, is empty, is no text, has a line of more than a million characters, or
            more lines than there is memory for.
    """
    if b"\0" in first_bytes(path):
        raise InvalidRequest(f"{path} is not a text file.")
    count = 0
    with unpacked(path) as stream, io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline=None) as text:
        for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE + 1), ""), 1):
            if len(line) > LONGEST_LINE:
                raise at_line(path, number, f"it is longer than {LONGEST_LINE:,} characters, so this is no such text")
            if not line.isspace():
                count += 1
                if count > MOST_LINES:
                    raise InvalidRequest(
                        f"{path} has more than {MOST_LINES:,} lines, for which a text is no good form: "
                        "make a bigBed (bedToBigBed) or bigWig (bedGraphToBigWig) of it."
                    )
                yield Line(number, line.rstrip("\n"))


def at_line(path: Place, number: int, problem: str) -> BadLine:
    """The error that names a file and a line."""
    return BadLine(path, number, problem)


def columns_of(line: str) -> list[str]:
    """Fields of a line cut at tabs, or at any white space where tabs make no sense of it."""
    fields = line.rstrip(" \r\n").removesuffix("\t").split("\t")
    if len(fields) < 3 or not all(fields[:3]):
        return line.split()
    return [field.strip() for field in fields]


def whole_number(path: Place, number: int, name: str, text: str) -> int:
    """A position or count of a line.

    Raises:
        InvalidRequest: it is not a whole number of at least 0, or larger than any chromosome.
    """
    value = _whole(text)
    if value is None:
        raise at_line(path, number, f"the {name} '{_quoted(text)}' is not a whole number")
    if value < 0:
        raise at_line(path, number, f"the {name} {_quoted(text)} is negative")
    if value > LARGEST_POSITION:
        raise at_line(path, number, f"the {name} {_quoted(text)} is larger than any chromosome")
    return value


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        # Also what int refuses to read because it has thousands of digits.
        exact = float(text) if _WITH_EXPONENT.fullmatch(text) else 0.5
        return int(exact) if exact.is_integer() else None


def _quoted(text: str) -> str:
    """A field as a sentence has room for it."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def is_absent(text: str) -> bool:
    """Whether a field says that it has no value: `NA`, `nan`, `.` or nothing."""
    return text.lower() in ABSENT


def real_number(path: Place, number: int, name: str, text: str) -> float:
    """A score of a line; what says that there is none (`.`, `NA`, nothing) is 0.

    Raises:
        InvalidRequest: it is not a number, or larger than can be drawn.
    """
    value = 0.0 if is_absent(text) else any_number(path, number, name, text)
    if not abs(value) <= LARGEST_VALUE:
        raise at_line(path, number, f"the {name} '{_quoted(text)}' is infinite, or too large to be drawn")
    return value


def any_number(path: Place, number: int, name: str, text: str) -> float:
    """A number of a line, infinity among them.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise at_line(path, number, f"the {name} '{_quoted(text)}' is not a number") from None
