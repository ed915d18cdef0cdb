"""Labels of bins of 200 bp by the rule of the ENCODE-DREAM challenge.

"organisers" is the rule of the organisers' own script (nboley/DREAM_tfbinding_challenge, `build_region_labels.py` and
`merge_labels_mats.py`), by which everything here trains and evaluates. "half-of-bin" is the challenge's wording, which
`ebert dream labels` offers beside it.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.genome.annotation import FeatureSource
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.grid import BIN, POSITION, bin_starts
from ebert_core.protocol.terms.locus import Interval

BOUND, UNBOUND, NOT_SCORED = 1, 0, -1

LabelRule = Literal["organisers", "half-of-bin"]
RULE_WORDS: dict[LabelRule, str] = {
    "organisers": (
        "Peaks that overlap or touch are merged. The number of merged conservative peaks that share at least half of "
        "the bin or half of the peak is compared with the number of merged relaxed peaks that share a base with the "
        "bin (conservative ones where there are no relaxed peaks): both 0 is U, both 1 is B, everything else is A."
    ),
    "half-of-bin": (
        "B where at least 100 of the 200 bases lie in conservative peaks, A where a base lies in a relaxed or "
        "conservative peak otherwise, U elsewhere."
    ),
}
TRAINING_RULE: LabelRule = "organisers"

# Starts and ends of spans: pairs, or an array of two columns.
Pairs = Iterable[tuple[int, int]] | NDArray[np.int64]


def bin_labels(dataset: Dataset, cell_type: str, factor: str, interval: Interval) -> NDArray[np.int8]:
    """The label of each bin [s, s + 200) for every s of the interval that is a multiple of 50.

    1 is bound and 0 is unbound by the organisers' rule (`peak_labels`). -1 is not to be scored: the bin is ambiguous,
    leaves the labelled regions, touches the blacklist, holds an N, passes the chromosome's end, or the pair was not
    assayed.
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
    # Peaks that touch are merged, and a merged peak counts by its length up to 200: so much is read on either side.
    near = Interval(interval.chromosome, max(0, interval.start - 2 * BIN), interval.end + 2 * BIN)
    return peak_labels(_spans(conservative, near), None if relaxed is None else _spans(relaxed, near), starts)


def peak_labels(
    conservative: Pairs, relaxed: Pairs | None, starts: NDArray[np.int64], rule: LabelRule = TRAINING_RULE
) -> NDArray[np.int8]:
    """The label rule itself, for bins at ascending starts: 1 bound, 0 unbound, -1 ambiguous.

    `RULE_WORDS` says what the rules are. The time it takes follows the number of peaks, not of bins.

    Args:
        conservative: starts and ends of the conservative peaks, in any order, repeated or not.
        relaxed: those of the relaxed peaks; None when there is no such file. The organisers' rule then takes the
            conservative ones in their place, as their script does where it is given one set of peaks: a bin that
            grazes a peak is ambiguous, a bin that lies in one is bound.
        starts: of the bins.
        rule: which of the two.
    """
    spans = merged_spans(conservative)
    relaxed_spans = spans if relaxed is None else merged_spans(relaxed)
    touched = [_touched(each, starts) for each in ((spans,) if relaxed is None else (relaxed_spans, spans))]
    labels = np.full(len(starts), UNBOUND, dtype=np.int8)
    if rule == "half-of-bin":
        for near in touched:
            labels[near] = np.where(_covered(spans, starts[near]) >= BIN // 2, BOUND, NOT_SCORED)
        return labels
    half_of_either = np.minimum(BIN // 2, -(-(spans.last - spans.first) // 2))
    for near in touched:
        conservative_X = _sharing(spans, half_of_either, starts[near])
        relaxed_X = _sharing(relaxed_spans, 1, starts[near])
        is_clear_X = (conservative_X == relaxed_X) & (conservative_X <= 1)
        labels[near] = np.where(is_clear_X, conservative_X, NOT_SCORED)
    return labels


def scorable_bins(dataset: Dataset, interval: Interval) -> NDArray[np.bool_]:
    """Which bins of an interval may be scored at all, whatever the factor and cell type."""
    starts = bin_starts(interval)
    name = dataset.chromosome_names.find(interval.chromosome)
    if name is None or not len(starts):
        return np.zeros(len(starts), dtype=np.bool_)
    is_scorable = (starts >= 0) & (starts + BIN <= dataset.chromosome_lengths[name])
    near = Interval(interval.chromosome, int(starts[0]), int(starts[-1]) + BIN)
    if dataset.reference is not None:
        is_unknown = (dataset.reference.bases(near) == N).reshape(-1, POSITION).any(axis=1)
        for quarter in range(BIN // POSITION):
            is_scorable &= ~is_unknown[quarter : quarter + len(starts)]
    if dataset.blacklist is not None:
        is_scorable &= covered_bases(_spans(dataset.blacklist, near), starts) == 0
    if dataset.labelled is not None:
        is_scorable &= covered_bases(_spans(dataset.labelled, near), starts) == BIN
    return is_scorable


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

    return covered_before(starts + BIN) - covered_before(starts)


def _sharing(spans: Spans, bases: NDArray[np.int64] | int, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """With how many spans each bin shares at least so many bases, which no span and no bin falls short of.

    The bins that share so many with a span start from `first + bases - 200` to `last - bases`; both ascend.
    """
    begun = np.searchsorted(spans.first + bases - BIN, starts, side="right")
    return begun - np.searchsorted(spans.last - bases, starts, side="left")


def _touched(spans: Spans, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the bins, at ascending starts, that share a base with a span; some may come twice."""
    lowest = np.searchsorted(starts, spans.first - BIN, side="right")
    counts = np.searchsorted(starts, spans.last, side="left") - lowest
    before = np.cumsum(counts) - counts
    return np.repeat(lowest - before, counts) + np.arange(counts.sum())


def _spans(features: FeatureSource, interval: Interval) -> list[tuple[int, int]]:
    return [(feature.start, feature.end) for feature in features.touching(interval)]
