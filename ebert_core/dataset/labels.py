"""Labels of bins of 200 bp by the rule of the ENCODE-DREAM challenge."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.genome.annotation import FeatureSource
from ebert_core.genome.chromosomes import name_in
from ebert_core.protocol.bases import N
from ebert_core.protocol.locus import Interval

BOUND, UNBOUND, NOT_SCORED = 1, 0, -1
STEP, WIDTH = 50, 200


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
    labels = np.full(len(starts), UNBOUND, dtype=np.int8)
    relaxed = dataset.peaks(cell_type, factor, is_relaxed=True)
    near = Interval(interval.chromosome, max(0, interval.start - WIDTH), interval.end + WIDTH)
    if relaxed is not None:
        labels[covered_bases(_spans(relaxed, near), starts) > 0] = NOT_SCORED
    covered = covered_bases(_spans(conservative, near), starts)
    labels[covered > 0] = NOT_SCORED
    labels[covered >= WIDTH // 2] = BOUND
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


def covered_bases(spans: Iterable[tuple[int, int]], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bases of each bin of 200 lie in any of the spans, which may overlap one another."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    if not merged:
        return np.zeros(len(starts), dtype=np.int64)
    first, last = np.array(merged, dtype=np.int64).T
    lengths_before = np.concatenate(([0], np.cumsum(last - first)))

    def covered_before(positions: NDArray[np.int64]) -> NDArray[np.int64]:
        row = np.searchsorted(first, positions, side="right") - 1
        inside = np.minimum(positions, last[row]) - first[row]
        return np.where(row >= 0, lengths_before[np.maximum(row, 0)] + inside, 0)

    return covered_before(starts + WIDTH) - covered_before(starts)


def _spans(features: FeatureSource, interval: Interval) -> list[tuple[int, int]]:
    return [(feature.start, feature.end) for feature in features.touching(interval)]
