"""What calibrated probabilities are worth: precision and recall on held-out bins, and whether calibration carries over.

Intervals are over blocks of 100 kb drawn with replacement: neighbouring bins overlap by three quarters, so bins are not
independent, and a bootstrap over bins would claim far too much. Few blocks of one place do not show how places differ:
intervals are widened by Student's factor for so many blocks and by the variation between loci (`widening`).
"""

# X = scored bins, K = points of a map, C = cell types, D = blocks, R = resamples, G = groups of bins.

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.judging.held_out import HeldOut, bound_peaks
from ebert_core.judging.resampling import draws
from ebert_core.judging.widening import BETWEEN_LOCI, student, widened
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.reliability import (
    FEWEST_BLOCKS,
    FEWEST_PEAKS,
    MOST_POINTS,
    MeasuredCell,
    Reliability,
    ReliabilityPoint,
    Transfer,
)

_FEWEST_CALLED_IN_A_CELL = 10
_RESAMPLES = 1000
_SEED = 1  # the same for every factor, so that a run can be repeated
_GROUPS = 10


class Measured(NamedTuple):
    """The scored bins of a factor in one cell type: probability, whether bound, and the block of each.

    `is_bound_P` is of all bins of the regions, the same in every cell type.
    """

    cell_type: str
    probability_X: NDArray[np.float64]
    is_bound_X: NDArray[np.bool_]
    block_X: NDArray[np.int64]
    is_bound_P: NDArray[np.bool_]

    @property
    def peaks(self) -> int:
        """Separate runs of bound bins."""
        return bound_peaks(self.is_bound_P.astype(np.int8))

    @property
    def megabases(self) -> float:
        """How long the regions are."""
        return len(self.is_bound_P) * POSITION / 1e6


class Groups(NamedTuple):
    """Bins in order of their probability, in groups that hold equal sums of it: what a reliability diagram shows."""

    predicted_G: NDArray[np.float64]
    observed_G: NDArray[np.float64]
    bins_G: NDArray[np.int64]


class Span(NamedTuple):
    """An interval at each point from so many blocks, NaN where there is none; its middle is never 0 or 1."""

    low_K: NDArray[np.float64]
    high_K: NDArray[np.float64]
    middle_K: NDArray[np.float64]
    blocks: int


def measured(pair: HeldOut, slope: float, offset: float) -> Measured:
    """The scored bins of a held-out pair with their logits as probabilities under a calibration."""
    is_bound_X, logit_X = pair.scored()
    exponent_X = np.clip(slope * logit_X.astype(np.float64) + offset, -80, 80)
    is_scored_P = pair.is_scored()
    is_bound_P = is_scored_P & (pair.labels_P == 1)
    return Measured(pair.cell_type, 1 / (1 + np.exp(-exponent_X)), is_bound_X, pair.block_P[is_scored_P], is_bound_P)


def reliability_of(  # noqa: PLR0913  # what a map rests on, each with its own default
    cells: Sequence[Measured],
    chromosomes: tuple[str, ...],
    is_other_cell_type: bool,
    chose_epoch: bool,
    transfers: tuple[Transfer, ...] = (),
    auprc: float | None = None,
    map_variance: float | None = None,
    deviation: float = BETWEEN_LOCI,
) -> Reliability | None:
    """The map from probability to precision and recall over some cell types; None without a bound bin.

    The value is of all bins together; the range is that over resampled blocks, widened to hold every cell type and loci
    elsewhere, which differ by `deviation` on the scale of log-odds. There is none with few peaks, or few blocks that
    hold one. `map_variance` is that of the logarithm of the predicted total: how uncertain calibration itself is.
    """
    is_bound_X = np.concatenate([cell.is_bound_X for cell in cells]) if cells else np.zeros(0, np.bool_)
    if not is_bound_X.any():
        return None
    threshold_K, called_CK, bound_CK = counted = _counted(cells)
    precision_CK = counted.precision_CK()
    loci = bound_peaks(np.logical_or.reduce([cell.is_bound_P for cell in cells]).astype(np.int8))
    blocks = len(np.unique(np.concatenate([cell.block_X[cell.is_bound_X] for cell in cells])))
    known = Reliability(
        chromosomes,
        tuple(map(_cell_record, cells, precision_CK, bound_CK)),
        is_other_cell_type,
        chose_epoch,
        _points(threshold_K, bound_CK.sum(0) / called_CK.sum(0), bound_CK.sum(0) / int(is_bound_X.sum())),
        transfers,
        loci,
        blocks,
        deviation,
        auprc=auprc if auprc is None else _short(auprc),
    )
    if not known.has_range:
        return known
    span = _over_loci(precision_over_blocks(cells, threshold_K), precision_CK, deviation)
    elsewhere = ratio_elsewhere(map_variance, loci / cells[0].megabases, deviation) if map_variance else None
    return msgspec.structs.replace(known, points=_with_ranges(known.points, span), elsewhere=elsewhere)


