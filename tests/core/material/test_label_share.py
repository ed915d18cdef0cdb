"""A share of the labels: nested, drawn by the seed, in blocks that windows fit into."""

from itertools import pairwise

from ebert_core.material.sampling import drawn_share
from ebert_core.protocol.terms.locus import Interval

PLACES = (Interval("chr1", 400, 1_000_400), Interval("chr2", 0, 500_000))


def bases(places: tuple[Interval, ...]) -> int:
    return sum(place.length for place in places)


def test_all_labels_are_the_regions_themselves() -> None:
    assert drawn_share(PLACES, 1.0, seed=1) == PLACES


def test_a_share_is_as_large_as_asked_and_at_least_one_block() -> None:
    assert bases(drawn_share(PLACES, 0.1, seed=1)) == 160_000
    assert bases(drawn_share(PLACES, 1e-6, seed=1)) == 20_000
    assert drawn_share((Interval("chr1", 0, 6_000),), 0.1, seed=1) == (Interval("chr1", 0, 6_000),)


def test_a_smaller_share_lies_within_a_larger_one_and_the_seed_decides() -> None:
    small, large = drawn_share(PLACES, 0.05, seed=3), drawn_share(PLACES, 0.5, seed=3)
    assert all(any(other.covers(place) for other in large) for place in small)
    assert drawn_share(PLACES, 0.05, seed=4) != small
    assert all(any(whole.covers(place) for whole in PLACES) for place in large)


def test_neighbouring_blocks_are_one_place() -> None:
    nearly_all = drawn_share(PLACES, 0.99, seed=1)
    assert len(nearly_all) < 6
    assert all(
        first.end < second.start or first.chromosome != second.chromosome for first, second in pairwise(nearly_all)
    )
