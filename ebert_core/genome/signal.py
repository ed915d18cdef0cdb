"""Signals along the genome: bigWig, bedGraph and wig, binned for the screen and averaged exactly for the model."""

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bigfiles import BIGBED_MAGICS, BIGWIG_MAGICS, damage_of, open_big_file
from ebert_core.genome.contradictions import Binned, LastRecord, contradicts_itself, wrong_ends
from ebert_core.genome.foreign import refuse_foreign
from ebert_core.genome.lines import Skipped, first_bytes
from ebert_core.genome.step_table import read_step_table
from ebert_core.genome.wiggle import Steps, read_steps
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.locus import Interval

# The largest whole number in float16's range that leaves room for sums in the network's first layer.
_LARGEST = 60_000.0
# Up to here every base is read, so that what is drawn is exact; beyond, the file's zoom levels serve.
_EXACT_BASES = 100_000
_BASES_AT_ONCE = 1_000_000
# What may be read again for one answer where a file's summaries cannot be believed.
_MOST_REREAD_BASES = 20_000_000
# Enough of each chromosome to see the width of a mark's blocks.
_RECORDS_FOR_BLOCKS = 2_000


class SignalFile(Protocol):
    """A signal that can be asked for values."""

    path: Place
    chromosome_lengths: dict[str, int]
    knows_lengths: bool
    remarks: tuple[Remark, ...]

    def per_base(self, interval: Interval) -> NDArray[np.float64]:
        """The value at each base, NaN where there is none."""

    def binned(self, interval: Interval, columns: int) -> Binned:
        """What a screen shows of an interval cut into equal columns."""

    @property
    def block_bases(self) -> int | None:
        """The width of the blocks of a binary mark, 1 where they have none in common; None for any other signal."""


def open_signal(path: Place, skipped: Skipped | None = None) -> "OpenSignal":
    """A bigWig, bedGraph or wig file; `skipped` takes note of lines that make no sense, else they are errors.

    Raises:
        InvalidRequest: the file cannot be read or is none of these.
    """
    head = first_bytes(path)
    refuse_foreign(path, head)
    if head[:4] in BIGWIG_MAGICS + BIGBED_MAGICS:
        return BigWigSignal(path)
    if (table := read_step_table(path)) is not None:
        return StepSignal(path, table)
    return StepSignal(path, read_steps(path, skipped), skipped)


