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

from ebert_core.judging.logistic import fit_logistic

_SMALLEST_SLOPE = 0.1
_FURTHEST = 80
_ROUNDS = 200
# Between factors, slopes differ by about a quarter and offsets by about a half: worth so many factors in the estimate.
_GUESSED_COVARIANCE = np.diag([0.25**2, 0.5**2])
_GUESS_IS_WORTH = 2


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
    """What is known of a map before its factor's bins are seen."""

    mean_2: NDArray[np.float64]
    covariance_22: NDArray[np.float64]


# Nothing is known: holds hardly but where all logits are nearly equal, and slope and offset cannot be told apart.
_UNKNOWN_22 = 1e4 * np.eye(2)


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
    spread = float(np.sqrt(np.average((factor.logit_V - factor.logit_V.mean()) ** 2, weights=factor.weight_V)))
    # Newton's steps stall where all probabilities are 0 or 1, so it begins where the sum is right already.
    return _fit(factor, _Prior(_balanced(factor, 1 / max(spread, 1.0)), _UNKNOWN_22))


def pooled(factors: Sequence[Levels]) -> Maps:
    """The maps of several factors, each drawn to their mean: the more, the less its weights say.

    The weights of a factor must sum to what its bins are worth, in independent ones. One factor has nothing to learn
    from: it is its own mean.
    """
    alone_F2 = np.stack([fitted(each) for each in factors])
    # Well-measured factors say where the mean is before anything is known of how they differ.
    worth_F = [1 / np.trace(_covariance(*pair, _UNKNOWN_22)) for pair in zip(factors, alone_F2, strict=True)]
    mean_2 = np.average(alone_F2, axis=0, weights=worth_F)
    spread_22 = _GUESSED_COVARIANCE
    for _ in range(_ROUNDS):
        prior = _Prior(mean_2, spread_22)
        weights_F2 = np.stack([_fit(each, prior) for each in factors])
        covariance_F22 = np.stack([_covariance(*pair, spread_22) for pair in zip(factors, weights_F2, strict=True)])
        before_2, mean_2 = mean_2, weights_F2.mean(0)
        away_F2 = weights_F2 - mean_2
        seen_22 = away_F2.T @ away_F2 + covariance_F22.sum(0)
        spread_22 = (_GUESS_IS_WORTH * _GUESSED_COVARIANCE + seen_22) / (_GUESS_IS_WORTH + len(factors))
        if np.abs(mean_2 - before_2).max() < 1e-5:
            break
    return Maps(weights_F2, covariance_F22, mean_2)


def _fit(factor: Levels, prior: _Prior) -> NDArray[np.float64]:
    """Slope and offset (2,) of least loss, drawn to a prior.

    A slope under a tenth, of a factor whose logits say nothing, is lifted to it and the offset fitted again.
    """
    # In units of the prior's deviations, in which slope and offset are independent.
    units_22 = np.linalg.cholesky(prior.covariance_22)
    start_2 = np.linalg.solve(units_22, prior.mean_2)
    design_V2 = _design(factor) @ units_22
    weights_2 = units_22 @ fit_logistic(design_V2, factor.target_V, start_2, np.ones(2), factor.weight_V)
    return weights_2 if weights_2[0] >= _SMALLEST_SLOPE else _balanced(factor, _SMALLEST_SLOPE)


def _balanced(factor: Levels, slope: float) -> NDArray[np.float64]:
    """A slope and the offset that goes with it (2,): what is predicted sums to what is bound. Found by halving."""
    wanted = float(factor.weight_V @ factor.target_V)
    low, high = (sign * _FURTHEST * (slope + 1) for sign in (-1, 1))
    for _ in range(60):
        middle = (low + high) / 2
        exponent_V = np.clip(slope * factor.logit_V + middle, -500, 500)
        predicted = factor.weight_V @ (1 / (1 + np.exp(-exponent_V)))
        low, high = (middle, high) if predicted < wanted else (low, middle)
    return np.array([slope, middle])


def _covariance(factor: Levels, weights_2: NDArray[np.float64], prior_22: NDArray[np.float64]) -> NDArray[np.float64]:
    """That of slope and offset (2, 2): the inverse of the curvature of the loss and the prior."""
    design_V2 = _design(factor)
    probability_V = 1 / (1 + np.exp(-np.clip(design_V2 @ weights_2, -500, 500)))
    bend_V = factor.weight_V * probability_V * (1 - probability_V)
    curvature_22 = (design_V2 * bend_V[:, None]).T @ design_V2
    return np.linalg.inv(curvature_22 + np.linalg.inv(prior_22))


def _design(factor: Levels) -> NDArray[np.float64]:
    return np.stack((factor.logit_V, np.ones(len(factor.logit_V))), axis=1)
