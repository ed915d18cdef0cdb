"""Platt's map from logits to probabilities: one factor alone, or many factors that learn from each other.

A factor with few held-out peaks cannot fix a slope and an offset of its own. So the maps of all factors are taken as
draws from one distribution (a random slope and a random offset for each factor): its mean and covariance come from all
of them, and each map is the compromise between its own bins and that mean, as far as its peaks reach. That is
parametric empirical Bayes (Morris 1983, J. Am. Stat. Assoc. 78:47) for a logistic model, fitted by the EM algorithm
with posterior modes of Stiratelli, Laird & Ware (1984, Biometrics 40:961).
"""

# X = held-out bins of one factor, V = levels of the logit, F = factors, N = weights of a fit.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_SMALLEST_SLOPE = 0.1
_FURTHEST = 80
_ROUNDS = 200
# Between factors, slopes differ by about a quarter and offsets by about a half: worth so many factors in the estimate.
_GUESSED_COVARIANCE = np.diag([0.25**2, 0.5**2])
_GUESS_IS_WORTH = 2


_IDENTITY_2 = np.array([1.0, 0.0])


class Levels(NamedTuple):
    """The bins of a factor, those of nearly the same logit as one: mean logit, mean target, and weight.

    The fit costs the same for a chromosome as for a slice; levels a hundredth wide move a slope by ten-thousandths.
    """

    logit_V: NDArray[np.float64]
    target_V: NDArray[np.float64]
    weight_V: NDArray[np.float64]


class Maps(NamedTuple):
    """Slope and offset of each factor (F, 2), their covariances (F, 2, 2), and the mean map that they are drawn to."""

    weights_F2: NDArray[np.float64]
    covariance_F22: NDArray[np.float64]
    mean_2: NDArray[np.float64]


class _Prior(NamedTuple):
    mean_2: NDArray[np.float64]
    precision_22: NDArray[np.float64]


def levels(is_bound_X: NDArray[np.bool_], logit_X: NDArray[np.floating], weight_X: NDArray[np.float64]) -> Levels:
    """Bins as levels, with Platt's smoothed targets, so that a perfect separation stays finite."""
    bound = int(is_bound_X.sum())
    target_X = np.where(is_bound_X, (bound + 1) / (bound + 2), 1 / (len(is_bound_X) - bound + 2))
    clipped_X = np.clip(logit_X, -_FURTHEST, _FURTHEST).astype(np.float64)
    level_X = np.rint(clipped_X * 100).astype(np.int32) + 100 * _FURTHEST
    all_V = np.bincount(level_X, weights=weight_X).astype(np.float64)
    is_filled_V = all_V > 0
    weight_V = all_V[is_filled_V]
    logit_V, target_V = (
        np.bincount(level_X, weights=weight_X * value_X)[is_filled_V] / weight_V for value_X in (clipped_X, target_X)
    )
    return Levels(logit_V, target_V, weight_V)


def fitted(factor: Levels) -> NDArray[np.float64]:
    """Slope and offset (2,) of a factor by its own bins alone (Platt 1999)."""
    return _fit(factor, None, _IDENTITY_2)[0]


def pooled(factors: Sequence[Levels]) -> Maps:
    """The maps of several factors, each drawn to their mean: the more, the less its weights say.

    The weights of a factor must sum to what its bins are worth, in independent ones. One factor has nothing to learn
    from: it is its own mean.
    """
    alone = [_fit(each, None, _IDENTITY_2) for each in factors]
    # Well-measured factors say where the mean is before anything is known of how they differ.
    worth_F = np.array([1 / np.trace(covariance_22) for _, covariance_22 in alone])
    mean_2 = np.average([weights_2 for weights_2, _ in alone], axis=0, weights=worth_F)
    spread_22, weights_F2 = _GUESSED_COVARIANCE, np.tile(mean_2, (len(factors), 1))
    for _ in range(_ROUNDS):
        prior = _Prior(mean_2, np.linalg.inv(spread_22))
        found = [_fit(each, prior, start_2) for each, start_2 in zip(factors, weights_F2, strict=True)]
        weights_F2, covariance_F22 = (np.stack(part) for part in zip(*found, strict=True))
        before_2, mean_2 = mean_2, weights_F2.mean(0)
        away_F2 = weights_F2 - mean_2
        seen_22 = away_F2.T @ away_F2 + covariance_F22.sum(0)
        spread_22 = (_GUESS_IS_WORTH * _GUESSED_COVARIANCE + seen_22) / (_GUESS_IS_WORTH + len(factors))
        if np.abs(mean_2 - before_2).max() < 1e-5:
            break
    return Maps(weights_F2, covariance_F22, mean_2)


