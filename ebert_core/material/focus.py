"""Extra windows where there is most to learn, and the weights that keep probabilities honest all the same.

An epoch shows every place once in every cell type. Bound bins are rare, so further windows are drawn around them, and
around unbound bins that the network takes for bound. A bin that is seen more often counts less each time: the weighted
loss has the same expectation as that of the epoch alone, and a probability stays one.
"""

# U = units of 200 bp of a place, W = units of a window, S = units that are focused on, N = bins starting every 50 bp,
# F = factors, K = bound bins of a place, each as often as it has factors.

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.material.sampling import Example
from ebert_core.protocol.terms.grid import BIN, POSITIONS_PER_BIN
from ebert_core.protocol.terms.locus import Interval


class _Units(NamedTuple):
    """The units of one place in one cell type that windows are drawn around, in order.

    `upto_S` sums what the units up to each count; `before_S1` sums what those before each count for one window of all
    that hold them.
    """

    unit_S: NDArray[np.int64]
    upto_S: NDArray[np.float64]
    before_S1: NDArray[np.float64]

    @property
    def total(self) -> float:
        """What all units count together."""
        return float(self.upto_S[-1]) if len(self.upto_S) else 0.0

    def drawn_at(self, first_X: NDArray[np.int64], width: int) -> NDArray[np.float64]:
        """What all focused units of windows beginning at some units count for each of them together."""
        low, high = (np.searchsorted(self.unit_S, edge) for edge in (first_X, first_X + width))
        drawn_X: NDArray[np.float64] = self.before_S1[high] - self.before_S1[low]
        return drawn_X


class Focus:
    """Where further windows are drawn, and what each bin counts in turn.

    Args:
        places: the training stretches, ends on multiples of 200.
        counts: by cell type, one array (U,) a place: how much each unit is worth drawing around, 0 where not.
        length: of a window in bases.
        windows: how many further windows an epoch gets.
    """

    def __init__(
        self, places: Sequence[Interval], counts: Mapping[str, Sequence[NDArray[np.float64]]], length: int, windows: int
    ) -> None:
        self._width = length // BIN
        self._units = {
            (cell_type, place): self._units_of(place, count_U)
            for cell_type, of_places in counts.items()
            for place, count_U in zip(places, of_places, strict=True)
        }
        self._places = tuple(places)
        self._total = sum(units.total for units in self._units.values())
        self.windows = windows if self._total > 0 else 0

    def _units_of(self, place: Interval, count_U: NDArray[np.float64]) -> _Units:
        unit_S = np.flatnonzero(count_U > 0)
        lowest, highest = self._starts(place, unit_S)
        share_S = count_U[unit_S] / (highest - lowest + 1)
        return _Units(unit_S, np.cumsum(count_U[unit_S]), np.concatenate(([0.0], np.cumsum(share_S))))

    def _starts(self, place: Interval, unit_X: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first and last unit at which a window that holds a unit may begin."""
        last = place.length // BIN - self._width
        return np.maximum(0, unit_X - self._width + 1), np.minimum(last, unit_X)

    def examples(self, seed: tuple[int, ...]) -> list[Example]:
        """The further windows of an epoch: a unit by what it counts, then any window that holds it."""
        if not self.windows:
            return []
        random = np.random.default_rng(seed)
        keys = list(self._units)
        weight = np.array([self._units[key].total for key in keys])
        key_W = random.choice(len(keys), size=self.windows, p=weight / weight.sum())
        share_W = random.random(self.windows)
        lowest_W, highest_W = np.zeros((2, self.windows), dtype=np.int64)
        for number in np.unique(key_W):
            units, is_here_W = self._units[keys[number]], key_W == number
            drawn = np.searchsorted(units.upto_S, share_W[is_here_W] * units.total, side="right")
            lowest_W[is_here_W], highest_W[is_here_W] = self._starts(keys[number][1], units.unit_S[drawn])
        begin_W = random.integers(lowest_W, highest_W + 1) * BIN
        return [self._example(keys[key], begin) for key, begin in zip(key_W.tolist(), begin_W.tolist(), strict=True)]

    def _example(self, key: tuple[str, Interval], begin: int) -> Example:
        cell_type, place = key
        start = place.start + begin
        return Example(cell_type, Interval(place.chromosome, start, start + self._width * BIN))

    def weights(self, example: Example) -> NDArray[np.float32]:
        """What each bin (N,) of a window counts: 1 over how often an epoch shows it, in expectation."""
        bins = self._width * POSITIONS_PER_BIN - (POSITIONS_PER_BIN - 1)
        if not self.windows:
            return np.ones(bins, dtype=np.float32)
        place = next(place for place in self._places if place.covers(example.interval))
        units = self._units[(example.cell_type, place)]
        begin = (example.interval.start - place.start) // BIN
        # Windows that begin up to a width earlier hold the first unit, later ones up to the last unit itself.
        first_X = np.arange(begin - self._width + 1, begin + self._width)
        can_begin = (first_X >= 0) & (first_X <= place.length // BIN - self._width)
        drawn_X = np.where(can_begin, units.drawn_at(first_X, self._width), 0.0)
        times_W = np.convolve(drawn_X, np.ones(self._width), mode="valid") * self.windows / self._total
        return np.repeat(1 / (1 + times_W), POSITIONS_PER_BIN)[:bins].astype(np.float32)


class BoundBins(NamedTuple):
    """The bound bins of one place, one by one: the unit each begins in, and its factor."""

    units: int
    unit_K: NDArray[np.int32]
    factor_K: NDArray[np.int16]

    @classmethod
    def of(cls, labels_NF: NDArray[np.int8]) -> "BoundBins":
        """Those among the labels of the bins of a place; N is three less than four times the units."""
        bin_K, factor_K = np.nonzero(labels_NF == 1)
        units = -(-len(labels_NF) // POSITIONS_PER_BIN)
        return cls(units, (bin_K // POSITIONS_PER_BIN).astype(np.int32), factor_K.astype(np.int16))


def bound_units(bound: BoundBins, bins_of_factor_F: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each unit (U,) counts as bound: every factor's bound bins together count 1 over the training genome.

    `bins_of_factor_F` is how many bins of each factor are bound in all places and cell types.
    """
    share_F = 1 / np.maximum(1, bins_of_factor_F)
    sum_U = np.bincount(bound.unit_K, weights=share_F[bound.factor_K], minlength=bound.units)
    return np.asarray(sum_U, dtype=np.float64)


def summed_by_unit(value_N: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sums (U,) of the values of the bins that begin in each unit."""
    padded = np.zeros(-(-len(value_N) // POSITIONS_PER_BIN) * POSITIONS_PER_BIN)
    padded[: len(value_N)] = value_N
    sum_U: NDArray[np.float64] = padded.reshape(-1, POSITIONS_PER_BIN).sum(1)
    return sum_U
