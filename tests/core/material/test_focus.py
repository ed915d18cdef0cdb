"""Further windows around what is rare or hard, and the weights that undo the excess."""

import numpy as np

from ebert_core.material.focus import BoundBins, Focus, bound_units, summed_by_unit
from ebert_core.material.sampling import Example
from ebert_core.protocol.terms.locus import Interval

PLACES = (Interval("chr1", 400, 10_400), Interval("chr2", 0, 3_000))
LENGTH = 1_000


def _counts(seed: int) -> dict[str, list[np.ndarray]]:
    random = np.random.default_rng(seed)
    return {
        cell: [
            np.where(random.random(place.length // 200) < 0.1, random.random(place.length // 200), 0.0)
            for place in PLACES
        ]
        for cell in ("a", "b")
    }


def test_windows_lie_in_their_places_and_hold_what_they_were_drawn_around() -> None:
    counts = {"a": [np.zeros(50), np.zeros(15)]}
    counts["a"][0][[0, 49]] = 1.0
    drawn = Focus(PLACES, counts, LENGTH, 200).examples((1,))
    assert len(drawn) == 200
    assert all(each.interval.start % 200 == 0 and each.interval.length == LENGTH for each in drawn)
    assert {each.interval.start for each in drawn} == {400, 9_400}  # at the ends one window holds the unit, no other


def test_the_same_seed_draws_the_same_and_nothing_to_focus_on_draws_nothing() -> None:
    focus = Focus(PLACES, _counts(1), LENGTH, 50)
    assert focus.examples((3, 1)) == focus.examples((3, 1)) != focus.examples((3, 2))
    nothing = Focus(PLACES, {"a": [np.zeros(50), np.zeros(15)]}, LENGTH, 50)
    assert nothing.examples((1,)) == []
    assert (nothing.weights(Example("a", Interval("chr1", 400, 1_400))) == 1).all()


def test_a_bin_counts_once_an_epoch_however_often_it_is_seen() -> None:
    focus = Focus(PLACES, _counts(2), LENGTH, 4_000)
    seen = {(cell, place): np.ones(place.length // 200) for cell in ("a", "b") for place in PLACES}  # by the tiling
    for each in focus.examples((5,)):
        place = next(place for place in PLACES if place.covers(each.interval))
        first = (each.interval.start - place.start) // 200
        seen[(each.cell_type, place)][first : first + 5] += 1
    for (cell, place), times_U in seen.items():
        for first in range(0, len(times_U) - 4, 5):
            start = place.start + first * 200
            weight_N = focus.weights(Example(cell, Interval(place.chromosome, start, start + LENGTH)))
            assert len(weight_N) == 17
            # Expected 1; the scatter of a count of n is its root.
            allowed = 5 / np.sqrt(times_U[first : first + 5])
            assert (np.abs(times_U[first : first + 5] * weight_N[::4] - 1) < allowed).all()


def test_a_weight_depends_on_the_bin_and_not_on_the_window_that_shows_it() -> None:
    focus = Focus(PLACES, _counts(3), LENGTH, 300)
    one = focus.weights(Example("a", Interval("chr1", 2_400, 3_400)))
    other = focus.weights(Example("a", Interval("chr1", 2_600, 3_600)))
    np.testing.assert_allclose(one[4:], other[:-4], rtol=1e-5)


def test_rare_factors_count_as_much_as_common_ones() -> None:
    labels_NF = np.zeros((13, 2), dtype=np.int8)
    labels_NF[0, 0] = 1
    labels_NF[4:8, 1] = 1
    np.testing.assert_allclose(bound_units(BoundBins.of(labels_NF), np.array([1, 4])), [1, 1, 0, 0])
    np.testing.assert_allclose(summed_by_unit(np.ones(13)), [4, 4, 4, 1])


def windows_of(units: int, width: int) -> list[range]:
    return [range(first, first + width) for first in range(units - width + 1)]


def test_a_bin_counts_one_over_how_often_an_epoch_shows_it_in_expectation() -> None:
    """Counted out: each unit by what it counts, then each window that holds it as likely as the next."""
    place, width, further = Interval("chr1", 600, 3_000), 3, 6  # 12 units
    counts = np.array([0, 0, 0.5, 0, 0, 2, 0, 0, 0, 0, 0, 1.5])
    focus = Focus((place,), {"a": [counts]}, width * 200, further)
    windows = windows_of(12, width)
    times_U = np.ones(12)  # by the tiling
    for unit, count in enumerate(counts):
        holding = [window for window in windows if unit in window]
        for window in holding:
            times_U[list(window)] += further * count / counts.sum() / len(holding)
    for window in windows:
        start = place.start + window.start * 200
        weight_N = focus.weights(Example("a", Interval("chr1", start, start + 600)))
        expected = np.repeat(1 / times_U[list(window)], 4)[:9]
        np.testing.assert_allclose(weight_N, expected, rtol=1e-6)
        assert weight_N.dtype == np.float32


def test_further_windows_are_drawn_by_what_their_units_count_and_begin_anywhere_around_them() -> None:
    place = Interval("chr1", 600, 3_000)
    counts = {"a": [np.array([0, 0, 0, 1.0, 0, 0, 0, 0, 0, 0, 0, 0])], "b": [np.array([0.0] * 8 + [3.0] + [0.0] * 3)]}
    drawn = Focus((place,), counts, 600, 4_000).examples((1,))
    starts = {cell: [(each.interval.start - 600) // 200 for each in drawn if each.cell_type == cell] for cell in "ab"}
    assert 900 < len(starts["a"]) < 1_100
    for cell, around in (("a", (1, 2, 3)), ("b", (6, 7, 8))):
        found, times = np.unique(starts[cell], return_counts=True)
        assert tuple(found) == around
        assert (times > len(starts[cell]) / 4).all()


def test_bound_bins_are_found_by_unit_and_factor_up_to_the_last() -> None:
    labels_NF = np.zeros((9, 2), dtype=np.int8)  # of three units, the last three of whose bins belong to none
    labels_NF[[0, 3, 8], [1, 0, 1]] = 1
    labels_NF[5] = -1
    bound = BoundBins.of(labels_NF)
    assert (bound.units, bound.unit_K.tolist(), bound.factor_K.tolist()) == (3, [0, 0, 2], [1, 0, 1])
    np.testing.assert_allclose(bound_units(bound, np.array([1, 2])), [1.5, 0, 0.5])
    np.testing.assert_allclose(bound_units(BoundBins.of(np.zeros((9, 2), np.int8)), np.array([0, 0])), [0, 0, 0])
