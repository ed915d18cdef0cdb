"""Logistic regression by Newton's method: the one fit of the baselines and the demonstration's controls."""

# R = rows, K = weights.

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.terms.hearing import tell_progress

_MOST_STEPS = 100
_ENOUGH = 1e-9
_SMALLEST_STEP = 1e-4


def fit_logistic(
    design_RK: NDArray[np.float64],
    target_R: NDArray[np.floating] | NDArray[np.bool_],
    start_K: NDArray[np.float64],
    penalty_K: NDArray[np.float64],
    share_R: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The weights of the smallest penalised loss; a step that does not lower it is halved.

    Whoever waits is told of every step.

    Args:
        design_RK: the features, a column of ones among them where there is to be an offset.
        target_R: what is to be predicted, from 0 to 1.
        start_K: where to start, and what the penalty holds the weights to.
        penalty_K: half of it times the square of a weight's distance from its start is added to the loss.
        share_R: how much each row counts; all alike when None.
    """
    share_R = np.ones(len(design_RK)) if share_R is None else share_R

    def loss(weights_K: NDArray[np.float64]) -> float:
        logit_R = design_RK @ weights_K
        strain = penalty_K @ (weights_K - start_K) ** 2 / 2
        return float(share_R @ (np.logaddexp(0, logit_R) - target_R * logit_R) + strain)

    weights_K = start_K.copy()
    reached = loss(weights_K)
    for step in range(_MOST_STEPS):
        tell_progress(step / _MOST_STEPS, "fitting a logistic regression")
        probability_R = 1 / (1 + np.exp(-np.clip(design_RK @ weights_K, -60, 60)))
        slope_K = design_RK.T @ (share_R * (probability_R - target_R)) + penalty_K * (weights_K - start_K)
        step_K = np.linalg.solve(_curvature(design_RK, share_R, probability_R, penalty_K), slope_K)
        size = 1.0
        while loss(weights_K - size * step_K) > reached and size > _SMALLEST_STEP:
            size /= 2
        found = loss(weights_K - size * step_K)
        if found > reached:
            break
        weights_K = weights_K - size * step_K
        if reached - found <= _ENOUGH * abs(found):
            break
        reached = found
    return weights_K


def _curvature(
    design_RK: NDArray[np.float64],
    share_R: NDArray[np.float64],
    probability_R: NDArray[np.float64],
    penalty_K: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The second derivatives (K, K) of the penalised loss."""
    curvature_R = share_R * probability_R * (1 - probability_R)
    return (design_RK * curvature_R[:, None]).T @ design_RK + np.diag(penalty_K)
