"""Values of bins as values of columns: what stands in each device pixel of an axis."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ebert_gui.browser.axis import Axis
from ebert_gui.browser.look import Scale

Values = NDArray[np.float64]


def column_bins(axis: Axis, start: float, width: float, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and one past the last of `count` bins under each column; empty ranges where there are none."""
    edges = (axis.column_edges() - start) / width
    first = np.floor(edges[:-1] + 1e-9).astype(np.int64)
    last = np.maximum(np.ceil(edges[1:] - 1e-9).astype(np.int64), first + 1)
    inside = (last > 0) & (first < count)
    return np.where(inside, np.clip(first, 0, count), 0), np.where(inside, np.clip(last, 0, count), 0)


def reduce_columns(
    reduction: np.ufunc, values: NDArray[np.float32], first: NDArray[np.int64], last: NDArray[np.int64]
) -> Values:
    """The reduction (`np.fmax`, `np.fmin`, `np.add`) of the values of each range; NaN for empty ranges."""
    result = np.full(first.size, np.nan)
    filled = np.flatnonzero(last > first)
    if filled.size:
        begin, end = int(first[filled[0]]), int(last[filled[-1]])
        padded = np.append(values[begin:end].astype(np.float64), np.nan)
        pairs = np.column_stack([first[filled], last[filled]]).ravel() - begin
        result[filled] = reduction.reduceat(padded, pairs)[::2]
    return result


def stretches(chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and one past the last column of each run of chosen columns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def y_of(value: Values | float, scale: Scale, height: float) -> Values:
    """Logical y of values, held inside the track; 3 pixels stay free at the top."""
    return (height - 1) - np.clip(scale.share(value), 0, 1) * (height - 4)


def round_up(value: float) -> float:
    """The next round number above: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten; 0 for what is not above 0."""
    if not math.isfinite(value) or value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.999999)
