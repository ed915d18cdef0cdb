"""The figures by which ENCODE-DREAM compares predictions, computed as its organisers compute them."""

# X = scored bins.

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Thresholds(NamedTuple):
    """True and false positives at every distinct score, from the highest score down."""

    scores: NDArray[np.float64]
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]


def thresholds(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.floating]) -> Thresholds:
    """Counts of bound and unbound bins at or above every distinct score; tied bins share a threshold."""
    order = np.argsort(-score_X.astype(np.float64), kind="stable")
    return thresholds_in_order(is_bound_X[order], score_X[order].astype(np.float64))


def thresholds_in_order(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.float64]) -> Thresholds:
    """The same for bins that are in descending order of their scores already."""
    bound = np.cumsum(is_bound_X)
    last_of_ties = np.append(np.flatnonzero(np.diff(score_X)), len(score_X) - 1)
    true_positives = bound[last_of_ties].astype(np.int64)
    return Thresholds(score_X[last_of_ties], true_positives, last_of_ties + 1 - true_positives)


def auprc(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.floating]) -> float:
    """Area under the precision-recall curve by the interpolation of Davis & Goadrich (ICML 2006).

    Between two thresholds the false positives grow linearly with the true positives, so precision does not. NaN
    without a bound bin.
    """
    return auprc_of(thresholds(is_bound_X, score_X)) if is_bound_X.any() else float("nan")


def auprc_of(counts: Thresholds) -> float:
    """Area under the precision-recall curve of these counts; see `auprc`."""
    positives = int(counts.true_positives[-1])
    if positives == 0:
        return float("nan")
    before_true = np.append(0, counts.true_positives[:-1])
    before_false = np.append(0, counts.false_positives[:-1])
    rises = counts.true_positives > before_true
    gained = (counts.true_positives - before_true)[rises]
    first_true, first_false = before_true[rises], before_false[rises]
    slope = (counts.false_positives - before_false)[rises] / gained
    # One strip per bound bin: its left and right edges, as true positives above the segment's first point.
    segment = np.repeat(np.arange(len(gained)), gained)
    left = np.arange(positives) - np.repeat(np.cumsum(gained) - gained, gained)
    edges = []
    for step in (left, left + 1):
        true = first_true[segment] + step
        false = first_false[segment] + slope[segment] * step
        # At zero recall the precision is the limit along the segment: 0 after a false positive, else the ratio.
        start = np.where(first_false[segment] > 0, 0.0, 1 / (1 + slope[segment]))
        edges.append(np.where(true > 0, true / np.maximum(true + false, 1e-300), start))
    return float((edges[0] + edges[1]).sum() / 2 / positives)


def auroc(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.floating]) -> float:
    """Area under the receiver operating characteristic by trapezoids; NaN unless both classes are present."""
    return auroc_of(thresholds(is_bound_X, score_X))


def auroc_of(counts: Thresholds) -> float:
    """Area under the receiver operating characteristic of these counts; see `auroc`."""
    positives, negatives = int(counts.true_positives[-1]), int(counts.false_positives[-1])
    if positives == 0 or negatives == 0:
        return float("nan")
    true = np.append(0, counts.true_positives) / positives
    false = np.append(0, counts.false_positives) / negatives
    return float(np.trapezoid(true, false))


def recall_of(counts: Thresholds, rate: float) -> float:
    """The largest recall whose false discovery rate, `1 - precision` in float64, is at most `rate`; 0 if none."""
    positives = int(counts.true_positives[-1])
    if positives == 0:
        return float("nan")
    precision = counts.true_positives / (counts.true_positives + counts.false_positives)
    allowed = counts.true_positives[1 - precision <= rate]
    return float(allowed.max(initial=0) / positives)


def f1_of(counts: Thresholds) -> float:
    """F1 of calling bound what rounds to 1, that is a score above one half; 0 where nothing is called bound."""
    above = np.flatnonzero(counts.scores > 0.5)
    called_true = int(counts.true_positives[above[-1]]) if len(above) else 0
    called_false = int(counts.false_positives[above[-1]]) if len(above) else 0
    positives = int(counts.true_positives[-1])
    return 2 * called_true / (called_true + called_false + positives) if called_true else 0.0
