"""The fixed grid of tiles on which a checkpoint predicts, so that every way of asking gives the same number."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.model.config import Architecture
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval


class TileGrid(msgspec.Struct, frozen=True):
    """Tile t stands for [t x core, (t + 1) x core) and sees `halo` more bases on either side.

    Within `fade` bases of the border between two tiles, a bin's value passes from the one to the other in a straight
    line: it is the weighted mean of what both say, by the distance of the bin's centre from the border.
    """

    core: int
    halo: int
    fade: int = 0

    @classmethod
    def of(cls, architecture: Architecture) -> "TileGrid":
        """The grid of a network: the inner quarter of the halos is blended."""
        return cls(architecture.core, architecture.halo, architecture.halo // 4)

    @property
    def lead(self) -> int:
        """How many bases before its core the first bin begins that a tile has a say in."""
        return self.fade + BIN // 2 if self.fade else 0

    @property
    def bins(self) -> int:
        """How many bins a tile has a say in."""
        return (self.core + 2 * self.fade) // POSITION

    def covering(self, start: int, end: int, length: int) -> range:
        """Numbers of the tiles that have a say in bins that start in [start, end), on a chromosome of this length."""
        last = (length - 1) // self.core
        trail = 2 * self.fade - self.lead
        first = (max(0, start) - trail) // self.core
        return range(max(0, min(first, last)), min(last, (end + self.lead - 1) // self.core) + 1)

    def window(self, chromosome: str, tile: int) -> Interval:
        """What a tile sees; it may begin before the chromosome and end after it."""
        start = tile * self.core
        return Interval(chromosome, start - self.halo, start + self.core + self.halo)

    def weights(self, tile: int, length: int) -> NDArray[np.float32]:
        """What a tile counts in each bin that it has a say in; the first and last tile of a chromosome have it all."""
        weight = np.ones(self.bins, dtype=np.float32)
        shared = 2 * self.fade // POSITION
        rising = np.arange(shared, dtype=np.float32) / max(1, shared)
        if tile > 0:
            weight[:shared] = rising
        if tile < (length - 1) // self.core:
            weight[len(weight) - shared :] = 1 - rising
        return weight
