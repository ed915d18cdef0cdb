"""The fixed grid of tiles on which a checkpoint predicts, so that every way of asking gives the same number."""

import msgspec

from ebert_core.model.config import Architecture
from ebert_core.protocol.locus import Interval


class TileGrid(msgspec.Struct, frozen=True):
    """Tile t keeps the predictions of [t x core, (t + 1) x core) and sees `halo` more bases on either side."""

    core: int
    halo: int

    @classmethod
    def of(cls, architecture: Architecture) -> "TileGrid":
        """The grid of a network."""
        return cls(architecture.core, architecture.halo)

    def covering(self, start: int, end: int) -> range:
        """Numbers of the tiles whose cores touch [start, end)."""
        return range(max(0, start) // self.core, max(0, -(-end // self.core)))

    def window(self, chromosome: str, tile: int) -> Interval:
        """What a tile sees; it may begin before the chromosome and end after it."""
        start = tile * self.core
        return Interval(chromosome, start - self.halo, start + self.core + self.halo)
