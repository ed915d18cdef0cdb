"""From logits to probabilities that mean what they say: Platt's map per factor, fitted on held-out bins."""

# X = held-out bins of one factor.

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc, thresholds
from ebert_core.model.description import Calibration, FactorRecord
from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.training.held_out import HeldOut

_FEWEST_BOUND = 20
_FEWEST_SCORED = 10
_SMALLEST_SLOPE = 0.1


def fit_calibration(is_bound_X: NDArray[np.bool_], logit_X: NDArray[np.floating], fitted_on: str) -> Calibration:
    """Slope and offset of the logistic map (Platt 1999) by Newton's method; the identity where too few are bound.

    The targets are Platt's smoothed ones, so that a perfect separation stays finite.
    """
    bound = int(is_bound_X.sum())
    unbound = len(is_bound_X) - bound
    if bound < _FEWEST_BOUND or unbound < _FEWEST_BOUND:
        return Calibration(fitted_on="")
    target_X = np.where(is_bound_X, (bound + 1) / (bound + 2), 1 / (unbound + 2))
    features_X2 = np.stack((logit_X.astype(np.float64), np.ones(len(logit_X))), axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        probability_X = 1 / (1 + np.exp(-np.clip(features_X2 @ weights, -30, 30)))
        gradient = features_X2.T @ (probability_X - target_X)
        curvature = (features_X2 * (probability_X * (1 - probability_X) + 1e-9)[:, None]).T @ features_X2
        change = np.linalg.solve(curvature + 1e-6 * np.eye(2), gradient)
        weights -= np.clip(change, -1, 1)
        if np.abs(change).max() < 1e-6:
            break
    return Calibration(float(max(weights[0], _SMALLEST_SLOPE)), float(weights[1]), fitted_on)


def best_f1_threshold(is_bound_X: NDArray[np.bool_], probability_X: NDArray[np.floating]) -> float | None:
    """The probability at and above which calling bins bound gives the best F1; None without a bound bin."""
    if not is_bound_X.any():
        return None
    counts = thresholds(is_bound_X, probability_X)
    called = counts.true_positives + counts.false_positives
    f1 = 2 * counts.true_positives / (called + int(is_bound_X.sum()))
    return float(counts.scores[int(f1.argmax())])


def factor_record(
    factor: str, cell_types: tuple[str, ...], pairs: Sequence[HeldOut], validation: Sequence[Interval]
) -> FactorRecord:
    """Calibration, threshold and score of one factor from its held-out pairs."""
    if not pairs:
        return FactorRecord(factor, cell_types)
    is_bound = np.concatenate([pair.scored()[0] for pair in pairs])
    logit = np.concatenate([pair.scored()[1] for pair in pairs])
    where = f"{', '.join(pair.cell_type for pair in pairs)} on {', '.join(map(format_locus, validation))}"
    calibration = fit_calibration(is_bound, logit, where)
    probability = 1 / (1 + np.exp(-(calibration.slope * logit + calibration.offset)))
    if is_bound.sum() < _FEWEST_SCORED:
        return FactorRecord(factor, cell_types, calibration)
    return FactorRecord(
        factor, cell_types, calibration, best_f1_threshold(is_bound, probability), auprc(is_bound, logit), where
    )
