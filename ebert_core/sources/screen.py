"""Cuts what a file holds down to what a screen can show: a few thousand items, fairly chosen over the interval."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.features import Feature
from ebert_core.genome.states import Runs as StateRuns
from ebert_core.protocol.shapes import Column, Features, Parts, RunClass, Runs
from ebert_core.protocol.terms.locus import Interval

_MOST_GENES = 1_500
_MOST_PEAKS = 4_000
_MOST_NAMES = 500
# About what a wide screen has; a gene with fewer than some pixels of it shows no exons.
_SCREEN_COLUMNS = 2_000
_LEAST_PIXELS_FOR_EXONS = 4

Pairs = tuple[tuple[int, int], ...]


def genes_for_screen(interval: Interval, found: Sequence[Feature]) -> Features:
    """The genes that can be seen: the longest when there are too many, exons where they are wider than a few pixels."""
    longest = sorted(found, key=lambda gene: gene.start - gene.end)[:_MOST_GENES]
    genes = sorted(longest, key=lambda gene: (gene.start, gene.end))
    least_length = _LEAST_PIXELS_FOR_EXONS * interval.length / _SCREEN_COLUMNS
    detailed = [gene.end - gene.start >= least_length for gene in genes]
    return Features(
        interval,
        _positions([gene.start for gene in genes]),
        _positions([gene.end for gene in genes]),
        names=tuple(gene.name for gene in genes),
        strands="".join(gene.strand for gene in genes),
        parts=_parts([gene.blocks if has_exons else () for gene, has_exons in zip(genes, detailed, strict=True)]),
        thick_parts=_parts([gene.coding if has_exons else () for gene, has_exons in zip(genes, detailed, strict=True)]),
        columns=(Column("transcripts", tuple(str(gene.transcripts) for gene in genes)),),
        omitted=len(found) - len(genes),
    )


def peaks_for_screen(interval: Interval, found: Sequence[Feature]) -> Features:
    """The peaks that can be seen: when there are too many, the best of each column."""
    kept = _best_of_columns(interval, found) if len(found) > _MOST_PEAKS else found
    return Features(
        interval,
        _positions([peak.start for peak in kept]),
        _positions([peak.end for peak in kept]),
        names=tuple(peak.name for peak in kept) if len(kept) <= _MOST_NAMES else (),
        scores=np.array([peak.score for peak in kept], np.float32),
        summits=_positions([peak.summit for peak in kept]),
        omitted=len(found) - len(kept),
    )


def _positions(numbers: Sequence[int]) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def _parts(of_each: Sequence[Pairs]) -> Parts:
    every = [pair for pairs in of_each for pair in pairs]
    return Parts(
        _positions([len(pairs) for pairs in of_each]),
        _positions([start for start, _ in every]),
        _positions([end for _, end in every]),
    )


def _best_of_columns(interval: Interval, found: Sequence[Feature]) -> list[Feature]:
    best: dict[int, Feature] = {}
    for peak in found:
        column = max(0, peak.start - interval.start) * _MOST_PEAKS // interval.length
        if column not in best or peak.score > best[column].score:
            best[column] = peak
    return list(best.values())


def states_for_screen(interval: Interval, runs: StateRuns, classes: tuple[RunClass, ...], columns: int) -> Runs:
    """The runs of an interval, cut at its ends; more runs than columns become columns of their commonest state."""
    starts = np.maximum(runs.starts, interval.start)
    ends = np.minimum(runs.ends, interval.end)
    if len(starts) <= columns:
        return Runs(interval, starts, ends, runs.ids, classes)
    edges = np.linspace(interval.start, interval.end, columns + 1).astype(np.int64)
    commonest = _commonest_ids(starts, ends, runs.ids, edges, len(classes))
    is_first = np.append(True, commonest[1:] != commonest[:-1])
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], columns)
    is_state = commonest[first] < len(classes)
    return Runs(
        interval,
        edges[first[is_state]],
        edges[last[is_state]],
        commonest[first[is_state]].astype(np.uint8),
        classes,
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