def _fit(
    factor: Levels, prior: _Prior | None, start_2: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and offset (2,) of least loss and their covariance (2, 2), drawn to a prior where there is one.

    A slope under a tenth, of a factor whose logits say nothing, is lifted to it and the offset fitted again.
    """
    middle = float(np.average(factor.logit_V, weights=factor.weight_V))
    spread = float(np.sqrt(np.average((factor.logit_V - middle) ** 2, weights=factor.weight_V))) + 1e-6
    # Centred and scaled: where all logits are nearly equal, slope and offset could not be told apart otherwise.
    to_scaled_22 = np.array([[spread, 0.0], [middle, 1.0]])
    to_plain_22 = np.linalg.inv(to_scaled_22)
    features_V2 = np.stack(((factor.logit_V - middle) / spread, np.ones(len(factor.logit_V))), axis=1)
    scaled = prior and _Prior(to_scaled_22 @ prior.mean_2, to_plain_22.T @ prior.precision_22 @ to_plain_22)
    scaled_2, curvature_22 = _newton(features_V2, factor, to_scaled_22 @ start_2, scaled)
    covariance_22 = to_plain_22 @ np.linalg.inv(curvature_22) @ to_plain_22.T
    if scaled_2[0] < _SMALLEST_SLOPE * spread:
        fixed_V = _SMALLEST_SLOPE * spread * features_V2[:, 0]
        (level,), _ = _newton(features_V2[:, 1:], factor, scaled_2[1:], None, fixed_V)
        scaled_2 = np.array([_SMALLEST_SLOPE * spread, level])
    return to_plain_22 @ scaled_2, covariance_22


def _newton(
    features_VN: NDArray[np.float64],
    factor: Levels,
    weights_N: NDArray[np.float64],
    prior: _Prior | None,
    fixed_V: NDArray[np.float64] | float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The weights of least logistic loss and its curvature there; a step that does not lower the loss is halved."""
    size = len(weights_N)
    mean_N, precision_NN = prior or (np.zeros(size), 1e-9 * np.eye(size))
    _, target_V, weight_V = factor

    def loss(candidate_N: NDArray[np.float64]) -> float:
        exponent_V = features_VN @ candidate_N + fixed_V
        away_N = candidate_N - mean_N
        entropy_V = np.logaddexp(0, exponent_V) - target_V * exponent_V
        return float((weight_V * entropy_V).sum() + away_N @ precision_NN @ away_N / 2)

    for _ in range(100):
        exponent_V = np.clip(features_VN @ weights_N + fixed_V, -500, 500)
        probability_V = 1 / (1 + np.exp(-exponent_V))
        gradient_N = features_VN.T @ (weight_V * (probability_V - target_V)) + precision_NN @ (weights_N - mean_N)
        bend_V = weight_V * (probability_V * (1 - probability_V) + 1e-9)
        curvature_NN = (features_VN * bend_V[:, None]).T @ features_VN + precision_NN + 1e-9 * np.eye(size)
        step_N = np.linalg.solve(curvature_NN, gradient_N)
        before = loss(weights_N)
        while loss(weights_N - step_N) > before and np.abs(step_N).max() > 1e-9:
            step_N = step_N / 2
        weights_N = weights_N - step_N
        if np.abs(step_N).max() < 1e-7:
            break
    return weights_N, curvature_NN
