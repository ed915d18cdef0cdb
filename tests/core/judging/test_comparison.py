"""The comparison of methods: what its intervals rest on."""

import numpy as np
import pytest

from ebert_core.judging.comparison import Pair, bootstrap, compare, pooled_pair
from ebert_core.judging.resampling import draws

RESAMPLES = 400


def pair_of(factor: str, bound_blocks: tuple[int, ...], blocks: int = 10) -> Pair:
    """Twenty bins a block, five of them bound in the blocks named; "good" scores them well, "bad" at random."""
    random = np.random.default_rng(sum(map(ord, factor)))
    block = np.arange(20 * blocks) // 20
    is_bound = np.isin(block, bound_blocks) & (np.arange(20 * blocks) % 4 == 0)
    noise = random.normal(size=len(block)).astype(np.float32)
    return Pair(factor, "K562", is_bound, block, 20, {"good": noise + 2 * is_bound, "bad": noise})


def test_a_draw_without_bound_bins_of_one_pair_still_counts_for_the_others() -> None:
    pairs = [pair_of("CTCF", (0, 1)), pair_of("GABPA", (3,))]
    drawn_RQ = bootstrap(pairs, ["good"], RESAMPLES, 1)[..., 0]
    lacking_R = np.isnan(drawn_RQ).any(axis=1)
    assert 0.3 < lacking_R.mean() < 0.6
    some_R = ~np.isnan(drawn_RQ).all(axis=1)
    expected = np.percentile(np.nanmean(drawn_RQ[some_R], axis=1), [2.5, 97.5])
    found = compare(pairs, RESAMPLES, 1).mean["good"]
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    only_complete = np.percentile(drawn_RQ[~lacking_R].mean(axis=1), [2.5, 97.5])
    assert found.high - found.low > np.ptp(only_complete)


def test_where_no_draw_holds_a_bound_bin_the_interval_is_all_there_is() -> None:
    seed = next(seed for seed in range(99) if draws(10, 1, seed)[0, 3] == 0)
    found = compare([pair_of("GABPA", (3,))], 1, seed)
    assert (found.mean["good"].low, found.mean["good"].high) == (0.0, 1.0)
    assert (found.median_difference["bad"].low, found.median_difference["bad"].high) == (-1.0, 1.0)
    assert (found.pooled["good"].low, found.pooled["good"].high) == (0.0, 1.0)


def pairs_of(better: float, count: int = 4) -> list[Pair]:
    random = np.random.default_rng(4)
    found = []
    for number in range(count):
        is_bound = random.random(1_500) < 0.05
        noise = random.normal(size=1_500)
        scores = {
            "ours": (noise + better * is_bound).astype(np.float32),
            "same": (noise + better * is_bound).astype(np.float32),
            "noise": random.normal(size=1_500).astype(np.float32),
        }
        found.append(Pair("FOS", f"c{number}", is_bound, np.arange(1_500) // 100, 40, scores))
    return found


def test_identical_methods_do_not_differ_and_a_better_one_does() -> None:
    found = compare(pairs_of(2.0), resamples=60, seed=1)
    same = found.mean_difference["same"]
    assert (same.low, same.value, same.high) == (0, 0, 0)
    assert found.mean_difference["noise"].low > 0.2
    assert found.median["ours"].low <= found.median["ours"].value <= found.median["ours"].high
    assert found.mean["noise"].value == pytest.approx(0.05, abs=0.03)
    assert found.counted_pairs == 4


def test_equally_good_methods_have_an_interval_around_nothing() -> None:
    random = np.random.default_rng(9)
    pairs = []
    for pair in pairs_of(1.0):
        other = (random.normal(size=1_500) + 1.0 * pair.is_bound_X).astype(np.float32)
        pairs.append(pair._replace(scores={"ours": pair.scores["ours"], "other": other}))
    difference = compare(pairs, resamples=80, seed=1).mean_difference["other"]
    assert difference.low < 0 < difference.high


def test_pairs_with_few_peaks_are_listed_and_not_counted() -> None:
    pairs = [*pairs_of(2.0, 1), pairs_of(2.0, 2)[1]._replace(peaks=14)]
    found = compare(pairs, resamples=5, seed=1)
    assert (len(found.pairs), found.counted_pairs) == (2, 1)
    none = compare([pairs[1]], resamples=5, seed=1)
    assert (none.counted_pairs, none.mean, none.mean_difference) == (0, {}, {})
    assert none.pooled["ours"].value > none.pooled["noise"].value


def test_pooling_ranks_within_each_pair() -> None:
    first, second = pairs_of(3.0, 2)
    shifted = second._replace(scores={name: values * 4 for name, values in second.scores.items()})
    found, expected = (pooled_pair([first, other], ["ours"]).scores["ours"] for other in (shifted, second))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("bound_bins", "peaks", "counts"), [(0, 0, True), (1, 0, False), (0, 1, False), (-1, -1, True)]
)
def test_a_pair_that_has_exactly_as_many_as_are_asked_for_counts(bound_bins: int, peaks: int, counts: bool) -> None:
    [pair] = pairs_of(2.0, 1)
    has = int(pair.is_bound_X.sum())
    found = compare([pair], 5, 1, fewest_peaks=pair.peaks + peaks, fewest_bound_bins=has + bound_bins)
    assert (found.fewest_peaks, found.fewest_bound_bins) == (pair.peaks + peaks, has + bound_bins)
    assert (found.counted_pairs, bool(found.mean)) == (int(counts), counts)
    assert found.counts(found.pairs[0]) is counts
    assert (found.pairs[0].bins, found.pairs[0].bound_bins, found.pairs[0].bound_peaks) == (1_500, has, 40)
