"""What the pictures of an evaluation show: precision against recall, and what probabilities were worth."""

# X = scored bins of a factor in all its cell types, K = bins of probability, B = blocks, R = resamples.

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import thresholds
from ebert_core.judging.comparison import Pair
from ebert_core.judging.reliability import wilson
from ebert_core.judging.resampling import draws
from ebert_core.protocol.terms.grid import POSITIONS_PER_BIN

_MOST_POINTS = 200
_EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_RESAMPLES = 200
_FEWEST_BLOCKS = 5


class PrecisionRecall(msgspec.Struct, frozen=True):
    """Precision at rising recall."""

    recall: tuple[float, ...]
    precision: tuple[float, ...]


class ReliabilityBin(msgspec.Struct, frozen=True):
    """Bins whose predicted probability lies in [low, high): the mean of it, and the share that is bound.

    `least` and `most` are the 95 % interval of that share over resampled blocks. It is never narrower than Wilson's for
    as many trials as bins that do not overlap or, where they lie in few blocks, as blocks: bins of one block have the
    same share in every draw that holds it.
    """

    low: float
    high: float
    bins: int
    predicted: float
    observed: float
    least: float
    most: float


class FactorCurves(msgspec.Struct, frozen=True):
    """The pictures of one factor, its cell types joined.

    `threshold` is the calibrated probability from which bins are called bound, and where it lies on the first curve;
    None where the checkpoint has none.
    """

    factor: str
    cell_types: tuple[str, ...]
    peaks: int
    bins: int
    bound_bins: int
    curves: dict[str, PrecisionRecall]
    threshold: float | None = None
    threshold_recall: float | None = None
    threshold_precision: float | None = None
    reliability: tuple[ReliabilityBin, ...] = ()


def factor_curves(
    pairs: Sequence[Pair],
    methods: Sequence[str],
    probabilities: Mapping[str, NDArray[np.floating]],
    threshold: float | None,
) -> FactorCurves:
    """The pictures of one factor.

    Args:
        pairs: of one factor, a cell type each.
        methods: whose curves to draw; the first is that of the checkpoint.
        probabilities: the checkpoint's calibrated probabilities of the pairs' bins, by cell type; none leaves out the
            threshold and what the probabilities are worth.
        threshold: from where it calls bins bound.
    """
    is_bound_X = np.concatenate([pair.is_bound_X for pair in pairs])
    drawn = {name: curve(is_bound_X, np.concatenate([pair.scores[name] for pair in pairs])) for name in methods}
    known = FactorCurves(
        factor=pairs[0].factor,
        cell_types=tuple(pair.cell_type for pair in pairs),
        peaks=sum(pair.peaks for pair in pairs),
        bins=len(is_bound_X),
        bound_bins=int(is_bound_X.sum()),
        curves=drawn,
    )
    if not probabilities:
        return known
    probability_X = np.concatenate([probabilities[pair.cell_type] for pair in pairs])
    block_X = np.concatenate([pair.block_X for pair in pairs])
    known = msgspec.structs.replace(known, reliability=reliability_bins(is_bound_X, probability_X, block_X))
    if threshold is None:
        return known
    called_X = probability_X >= threshold
    hits, called = int((called_X & is_bound_X).sum()), int(called_X.sum())
    return msgspec.structs.replace(
        known,
        threshold=threshold,
        threshold_recall=hits / max(1, known.bound_bins),
        threshold_precision=hits / called if called else None,
    )


def curve(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.floating]) -> PrecisionRecall:
    """Precision and recall at up to two hundred thresholds that are evenly spread over recall."""
    positives = int(is_bound_X.sum())
    if not positives:
        return PrecisionRecall((), ())
    counts = thresholds(is_bound_X, score_X)
    rising = np.flatnonzero(np.diff(counts.true_positives, prepend=0) > 0)
    wanted = np.linspace(0, positives, _MOST_POINTS)
    chosen = rising[np.unique(np.searchsorted(counts.true_positives[rising], wanted).clip(max=len(rising) - 1))]
    true, false = counts.true_positives[chosen], counts.false_positives[chosen]
    recall, precision = true / positives, true / (true + false)
    return PrecisionRecall(tuple(np.round(recall, 5).tolist()), tuple(np.round(precision, 5).tolist()))


def reliability_bins(
    is_bound_X: NDArray[np.bool_], probability_X: NDArray[np.floating], block_X: NDArray[np.int64]
) -> tuple[ReliabilityBin, ...]:
    """Bins grouped by predicted probability; groups without any bin are left out."""
    edges = np.array(_EDGES)
    group_X = np.clip(np.searchsorted(edges, probability_X, side="right") - 1, 0, len(edges) - 2)
    blocks, index_X = np.unique(block_X, return_inverse=True)
    shape = (len(edges) - 1, len(blocks))
    flat_X = group_X * len(blocks) + index_X
    all_KB = np.bincount(flat_X, minlength=shape[0] * shape[1]).reshape(shape)
    bound_KB = np.bincount(flat_X, is_bound_X, minlength=shape[0] * shape[1]).reshape(shape)
    sum_K = np.bincount(group_X, probability_X, minlength=shape[0])
    times_RB = draws(len(blocks), _RESAMPLES, seed=1)
    all_RK, bound_RK = times_RB @ all_KB.T, times_RB @ bound_KB.T
    share_RK = np.divide(bound_RK, all_RK, out=np.full(all_RK.shape, np.nan), where=all_RK > 0)
    found = []
    for group in np.flatnonzero(all_KB.sum(axis=1)):
        bins, bound = int(all_KB[group].sum()), float(bound_KB[group].sum())
        drawn_R = share_RK[np.isfinite(share_RK[:, group]), group]
        held = np.count_nonzero(all_KB[group])
        trials = max(1, bins // POSITIONS_PER_BIN) if held >= _FEWEST_BLOCKS else held
        widest = [float(bound_K[0]) for bound_K in wilson(np.array([bound / bins]), np.array([trials]))]
        least, most = np.percentile(np.append(drawn_R, bound / bins), [2.5, 97.5]).tolist()
        span = min(least, widest[0]), max(most, widest[1])
        low, high = float(edges[group]), float(edges[group + 1])
        found.append(ReliabilityBin(low, high, bins, float(sum_K[group]) / bins, bound / bins, *span))
    return tuple(found)
