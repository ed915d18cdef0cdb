"""How far the precision above a threshold is known from the blocks in which bins are called."""

import numpy as np
import pytest

from ebert_core.judging.reliability import Measured, precision_over_blocks, transfer_of
from tests.certain import present

BLOCKS, BINS = 40, 100


def measured_in(called: dict[int, float], cell_type: str = "alpha") -> Measured:
    """Ten bins side by side are called in each named block, of which the first so large a share is bound."""
    probability_X, is_bound_X = np.full(BLOCKS * BINS, 0.01), np.zeros(BLOCKS * BINS, bool)
    for block, share in called.items():
        first = block * BINS + 40
        probability_X[first : first + 10] = 0.9
        is_bound_X[first : first + round(10 * share)] = True
    return Measured(cell_type, probability_X, is_bound_X, np.arange(BLOCKS * BINS) // BINS, is_bound_X)


def test_what_is_called_in_one_block_only_has_no_interval() -> None:
    span = precision_over_blocks([measured_in({7: 1.0})], np.array([0.005, 0.5]))
    assert np.isfinite([span.low_K[0], span.high_K[0], span.middle_K[0]]).all()
    assert np.isnan([span.low_K[1], span.high_K[1], span.middle_K[1]]).all()
    assert span.blocks == BLOCKS


def test_a_resample_without_a_call_does_not_pull_the_interval_to_0() -> None:
    # One resample in thirty draws none of these three blocks; in all others every call is bound.
    span = precision_over_blocks([measured_in({5: 1.0, 15: 1.0, 25: 1.0})], np.array([0.5]))
    assert span.low_K[0] == pytest.approx(3 / (3 + 1.96**2)), "as wide as of three trials that all succeeded"
    assert span.high_K[0] == 1


def test_blocks_that_disagree_make_the_interval_wide_and_blocks_that_agree_narrow() -> None:
    alike = precision_over_blocks([measured_in(dict.fromkeys(range(40), 0.5))], np.array([0.5]))
    apart = precision_over_blocks([measured_in({number: number % 2 for number in range(40)})], np.array([0.5]))
    assert apart.low_K[0] < 0.4 < 0.6 < apart.high_K[0]
    assert apart.low_K[0] <= alike.low_K[0] < 0.5 < alike.high_K[0] <= apart.high_K[0]


def test_a_threshold_that_all_bins_reach_calls_them_all() -> None:
    span = precision_over_blocks([measured_in(dict.fromkeys(range(40), 1.0))], np.array([0.01]))
    assert span.low_K[0] < 0.1 < span.high_K[0]


def test_how_far_a_calibration_misses_elsewhere_lies_within_its_interval() -> None:
    # Every called bin is predicted at 0.9, all others at 0.01; half or all of the called ones are bound.
    apart = measured_in({number: 0.4 + 0.2 * (number % 2) for number in range(BLOCKS)})
    predicted = apart.probability_X.sum()
    found = present(transfer_of(apart, ("beta",)))
    assert (found.cell_type, found.fitted_on, found.peaks) == ("alpha", ("beta",), BLOCKS)
    assert found.ratio == pytest.approx(apart.is_bound_X.sum() / predicted, rel=1e-3)
    low, high = present(found.low), present(found.high)
    assert low < found.ratio < high
    assert high / found.ratio == pytest.approx(found.ratio / low, rel=0.02)
    assert high / low < 1.3
    few = transfer_of(measured_in({1: 0.5, 2: 0.6}), ("beta",))
    assert (present(few).low, present(few).high) == (None, None), "two blocks with bound bins give no interval"
    nothing = apart._replace(probability_X=np.zeros(BLOCKS * BINS))
    assert transfer_of(nothing, ("beta",)) is None
