"""What a source is asked for: pieces of a fixed grid at power-of-two bases per bin, and how they are named."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.looks.letters import LARGEST_BASES_PER_PIXEL, lens_interval
from ebert_gui.state.scope import Scope

TILE_COLUMNS = 2048
# A pan of half a screen in either direction loads nothing.
MARGIN = 0.5


class Query(NamedTuple):
    """Something to ask a worker for: these sources over an interval, binned into so many columns."""

    sources: tuple[Source, ...]
    interval: Interval
    columns: int = 2000

    @property
    def each(self) -> "tuple[Query, ...]":
        """What is asked of each source, under which its answer is kept."""
        return tuple(Query((source,), self.interval, self.columns) for source in self.sources)


class Tile(NamedTuple):
    """A stretch at one level, which is the binary logarithm of its bases per bin."""

    interval: Interval
    level: int


def level_of(source: Source, scope: Scope) -> int:
    """The level at which a source is read for a view: bins no wider than a column, or the finest there is."""
    if source.tiling == "letters":
        return source.finest
    return max(source.finest, math.floor(math.log2(max(1.0, scope.bases_per_column))))


def visible_interval(source: Source, scope: Scope) -> Interval | None:
    """The bases that a source must cover now; None when it shows nothing at this zoom."""
    if not scope.interval.chromosome:
        return None
    # Columns are device pixels; the look judges by logical ones, which are never more.
    if source.tiling != "letters" or scope.bases_per_column <= LARGEST_BASES_PER_PIXEL:
        return scope.interval
    anchor = scope.anchor
    return lens_interval(anchor) if anchor is not None and anchor.overlaps(scope.interval) else None


def tiles_under(interval: Interval, level: int, chromosome_length: int) -> Iterator[Tile]:
    """The tiles of a level that an interval touches; the last one ends with the chromosome."""
    width = TILE_COLUMNS << level
    first = max(0, interval.start) // width
    last = math.ceil(min(interval.end, chromosome_length) / width)
    for number in range(first, last):
        end = min((number + 1) * width, chromosome_length)
        yield Tile(Interval(interval.chromosome, number * width, end), level)


def with_margin(interval: Interval) -> Interval:
    """The interval with a margin at both sides."""
    margin = round(interval.length * MARGIN)
    return Interval(interval.chromosome, interval.start - margin, interval.end + margin)


def query_of(source: Source, tile: Tile) -> Query:
    """What is asked for to read a tile."""
    return Query((source,), tile.interval, max(1, math.ceil(tile.interval.length / (1 << tile.level))))


def missing_parts(interval: Interval, pieces: list[Interval], chromosome_length: int) -> list[Interval]:
    """The parts of an interval on its chromosome that no piece covers."""
    reached, end, missing = max(0, interval.start), min(interval.end, chromosome_length), []
    for piece in sorted(pieces):
        if piece.chromosome == interval.chromosome and piece.end > reached:
            if piece.start > reached and reached < end:
                missing.append(Interval(interval.chromosome, reached, min(piece.start, end)))
            reached = piece.end
    if reached < end:
        missing.append(Interval(interval.chromosome, reached, end))
    return missing


def is_covered(interval: Interval, pieces: list[Interval], chromosome_length: int) -> bool:
    """Whether pieces leave no base of an interval out."""
    return not missing_parts(interval, pieces, chromosome_length)