class _Counts(NamedTuple):
    """Bins at or above each threshold, all and bound, in each cell type."""

    threshold_K: NDArray[np.float64]
    called_CK: NDArray[np.int64]
    bound_CK: NDArray[np.int64]

    def precision_CK(self) -> NDArray[np.float64]:
        """The share that is bound; NaN where too few are called to tell."""
        enough_CK = self.called_CK >= _FEWEST_CALLED_IN_A_CELL
        return np.where(enough_CK, self.bound_CK / np.maximum(self.called_CK, 1), np.nan)


def _counted(cells: Sequence[Measured]) -> _Counts:
    threshold_K = map_thresholds([cell.probability_X for cell in cells])
    called_CK = np.stack([_called(cell.probability_X, threshold_K) for cell in cells])
    bound_CK = np.stack([_called(cell.probability_X[cell.is_bound_X], threshold_K) for cell in cells])
    return _Counts(threshold_K, called_CK, bound_CK)


def ratio_elsewhere(map_variance: float, loci_per_megabase: float, deviation: float) -> tuple[float, float]:
    """The 95 % range of bound bins for each one predicted in a megabase that neither training nor calibration saw.

    It holds what is unknown of the map, how loci differ, and that a megabase has only so many peaks (Poisson).
    """
    own = np.array([student(10**6) * np.sqrt(map_variance + 1 / loci_per_megabase)])
    (reach,) = widened(own, deviation)
    return _short(float(np.exp(-reach))), _short(float(np.exp(reach)))