def mean_signal(signal: SignalFile, interval: Interval) -> NDArray[np.float16]:
    """Exact means of 50 bases each, over an interval that starts and ends on multiples of 50.

    A base without a value, or with one that is not finite, counts as 0. This one function serves the store and the
    files alike, so that a model sees the same numbers whichever it reads.
    """
    assert interval.start % POSITION == 0
    assert interval.length % POSITION == 0
    means = np.empty(interval.length // POSITION, dtype=np.float16)
    for start in range(interval.start, interval.end, _BASES_AT_ONCE):
        piece = Interval(interval.chromosome, start, min(interval.end, start + _BASES_AT_ONCE))
        values = signal.per_base(piece)
        values[~np.isfinite(values)] = 0.0
        exact = values.reshape(-1, POSITION).mean(axis=1).clip(-_LARGEST, _LARGEST)
        first = (start - interval.start) // POSITION
        means[first : first + len(exact)] = exact.astype(np.float32)
    return means


class BigWigSignal:
    """A bigWig file."""

    knows_lengths = True
    remarks: tuple[Remark, ...] = ()

    def __init__(self, path: Place) -> None:
        """Opens the file.

        Raises:
            InvalidRequest: the file cannot be read or is no bigWig.
        """
        self.path = path
        self._reader = open_big_file(path)
        if self._reader.is_bigbed:
            raise InvalidRequest(f"{path} is a bigBed, which holds features and no signal.")
        self.chromosome_lengths: dict[str, int] = dict(self._reader.chroms())
        self._names = KnownNames(self.chromosome_lengths)
        with damage_of(path):
            self._summary: dict[str, float] = self._reader.info()["summary"]
        # A file without values may lack the index that the reader would look into.
        self._is_empty = not self._summary["basesCovered"] and not self._has_records()

    def per_base(self, interval: Interval) -> NDArray[np.float64]:
        """The value at each base, NaN where there is none."""
        name = self._names.find(interval.chromosome)
        if name is None or self._is_empty:
            return np.full(interval.length, np.nan)
        return self._values(name, interval)

    def binned(self, interval: Interval, columns: int) -> Binned:
        """What a screen shows of an interval cut into equal columns; beyond 100 kb from the file's zoom levels."""
        name = self._names.find(interval.chromosome)
        if name is None or self._is_empty:
            return _nothing(columns)
        if interval.length <= _EXACT_BASES:
            return _binned_bases(self._values(name, interval), columns)
        # Where records of values cover no base, no summary can be used: all values are read.
        has_coverage = all(place.bases for place in self._wrong_ends)
        kinds = ("min", "max", "mean")
        values = (self._values(name, interval, columns, kind, exact=not has_coverage) for kind in kinds)
        bins = Binned(*(column.astype(np.float32) for column in values))
        return self._reread(name, interval, bins)

    def _reread(self, name: str, interval: Interval, bins: Binned) -> Binned:
        """Bins as the values themselves say where the file's summaries contradict themselves.

        Where that is too much to read, the mean of such a bin is given as its maximum, so that no value vanishes.
        """
        edges = np.linspace(interval.start, interval.end, len(bins.mean) + 1).astype(np.int64)
        is_doubtful = contradicts_itself(bins)
        for place in self._wrong_ends:
            if place.chromosome == name:
                is_doubtful |= np.isfinite(bins.maximum) & (edges[:-1] < place.end) & (edges[1:] > place.start)
        left = _MOST_REREAD_BASES
        for number in np.flatnonzero(is_doubtful):
            start, end = int(edges[number]), int(edges[number + 1])
            left -= end - start
            exact = self._exact(name, start, end) if left >= 0 else None
            if exact is not None:
                bins.minimum[number], bins.maximum[number], bins.mean[number] = exact
            elif contradicts_itself(Binned(*(column[number : number + 1] for column in bins))).item():
                bins.mean[number] = bins.maximum[number]
        return bins

    def _exact(self, name: str, start: int, end: int) -> tuple[float, float, float] | None:
        """Minimum, maximum and mean of the values themselves; None where there are none."""
        least, most, total, count = math.inf, -math.inf, 0.0, 0
        for first in range(start, end, _BASES_AT_ONCE):
            values = self._values(name, Interval(name, first, min(end, first + _BASES_AT_ONCE)))
            known = values[np.isfinite(values)]
            if len(known):
                least, most = min(least, float(known.min())), max(most, float(known.max()))
                total, count = total + float(known.sum()), count + len(known)
        return (least, most, total / count) if count else None

    @cached_property
    def _wrong_ends(self) -> tuple[LastRecord, ...]:
        with damage_of(self.path):
            return wrong_ends(self._reader, self.chromosome_lengths)

    def _has_records(self) -> bool:
        try:
            with damage_of(self.path):
                return any(next(iter(self._reader.records(name)), None) for name in self.chromosome_lengths)
        except InvalidRequest:  # there is no index
            return False

    @cached_property
    def block_bases(self) -> int | None:
        """The width of the blocks of a binary mark, 1 where they have none in common; None for any other signal.

        Of values between 0 and 1, only 0 and 1 have as large a variance as mean x (1 - mean): the file's own summary
        tells without reading its values. Its standard deviation is that of a sample.
        """
        least, most, mean, spread, count = (self._summary[key] for key in ("min", "max", "mean", "std", "basesCovered"))
        if (least, most) != (0.0, 1.0):
            return None
        if not math.isclose(spread**2, mean * (1 - mean) * count / (count - 1), rel_tol=1e-9):
            return None
        return block_width(self._first_edges())

    def _first_edges(self) -> Iterator[int]:
        for name, length in self.chromosome_lengths.items():
            with damage_of(self.path):
                records = list(islice(self._reader.records(name), _RECORDS_FOR_BLOCKS))
            yield from (edge for start, end, _ in records for edge in (start, end) if edge != length)

    def _values(
        self, name: str, interval: Interval, columns: int | None = None, summary: str = "mean", exact: bool = False
    ) -> NDArray[np.float64]:
        with damage_of(self.path):
            values: NDArray[np.float64] = self._reader.values(
                name, interval.start, interval.end, bins=columns, summary=summary, exact=exact, fillna=None
            )
        return values


def block_width(edges: Iterable[int]) -> int:
    """The width of the blocks whose edges these are: the largest of which all edges are multiples, at least 1."""
    return max(1, math.gcd(*edges))


class StepSignal:
    """A bedGraph or wig file, held in memory."""

    knows_lengths = False

    def __init__(self, path: Place, steps: dict[str, Steps], skipped: Skipped | None = None) -> None:
        self.path = path
        self.remarks = skipped.remarks if skipped else ()
        self._steps, self._names = steps, KnownNames(steps)
        self.chromosome_lengths = {chromosome: int(found.ends[-1]) for chromosome, found in steps.items()}

    def per_base(self, interval: Interval) -> NDArray[np.float64]:
        """The value at each base, NaN where there is none."""
        values = np.full(interval.length, np.nan)
        for start, end, value in self._touching(interval):
            values[max(0, start - interval.start) : end - interval.start] = value
        return values

    def binned(self, interval: Interval, columns: int) -> Binned:
        """What a screen shows of an interval cut into equal columns, exactly."""
        if interval.length <= _EXACT_BASES:
            return _binned_bases(self.per_base(interval), columns)
        name = self._names.find(interval.chromosome)
        if name is None:
            return _nothing(columns)
        return _binned_steps(self._steps[name], np.linspace(interval.start, interval.end, columns + 1))

    @cached_property
    def block_bases(self) -> int | None:
        """The width of the blocks of a binary mark, 1 where they have none in common; None for any other signal."""
        if set(np.unique(np.concatenate([steps.values for steps in self._steps.values()])).tolist()) != {0.0, 1.0}:
            return None
        # A text knows no chromosome lengths, and its last block may end with its chromosome.
        edges = [np.concatenate([steps.starts, steps.ends[:-1]]) for steps in self._steps.values()]
        return block_width(np.unique(np.concatenate(edges)).tolist())

    def _touching(self, interval: Interval) -> Iterator[tuple[int, int, float]]:
        name = self._names.find(interval.chromosome)
        if name is None:
            return iter(())
        steps = self._steps[name]
        first = int(np.searchsorted(steps.ends, interval.start, side="right"))
        last = max(first, int(np.searchsorted(steps.starts, interval.end, side="left")))
        return zip(*(column[first:last].tolist() for column in steps), strict=True)


OpenSignal = BigWigSignal | StepSignal


def _nothing(columns: int) -> Binned:
    return Binned(*(np.full(columns, np.nan, dtype=np.float32) for _ in range(3)))


def _binned_bases(values: NDArray[np.float64], columns: int) -> Binned:
    """Bins of whole bases; where columns are narrower than a base, each shows the base it lies on."""
    edges = np.linspace(0, len(values), columns + 1).astype(np.int64)
    starts = np.minimum(edges[:-1], max(0, len(values) - 1))
    widths = np.maximum(edges[1:], starts + 1) - starts
    is_known = np.isfinite(values)
    counts = _per_bin(np.add, is_known.astype(np.float64), starts, widths)
    sums = _per_bin(np.add, np.where(is_known, values, 0.0), starts, widths)
    lowest = _per_bin(np.minimum, np.where(is_known, values, np.inf), starts, widths)
    highest = _per_bin(np.maximum, np.where(is_known, values, -np.inf), starts, widths)
    has_value = counts > 0
    mean = np.divide(sums, counts, out=np.full(columns, np.nan), where=has_value)
    return Binned(
        np.where(has_value, lowest, np.nan).astype(np.float32),
        np.where(has_value, highest, np.nan).astype(np.float32),
        mean.astype(np.float32),
    )


def _per_bin(
    reduce: np.ufunc, values: NDArray[np.float64], starts: NDArray[np.int64], widths: NDArray[np.int64]
) -> NDArray[np.float64]:
    padded = np.append(values, 0.0)
    pairs = np.stack([starts, starts + widths], axis=1).reshape(-1)
    reduced: NDArray[np.float64] = reduce.reduceat(padded, pairs)[::2]
    return reduced


def _binned_steps(steps: Steps, edges: NDArray[np.float64]) -> Binned:
    rows = []
    # Asked for edge by edge, each search would turn all positions into floats.
    firsts = np.searchsorted(steps.ends, edges[:-1], side="right")
    lasts = np.searchsorted(steps.starts, edges[1:], side="left")
    for first, last, (start, end) in zip(firsts, lasts, pairwise(edges), strict=True):
        values = steps.values[first:last]
        if not len(values):
            rows.append((np.nan, np.nan, np.nan))
            continue
        widths = np.minimum(steps.ends[first:last], end) - np.maximum(steps.starts[first:last], start)
        rows.append((values.min(), values.max(), float(np.dot(values, widths) / widths.sum())))
    return Binned(*np.array(rows, dtype=np.float32).T.copy())
