"""Lines of text files, plain or compressed, and the sentences said when a file cannot be read."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ebert_core.protocol.errors import InvalidRequest

GZIP_MAGIC = b"\x1f\x8b"


class Line(NamedTuple):
    """A line without its end, and its number counted from 1."""

    number: int
    text: str


@contextmanager
def reading(path: Path) -> Iterator[None]:
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


def first_bytes(path: Path, count: int = 4096) -> bytes:
    """The first bytes of a file, unpacked when it is gzipped.

    Raises:
        InvalidRequest: the file cannot be read or is empty.
    """
    with reading(path), open(path, "rb") as file:
        head = file.read(count)
        if not head:
            raise InvalidRequest(f"{path} is empty.")
        if not head.startswith(GZIP_MAGIC):
            return head
        file.seek(0)
        with gzip.open(file) as unpacked:
            return unpacked.read(count)


def read_lines(path: Path) -> Iterator[Line]:
    """All lines that are not blank, whatever ends them.

    Raises:
        InvalidRequest: the file cannot be read, is empty, or is no text.
    """
    if b"\0" in first_bytes(path):
        raise InvalidRequest(f"{path} is not a text file.")
    with reading(path), open(path, "rb") as raw:
        is_packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        unpacked = gzip.open(raw) if is_packed else raw  # noqa: SIM115 (closed by the wrapper below)
        with io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="replace", newline=None) as text:
            for number, line in enumerate(text, 1):
                if not line.isspace():
                    yield Line(number, line.rstrip("\n"))


def at_line(path: Path, number: int, problem: str) -> InvalidRequest:
    """The error that names a file and a line."""
    return InvalidRequest(f"{path}, line {number}: {problem}.")


def columns_of(line: str) -> list[str]:
    """Fields of a line cut at tabs, or at any white space where tabs make no sense of it."""
    fields = line.rstrip(" \r\n").removesuffix("\t").split("\t")
    if len(fields) < 3 or not all(fields[:3]):
        return line.split()
    return [field.strip() for field in fields]


def whole_number(path: Path, number: int, name: str, text: str) -> int:
    """A position or count of a line.

    Raises:
        InvalidRequest: it is not a whole number of at least 0.
    """
    try:
        value = int(text)
    except ValueError:
        raise at_line(path, number, f"the {name} '{text}' is not a whole number") from None
    if value < 0:
        raise at_line(path, number, f"the {name} {value} is negative")
    return value


def real_number(path: Path, number: int, name: str, text: str) -> float:
    """A score or value of a line; `.` and nothing are 0.

    Raises:
        InvalidRequest: it is not a number.
    """
    if text in ("", "."):
        return 0.0
    try:
        return float(text)
    except ValueError:
        raise at_line(path, number, f"the {name} '{text}' is not a number") from None
