"""Tiles that may be asked for again: how many, which, and that nothing else is kept with them."""

import weakref

import numpy as np
import pytest

from ebert_core.inference.remembered import RememberedTiles, TileKey
from tests.certain import present

FACTORS, BINS = 2, 5
TILE_BYTES = FACTORS * BINS * 4


def keys(*tiles: int) -> list[TileKey]:
    return [TileKey("chr1", tile, "alpha", 2, ()) for tile in tiles]


def tiles_of(*numbers: int) -> np.ndarray:
    return np.stack([np.full((FACTORS, BINS), number, dtype=np.float32) for number in numbers])


def first_values(remembered: RememberedTiles, *tiles: int) -> list[float] | None:
    found = remembered.of(keys(*tiles))
    return None if found is None else [float(tile[0, 0]) for tile in found]


def test_as_many_tiles_are_remembered_as_the_bytes_hold_and_the_oldest_goes_first() -> None:
    remembered = RememberedTiles(3 * TILE_BYTES + TILE_BYTES // 2, FACTORS, BINS)
    for number in range(10):
        remembered.add(keys(number), tiles_of(number))
        assert len(remembered) == min(3, number + 1)
    assert first_values(remembered, 9, 7, 8) == [9, 7, 8]
    assert first_values(remembered, 6) is None
    assert first_values(remembered, 7, 6) is None


def test_a_tile_that_comes_again_takes_no_other_place() -> None:
    remembered = RememberedTiles(2 * TILE_BYTES, FACTORS, BINS)
    remembered.add(keys(1, 2, 1), tiles_of(1, 2, 11))
    assert first_values(remembered, 1, 2) == [11, 2]
    assert len(remembered) == 2


@pytest.mark.parametrize("budget", [0, TILE_BYTES - 1])
def test_where_not_one_tile_has_room_none_is_remembered(budget: int) -> None:
    remembered = RememberedTiles(budget, FACTORS, BINS)
    remembered.add(keys(1), tiles_of(1))
    assert (len(remembered), first_values(remembered, 1)) == (0, None)


def test_no_array_of_the_network_outlives_its_batch_and_what_was_given_out_stays_as_it_was() -> None:
    remembered = RememberedTiles(TILE_BYTES, FACTORS, BINS)
    given = tiles_of(1)
    is_kept = weakref.ref(given)
    remembered.add(keys(1), given)
    del given
    # Small arrays that stay between large ones that go let a worker grow by a hundred megabytes.
    assert is_kept() is None
    [found] = present(remembered.of(keys(1)))
    remembered.add(keys(2), tiles_of(2))
    assert found[0, 0] == 1
