"""auPRC over blocks of the genome drawn with replacement, without sorting the bins anew for every draw."""

# X = scored bins, G = groups of tied bins of which at least one is bound, E = entries, R = resamples, B = blocks.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import thresholds
from ebert_core.protocol.terms.hearing import tell_progress

_VALUES_AT_ONCE = 2_000_000


class Entries(NamedTuple):
    """How many bins of a block fall to a group."""

    group_E: NDArray[np.int64]
    block_E: NDArray[np.int64]
    count_E: NDArray[np.int64]

    def totals(self, times_RB: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
        """Bins by group (R, G) when each block is taken so many times."""
        totals_RG = np.empty((len(times_RB), groups))
        for row, times_B in enumerate(times_RB):
            tell_progress(row / len(times_RB), "resampling blocks")
            totals_RG[row] = np.bincount(self.group_E, times_B[self.block_E] * self.count_E, minlength=groups)
        return totals_RG


class Ranking(NamedTuple):
    """Scored bins as the precision-recall curve sees them: groups from the highest score down that hold a bound bin.

    `before` counts unbound bins that score higher than the group and not higher than the one before it.
    """

    groups: int
    bound: Entries
    tied: Entries
    before: Entries


def ranked_bins(is_bound_X: NDArray[np.bool_], score_X: NDArray[np.floating], block_X: NDArray[np.int64]) -> Ranking:
    """Bins in the order of their scores; `block_X` counts blocks from 0."""
    counts = thresholds(is_bound_X, score_X)
    rises = np.diff(counts.true_positives, prepend=0) > 0
    ascending = counts.scores[rises][::-1]
    groups = len(ascending)
    # How many groups score at least as high as a bin: the bin stands before the group of that number, or in the last.
    reached_X = groups - np.searchsorted(ascending, score_X.astype(np.float64), side="left")
    above_X = groups - np.searchsorted(ascending, score_X.astype(np.float64), side="right")
    is_tied_X = reached_X > above_X
    is_before_X = ~is_tied_X & (above_X < groups)

    def entries(chosen_X: NDArray[np.bool_]) -> Entries:
        blocks = int(block_X.max(initial=0)) + 1
        keys, count_E = np.unique(above_X[chosen_X] * blocks + block_X[chosen_X], return_counts=True)
        return Entries(keys // blocks, keys % blocks, count_E)

    return Ranking(groups, entries(is_bound_X), entries(is_tied_X & ~is_bound_X), entries(is_before_X & ~is_bound_X))


def resampled_auprc(ranked: Ranking, times_RB: NDArray[np.int64]) -> NDArray[np.float64]:
    """`scoring.auprc` (R) of the bins with each block repeated so many times; NaN where no bin is bound."""
    area_R = np.full(len(times_RB), np.nan)
    rows = max(1, _VALUES_AT_ONCE // max(1, ranked.groups))
    for first in range(0, len(times_RB), rows):
        times = times_RB[first : first + rows]
        gained, tied, before = (part.totals(times, ranked.groups) for part in ranked[1:])
        area_R[first : first + rows] = _areas(gained, tied, before)
    return area_R


def _areas(
    gained_RG: NDArray[np.float64], tied_RG: NDArray[np.float64], before_RG: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The area of Davis & Goadrich, strip by strip of one bound bin, the strips of a group summed in closed form.

    Within a group precision is t / (t + f) with f growing by `slope` for each true positive: that is
    (1 - a / (t + a)) / (1 + slope), whose sum over t is a difference of digamma functions.
    """
    last_RG = np.cumsum(gained_RG, axis=1)
    first_RG = last_RG - gained_RG
    unbound_RG = np.cumsum(before_RG + tied_RG, axis=1) - tied_RG
    # A group that was not drawn gains nothing; what it has of unbound bins comes before the next.
    slope_RG = np.divide(tied_RG, gained_RG, out=np.zeros_like(tied_RG), where=gained_RG > 0)
    shift_RG = (unbound_RG - slope_RG * first_RG) / (1 + slope_RG)
    is_clean_RG = (unbound_RG == 0) & (first_RG == 0)
    low_RG = np.where(is_clean_RG, 1.0, first_RG + shift_RG)
    high_RG = np.where(is_clean_RG, 1.0, last_RG + shift_RG)
    shift_RG = np.where(is_clean_RG, 0.0, shift_RG)
    inverse_RG = digamma(high_RG + 1) - digamma(low_RG) - (1 / low_RG + 1 / high_RG) / 2
    strips_RG = (gained_RG - shift_RG * inverse_RG) / (1 + slope_RG)
    positives_R = last_RG[:, -1] if gained_RG.shape[1] else np.zeros(len(gained_RG))
    total_R = np.where(gained_RG > 0, strips_RG, 0.0).sum(axis=1)
    area_R = np.full(len(gained_RG), np.nan)
    np.divide(total_R, positives_R, out=area_R, where=positives_R > 0)
    return area_R


def digamma(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithmic derivative of the gamma function for positive numbers (Abramowitz & Stegun 6.3.5 and 6.3.18)."""
    below = np.zeros_like(x)
    for step in range(8):
        below += 1 / (x + step)
    inverse = 1 / (x + 8)
    square = inverse * inverse
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    found: NDArray[np.float64] = np.log(x + 8) - inverse / 2 - series - below
    return found


def draws(blocks: int, resamples: int, seed: int | np.random.Generator) -> NDArray[np.int64]:
    """How often each block is taken (R, B), when as many blocks as there are get drawn with replacement."""
    random = np.random.default_rng(seed)
    rows: Sequence[NDArray[np.int64]] = [
        np.bincount(random.integers(blocks, size=blocks), minlength=blocks) for _ in range(resamples)
    ]
    return np.stack(rows) if rows else np.empty((0, blocks), dtype=np.int64)
