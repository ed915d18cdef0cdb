"""From logits to probabilities that mean what they say: Platt's map per factor, fitted on held-out bins, and tested."""

# X = held-out bins of one factor, V = levels of the logit.

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc, thresholds
from ebert_core.model.description import Calibration, FactorRecord
from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.protocol.reliability import Transfer
from ebert_core.training.held_out import HeldOut
from ebert_core.training.reliability import measured, reliability_of, transfer_of

_FEWEST_BOUND = 20
_FEWEST_SCORED = 10
_SMALLEST_SLOPE = 0.1
_FURTHEST = 80


def factor_record(
    factor: str,
    cell_types: tuple[str, ...],
    pairs: Sequence[HeldOut],
    validation: Sequence[Interval],
    choosers: Collection[str] | None = None,
) -> FactorRecord:
    """Calibration, its test, threshold, score and what probabilities are worth, of one factor on held-out loci.

    `cell_types` are those the factor was trained in, `pairs` the factor at the held-out loci in these and in held-out
    cell types. All is measured in held-out cell types where enough is bound there, else in trained ones; the trained
    ones also serve to test whether a map that was fitted on them holds in a held-out one. `choosers` are the cell
    types whose bins chose the epoch; all of them unless said otherwise.
    """
    others = [pair for pair in pairs if pair.cell_type not in cell_types]
    known = [pair for pair in pairs if pair.cell_type in cell_types]
    chosen = next((group for group in (others, known) if _bound(group) >= _FEWEST_BOUND), None) or others or known
    if not chosen:
        return FactorRecord(factor, cell_types)
    where = f"{', '.join(pair.cell_type for pair in chosen)} on {', '.join(map(format_locus, validation))}"
    calibration = calibrate(chosen, where)
    reliability = reliability_of(
        [measured(pair, calibration.slope, calibration.offset) for pair in chosen],
        tuple(dict.fromkeys(place.chromosome for place in validation)),
        is_other_cell_type=chosen is others,
        chose_epoch=choosers is None or any(pair.cell_type in choosers for pair in chosen),
        transfers=transfers(others, known),
    )
    if _bound(chosen) < _FEWEST_SCORED:
        return FactorRecord(factor, cell_types, calibration, reliability=reliability)
    is_bound_X, logit_X = _joined(chosen)
    probability_X = 1 / (1 + np.exp(-np.clip(calibration.slope * logit_X + calibration.offset, -80, 80)))
    return FactorRecord(
        factor,
        cell_types,
        calibration,
        best_f1_threshold(is_bound_X, probability_X),
        auprc(is_bound_X, logit_X),
        where,
        reliability,
    )


def calibrate(pairs: Sequence[HeldOut], fitted_on: str) -> Calibration:
    """The map fitted on some pairs of a factor, every cell type with equal weight however many bins it has."""
    sizes = [len(pair.scored()[0]) for pair in pairs]
    weight_X = np.repeat([1 / max(size, 1) for size in sizes], sizes)
    is_bound_X, logit_X = _joined(pairs)
    return fit_calibration(is_bound_X, logit_X, fitted_on, weight_X)


def transfers(others: Sequence[HeldOut], known: Sequence[HeldOut]) -> tuple[Transfer, ...]:
    """How maps fitted elsewhere fit each held-out cell type.

    Fitted on the other held-out cell types; on the trained ones where there is no other. Cell types for which neither
    has enough bound bins are left out: nothing was tested there.
    """
    found = []
    for pair in others:
        elsewhere = [other for other in others if other is not pair]
        source = next((group for group in (elsewhere, known) if _bound(group) >= _FEWEST_BOUND), None)
        calibration = calibrate(source, "elsewhere") if source else Calibration()
        if source and calibration.fitted_on:
            cell = measured(pair, calibration.slope, calibration.offset)
            transfer = transfer_of(cell, tuple(each.cell_type for each in source))
            found += [transfer] if transfer else []
    return tuple(found)


