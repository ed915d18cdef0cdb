"""What is known of a signal in each device-pixel column, and the scale on which all of it can be seen."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Signal
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held
from ebert_gui.browser.scale import Scale, power_below
from ebert_gui.looks.columns import Values, column_bins, reduce_columns, round_up
from ebert_gui.looks.signal_settings import SignalSettings, Statistic

# How many powers of ten an automatic logarithmic scale has at most.
_MOST_DECADES = 4


class Band(NamedTuple):
    """Minimum, maximum and mean of each column; NaN where nothing is known."""

    minimum: Values
    maximum: Values
    mean: Values

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Where there is a value."""
        return np.isfinite(self.mean)

    def values(self, statistic: Statistic) -> Values:
        """The value that stands for each column: of a range its mean."""
        return {"minimum": self.minimum, "maximum": self.maximum}.get(statistic, self.mean)

    def extremes(self, statistic: Statistic) -> tuple[Values, Values]:
        """The least and the largest value that is drawn in each column."""
        if statistic == "range":
            return self.minimum, self.maximum
        return self.values(statistic), self.values(statistic)

    def cut(self, first: int, last: int) -> "Band":
        """Some of the columns."""
        return Band(*(values[first:last] for values in self))


def one_column_wider(axis: Axis) -> Axis:
    """An axis with one more column at each side, to which lines go on."""
    start, width = axis.start - axis.bases_per_column, axis.width + 2 / axis.ratio
    return axis._replace(start=start, width=width)


def band_of(replies: Iterable[Held[Signal]], axis: Axis) -> Band:
    """What is known of a signal in each column; later replies stand over earlier ones.

    A column in which one reply ends and the next of the same level begins holds the values of both.
    """
    lowest, highest, total = (np.full(axis.columns, np.nan) for _ in range(3))
    count = np.zeros(axis.columns)
    levels = np.full(axis.columns, -1)
    edges = axis.column_edges()
    for held in replies:
        signal = held.shape
        if not held.interval.overlaps(axis.interval) or not signal.mean.size:
            continue
        bins = signal.bins
        first, last = column_bins(axis, bins.start, signal.bin_width, signal.mean.size)
        found_count = reduce_columns(np.add, np.isfinite(signal.mean).astype(np.float32), first, last)
        found = (
            reduce_columns(np.fmin, signal.minimum, first, last),
            reduce_columns(np.fmax, signal.maximum, first, last),
            reduce_columns(np.add, np.nan_to_num(signal.mean), first, last),
        )
        is_new = is_here = last > first
        is_joined = is_here & (levels == held.level) & ((edges[:-1] < bins.start) | (edges[1:] > bins.end))
        if is_joined.any():
            for joined, target, values in zip((np.fmin, np.fmax, np.add), (lowest, highest, total), found, strict=True):
                target[is_joined] = joined(target[is_joined], values[is_joined])
            count[is_joined] += found_count[is_joined]
            is_new = is_here & ~is_joined
        for target, values in zip((lowest, highest, total, count), (*found, found_count), strict=True):
            target[is_new] = values[is_new]
        levels[is_here] = held.level
    mean = np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)
    return Band(lowest, highest, mean)


def scale_of(band: Band, settings: SignalSettings) -> Scale | None:
    """The scale on which what is drawn of a band can be seen, with round ends; None where there is nothing.

    A linear or symmetric scale begins or ends at 0 where no value lies beyond it. A logarithmic one begins at a power
    of ten.
    """
    lowest, highest = (values[np.isfinite(values)] for values in band.extremes(settings.drawn_statistic))
    if not lowest.size:
        return None
    spacing, percentile = settings.spacing, settings.percentile
    if spacing == "log":
        lowest, highest = lowest[lowest > 0], highest[highest > 0]
        return _log_scale(lowest, highest, settings) if highest.size else None
    given_low, given_high = settings.ends
    # A difference, since -0.0 would be written as -0.
    low = given_low if given_low is not None else 0.0 - _end(-lowest, percentile)
    high = given_high if given_high is not None else _end(highest, percentile)
    return Scale(low, high if high > low else 0.0 if low < 0 else low + 1.0, spacing)


def _log_scale(lowest: Values, highest: Values, settings: SignalSettings) -> Scale:
    given_low, given_high = settings.ends
    high = given_high if given_high is not None else _end(highest, settings.percentile)
    least = float(lowest.min()) if lowest.size else high
    low = given_low if given_low is not None else power_below(max(least, high * 10.0**-_MOST_DECADES))
    if low >= high:
        low, high = (low, low * 10) if given_low is not None else (high / 10, high)
    return Scale(low, high, "log")


def _end(values: Values, percentile: float) -> float:
    """A round number that leaves room for a share of the values; 0 where they are not above it."""
    if percentile >= 100:
        return round_up(float(values.max()))
    # The next larger column, so that at least this share of them has room; round to two digits, since more would
    # leave room for others.
    value = float(np.quantile(values, percentile / 100, method="higher"))
    if value <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step * 0.999999) * step:.6g}")
