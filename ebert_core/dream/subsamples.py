"""The figures of a submission on all scored bins and on the ten subsamples that the challenge compares teams by."""

# X = scored bins.

import math
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc_of, auroc_of, f1_of, recall_of, thresholds_in_order

SUBSAMPLES = 10
_NAMES = {"auroc": "auROC", "auprc": "auPRC", "f1": "F1"}


class Figures(msgspec.Struct, frozen=True, rename=_NAMES):
    """What the challenge reports of one set of bins; None where a figure has no value.

    `bins` are the bins that count, `bound` those of them that are bound; `ambiguous` is how many more were left out.
    """

    auroc: float | None
    auprc: float | None
    recall_at_50_fdr: float | None
    recall_at_25_fdr: float | None
    recall_at_10_fdr: float | None
    recall_at_05_fdr: float | None
    f1: float
    bins: int
    bound: int
    ambiguous: int


class Score(Figures, frozen=True, rename=_NAMES):
    """The figures of a submission, and those of each 90 % subsample in the order of the folds left out."""

    subsamples: tuple[Figures, ...]


class Scored(NamedTuple):
    """The bins of a submission that count, in the order of the label file, and how many ambiguous ones do not."""

    is_bound_X: NDArray[np.bool_]
    score_X: NDArray[np.float64]
    ambiguous: int


def score_of(scored: Scored) -> Score:
    """All figures of a submission, with its subsamples; the bins are sorted once for all eleven.

    Source of the figures: the organisers' scoring, as `dream.scoring` computes it. Scores must be finite.
    """
    order = np.argsort(-scored.score_X)
    is_bound_X, score_X = scored.is_bound_X[order], scored.score_X[order]
    fold_X = stratified_folds(scored.is_bound_X)[order]
    whole = _figures(is_bound_X, score_X, scored.ambiguous)
    parts = (fold_X != fold for fold in range(SUBSAMPLES))
    subsamples = tuple(_figures(is_bound_X[part], score_X[part], scored.ambiguous) for part in parts)
    return Score(**msgspec.structs.asdict(whole), subsamples=subsamples)


def _figures(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.float64], ambiguous: int) -> Figures:
    """The figures of bins in descending order of their scores."""
    if not len(is_bound_X):
        return Figures(None, None, None, None, None, None, 0.0, 0, 0, ambiguous)
    counts = thresholds_in_order(is_bound_X, score_X)
    return Figures(
        auroc=_or_none(auroc_of(counts)),
        auprc=_or_none(auprc_of(counts)),
        recall_at_50_fdr=_or_none(recall_of(counts, 0.50)),
        recall_at_25_fdr=_or_none(recall_of(counts, 0.25)),
        recall_at_10_fdr=_or_none(recall_of(counts, 0.10)),
        recall_at_05_fdr=_or_none(recall_of(counts, 0.05)),
        f1=f1_of(counts),
        bins=len(is_bound_X),
        bound=int(counts.true_positives[-1]),
        ambiguous=ambiguous,
    )


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def stratified_folds(is_bound_X: NDArray[np.bool_], folds: int = SUBSAMPLES) -> NDArray[np.int8]:
    """The fold of each bin: scikit-learn's `StratifiedKFold(folds)` without shuffling, over bins in their order.

    Each class is cut into consecutive pieces, one for each fold. The sizes come from dealing out all bins, sorted by
    class, to the folds in turn; the class of the first bin comes first.
    """
    fold_X = np.zeros(len(is_bound_X), dtype=np.int8)
    dealt = 0
    for of_class in (is_bound_X == is_bound_X[:1], is_bound_X != is_bound_X[:1]):
        count = int(of_class.sum())
        # Fold f gets the turns f, f + folds, … that lie in [dealt, dealt + count).
        turn = (np.arange(folds) - dealt) % folds
        fold_X[of_class] = np.repeat(np.arange(folds, dtype=np.int8), (count - turn + folds - 1) // folds)
        dealt += count
    return fold_X
