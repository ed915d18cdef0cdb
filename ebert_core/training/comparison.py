"""Whether one way of scoring is better than another: auPRC per pair, and a bootstrap over blocks of the genome."""

# X = scored bins of a pair, M = methods, R = resamples, Q = pairs.

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc

_FEWEST_PEAKS = 15


class Pair(NamedTuple):
    """One factor in one cell type: which bins are bound, in which 100-kb block they lie, and what each method says."""

    factor: str
    cell_type: str
    is_bound_X: NDArray[np.bool_]
    block_X: NDArray[np.int64]
    peaks: int
    scores: Mapping[str, NDArray[np.float32]]


class PairScores(msgspec.Struct, frozen=True):
    """auPRC of every method for one pair; neighbouring bins overlap, so `bound_peaks` is what a claim rests on."""

    factor: str
    cell_type: str
    bins: int
    bound_bins: int
    bound_peaks: int
    auprc: dict[str, float]


class Estimate(msgspec.Struct, frozen=True):
    """A value with its 95 % interval over resampled blocks."""

    value: float
    low: float
    high: float


class Comparison(msgspec.Struct, frozen=True):
    """Median and mean auPRC over pairs with enough peaks, pooled auPRC over all, and how the first method differs.

    Pooled: bins of all pairs together, each score replaced by its rank within its pair.
    """

    pairs: tuple[PairScores, ...]
    counted_pairs: int
    median: dict[str, Estimate]
    mean: dict[str, Estimate]
    pooled: dict[str, float]
    mean_difference: dict[str, Estimate]
    median_difference: dict[str, Estimate]


def compare(pairs: Sequence[Pair], resamples: int, seed: int) -> Comparison:
    """Scores of all methods; differences are of the first method minus each other."""
    methods = list(pairs[0].scores)
    scores = tuple(_pair_scores(pair) for pair in pairs)
    counted = [pair for pair in pairs if pair.peaks >= _FEWEST_PEAKS]
    value_QM = np.array([[auprc(pair.is_bound_X, pair.scores[method]) for method in methods] for pair in counted])
    resampled_RQM = _bootstrap(counted, methods, resamples, seed)
    columns = range(len(methods))

    def summarise(reduce: np.ufunc | object, minus: int | None = None) -> dict[str, Estimate]:
        assert callable(reduce)
        values, spread = reduce(value_QM, axis=0), reduce(resampled_RQM, axis=1)
        if minus is not None:
            values, spread = values[minus] - values, spread[:, minus : minus + 1] - spread
        low, high = np.nanpercentile(spread, [2.5, 97.5], axis=0)
        return {methods[m]: Estimate(float(values[m]), float(low[m]), float(high[m])) for m in columns if m != minus}

    enough = bool(counted)
    return Comparison(
        pairs=scores,
        counted_pairs=len(counted),
        median=summarise(np.median) if enough else {},
        mean=summarise(np.mean) if enough else {},
        pooled={method: pooled_auprc(pairs, method) for method in methods},
        mean_difference=summarise(np.mean, 0) if enough else {},
        median_difference=summarise(np.median, 0) if enough else {},
    )


def _pair_scores(pair: Pair) -> PairScores:
    values = {method: auprc(pair.is_bound_X, score_X) for method, score_X in pair.scores.items()}
    return PairScores(pair.factor, pair.cell_type, len(pair.is_bound_X), int(pair.is_bound_X.sum()), pair.peaks, values)


def _bootstrap(pairs: Sequence[Pair], methods: Sequence[str], resamples: int, seed: int) -> NDArray[np.float64]:
    """AuPRC (R, Q, M) with blocks drawn with replacement, the same draw for all pairs and methods."""
    random = np.random.default_rng(seed)
    found_RQM = np.full((resamples, len(pairs), len(methods)), np.nan)
    if not pairs:
        return found_RQM
    blocks = np.unique(np.concatenate([pair.block_X for pair in pairs]))
    index = [np.searchsorted(blocks, pair.block_X) for pair in pairs]
    for resample in range(resamples):
        times = np.bincount(random.integers(len(blocks), size=len(blocks)), minlength=len(blocks))
        for number, pair in enumerate(pairs):
            repeats = times[index[number]]
            chosen = np.repeat(np.arange(len(repeats)), repeats)
            for column, method in enumerate(methods):
                found_RQM[resample, number, column] = auprc(pair.is_bound_X[chosen], pair.scores[method][chosen])
    return found_RQM


def pooled_auprc(pairs: Sequence[Pair], method: str) -> float:
    """AuPRC over the bins of all pairs, each score replaced by its rank within its pair."""
    ranks = []
    for pair in pairs:
        score_X = pair.scores[method]
        ordered = np.sort(score_X)
        ranks.append(np.searchsorted(ordered, score_X, side="right") / len(score_X))
    return auprc(np.concatenate([pair.is_bound_X for pair in pairs]), np.concatenate(ranks))
