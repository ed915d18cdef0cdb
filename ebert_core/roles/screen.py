"""Cuts what a file holds down to what a screen can show: a few thousand items, fairly chosen over the interval."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.features import Feature
from ebert_core.genome.states import Runs
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Gene, Genes, Peaks, StateName, States

_MOST_GENES = 1_500
_MOST_PEAKS = 4_000
_MOST_NAMES = 500
# About what a wide screen has; a gene with fewer than some pixels of it shows no exons.
_SCREEN_COLUMNS = 2_000
_LEAST_PIXELS_FOR_EXONS = 4


def genes_for_screen(interval: Interval, found: Sequence[Feature]) -> Genes:
    """The genes that can be seen: the longest when there are too many, exons where they are wider than a few pixels."""
    longest = sorted(found, key=lambda gene: gene.start - gene.end)[:_MOST_GENES]
    least_length = _LEAST_PIXELS_FOR_EXONS * interval.length / _SCREEN_COLUMNS
    genes = tuple(
        _gene(feature, feature.end - feature.start >= least_length)
        for feature in sorted(longest, key=lambda gene: (gene.start, gene.end))
    )
    return Genes(interval, genes, len(found) - len(genes))


def _gene(feature: Feature, shows_exons: bool) -> Gene:
    exons, coding = (feature.blocks, feature.coding) if shows_exons else ((), ())
    return Gene(feature.name, feature.start, feature.end, feature.strand, exons, coding, feature.transcripts)


def peaks_for_screen(interval: Interval, found: Sequence[Feature]) -> Peaks:
    """The peaks that can be seen: when there are too many, the best of each column."""
    kept = _best_of_columns(interval, found) if len(found) > _MOST_PEAKS else found
    return Peaks(
        interval,
        np.array([peak.start for peak in kept], np.int64),
        np.array([peak.end for peak in kept], np.int64),
        np.array([peak.summit for peak in kept], np.int64),
        np.array([peak.score for peak in kept], np.float32),
        tuple(peak.name for peak in kept) if len(kept) <= _MOST_NAMES else (),
        len(found) - len(kept),
    )


def _best_of_columns(interval: Interval, found: Sequence[Feature]) -> list[Feature]:
    best: dict[int, Feature] = {}
    for peak in found:
        column = max(0, peak.start - interval.start) * _MOST_PEAKS // interval.length
        if column not in best or peak.score > best[column].score:
            best[column] = peak
    return list(best.values())


def states_for_screen(interval: Interval, runs: Runs, names: tuple[StateName, ...], columns: int) -> States:
    """The runs of an interval, cut at its ends; more runs than columns become columns of their commonest state."""
    starts = np.maximum(runs.starts, interval.start)
    ends = np.minimum(runs.ends, interval.end)
    if len(starts) <= columns:
        return States(interval, starts, ends, runs.ids, names)
    edges = np.linspace(interval.start, interval.end, columns + 1).astype(np.int64)
    commonest = _commonest_ids(starts, ends, runs.ids, edges, len(names))
    is_first = np.append(True, commonest[1:] != commonest[:-1])
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], columns)
    is_state = commonest[first] < len(names)
    return States(
        interval,
        edges[first[is_state]],
        edges[last[is_state]],
        commonest[first[is_state]].astype(np.uint8),
        names,
        is_reduced=True,
    )


def _commonest_ids(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ids: NDArray[np.uint8],
    edges: NDArray[np.int64],
    missing: int,
) -> NDArray[np.int64]:
    """The id that covers most of each column, `missing` where most of it has no state."""
    cuts = np.unique(np.concatenate([starts, ends, edges]))
    left, lengths = cuts[:-1], np.diff(cuts)
    run = np.searchsorted(starts, left, side="right") - 1
    is_inside = (run >= 0) & (left < ends[run])
    piece_ids = np.where(is_inside, ids[run], missing)
    column = np.searchsorted(edges, left, side="right") - 1
    covered = np.zeros((len(edges) - 1, missing + 1), np.int64)
    np.add.at(covered, (column, piece_ids), lengths)
    commonest: NDArray[np.int64] = covered.argmax(axis=1)
    return commonest
