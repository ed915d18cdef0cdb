"""Platt's map by a factor's own bins: it recovers the truth, and stays usable where there is none to recover."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.judging.platt import fitted, levels, pooled


def map_of(is_bound_X: NDArray[np.bool_], logit_X: NDArray[np.float64]) -> NDArray[np.float64]:
    return fitted(levels(is_bound_X, logit_X.astype(np.float32), np.ones(len(logit_X))))


def probability(map_2: NDArray[np.float64], logit: float | NDArray[np.float64]) -> NDArray[np.float64] | float:
    found: NDArray[np.float64] | float = 1 / (1 + np.exp(-(map_2[0] * logit + map_2[1])))
    return found


def test_calibration_recovers_the_map_that_made_the_labels() -> None:
    random = np.random.default_rng(1)
    logits = random.normal(-2, 3, 40_000)
    is_bound = random.random(40_000) < 1 / (1 + np.exp(-(0.6 * logits - 1.2)))
    found = map_of(is_bound, logits)
    assert found == pytest.approx([0.6, -1.2], abs=0.06)
    assert probability(found, 2.0) == pytest.approx(0.5, abs=0.03)


def test_perfect_separation_and_noise_give_a_usable_map() -> None:
    is_bound = np.arange(400) < 60
    clear = map_of(is_bound, np.where(is_bound, 8.0, -8.0))
    assert np.isfinite(clear).all()
    assert probability(clear, 8) > 0.9 > 0.1 > probability(clear, -8)
    backwards = map_of(is_bound, np.where(is_bound, -8.0, 8.0))
    assert backwards[0] > 0


@pytest.mark.parametrize("shift", [-75, 75])
def test_a_map_is_found_where_nearly_all_logits_lie_at_the_edge_of_what_is_told_apart(shift: int) -> None:
    logits = np.random.default_rng(6).normal(0, 1, 4_000)
    is_bound = np.random.default_rng(7).random(4_000) < 1 / (1 + np.exp(-(logits - 3)))
    found = map_of(is_bound, logits + shift)
    assert found[0] == pytest.approx(1, abs=0.25)
    assert np.sum(probability(found, logits + shift)) == pytest.approx(is_bound.sum(), rel=0.05)


def test_one_factor_has_nothing_to_learn_from() -> None:
    random = np.random.default_rng(2)
    logits = random.normal(-2, 3, 4_000)
    factor = levels(random.random(4_000) < 1 / (1 + np.exp(-logits)), logits, np.ones(4_000))
    maps = pooled([factor])
    assert maps.weights_F2[0] == pytest.approx(fitted(factor), abs=1e-3)
    assert maps.mean_2 == pytest.approx(fitted(factor), abs=1e-3)


@pytest.mark.parametrize("shift", [-18, 0, 18])
@pytest.mark.parametrize("stretch", [0.1, 1, 10])
@pytest.mark.parametrize("worth", [20, 500_000])
def test_a_map_is_found_however_far_off_the_logits_are(shift: int, stretch: float, worth: int) -> None:
    random = np.random.default_rng(4)
    true = random.normal(-4, 2, 5_000)
    is_bound = random.random(5_000) < 1 / (1 + np.exp(-true))
    factor = levels(is_bound, stretch * true + shift, np.full(5_000, worth / 5_000))
    for map_2 in (fitted(factor), pooled([factor]).weights_F2[0]):
        assert np.sum(probability(map_2, np.clip(stretch * true + shift, -80, 80))) == pytest.approx(
            is_bound.sum(), rel=0.1
        )
