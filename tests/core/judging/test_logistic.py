"""The logistic fit: it finds what made the data, stops at the minimum, and stays finite."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.judging.logistic import fit_logistic


def made(rows: int = 20_000) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    random = np.random.default_rng(2)
    design = np.column_stack((random.normal(size=(rows, 2)), np.ones(rows)))
    weights = np.array([1.5, -0.7, -2.0])
    return design, random.random(rows) < 1 / (1 + np.exp(-design @ weights)), weights


def test_it_finds_the_weights_that_made_the_data() -> None:
    design, is_bound, weights = made()
    found = fit_logistic(design, is_bound, np.zeros(3), np.full(3, 1e-6))
    np.testing.assert_allclose(found, weights, atol=0.1)


def test_the_gradient_vanishes_with_shares_and_penalty_held_to_the_start() -> None:
    design, is_bound, _ = made(500)
    share, penalty, start = np.linspace(0.1, 3, 500), np.array([5.0, 300.0, 0.1]), np.array([0.5, 0.5, -1.0])
    found = fit_logistic(design, is_bound, start, penalty, share)
    gradient = design.T @ (share * (1 / (1 + np.exp(-design @ found)) - is_bound)) + penalty * (found - start)
    np.testing.assert_allclose(gradient, 0, atol=1e-3)
    assert abs(found[1] - 0.5) < abs(found[0] - 0.5)


def test_a_perfect_separation_stays_finite() -> None:
    design = np.column_stack((np.linspace(-1, 1, 50), np.ones(50)))
    found = fit_logistic(design, design[:, 0] > 0, np.zeros(2), np.full(2, 0.3))
    assert np.isfinite(found).all()
    assert found[0] > 3


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_a_start_far_away_is_no_hindrance(scale: float) -> None:
    design, is_bound, weights = made(5_000)
    found = fit_logistic(design, is_bound, np.array([0.0, 0.0, 0.0005 * scale]), np.full(3, 1e-6))
    np.testing.assert_allclose(found, weights, atol=0.2)