def map_thresholds(probability_CX: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """At most 40 probabilities, ascending, that call from all bins down to about fifteen places, in even ratios."""
    ordered_X = np.sort(np.concatenate(probability_CX))[::-1]
    bins = len(ordered_X)
    ranks = np.unique(np.geomspace(min(FEWEST_PEAKS, bins), bins, 4 * MOST_POINTS).round().astype(np.int64))
    enough = next((rank for rank in ranks if _places(probability_CX, ordered_X[rank - 1]) >= FEWEST_PEAKS), bins)
    ranks = np.unique(np.geomspace(enough, bins, MOST_POINTS).round().astype(np.int64))
    # Rounded down, so that the bin a threshold was taken from is still called.
    return np.unique(_rounded_down(ordered_X[ranks - 1]))


def _places(probability_CX: Sequence[NDArray[np.float64]], threshold: float) -> int:
    """How many separate runs of bins a threshold calls: neighbouring bins overlap, so runs are what counts."""
    return sum(bound_peaks((probability_X >= threshold).astype(np.int8)) for probability_X in probability_CX)


def transfer_of(cell: Measured, fitted_on: tuple[str, ...], resamples: int = _RESAMPLES) -> Transfer | None:
    """How a calibration fitted on other cell types fits this one; None where nothing is predicted."""
    blocks, index_X = np.unique(cell.block_X, return_inverse=True)
    predicted_D = np.bincount(index_X, weights=cell.probability_X, minlength=len(blocks))
    observed_D = np.bincount(index_X, weights=cell.is_bound_X, minlength=len(blocks))
    if predicted_D.sum() <= 0:
        return None
    low = high = None
    if int((observed_D > 0).sum()) >= FEWEST_BLOCKS:
        times_RD = draws(len(blocks), resamples, _SEED)
        ratio_R = (times_RD @ observed_D) / np.maximum(times_RD @ predicted_D, 1e-12)
        middle = np.log(observed_D.sum() / predicted_D.sum())
        edges = np.log(np.maximum(np.percentile(ratio_R, [2.5, 97.5]), 1e-9)) - middle
        low, high = (_short(edge) for edge in np.exp(middle + edges * few_blocks(len(blocks))))
    ratio = _short(observed_D.sum() / predicted_D.sum())
    return Transfer(cell.cell_type, fitted_on, cell.peaks, ratio, low, high, _short(expected_error(cell)))


def grouped(probability_X: NDArray[np.floating], is_bound_X: NDArray[np.bool_], groups: int = _GROUPS) -> Groups:
    """Mean probability and share bound in groups of bins that hold equal sums of probability.

    Groups of equal numbers of bins would put all that matters into the last one: hardly any bin is bound.
    """
    order = np.argsort(probability_X, kind="stable")
    ordered_X = probability_X[order].astype(np.float64)
    before_X = np.cumsum(ordered_X) - ordered_X / 2
    group_X = np.minimum((before_X / max(ordered_X.sum(), 1e-300) * groups).astype(np.int64), groups - 1)
    bins_G = np.bincount(group_X, minlength=groups)
    is_filled_G = bins_G > 0
    predicted_G = np.bincount(group_X, weights=ordered_X, minlength=groups)[is_filled_G]
    observed_G = np.bincount(group_X, weights=is_bound_X[order], minlength=groups)[is_filled_G]
    bins_G = bins_G[is_filled_G]
    return Groups(predicted_G / bins_G, observed_G / bins_G, bins_G)


def expected_error(cell: Measured) -> float:
    """Expected calibration error: mean distance of share bound and mean probability over the groups' bins."""
    groups = grouped(cell.probability_X, cell.is_bound_X)
    return float((groups.bins_G * np.abs(groups.observed_G - groups.predicted_G)).sum() / groups.bins_G.sum())


def _called(probability_X: NDArray[np.float64], threshold_K: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many bins lie at or above each threshold."""
    return len(probability_X) - np.searchsorted(np.sort(probability_X), threshold_K, side="left")


def precision_over_blocks(cells: Sequence[Measured], threshold_K: NDArray[np.float64]) -> Span:
    """The 95 % interval of precision at each threshold over resampled blocks; NaN where calls are few.

    A block is drawn in all cell types at once. Never narrower than Wilson's interval for as many trials as runs of
    bins are called in one cell type: where all of few are bound, no resample would ever miss one.
    """
    points = len(threshold_K)
    blocks, index_X = np.unique(np.concatenate([cell.block_X for cell in cells]), return_inverse=True)
    probability_X = np.concatenate([cell.probability_X for cell in cells])
    is_bound_X = np.concatenate([cell.is_bound_X for cell in cells])
    place_X = index_X * (points + 1) + np.searchsorted(threshold_K, probability_X, side="right")

    def at_or_above(weight_X: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        counts_DK = np.bincount(place_X, weights=weight_X, minlength=len(blocks) * (points + 1))
        return counts_DK.reshape(len(blocks), points + 1)[:, :0:-1].cumsum(1)[:, ::-1].astype(np.float64)

    called_DK, bound_DK = at_or_above(None), at_or_above(is_bound_X)
    times_RD = draws(len(blocks), _RESAMPLES, _SEED)
    called_RK = times_RD @ called_DK
    # A resample that calls nothing says nothing; where that is common, there is no interval.
    precision_RK = np.where(called_RK > 0, times_RD @ bound_DK / np.maximum(called_RK, 1), np.nan)
    enough_K = (called_RK > 0).mean(0) > 0.9
    precision_RK[:, ~enough_K] = 0.0
    low_K, high_K = np.nanpercentile(precision_RK, [2.5, 97.5], axis=0)
    places_K = np.array([max(_places([cell.probability_X], each) for cell in cells) for each in threshold_K])
    least_K, most_K = wilson(bound_DK.sum(0) / called_DK.sum(0), places_K)
    low_K, high_K = np.minimum(low_K, least_K), np.maximum(high_K, most_K)
    low_K, high_K, middle_K = (np.where(enough_K, edge_K, np.nan) for edge_K in (low_K, high_K, (least_K + most_K) / 2))
    return Span(low_K, high_K, middle_K, len(blocks))


def _over_loci(span: Span, precision_CK: NDArray[np.float64], deviation: float) -> Span:
    """The interval widened to hold every cell type where there are several, and loci elsewhere."""
    low_K, high_K, middle_K, blocks = span
    if len(precision_CK) > 1:
        low_K, high_K = np.fmin(low_K, np.fmin.reduce(precision_CK)), np.fmax(high_K, np.fmax.reduce(precision_CK))
    odds_K, few = _log_odds(middle_K), few_blocks(blocks)
    least_K = odds_K - widened(few * (odds_K - _log_odds(low_K)), deviation)
    most_K = odds_K + widened(few * (_log_odds(high_K) - odds_K), deviation)
    return span._replace(low_K=_share(least_K), high_K=_share(most_K))


def few_blocks(blocks: int) -> float:
    """How much further a 95 % interval reaches than the percentiles of a bootstrap over so few blocks.

    A bootstrap knows neither that the variance itself is estimated nor that its resamples lie about their own mean.
    """
    return student(blocks - 1) / student(10**6) * float(np.sqrt(blocks / (blocks - 1)))


def _log_odds(share_K: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped_K = np.clip(share_K, 1e-6, 1 - 1e-6)
    odds_K: NDArray[np.float64] = np.log(clipped_K / (1 - clipped_K))
    return odds_K


def _share(log_odds_K: NDArray[np.float64]) -> NDArray[np.float64]:
    """Back from log-odds; 0 and 1 where they were clipped."""
    share_K = 1 / (1 + np.exp(-np.clip(log_odds_K, -80, 80)))
    return np.where(share_K <= 1e-6, 0.0, np.where(share_K >= 1 - 1e-6, 1.0, share_K))


def wilson(share_K: NDArray[np.float64], trials_K: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """The 95 % score interval of a share (Wilson 1927)."""
    z = 1.96
    middle_K = (share_K + z**2 / (2 * trials_K)) / (1 + z**2 / trials_K)
    reach_K = z * np.sqrt(share_K * (1 - share_K) / trials_K + (z / (2 * trials_K)) ** 2) / (1 + z**2 / trials_K)
    return middle_K - reach_K, np.minimum(middle_K + reach_K, 1.0)


def _points(
    threshold_K: NDArray[np.float64], precision_K: NDArray[np.float64], recall_K: NDArray[np.float64]
) -> tuple[ReliabilityPoint, ...]:
    found = zip(threshold_K.tolist(), precision_K.tolist(), recall_K.tolist(), strict=True)
    return tuple(ReliabilityPoint(threshold, _short(share), _short(recall)) for threshold, share, recall in found)


def _with_ranges(points: Sequence[ReliabilityPoint], span: Span) -> tuple[ReliabilityPoint, ...]:
    edges = zip(points, span.low_K.tolist(), span.high_K.tolist(), strict=True)
    return tuple(msgspec.structs.replace(point, low=_known(low), high=_known(high)) for point, low, high in edges)


def _cell_record(cell: Measured, precision_K: NDArray[np.float64], bound_K: NDArray[np.int64]) -> MeasuredCell:
    bound = int(cell.is_bound_X.sum())
    recall = tuple(_short(each / bound) for each in bound_K) if bound else (None,) * len(bound_K)
    return MeasuredCell(
        cell.cell_type, len(cell.is_bound_X), bound, cell.peaks, tuple(map(_known, precision_K)), recall
    )


def _known(value: float) -> float | None:
    return _short(value) if np.isfinite(value) else None


def _short(value: float) -> float:
    """Four significant digits: more would only make the file longer."""
    return float(f"{value:.4g}")


def _rounded_down(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most each value, to four significant digits."""
    steps = 10.0 ** (np.floor(np.log10(np.maximum(values, 1e-300))) - 3)
    return np.minimum([_short(each) for each in np.floor(values / steps) * steps], values)
