"""Tiles that were computed and may be asked for again, in one block of memory of a fixed size."""

# F = factors, P = bins of a tile, B = tiles.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.terms.edits import Edit


class TileKey(NamedTuple):
    """What a tile's logits depend on."""

    chromosome: str
    tile: int
    cell_type: str
    strands: int
    edits: tuple[Edit, ...]


class RememberedTiles:
    """As many tiles as `budget` bytes hold, the newest; each has the axes (F, P).

    They lie in one block, not in arrays of their own: small arrays that stay, among the large ones of a network that
    go, keep the gaps between them from being used again, and the process grows by far more than it remembers.
    """

    def __init__(self, budget: int, factors: int, bins: int) -> None:
        self._shape = (factors, bins)
        self._most = budget // max(1, factors * bins * np.dtype(np.float32).itemsize)
        # The system gives memory to its pages when they are first written.
        self._tiles_XFP = np.empty((self._most, *self._shape), dtype=np.float32)
        self._rows: dict[TileKey, int] = {}
        self._keys: list[TileKey] = []
        self._next = 0

    def __len__(self) -> int:
        """How many tiles are remembered."""
        return len(self._rows)

    def of(self, keys: Sequence[TileKey]) -> list[NDArray[np.float32]] | None:
        """Copies of the tiles with these keys, or None where one of them is not remembered."""
        if not all(key in self._rows for key in keys):
            return None
        return [self._tiles_XFP[self._rows[key]].copy() for key in keys]

    def add(self, keys: Sequence[TileKey], tiles_BFP: NDArray[np.float32]) -> None:
        """Remembers these tiles in the place of the oldest."""
        for key, tile_FP in zip(keys, tiles_BFP, strict=True):
            if self._most:
                self._tiles_XFP[self._row_for(key)] = tile_FP

    def _row_for(self, key: TileKey) -> int:
        if key in self._rows:
            return self._rows[key]
        row, self._next = self._next, (self._next + 1) % self._most
        if row < len(self._keys):
            del self._rows[self._keys[row]]
            self._keys[row] = key
        else:
            self._keys.append(key)
        self._rows[key] = row
        return row
