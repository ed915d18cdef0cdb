"""Signals written to files by the data role: whatever is drawn of files can be had as one."""

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval


class WriteSignal(msgspec.Struct, frozen=True, tag="write-signal"):
    """Write a signal to a bigWig at `path`: the mean of every `step` bases. Reply: WrittenSignal.

    Of an interval, or of the whole genome where that is None.
    """

    source: msgspec.Raw
    path: str
    step: int = 50
    interval: Interval | None = None


class WrittenSignal(msgspec.Struct, frozen=True):
    """The reply to WriteSignal: the file, and how many bases have a value in it."""

    path: str
    bases: int


def write_request(source: Source, path: str, step: int, interval: Interval | None = None) -> WriteSignal:
    """The request that writes this source."""
    return WriteSignal(msgspec.Raw(codec.encode(source)), path, step, interval)
