"""Signals written to files by the data role: whatever is drawn of files can be had as one."""

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval


class WriteSignal(msgspec.Struct, frozen=True, tag="write-signal"):
    """Write a signal to a bigWig at `path`: the mean of every `step` bases. Reply: WrittenSignal.

    Of these places, in the order of the genome, or of the whole genome where there are none.
    """

    source: msgspec.Raw
    path: str
    step: int = 50
    places: tuple[Interval, ...] = ()


class WrittenSignal(msgspec.Struct, frozen=True):
    """The reply to WriteSignal: the file, and how many bases have a value in it."""

    path: str
    bases: int


def write_request(source: Source, path: str, step: int, *places: Interval) -> WriteSignal:
    """The request that writes this source."""
    return WriteSignal(msgspec.Raw(codec.encode(source)), path, step, places)
