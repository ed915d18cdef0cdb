"""Tiles lie on a fixed grid, and what is held stays within its bytes."""

import numpy as np
import pytest

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import MeasuredPeaks, MeasuredSignal
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.loading.tiles import TileCache
from ebert_gui.loading.tiling import TILE_COLUMNS, Query, level_of, missing_parts, tiles_under
from ebert_gui.state.scope import Scope

SOURCE = MeasuredSignal("alpha", "DNase")


def _signal(start: int) -> Signal:
    values = np.zeros(1000, dtype=np.float32)
    return Signal(Interval("chr1", start, start + 1000), values, values, values)


def _put(cache: TileCache, start: int) -> Query:
    query = Query((SOURCE,), Interval("chr1", start, start + 1000), 1000)
    cache.put(query, query.interval, _signal(start), 0)
    return query


def test_what_was_on_screen_lately_outlives_what_was_not() -> None:
    cache = TileCache(largest_bytes=30_000)
    first, second = _put(cache, 0), _put(cache, 1000)
    cache.touch(SOURCE, first.interval)
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
    assert len(list(cache.of_source(SOURCE))) == 1
    assert request in cache


@pytest.mark.parametrize(
    ("bases_per_column", "source", "level"),
    [(0.1, SOURCE, 0), (1, SOURCE, 0), (12, SOURCE, 3), (16, SOURCE, 4), (12, MeasuredPeaks("alpha", "MAX"), 5)],
)
def test_levels_are_no_coarser_than_a_column_and_no_finer_than_a_source(
    bases_per_column: float, source: MeasuredSignal | MeasuredPeaks, level: int
) -> None:
    assert level_of(source, Scope(bases_per_column=bases_per_column)) == level


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


def test_an_answer_of_several_sources_has_come_when_each_of_them_has() -> None:
    cache, other = TileCache(), MeasuredSignal("beta", "DNase")
    first = _put(cache, 0)
    both = Query((SOURCE, other), first.interval, 1000)
    assert both not in cache
    cache.put(both.each[1], both.interval, _signal(0), 0)
    assert both in cache
    assert cache.get(first) is not None
    assert cache.get(Query((other,), first.interval, 999)) is None
