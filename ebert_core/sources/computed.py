"""Signals that are computed of others: smoothed, or two of them compared. They are read like any other signal."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Compared, Comparison, Smoothed
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

# Reads the signal that is an argument of another, of an interval and into so many bins.
ReadSignal = Callable[[bytes, Interval, int], Signal]

_WIDEST_WINDOW = 1_000_000
# So many bins are read at once: of bins of one base, still every base itself.
_BINS_AT_ONCE = 65_536
# Two signals are compared in at most so many parts of a bin.
_PARTS_OF_BIN = 16

Values = NDArray[np.float64]


def smoothed(source: Smoothed, interval: Interval, columns: int, length: int, read: ReadSignal) -> Signal:
    """The means of the bins within half a window of each bin, on a chromosome of a length.

    A window is as many whole bins as come nearest to it, an odd number; bins that are wider than half of it stay as
    they are. At the ends of the chromosome it is shorter. All bins with a value count alike.
    """
    if not 1 <= source.window <= _WIDEST_WINDOW:
        raise InvalidRequest(
            f"A signal cannot be smoothed over {source.window:,} bp; choose 1 bp to {_WIDEST_WINDOW:,} bp."
        )
    width = interval.length / columns
    beside = round((source.window / width - 1) / 2)
    if beside < 1:
        return read(source.signal, interval, columns)
    left = min(beside, int(interval.start / width))
    right = min(beside, int(max(0, length - interval.end) / width))
    wide = Interval(interval.chromosome, round(interval.start - left * width), round(interval.end + right * width))
    pieces = list(_pieces(wide, left + columns + right, source.signal, read))
    here = slice(left, left + columns)
    minimum, maximum, mean = (
        _moving_mean(np.concatenate([getattr(piece, name) for piece in pieces]), beside)[here].astype(np.float32)
        for name in ("minimum", "maximum", "mean")
    )
    return Signal(interval, minimum, maximum, mean, remarks=pieces[0].remarks)


def _pieces(interval: Interval, columns: int, signal: bytes, read: ReadSignal) -> Iterator[Signal]:
    edges = np.linspace(interval.start, interval.end, columns + 1)
    for first in range(0, columns, _BINS_AT_ONCE):
        last = min(columns, first + _BINS_AT_ONCE)
        piece = Interval(interval.chromosome, round(edges[first]), round(edges[last]))
        yield read(signal, piece, last - first)


def _moving_mean(values: NDArray[np.float32], beside: int) -> Values:
    """The mean of each value and those beside it; NaN stays NaN and counts for no other."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0), dtype=np.float64)])
    counts = np.concatenate([[0], np.cumsum(known)])
    places = np.arange(values.size)
    first, last = np.maximum(places - beside, 0), np.minimum(places + beside + 1, values.size)
    means = np.full(values.size, np.nan)
    np.divide(sums[last] - sums[first], counts[last] - counts[first], out=means, where=known)
    return means


def compared(source: Compared, interval: Interval, columns: int, read: ReadSignal) -> Signal:
    """Two signals compared in each bin: of their means where they are compared, the least and the largest of its parts.

    The parts of a bin are its bases, or up to 16 equal ones of whole bases where it is wider.
    """
    parts = _parts_of(interval.length // columns)
    first, second = (read(each, interval, columns * parts) for each in (source.first, source.second))
    one, other = (signal.mean.astype(np.float64).reshape(columns, parts) for signal in (first, second))
    if source.fills_gaps:
        is_gap = np.isnan(one) & np.isnan(other)
        one, other = (np.where(is_gap, np.nan, np.nan_to_num(each)) for each in (one, other))
    known = np.isfinite(one) & np.isfinite(other)
    mean = _compare(source.by, _means(one, known), _means(other, known), source.added)
    of_parts = _compare(source.by, one, other, source.added)
    has_part = np.isfinite(of_parts)
    lowest = np.where(has_part, of_parts, np.inf).min(axis=1)
    highest = np.where(has_part, of_parts, -np.inf).max(axis=1)
    is_known = np.isfinite(mean)
    return Signal(
        interval,
        np.where(is_known, np.minimum(lowest, mean), np.nan).astype(np.float32),
        np.where(is_known, np.maximum(highest, mean), np.nan).astype(np.float32),
        mean.astype(np.float32),
        remarks=tuple(dict.fromkeys((*first.remarks, *second.remarks))),
    )


def _parts_of(width: int) -> int:
    """Into how many parts of equally many bases a bin is cut."""
    return max((parts for parts in range(1, _PARTS_OF_BIN + 1) if width % parts == 0 and parts <= width), default=1)


def _means(parts: Values, known: NDArray[np.bool_]) -> Values:
    count = known.sum(axis=1)
    means = np.full(len(parts), np.nan)
    np.divide(np.where(known, parts, 0).sum(axis=1), count, out=means, where=count > 0)
    return means


def _compare(by: Comparison, one: Values, other: Values, added: float) -> Values:
    if by == "difference":
        return one - other
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (one + added) / (other + added)
        found = ratio if by == "ratio" else np.log2(ratio)
    return np.where(np.isfinite(found), found, np.nan)
