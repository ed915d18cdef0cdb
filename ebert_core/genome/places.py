"""Opens what a reader reads, be it a file here or one at an address: readers do not know which.

A reader of any place asks for parts as it needs them. What a library raises in place of what went wrong below it is
put right by `failures_below`.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ebert_core.genome.remote import LEAST_READ, Remote, Source
from ebert_core.protocol.machine.regular_files import open_file
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.errors import InvalidRequest

# What a library may read at once, so that whoever waits hears of it.
_MOST_AT_ONCE = 4 * 2**20

_remotes: dict[str, Remote] = {}
_failure: ContextVar[BaseException | None] = ContextVar("failure", default=None)


class Stamp(NamedTuple):
    """By what a change of a file is noticed: which it is, when it was changed, and how many bytes it has."""

    version: str
    size: int


def open_bytes(place: Place) -> io.BufferedReader:
    """A file to be read at any place; of one at an address no more is fetched than is read, and a little ahead.

    Raises:
        InvalidRequest: it is no regular file, or its server does not give it.
        OSError: it cannot be opened, or is a folder.
    """
    if isinstance(place, Path):
        return open_file(place)
    return io.BufferedReader(_Reader(_remote(place).by_parts()), LEAST_READ)


def open_to_read_through(place: Place) -> io.BufferedReader:
    """A file to be read from its beginning to its end; one at an address is fetched once, and up to a limit.

    Raises:
        InvalidRequest: it is no regular file, its server does not give it, or it is too large.
        OSError: it cannot be opened, or is a folder.
    """
    if isinstance(place, Path):
        return open_file(place)
    return io.BufferedReader(_Reader(_remote(place).whole()), LEAST_READ)


def stamp(place: Place) -> Stamp:
    """What changes when a file does; of an address, what its server said last.

    Raises:
        InvalidRequest: the server does not give the file.
        OSError: there is no such file.
    """
    if isinstance(place, Path):
        status = os.stat(place)
        return Stamp(f"{status.st_ino} {status.st_mtime_ns}", status.st_size)
    version = _remote(place).version
    return Stamp(f"{version.etag} {version.modified}", version.length or 0)


def stamp_if_there(place: Place) -> Stamp:
    """The same, or an empty one where nothing is to be had: whoever reads it says what is wrong with it."""
    try:
        return stamp(place)
    except (OSError, ValueError, InvalidRequest):
        return Stamp("", 0)


def length_of(file: BinaryIO) -> int:
    """How many bytes an opened file has; it stands where it stood."""
    here = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(here)
    return end


def ask_servers_again() -> None:
    """Each address that is opened from now on is asked for its version once more."""
    for remote in _remotes.values():
        remote.ask_again()


def is_empty(place: Place) -> bool:
    """Whether a file is there and holds nothing.

    Raises:
        InvalidRequest: the server does not give the file.
    """
    if isinstance(place, Path):
        return os.path.isfile(place) and not os.path.getsize(place)
    return not stamp(place).size


@contextmanager
def failures_below() -> Iterator[None]:
    """Around a library that reads an opened place: raises what went wrong in reading, whatever the library made of it.

    Raises:
        BaseException: what reading raised, such as InvalidRequest, or that the answer is no longer wanted.
    """
    token = _failure.set(None)
    try:
        yield
    except BaseException as error:
        failure = _failure.get()
        if failure is None or failure is error:
            raise
        raise failure from None
    else:
        if (failure := _failure.get()) is not None:
            raise failure
    finally:
        _failure.reset(token)


def _remote(address: Address) -> Remote:
    return _remotes.setdefault(address.text, Remote(address))


class _Reader(io.RawIOBase):
    """A source as a file."""

    def __init__(self, source: Source) -> None:
        self._source, self._position = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._source.length}[whence]
        if start + offset < 0:
            raise OSError(22, "Invalid argument")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    # Any: RawIOBase takes whatever holds bytes.
    def readinto(self, buffer: Any) -> int:
        piece = memoryview(buffer).cast("B")
        try:
            read = self._source.read_at(self._position, min(len(piece), _MOST_AT_ONCE))
        except BaseException as error:
            _failure.set(error)
            raise
        piece[: len(read)] = read
        self._position += len(read)
        return len(read)
