"""The replies that have come, by what was asked, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator

import msgspec
import numpy as np

from ebert_core.protocol.locus import Interval
from ebert_gui.browser.content import Held

LARGEST_BYTES = 64_000_000
_BYTES_PER_ITEM = 200


class TileCache:
    """Replies by request, grouped in streams; the least recently used leave when `largest_bytes` is passed."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        self.version = 0
        self._largest_bytes = largest_bytes
        self._bytes = 0
        self._serial = 0
        self._sizes: OrderedDict[msgspec.Struct, tuple[Hashable, int]] = OrderedDict()
        self._streams: dict[Hashable, dict[msgspec.Struct, Held[object]]] = {}

    @property
    def bytes(self) -> int:
        """Size of what is held."""
        return self._bytes

    def __contains__(self, request: msgspec.Struct) -> bool:
        return request in self._sizes

    def put(self, stream: Hashable, request: msgspec.Struct, interval: Interval, reply: object, level: int) -> None:
        """Keep a reply; replies used least lately leave."""
        if request in self._sizes:
            self._drop(request)
        size = _size_of(reply)
        self._serial += 1
        self.version += 1
        self._sizes[request] = (stream, size)
        self._streams.setdefault(stream, {})[request] = Held(self._serial, interval, reply, level)
        self._bytes += size
        while self._bytes > self._largest_bytes and len(self._sizes) > 1:
            self._drop(next(iter(self._sizes)))

    def stream(self, stream: Hashable) -> Iterator[Held[object]]:
        """The replies of a stream, oldest first."""
        yield from self._streams.get(stream, {}).values()

    def touch(self, stream: Hashable, interval: Interval) -> None:
        """Note that these replies are on screen."""
        for request, held in self._streams.get(stream, {}).items():
            if held.interval.overlaps(interval):
                self._sizes.move_to_end(request)

    def clear(self) -> None:
        """Forget everything."""
        self._sizes.clear()
        self._streams.clear()
        self._bytes = 0
        self.version += 1

    def _drop(self, request: msgspec.Struct) -> None:
        stream, size = self._sizes.pop(request)
        held = self._streams[stream]
        del held[request]
        if not held:
            del self._streams[stream]
        self._bytes -= size
        self.version += 1


def _size_of(reply: object) -> int:
    """Bytes of a reply: its arrays, and a fair guess for the rest."""
    size = _BYTES_PER_ITEM
    for name in getattr(reply, "__struct_fields__", ()):
        value = getattr(reply, name)
        if isinstance(value, np.ndarray):
            size += value.nbytes
        elif isinstance(value, tuple):
            size += _BYTES_PER_ITEM * len(value)
    return size
