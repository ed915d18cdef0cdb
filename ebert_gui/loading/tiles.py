"""The shapes that have come, by what was asked of which source, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Iterator

import msgspec
import numpy as np

from ebert_core.protocol.shapes import Shape
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held
from ebert_gui.loading.tiling import Query

LARGEST_BYTES = 64_000_000
_BYTES_PER_ITEM = 200


class TileCache:
    """Shapes by query of one source each; the least recently used leave when `largest_bytes` is passed."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        self.version = 0
        self._largest_bytes = largest_bytes
        self._bytes = 0
        self._serial = 0
        self._sizes: OrderedDict[Query, int] = OrderedDict()
        self._of_source: dict[Source, dict[Query, Held[Shape]]] = {}

    @property
    def bytes(self) -> int:
        """Size of what is held."""
        return self._bytes

    def __contains__(self, query: Query) -> bool:
        """Whether what is asked of every source has come."""
        return all(each in self._sizes for each in query.each)

    def put(self, query: Query, interval: Interval, shape: Shape, level: int) -> None:
        """Keep the answer of one source, which speaks about an interval; what was used least lately leaves."""
        [source] = query.sources
        if query in self._sizes:
            self._drop(query)
        size = _size_of(shape)
        self._serial += 1
        self.version += 1
        self._sizes[query] = size
        self._of_source.setdefault(source, {})[query] = Held(self._serial, interval, shape, level)
        self._bytes += size
        while self._bytes > self._largest_bytes and len(self._sizes) > 1:
            self._drop(next(iter(self._sizes)))

    def get(self, query: Query) -> Held[Shape] | None:
        """The answer of one source."""
        [source] = query.sources
        return self._of_source.get(source, {}).get(query)

    def of_source(self, source: Source) -> Iterator[Held[Shape]]:
        """What has come of a source, oldest first."""
        yield from self._of_source.get(source, {}).values()

    def touch(self, source: Source, interval: Interval) -> None:
        """Note that this is on screen."""
        for query, held in self._of_source.get(source, {}).items():
            if held.interval.overlaps(interval):
                self._sizes.move_to_end(query)

    def clear(self) -> None:
        """Forget everything."""
        self._sizes.clear()
        self._of_source.clear()
        self._bytes = 0
        self.version += 1

    def _drop(self, query: Query) -> None:
        [source] = query.sources
        self._bytes -= self._sizes.pop(query)
        held = self._of_source[source]
        del held[query]
        if not held:
            del self._of_source[source]
        self.version += 1


# object: a field of a shape, which may be an array, a struct of arrays, a list of structs or a number.
def _size_of(value: object) -> int:
    """Bytes of a shape: its arrays, and a fair guess for the rest."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, msgspec.Struct):
        return _BYTES_PER_ITEM + sum(_size_of(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, tuple):
        return _BYTES_PER_ITEM * len(value)
    return 0
