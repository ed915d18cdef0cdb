import numpy as np
import pytest

from ebert_core.dream.scoring import auprc, auroc, recall_of, thresholds


def bound(*bins: int) -> np.ndarray:
    return np.array(bins, dtype=bool)


def test_a_perfect_order_scores_one() -> None:
    assert auprc(bound(1, 1, 0, 0), np.array([4.0, 3, 2, 1])) == 1.0
    assert auroc(bound(1, 1, 0, 0), np.array([4.0, 3, 2, 1])) == 1.0


def test_constant_scores_give_the_prevalence_and_half() -> None:
    assert auprc(bound(1, 0, 0, 0), np.ones(4)) == pytest.approx(0.25)
    assert auroc(bound(1, 0, 0, 0), np.ones(4)) == pytest.approx(0.5)


def test_a_false_positive_first_bends_the_curve_as_davis_and_goadrich_say() -> None:
    # Points (TP, FP): (0, 1), (1, 1), (2, 1); precision 0, 1/2, 2/3; trapezoids of width 1/2.
    expected = (0 + 1 / 2) / 2 / 2 + (1 / 2 + 2 / 3) / 2 / 2
    assert auprc(bound(0, 1, 1), np.array([3.0, 2, 1])) == pytest.approx(expected)


def test_tied_bins_are_interpolated_bin_by_bin() -> None:
    # From (1, 0) a tie adds two bound and four unbound bins: precision 1, 2/4, 3/7.
    expected = (1 + (1 + 2 / 4) / 2 + (2 / 4 + 3 / 7) / 2) / 3
    assert auprc(bound(1, 1, 1, 0, 0, 0, 0), np.array([2.0, 1, 1, 1, 1, 1, 1])) == pytest.approx(expected)


def test_recall_at_a_false_discovery_rate_takes_the_largest_that_meets_it() -> None:
    labels, scores = bound(1, 0, 1, 0), np.array([4.0, 3, 2, 1])
    assert recall_of(thresholds(labels, scores), 0.5) == 1.0
    assert recall_of(thresholds(labels, scores), 0.1) == 0.5
    assert recall_of(thresholds(bound(0, 1), np.array([2.0, 1])), 0.1) == 0.0


def test_nineteen_of_twenty_misses_five_percent_in_floating_point() -> None:
    labels = np.array([True] * 19 + [False])
    assert recall_of(thresholds(labels, np.ones(20)), 0.05) == 0.0


def test_no_bound_bin_has_no_score() -> None:
    assert np.isnan(auprc(bound(0, 0), np.array([1.0, 2])))
    assert np.isnan(auroc(bound(0, 0), np.array([1.0, 2])))
