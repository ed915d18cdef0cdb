"""Reads pairs of places: those that a screen can show."""

import heapq
from collections.abc import Sequence

import numpy as np

from ebert_core.dataset.shown import remarks_on
from ebert_core.genome.pair_files import open_pairs
from ebert_core.genome.pairs import Pair
from ebert_core.protocol.shapes import UNKNOWN_END, Arcs, Remark
from ebert_core.protocol.sources import PairedPlaces
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.beyond import remarks_beyond
from ebert_core.sources.open_dataset import OpenedDataset

_MOST_ARCS = 2_000


def read_pairs(source: PairedPlaces, interval: Interval, _columns: int, opened: OpenedDataset) -> Arcs:
    """Pairs of a file with an end in an interval."""
    dataset = opened.current(source.path)
    file = dataset.placed_file("pairs", source.path, open_pairs)
    pairs = file.touching(interval)
    remarks = (*remarks_on(dataset, file, interval.chromosome), *remarks_beyond(dataset, file))
    return arcs_for_screen(interval, pairs, remarks)


def arcs_for_screen(interval: Interval, pairs: Sequence[Pair], remarks: tuple[Remark, ...] = ()) -> Arcs:
    """The pairs that can be seen: when there are too many, those of the highest values."""
    kept = heapq.nlargest(_MOST_ARCS, pairs, key=_weight) if len(pairs) > _MOST_ARCS else pairs
    return Arcs(
        interval,
        np.array([pair.one.start for pair in kept], dtype=np.int64),
        np.array([pair.one.end for pair in kept], dtype=np.int64),
        np.array([pair.other.start for pair in kept], dtype=np.int64),
        np.array([pair.other.end for pair in kept], dtype=np.int64),
        tuple(_elsewhere(pair) for pair in kept),
        np.array([pair.value for pair in kept], dtype=np.float32),
        tuple(pair.name for pair in kept),
        tuple(pair.colour for pair in kept),
        tuple(pair.strands for pair in kept),
        len(pairs) - len(kept),
        (*remarks, *_stubs(pairs)),
    )


def _weight(pair: Pair) -> tuple[float, int]:
    """By value, those without one last; of one value the longest first."""
    return (pair.value if pair.value == pair.value else -np.inf, pair.other.end - pair.one.start)


def _elsewhere(pair: Pair) -> str:
    if not pair.other.is_known:
        return UNKNOWN_END
    return "" if pair.other.chromosome == pair.one.chromosome else pair.other.chromosome


def _stubs(pairs: Sequence[Pair]) -> tuple[Remark, ...]:
    """That some pairs here are drawn at one end alone; their number would make another sentence of every tile."""
    elsewhere = {_elsewhere(pair) for pair in pairs} - {""}
    found = []
    if elsewhere - {UNKNOWN_END}:
        full = "Pairs with an end on another chromosome are drawn as stubs at the end that is here."
        found.append(Remark("trans pairs", full, is_told=False))
    if UNKNOWN_END in elsewhere:
        full = "Pairs of which the file knows one end alone are drawn as stubs there."
        found.append(Remark("unknown ends", full, is_told=False))
    return tuple(found)
