"""Tiles lie on a fixed grid, and what is held stays within its bytes."""

import numpy as np
import pytest

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import ReadSignal, Signal
from ebert_gui.loading.needs import missing_parts
from ebert_gui.loading.streams import TILE_COLUMNS, level_of, tiles_under
from ebert_gui.loading.tiles import TileCache


def _signal(start: int) -> Signal:
    values = np.zeros(1000, dtype=np.float32)
    return Signal(Interval("chr1", start, start + 1000), values, values, values)


def _put(cache: TileCache, start: int) -> ReadSignal:
    request = ReadSignal(Interval("chr1", start, start + 1000), 1000)
    cache.put("stream", request, request.interval, _signal(start), 0)
    return request


def test_what_was_on_screen_lately_outlives_what_was_not() -> None:
    cache = TileCache(largest_bytes=30_000)
    first, second = _put(cache, 0), _put(cache, 1000)
    cache.touch("stream", first.interval)
    third = _put(cache, 2000)
    assert first in cache
    assert second not in cache
    assert third in cache
    assert cache.bytes <= 30_000


def test_one_reply_larger_than_the_cache_is_still_drawn() -> None:
    cache = TileCache(largest_bytes=10)
    request = _put(cache, 0)
    assert request in cache


def test_a_reply_that_comes_twice_is_held_and_counted_once() -> None:
    cache = TileCache(largest_bytes=30_000)
    request = _put(cache, 0)
    once = cache.bytes
    _put(cache, 0)
    assert cache.bytes == once
    assert len(list(cache.stream("stream"))) == 1
    assert request in cache


@pytest.mark.parametrize(
    ("bases_per_column", "finest", "level"), [(0.1, 0, 0), (1, 0, 0), (12, 0, 3), (16, 0, 4), (12, 5, 5)]
)
def test_levels_are_no_coarser_than_a_column(bases_per_column: float, finest: int, level: int) -> None:
    assert level_of(bases_per_column, finest) == level


def test_tiles_meet_and_end_with_the_chromosome() -> None:
    tiles = list(tiles_under(Interval("chr1", -50, 3 * TILE_COLUMNS), 0, 2 * TILE_COLUMNS + 10))
    assert [(tile.interval.start, tile.interval.end) for tile in tiles] == [
        (0, TILE_COLUMNS),
        (TILE_COLUMNS, 2 * TILE_COLUMNS),
        (2 * TILE_COLUMNS, 2 * TILE_COLUMNS + 10),
    ]


@pytest.mark.parametrize(
    ("pieces", "missing"),
    [
        ([], [(0, 100)]),
        ([(0, 100)], []),
        ([(20, 40), (30, 60)], [(0, 20), (60, 100)]),
        ([(-10, 50), (50, 200)], []),
    ],
)
def test_missing_parts_are_what_no_piece_covers(pieces, missing) -> None:
    found = missing_parts(Interval("c", 0, 100), [Interval("c", a, b) for a, b in pieces], 1000)
    assert [(part.start, part.end) for part in found] == missing
