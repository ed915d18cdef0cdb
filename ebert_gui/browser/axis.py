"""Where a base is on screen: the mapping between positions and pixels, in float64."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ebert_core.protocol.terms.locus import Interval


class Axis(NamedTuple):
    """`start` is the position at x = 0; x counts logical pixels: `width` are drawn, `ratio` device pixels each."""

    chromosome: str
    start: float
    bases_per_pixel: float
    width: float
    ratio: float = 1.0

    @property
    def end(self) -> float:
        """Position at the right edge."""
        return self.start + self.width * self.bases_per_pixel

    @property
    def columns(self) -> int:
        """Device pixels across."""
        return max(1, round(self.width * self.ratio))

    @property
    def bases_per_column(self) -> float:
        """Bases under one device pixel."""
        return self.bases_per_pixel / self.ratio

    @property
    def interval(self) -> Interval:
        """The whole bases drawn."""
        return Interval(self.chromosome, math.floor(self.start), math.ceil(self.end))

    def x_of(self, position: float) -> float:
        """Logical x of a position."""
        return (position - self.start) / self.bases_per_pixel

    def xs_of(self, positions: ArrayLike) -> NDArray[np.float64]:
        """Logical x of many positions."""
        return (np.asarray(positions, dtype=np.float64) - self.start) / self.bases_per_pixel

    def position_at(self, x: float) -> float:
        """Position under a logical x."""
        return self.start + x * self.bases_per_pixel

    def column_edges(self) -> NDArray[np.float64]:
        """Positions of the edges of the device pixels, one more than there are pixels."""
        return self.start + np.arange(self.columns + 1, dtype=np.float64) * self.bases_per_column
