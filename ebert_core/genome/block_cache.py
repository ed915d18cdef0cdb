"""Blocks of files that were fetched from servers, kept within a limit of bytes; the longest unused go first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

# All readers of a process share it: some hundred views of a bigWig, or three of a large one with its index.
MOST_BYTES = 64 * 2**20


class BlockCache:
    """Blocks by file, version and number. Every method may be called from several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._blocks: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes_held(self) -> int:
        """How many bytes are held now."""
        return self._bytes

    def get(self, key: Hashable) -> bytes | None:
        """A block, which counts as used now; None where it is not held."""
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
            return block

    def put(self, key: Hashable, block: bytes) -> None:
        """Keeps a block; one that is larger than the limit is not kept."""
        with self._lock:
            self._bytes += len(block) - len(self._blocks.pop(key, b""))
            self._blocks[key] = block
            while self._bytes > self._most:
                self._bytes -= len(self._blocks.popitem(last=False)[1])


# The one of this process.
BLOCKS = BlockCache()
