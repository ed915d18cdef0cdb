"""Whether one way of scoring is better than another: auPRC per pair, and a bootstrap over blocks of the genome."""

# X = scored bins of a pair, M = methods, R = resamples, Q = pairs, B = blocks.

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc
from ebert_core.judging.resampling import draws, ranked_bins, resampled_auprc
from ebert_core.protocol.terms.reliability import FEWEST_PEAKS

# The mean or the median along an axis, over what is not masked.
_Reduce = Callable[..., Any]


class Pair(NamedTuple):
    """One factor in one cell type: which bins are bound, in which block they lie, and what each method says."""

    factor: str
    cell_type: str
    is_bound_X: NDArray[np.bool_]
    block_X: NDArray[np.int64]
    peaks: int
    scores: Mapping[str, NDArray[np.floating]]


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
    """Median and mean auPRC over the pairs that count, pooled auPRC over all, and how the first method differs.

    A pair counts that has `fewest_peaks` and `fewest_bound_bins`. Pooled: bins of all pairs together, each score
    replaced by its rank within its pair.
    """

    pairs: tuple[PairScores, ...]
    counted_pairs: int
    median: dict[str, Estimate]
    mean: dict[str, Estimate]
    pooled: dict[str, Estimate]
    mean_difference: dict[str, Estimate]
    median_difference: dict[str, Estimate]
    fewest_peaks: int = FEWEST_PEAKS
    fewest_bound_bins: int = 0

    def counts(self, pair: PairScores) -> bool:
        """Whether a pair has enough to count."""
        return pair.bound_peaks >= self.fewest_peaks and pair.bound_bins >= self.fewest_bound_bins


def compare(
    pairs: Sequence[Pair], resamples: int, seed: int, fewest_peaks: int = FEWEST_PEAKS, fewest_bound_bins: int = 0
) -> Comparison:
    """Scores of all methods; differences are of the first method minus each other.

    A draw that holds no bound bin of a pair says nothing of that pair, and counts with the pairs that it does hold. To
    drop it instead would keep the draws in which much is bound: intervals too narrow, and too high.
    """
    methods = list(pairs[0].scores)
    scores = tuple(_pair_scores(pair) for pair in pairs)
    both = [
        (pair, score)
        for pair, score in zip(pairs, scores, strict=True)
        if score.bound_peaks >= fewest_peaks and score.bound_bins >= fewest_bound_bins
    ]
    counted = [pair for pair, _ in both]
    value_QM = np.array([[score.auprc[method] for method in methods] for _, score in both])
    resampled_RQM = np.ma.masked_invalid(bootstrap(counted, methods, resamples, seed))
    columns = range(len(methods))

    def summarise(reduce: _Reduce, minus: int | None = None) -> dict[str, Estimate]:
        values, spread = np.asarray(reduce(value_QM, axis=0)), np.ma.filled(reduce(resampled_RQM, axis=1), np.nan)
        if minus is not None:
            values, spread = values[minus] - values, spread[:, minus : minus + 1] - spread
        low, high = interval(spread, -1.0 if minus is not None else 0.0)
        return {methods[m]: Estimate(float(values[m]), float(low[m]), float(high[m])) for m in columns if m != minus}

    enough = bool(counted)
    return Comparison(
        pairs=scores,
        counted_pairs=len(counted),
        median=summarise(np.ma.median) if enough else {},
        mean=summarise(np.ma.mean) if enough else {},
        pooled=_pooled(pairs, methods, resamples, seed),
        mean_difference=summarise(np.ma.mean, 0) if enough else {},
        median_difference=summarise(np.ma.median, 0) if enough else {},
        fewest_peaks=fewest_peaks,
        fewest_bound_bins=fewest_bound_bins,
    )


def _pair_scores(pair: Pair) -> PairScores:
    values = {method: auprc(pair.is_bound_X, score_X) for method, score_X in pair.scores.items()}
    return PairScores(pair.factor, pair.cell_type, len(pair.is_bound_X), int(pair.is_bound_X.sum()), pair.peaks, values)


def bootstrap(pairs: Sequence[Pair], methods: Sequence[str], resamples: int, seed: int) -> NDArray[np.float64]:
    """AuPRC (R, Q, M) with blocks drawn with replacement, the same draw for all pairs and methods."""
    found_RQM = np.full((resamples, len(pairs), len(methods)), np.nan)
    if not pairs:
        return found_RQM
    blocks = np.unique(np.concatenate([pair.block_X for pair in pairs]))
    times_RB = draws(len(blocks), resamples, seed)
    for number, pair in enumerate(pairs):
        block_X = np.searchsorted(blocks, pair.block_X)
        for column, method in enumerate(methods):
            ranked = ranked_bins(pair.is_bound_X, pair.scores[method], block_X)
            found_RQM[:, number, column] = resampled_auprc(ranked, times_RB)
    return found_RQM


def interval(spread_RM: NDArray[np.float64], least: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95 % interval (M, M) of what was resampled; from `least` to 1, so all there is, where no draw has a value."""
    empty_M = np.isnan(spread_RM).all(axis=0)
    low_M, high_M = np.nanpercentile(np.where(empty_M, 0.0, spread_RM), [2.5, 97.5], axis=0)
    return np.where(empty_M, least, low_M), np.where(empty_M, 1.0, high_M)


def _pooled(pairs: Sequence[Pair], methods: Sequence[str], resamples: int, seed: int) -> dict[str, Estimate]:
    joined = pooled_pair(pairs, methods)
    spread_RM = bootstrap([joined], methods, resamples, seed)[:, 0]
    low_M, high_M = (bound_M.tolist() for bound_M in interval(spread_RM, 0.0))
    values = [auprc(joined.is_bound_X, joined.scores[method]) for method in methods]
    return dict(zip(methods, map(Estimate, values, low_M, high_M), strict=True))


def pooled_pair(pairs: Sequence[Pair], methods: Sequence[str]) -> Pair:
    """The bins of all pairs as one, each score replaced by its rank within its pair; peaks are summed."""
    return Pair(
        ", ".join(dict.fromkeys(pair.factor for pair in pairs)),
        ", ".join(dict.fromkeys(pair.cell_type for pair in pairs)),
        np.concatenate([pair.is_bound_X for pair in pairs]),
        np.concatenate([pair.block_X for pair in pairs]),
        sum(pair.peaks for pair in pairs),
        {method: np.concatenate([_ranks(pair.scores[method]) for pair in pairs]) for method in methods},
    )


def _ranks(score_X: NDArray[np.floating]) -> NDArray[np.float64]:
    """The share of bins that score at most as high: double precision, since float32 would tie ranks of long regions."""
    ranks_X: NDArray[np.float64] = np.searchsorted(np.sort(score_X), score_X, side="right") / len(score_X)
    return ranks_X
