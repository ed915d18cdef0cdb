"""The comparison of methods: what its intervals rest on."""

import numpy as np
import pytest

from ebert_core.judging.comparison import Pair, bootstrap, compare
from ebert_core.judging.resampling import draws

RESAMPLES = 400


def pair_of(factor: str, bound_blocks: tuple[int, ...], blocks: int = 10) -> Pair:
    """Twenty bins a block, five of them bound in the blocks named; "good" scores them well, "bad" at random."""
    random = np.random.default_rng(sum(map(ord, factor)))
    block = np.arange(20 * blocks) // 20
    is_bound = np.isin(block, bound_blocks) & (np.arange(20 * blocks) % 4 == 0)
    noise = random.normal(size=len(block)).astype(np.float32)
    return Pair(factor, "K562", is_bound, block, 20, {"good": noise + 2 * is_bound, "bad": noise})


def test_a_draw_without_bound_bins_of_one_pair_still_counts_for_the_others():
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


def test_where_no_draw_holds_a_bound_bin_the_interval_is_all_there_is():
    seed = next(seed for seed in range(99) if draws(10, 1, seed)[0, 3] == 0)
    found = compare([pair_of("GABPA", (3,))], 1, seed)
    assert (found.mean["good"].low, found.mean["good"].high) == (0.0, 1.0)
    assert (found.median_difference["bad"].low, found.median_difference["bad"].high) == (-1.0, 1.0)
    assert (found.pooled["good"].low, found.pooled["good"].high) == (0.0, 1.0)
