"""The quick bootstrap gives what sorting anew gives."""

import numpy as np
import pytest

from ebert_core.dream.scoring import auprc
from ebert_core.judging.resampling import digamma, draws, ranked_bins, resampled_auprc


@pytest.mark.parametrize("decimals", [None, 1, 0])
def test_it_equals_the_exact_area_of_the_repeated_bins_with_and_without_ties(decimals: int | None) -> None:
    random = np.random.default_rng(5)
    for bound_share in (0.02, 0.3, 0.9):
        is_bound = random.random(600) < bound_share
        score = random.normal(size=600) + is_bound
        score = score if decimals is None else np.round(score, decimals)
        block = random.integers(7, size=600)
        times = draws(7, 30, 3)
        found = resampled_auprc(ranked_bins(is_bound, score, block), times)
        expected = []
        for row in times:
            chosen = np.repeat(np.arange(600), row[block])
            expected.append(auprc(is_bound[chosen], score[chosen]))
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_a_draw_without_a_bound_bin_has_no_area() -> None:
    is_bound, score, block = np.array([True, False, False]), np.array([0.9, 0.5, 0.1]), np.array([0, 0, 1])
    found = resampled_auprc(ranked_bins(is_bound, score, block), np.array([[0, 2], [1, 1]]))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(1.0)
    nothing = resampled_auprc(ranked_bins(np.zeros(3, dtype=bool), score, block), np.array([[1, 1]]))
    assert np.isnan(nothing).all()


def test_the_digamma_function_is_known_at_one_and_grows_by_the_inverse() -> None:
    assert digamma(np.array([1.0]))[0] == pytest.approx(-0.5772156649015329, abs=1e-11)
    x = np.array([0.01, 0.5, 3.0, 1e6])
    np.testing.assert_allclose(digamma(x + 1) - digamma(x), 1 / x, rtol=1e-6)


def test_the_same_seed_draws_the_same_blocks() -> None:
    np.testing.assert_array_equal(draws(9, 4, 1), draws(9, 4, 1))
    assert (draws(9, 4, 1).sum(axis=1) == 9).all()
    assert draws(9, 0, 1).shape == (0, 9)
