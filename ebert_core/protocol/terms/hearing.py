"""Who waits for what is read or computed: told how far it is, and heard when the answer is no longer wanted.

Files are opened, and fits are made, deep below the handler of a request or the command of a job, so the one who waits
is kept for the whole call instead of being handed down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Waiting(Protocol):
    """Takes how far the work is, 0 to 1, and a note; raises when the answer is no longer wanted."""

    def __call__(self, fraction: float, note: str = "", /) -> None:
        """Called now and then while something is read or computed."""


_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)
_fraction: ContextVar[float] = ContextVar("fraction", default=0.0)


@contextmanager
def heard_by(waiting: Waiting) -> Iterator[None]:
    """Until the end of the block, what is read or computed tells this one how far it is."""
    token, before = _waiting.set(waiting), _fraction.set(0.0)
    try:
        yield
    finally:
        _waiting.reset(token)
        _fraction.reset(before)


def tell_progress(fraction: float, note: str) -> None:
    """Tells the one who waits, if anybody does. Call it for every megabyte, or for every second of work.

    Raises:
        BaseException: whatever that one raises to say that the answer is no longer wanted.
    """
    waiting = _waiting.get()
    if waiting is not None:
        _fraction.set(fraction)
        waiting(fraction, note)


def tell_still_waiting(note: str) -> None:
    """Tells the one who waits that the work is as far as it was told last, because others have not answered yet.

    Raises:
        BaseException: whatever that one raises to say that the answer is no longer wanted.
    """
    tell_progress(_fraction.get(), note)
