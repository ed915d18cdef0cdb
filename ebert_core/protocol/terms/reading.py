"""Which file is being read, told before it is touched: whoever outlives a reader then knows what it ended on.

A library may crash on a damaged file, or use up all memory, and no `except` catches that. So a worker says what it is
about to read, and the window remembers the file and keeps the next worker from it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

import msgspec

from ebert_core.protocol.terms.errors import InvalidRequest, about

Listener = Callable[[str], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_present: ContextVar[str] = ContextVar("present", default="")


class FileStamp(msgspec.Struct, frozen=True):
    """A file or folder as it was: when it was changed, in nanoseconds since 1970, and its size; 0 where it is not."""

    path: str
    modified: int
    size: int


class Avoided(InvalidRequest):
    """A file on which a worker ended before, and which has not changed since."""

    def __init__(self, role: Literal["data", "model"], path: str) -> None:
        super().__init__(avoided_sentence(role, path), path)


def stamp_of(path: str) -> FileStamp:
    """A file or folder as it is now."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        # Whoever reads it says what is wrong with it.
        return FileStamp(path, 0, 0)
    return FileStamp(path, status.st_mtime_ns, status.st_size)


def avoided_sentence(role: Literal["data", "model"], path: str) -> str:
    """Why a file is not read."""
    doing = "read" if role == "data" else "computed with"
    return f"The {role} worker ended while it {doing} {path}. This is not tried again until the file changes."


def reads(path: str | Path) -> None:
    """Say that from now on this file is read; an empty path is none.

    Raises:
        Avoided: a worker ended on it before.
    """
    _present.set(str(path))
    listener = _listener.get()
    if listener is not None:
        listener(str(path))


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Say that within this block the file is read; then goes on what was read before. What is wrong is about it.

    Raises:
        Avoided: a worker ended on it before.
    """
    before = _present.get()
    reads(path)
    try:
        with about(path):
            yield
    finally:
        if before != str(path):
            reads(before)


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Within this block, `listener` hears of every file before it is read."""
    here, before = _listener.set(listener), _present.set("")
    try:
        yield
    finally:
        _listener.reset(here)
        _present.reset(before)
