"""Labels of bins of 200 bp by the rule of the ENCODE-DREAM challenge."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.genome.annotation import FeatureSource
from ebert_core.genome.chromosomes import name_in
from ebert_core.protocol.bases import N
from ebert_core.protocol.locus import Interval

BOUND, UNBOUND, NOT_SCORED = 1, 0, -1
STEP, WIDTH = 50, 200

# Starts and ends of spans: pairs, or an array of two columns.
Pairs = Iterable[tuple[int, int]] | NDArray[np.int64]


def bin_labels(dataset: Dataset, cell_type: str, factor: str, interval: Interval) -> NDArray[np.int8]:
    """The label of each bin [s, s + 200) for every s of the interval that is a multiple of 50.

    1 is bound: at least 100 bases lie in a conservative peak. 0 is unbound. -1 is not to be scored: the bin is
    ambiguous (it touches a relaxed peak, or grazes a conservative one), leaves the labelled regions, touches the
    blacklist, holds an N, passes the chromosome's end, or the pair was not assayed.
    """
    labels = measured_labels(dataset, cell_type, factor, interval)
    labels[~scorable_bins(dataset, interval)] = NOT_SCORED
    return labels


def measured_labels(dataset: Dataset, cell_type: str, factor: str, interval: Interval) -> NDArray[np.int8]:
    """Labels by the peaks alone, wherever the bins lie."""
    starts = bin_starts(interval)
    conservative = dataset.peaks(cell_type, factor)
    if conservative is None:
        return np.full(len(starts), NOT_SCORED, dtype=np.int8)
    relaxed = dataset.peaks(cell_type, factor, is_relaxed=True)
    near = Interval(interval.chromosome, max(0, interval.start - WIDTH), interval.end + WIDTH)
    return peak_labels(_spans(conservative, near), _spans(relaxed, near) if relaxed else (), starts)


def peak_labels(conservative: Pairs, relaxed: Pairs, starts: NDArray[np.int64]) -> NDArray[np.int8]:
    """The label rule itself, for bins at ascending starts: 1 bound, 0 unbound, -1 ambiguous.

    Bound is a bin with at least half its bases in conservative peaks. Ambiguous is one that is not, and touches a
    relaxed peak or a conservative one. The time it takes follows the number of peaks, not of bins.
    """
    labels = np.full(len(starts), UNBOUND, dtype=np.int8)
    labels[_touched(merged_spans(relaxed), starts)] = NOT_SCORED
    spans = merged_spans(conservative)
    near = _touched(spans, starts)
    labels[near] = np.where(_covered(spans, starts[near]) >= WIDTH // 2, BOUND, NOT_SCORED)
    return labels


def scorable_bins(dataset: Dataset, interval: Interval) -> NDArray[np.bool_]:
    """Which bins of an interval may be scored at all, whatever the factor and cell type."""
    starts = bin_starts(interval)
    name = name_in(dataset.chromosome_lengths, interval.chromosome)
    if name is None or not len(starts):
        return np.zeros(len(starts), dtype=np.bool_)
    is_scorable = (starts >= 0) & (starts + WIDTH <= dataset.chromosome_lengths[name])
    near = Interval(interval.chromosome, int(starts[0]), int(starts[-1]) + WIDTH)
    if dataset.reference is not None:
        is_unknown = (dataset.reference.bases(near) == N).reshape(-1, STEP).any(axis=1)
        for quarter in range(WIDTH // STEP):
            is_scorable &= ~is_unknown[quarter : quarter + len(starts)]
    if dataset.blacklist is not None:
        is_scorable &= covered_bases(_spans(dataset.blacklist, near), starts) == 0
    regions = dataset.labelled_regions
    if regions is not None:
        spans = [(each.start, each.end) for each in regions if name_in((each.chromosome,), interval.chromosome)]
        is_scorable &= covered_bases(spans, starts) == WIDTH
    return is_scorable


def bin_starts(interval: Interval) -> NDArray[np.int64]:
    """Every multiple of 50 in the interval: where its bins begin."""
    return np.arange(-(-interval.start // STEP) * STEP, interval.end, STEP, dtype=np.int64)


def covered_bases(spans: Pairs, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bases of each bin of 200 lie in any of the spans, which may overlap one another."""
    return _covered(merged_spans(spans), starts)


class Spans(NamedTuple):
    """Spans in order that neither overlap nor touch one another."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]


def merged_spans(spans: Pairs) -> Spans:
    """The union of spans in any order; empty ones count for nothing."""
    pairs = np.array(spans if isinstance(spans, np.ndarray) else list(spans), dtype=np.int64).reshape(-1, 2)
    pairs = pairs[pairs[:, 1] > pairs[:, 0]]
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    furthest = np.maximum.accumulate(pairs[:, 1])
    is_new = np.append(True, pairs[1:, 0] > furthest[:-1])[: len(pairs)]
    is_last = np.append(is_new[1:], True)[: len(pairs)]
    return Spans(pairs[is_new, 0], furthest[is_last])


def _covered(spans: Spans, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(spans.first):
        return np.zeros(len(starts), dtype=np.int64)
    lengths_before = np.concatenate(([0], np.cumsum(spans.last - spans.first)))

    def covered_before(positions: NDArray[np.int64]) -> NDArray[np.int64]:
        row = np.searchsorted(spans.first, positions, side="right") - 1
        inside = np.minimum(positions, spans.last[row]) - spans.first[row]
        return np.where(row >= 0, lengths_before[np.maximum(row, 0)] + inside, 0)

    return covered_before(starts + WIDTH) - covered_before(starts)


def _touched(spans: Spans, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the bins, at ascending starts, that share a base with a span; some may come twice."""
    lowest = np.searchsorted(starts, spans.first - WIDTH, side="right")
    counts = np.searchsorted(starts, spans.last, side="left") - lowest
    before = np.cumsum(counts) - counts
    return np.repeat(lowest - before, counts) + np.arange(counts.sum())


def _spans(features: FeatureSource, interval: Interval) -> list[tuple[int, int]]:
    return [(feature.start, feature.end) for feature in features.touching(interval)]
