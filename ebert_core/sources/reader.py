"""A reader: a kind of source, and the function that makes a shape of its arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ebert_core.genome.features import Extents
from ebert_core.protocol.shapes import Shape
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.open_dataset import OpenedDataset

Wanted = TypeVar("Wanted", bound=Source)


@dataclass(frozen=True)
class Reader(Generic[Wanted]):
    """Reads one kind of source in the data role.

    `read` gets the source, the interval, into how many bins values are to be cut, and the open dataset. Before it
    touches a file it says so with `ebert_core.protocol.terms.reading.reads`. `extents`, for features alone, says where
    all of them lie that share a base with an interval; with it one can go from each to the next.
    """

    source: type[Wanted]
    read: Callable[[Wanted, Interval, int, OpenedDataset], Shape]
    extents: Callable[[Wanted, Interval, OpenedDataset], Extents] | None = None
