"""What is hidden in pre-training, and the control that sees the same visible bases."""

import numpy as np
import pytest

from ebert_core.judging.markov import MarkovBaseline
from ebert_core.material.masking import hide_bases, hide_every, hide_states, native_units


def test_states_are_hidden_in_whole_native_units() -> None:
    starts = np.array([0, 4_000, 12_600, 999_800])
    units = native_units(starts, 60, 5_000)
    states = np.full((4, 60), 2, np.uint8)
    states[2, 7] = 0
    hidden, is_hidden = hide_states(states, units, 0.4, np.random.default_rng(1))
    assert 0.1 < is_hidden.mean() < 0.8
    for row in range(4):
        for unit in np.unique(units[row]):
            inside = is_hidden[row, (units[row] == unit) & (states[row] >= 2)]
            assert inside.all() or not inside.any()
    assert not is_hidden[2, 7]
    assert (hidden[is_hidden] == 1).all()
    np.testing.assert_array_equal(hidden[~is_hidden], states[~is_hidden])


def test_units_lie_on_the_genome_not_on_the_window() -> None:
    assert native_units(np.array([4_600]), 4, 5_000).tolist() == [[0, 0, 1, 1]]
    assert native_units(np.array([400]), 3, 200).tolist() == [[2, 3, 4]]


def test_windows_draw_their_units_apart() -> None:
    units = native_units(np.zeros(50, np.int64), 25, 5_000)
    _, is_hidden = hide_states(np.full((50, 25), 2, np.uint8), units, 0.5, np.random.default_rng(2))
    assert 10 < is_hidden[:, 0].sum() < 40


def test_known_bases_are_hidden_and_n_never() -> None:
    bases = np.random.default_rng(1).integers(0, 5, (20, 400), dtype=np.uint8)
    hidden, is_hidden = hide_bases(bases, 0.15, np.random.default_rng(2))
    assert not (is_hidden & (bases == 4)).any()
    assert 0.13 < is_hidden[bases < 4].mean() < 0.17
    assert (hidden[is_hidden] == 5).all()
    np.testing.assert_array_equal(hidden[~is_hidden], bases[~is_hidden])
    hidden, is_hidden = hide_every(bases, 16, 3)
    assert set(np.nonzero(is_hidden)[1] % 16) == {3}
    assert not (is_hidden & (bases == 4)).any()


@pytest.mark.parametrize("span", [2, 8, 50])
def test_bases_are_hidden_in_spans_at_the_same_share(span: int) -> None:
    bases = np.random.default_rng(1).integers(0, 4, (200, 800), dtype=np.uint8)
    bases[:, 300:310] = 4
    hidden, is_hidden = hide_bases(bases, 0.15, np.random.default_rng(2), span)
    known = bases < 4
    assert abs(is_hidden[known].mean() - 0.15) < 0.02
    assert not is_hidden[~known].any()
    assert (is_hidden[:, :span].mean(), is_hidden[:, -span:].mean()) == pytest.approx((0.15, 0.15), abs=0.06)
    np.testing.assert_array_equal(hidden == 5, is_hidden)
    _, is_hidden = hide_bases(np.zeros((1, 20_000), np.uint8), 0.15, np.random.default_rng(3), span)
    change = np.diff(is_hidden[0].astype(np.int8))
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    inner = [ends[ends > start][0] - start for start in starts if (ends > start).any()]
    assert min(inner) >= span


def test_single_bases_are_hidden_as_ever() -> None:
    bases = np.zeros((3, 40), np.uint8)
    expected = np.random.default_rng(7).random(bases.shape, dtype=np.float32) < 0.15
    np.testing.assert_array_equal(hide_bases(bases, 0.15, np.random.default_rng(7))[1], expected)


def test_the_markov_baseline_counts_both_strands() -> None:
    # AACAA and its other strand TTGTT: between A and A stands C once, between T and T stands G once.
    baseline = MarkovBaseline([np.array([0, 0, 1, 0, 0], np.uint8)], reach=1, smoothing=1.0)
    single = (np.array([4, 1, 1, 4]) + 1 * 0.25) / (10 + 1)
    between = (np.array([0, 1, 0, 0]) + 1 * single) / (1 + 1)
    loss = baseline.losses(np.array([0, 1, 0], np.uint8), np.array([1]))
    np.testing.assert_allclose(loss, [-np.log(between[1])])
    unseen = baseline.losses(np.array([2, 1, 2], np.uint8), np.array([1]))
    np.testing.assert_allclose(unseen, [-np.log(single[1])])


def test_the_markov_baseline_keeps_silent_beside_unknown_bases() -> None:
    baseline = MarkovBaseline([np.array([0, 1, 2, 3] * 10, np.uint8)], reach=1)
    assert np.isnan(baseline.losses(np.array([4, 1, 2], np.uint8), np.array([1]))).all()
    assert np.isnan(baseline.losses(np.array([0, 4, 2], np.uint8), np.array([1]))).all()
    around = np.array([0, 2], np.uint8)
    known = MarkovBaseline([np.array([0, 1, 2], np.uint8)], reach=1).losses(np.insert(around, 1, 1), np.array([1]))
    beside = MarkovBaseline([np.array([4, 0, 1, 2, 4, 4], np.uint8)], reach=1)
    assert beside.losses(np.insert(around, 1, 1), np.array([1])) == known, "unknown bases count for nothing"


def test_the_markov_baseline_learns_a_repeat() -> None:
    text = np.array([0, 1, 2, 3] * 500, np.uint8)
    loss = MarkovBaseline([text], reach=3).losses(text, np.arange(100, 200))
    assert loss.mean() < 0.05


@pytest.mark.parametrize("spacing", [8, 16])
def test_what_surrounds_a_base_hidden_in_evaluation_is_visible(spacing: int) -> None:
    _, is_hidden = hide_every(np.zeros((1, 320), np.uint8), spacing, 5)
    assert (np.diff(np.flatnonzero(is_hidden[0])) == spacing).all()
