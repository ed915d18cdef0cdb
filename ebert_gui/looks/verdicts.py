"""Where predicted calls and measured peaks disagree, named only where both are complete."""

from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.looks.bars import Marks
from ebert_gui.looks.columns import stretches
from ebert_gui.looks.prediction_arranged import DISAGREEMENTS, SMALL, ArrangedPrediction, PeakSet

PEAKS_HEIGHT = 12.0
_FALSE_POSITIVE, _MISS = DISAGREEMENTS
_LARGEST_BASES_PER_PIXEL = 60.0
# A call and a peak that lie no further apart speak of one site.
_REACH = 100


class Verdict(NamedTuple):
    """Bases [start, end) where prediction and measurement disagree."""

    start: int
    end: int
    word: str


def write_verdicts(surface: Surface, arranged: ArrangedPrediction) -> None:
    """The words for calls without a peak and for peaks without a call, where they can be told apart."""
    if surface.axis.bases_per_pixel > _LARGEST_BASES_PER_PIXEL:
        return
    free_from = -100.0
    for verdict in verdicts(arranged, surface.axis):
        middle = surface.axis.x_of((verdict.start + verdict.end) / 2)
        width = arranged.widths[verdict.word]
        left = min(max(middle - width / 2, 2.0), surface.axis.width - width - 2)
        if 0 <= middle <= surface.axis.width and left > free_from:
            y = PEAKS_HEIGHT + 1
            surface.rectangle(left - 3, y, width + 6, 13, surface.palette.warning_background)
            surface.text(QRectF(left, y, width, 13), verdict.word, surface.palette.warning, SMALL, Left)
            free_from = left + width + 8


def verdicts(arranged: ArrangedPrediction, axis: Axis) -> tuple[Verdict, ...]:
    """Calls without any peak and peaks without a call.

    Only where the pair was assayed, the place is labelled, both strands were predicted and all peak sets have come;
    a call that reaches the edge of what is known may have its peak beyond it, so nothing is said of it.
    """
    threshold, strict, style = arranged.calls.threshold, arranged.strict, arranged.style
    if threshold is None or strict is None or not style.is_assayed:
        return ()
    sets = [strict, *([arranged.relaxed] if arranged.relaxed is not None else [])]
    known = arranged.columns(axis)
    edges = axis.column_edges()
    found: list[Verdict] = []
    for first, last in stretches(known.is_final & _is_measured(sets, edges)):
        start, end = float(edges[first]), float(edges[last])
        called = [
            (float(edges[first + a]), float(edges[first + b]))
            for a, b in stretches(known.probability[first:last] >= threshold)
        ]
        inside = [(a, b) for a, b in called if start < a and b < end]
        alone = [Verdict(int(a), int(b), _FALSE_POSITIVE) for a, b in inside if not _touches(sets, a, b)]
        missed = _misses(strict.marks, called, start, end, known.probability[first:last], edges[first : last + 1])
        found += merge(alone, missed)  # each in order of its starts
    return tuple(verdict for verdict in found if _is_labelled(style.labelled, axis.chromosome, verdict))


def _misses(
    strict: Marks,
    called: list[tuple[float, float]],
    start: float,
    end: float,
    probability: NDArray[np.float64],
    edges: NDArray[np.float64],
) -> Iterator[Verdict]:
    """Peaks inside [start, end) that no call touches; bins without a value under a peak leave it open."""
    gaps = [(edges[a], edges[b]) for a, b in stretches(np.isnan(probability))]
    for first, last in zip(strict.starts.tolist(), strict.ends.tolist(), strict=True):
        near, far = first - _REACH, last + _REACH
        is_whole = start <= near and far <= end and not any(a < last and first < b for a, b in gaps)
        if is_whole and not any(a < far and near < b for a, b in called):
            yield Verdict(first, last, _MISS)


def _is_measured(sets: list[PeakSet], edges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Of each column, whether every peak set of the track has come."""
    result = np.ones(edges.size - 1, dtype=np.bool_)
    for peak_set in sets:
        has_come = np.zeros_like(result)
        for come in peak_set.come:
            has_come |= (edges[1:] > come.start) & (edges[:-1] < come.end)
        result &= has_come
    return result


def _touches(sets: list[PeakSet], start: float, end: float) -> bool:
    near, far = start - _REACH, end + _REACH
    return any(bool(((each.marks.starts < far) & (each.marks.ends > near)).any()) for each in sets)


def _is_labelled(regions: tuple[Interval, ...], chromosome: str, verdict: Verdict) -> bool:
    place = Interval(chromosome, verdict.start, verdict.end)
    return not regions or any(region.overlaps(place) for region in regions)
