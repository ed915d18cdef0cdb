"""The next feature of a track, and the one before, whatever the file is."""

from pathlib import Path

import numpy as np
import pybigtools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebert_core.genome.annotation import FeatureSource, read_features
from ebert_core.genome.features import Extents, Feature, Features
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.beside import beside

LENGTH = 240_000_000
PLACES = st.lists(
    st.tuples(st.integers(0, LENGTH), st.sampled_from((0, 1, 150, 90_000, 5_000_000))).map(
        lambda pair: (pair[0], min(LENGTH, sum(pair)))
    ),
    max_size=12,
)


def walked(
    file: FeatureSource, start: Interval, length: int = LENGTH, *, is_forward: bool = True
) -> list[tuple[int, int]]:
    """All that is met from a place on; a walk that does not end is cut."""
    found: list[tuple[int, int]] = []
    place: Interval | None = start
    while place is not None and len(found) < 99:
        place = beside(file.extents, place, length, is_forward=is_forward)
        found += [(place.start, place.end)] if place is not None else []
    return found


@settings(max_examples=40, deadline=None)
@given(PLACES, st.integers(0, LENGTH))
def test_steps_visit_every_feature_once_in_order_both_ways(places: list[tuple[int, int]], middle: int) -> None:
    file = Features(Path("x.bed"), [Feature("chr1", *place) for place in places])
    # What begins at the very end of a chromosome has no base on it.
    ordered = sorted({place for place in places if place[0] < LENGTH})
    before, after = Interval("chr1", 0, -1), Interval("chr1", LENGTH, LENGTH)
    assert walked(file, before, is_forward=True) == ordered
    assert walked(file, after, is_forward=False) == ordered[::-1]
    here = Interval("chr1", middle, middle)
    assert walked(file, here, is_forward=True) == [each for each in ordered if each > (middle, middle)]
    assert walked(file, here, is_forward=False) == [each for each in ordered if each < (middle, middle)][::-1]


def test_a_stretch_that_is_looked_through_grows_fourfold_while_nothing_is_found() -> None:
    asked: list[Interval] = []

    def extents(interval: Interval) -> Extents:
        asked.append(interval)
        nothing = np.zeros(0, np.int64)
        return Extents(nothing, nothing)

    assert beside(extents, Interval("chr1", 10, 20), LENGTH, is_forward=True) is None
    assert len(asked) <= 8
    assert [each.start for each in asked[1:]] == [each.end for each in asked[:-1]]
    assert (asked[0].start, asked[-1].end) == (10, LENGTH)


@pytest.mark.parametrize("name", ["1", "chr1"])
def test_the_features_of_a_bigbed_are_stepped_through_under_any_name_of_a_chromosome(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.bb"
    rows = [("chr1", 5, 50, "g"), ("chr1", 5, 70, "h"), ("chr1", 900_000, 900_001, "i")]
    pybigtools.open(str(path), "w").write({"chr1": 1_000_000}, iter(rows))
    expected = [(5, 50), (5, 70), (900_000, 900_001)]
    assert walked(read_features(path), Interval(name, 0, 1), 1_000_000) == expected