def fit_calibration(
    is_bound_X: NDArray[np.bool_],
    logit_X: NDArray[np.floating],
    fitted_on: str,
    weight_X: NDArray[np.float64] | None = None,
) -> Calibration:
    """Slope and offset of the logistic map (Platt 1999) by Newton's method; the identity where too few are bound.

    A slope under a tenth, of a factor whose logits say nothing, is lifted to it and the offset fitted again. The
    targets are Platt's smoothed ones, so that a perfect separation stays finite. Only the ratios of weights count.
    """
    bound = int(is_bound_X.sum())
    unbound = len(is_bound_X) - bound
    if bound < _FEWEST_BOUND or unbound < _FEWEST_BOUND:
        return Calibration(fitted_on="")
    target_X = np.where(is_bound_X, (bound + 1) / (bound + 2), 1 / (unbound + 2))
    share_X = np.ones(len(logit_X)) if weight_X is None else weight_X * (len(weight_X) / weight_X.sum())
    logit_V, target_V, share_V = _levels(logit_X, target_X, share_X)
    middle = float(np.average(logit_V, weights=share_V))
    spread = float(np.sqrt(np.average((logit_V - middle) ** 2, weights=share_V))) + 1e-6
    # Centred and scaled: where all logits are nearly equal, slope and offset could not be told apart otherwise.
    features_V2 = np.stack(((logit_V - middle) / spread, np.ones(len(logit_V))), axis=1)
    start = np.array([spread, middle])
    steep, level = _newton(features_V2, target_V, share_V, start)
    if steep < _SMALLEST_SLOPE * spread:
        steep = _SMALLEST_SLOPE * spread
        (level,) = _newton(features_V2[:, 1:], target_V, share_V, start[1:], steep * features_V2[:, 0])
    slope = float(steep / spread)
    return Calibration(slope, float(level - slope * middle), fitted_on)


def _newton(
    features_VN: NDArray[np.float64],
    target_V: NDArray[np.float64],
    share_V: NDArray[np.float64],
    weights_N: NDArray[np.float64],
    fixed_V: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """The weights of least logistic loss, beside a fixed exponent; a step that does not lower the loss is halved."""

    def loss(candidate_N: NDArray[np.float64]) -> float:
        exponent_V = features_VN @ candidate_N + fixed_V
        return float((share_V * (np.logaddexp(0, exponent_V) - target_V * exponent_V)).sum())

    for _ in range(100):
        exponent_V = np.clip(features_VN @ weights_N + fixed_V, -500, 500)
        probability_V = 1 / (1 + np.exp(-exponent_V))
        gradient_N = features_VN.T @ (share_V * (probability_V - target_V))
        bend_V = share_V * (probability_V * (1 - probability_V) + 1e-9)
        curvature_NN = (features_VN * bend_V[:, None]).T @ features_VN
        step_N = np.linalg.solve(curvature_NN + 1e-9 * np.eye(len(weights_N)), gradient_N)
        before = loss(weights_N)
        while loss(weights_N - step_N) > before and np.abs(step_N).max() > 1e-9:
            step_N = step_N / 2
        weights_N = weights_N - step_N
        if np.abs(step_N).max() < 1e-7:
            break
    return weights_N


def _levels(
    logit_X: NDArray[np.floating], target_X: NDArray[np.float64], share_X: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Bins of nearly the same logit as one: mean logit, mean target and weight of each level.

    So the fit costs the same for a chromosome as for a slice; levels a hundredth wide move a slope by ten-thousandths.
    """
    clipped_X = np.clip(logit_X, -_FURTHEST, _FURTHEST)
    level_X = np.rint(clipped_X * 100).astype(np.int32) + 100 * _FURTHEST
    all_V = np.bincount(level_X, weights=share_X).astype(np.float64)
    is_filled_V = all_V > 0
    share_V = all_V[is_filled_V]
    logit_V, target_V = (
        np.bincount(level_X, weights=share_X * value_X)[is_filled_V] / share_V for value_X in (clipped_X, target_X)
    )
    return logit_V, target_V, share_V


def best_f1_threshold(is_bound_X: NDArray[np.bool_], probability_X: NDArray[np.floating]) -> float | None:
    """The probability at and above which calling bins bound gives the best F1; None without a bound bin."""
    if not is_bound_X.any():
        return None
    counts = thresholds(is_bound_X, probability_X)
    called = counts.true_positives + counts.false_positives
    f1 = 2 * counts.true_positives / (called + int(is_bound_X.sum()))
    return float(counts.scores[int(f1.argmax())])


def _bound(pairs: Sequence[HeldOut]) -> int:
    return sum(int(pair.scored()[0].sum()) for pair in pairs)


def _joined(pairs: Sequence[HeldOut]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    scored = [pair.scored() for pair in pairs]
    return np.concatenate([is_bound_X for is_bound_X, _ in scored]), np.concatenate([logit_X for _, logit_X in scored])
