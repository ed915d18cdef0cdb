"""Which windows come when."""

import itertools

import pytest

from ebert_core.material.sampling import random_examples, stretches, tiled_examples
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

PLACES = (Interval("chr1", 1_000, 11_000), Interval("chr2", 0, 2_000))


def test_the_same_seed_draws_the_same_windows_and_another_step_others() -> None:
    first = random_examples(PLACES, ("a", "b"), 800, 30, (1, 5))
    assert first == random_examples(PLACES, ("a", "b"), 800, 30, (1, 5))
    assert first != random_examples(PLACES, ("a", "b"), 800, 30, (1, 6))


def test_random_windows_lie_in_their_places_on_the_grid_and_come_from_everywhere() -> None:
    examples = random_examples(PLACES, ("a", "b"), 800, 2_000, (1,))
    assert all(any(place.covers(example.interval) for place in PLACES) for example in examples)
    assert all(example.interval.start % 200 == 0 and example.interval.length == 800 for example in examples)
    starts = {(example.interval.chromosome, example.interval.start) for example in examples}
    assert len(starts) == 47 + 7
    assert 850 < sum(example.cell_type == "a" for example in examples) < 1_150


def test_an_epoch_has_every_window_once_in_every_cell_type() -> None:
    examples = tiled_examples(PLACES, ("a", "b"), 800, (1, 0))
    assert len(set(examples)) == len(examples)
    for cell in ("a", "b"):
        ours = sorted(example.interval for example in examples if example.cell_type == cell)
        assert all(not one.overlaps(next_) for one, next_ in itertools.pairwise(ours))
        assert sum(each.length for each in ours if each.chromosome == "chr1") >= 10_000 - 2 * 800
    assert examples == tiled_examples(PLACES, ("a", "b"), 800, (1, 0))
    assert examples != tiled_examples(PLACES, ("a", "b"), 800, (1, 1))


def test_regions_are_cut_to_known_sequence_on_the_grid() -> None:
    known = (Interval("chr1", -200, 5_050), Interval("chr1", 9_000, 20_000))
    assert stretches((Interval("chr1", 130, 12_345),), known, 800) == (
        Interval("chr1", 200, 5_000),
        Interval("chr1", 9_000, 12_200),
    )
    with pytest.raises(InvalidRequest, match="No window of 8,000 bases fits the given regions"):
        stretches((Interval("chr1", 130, 12_345),), known, 8_000)
