"""Where predicted calls and measured peaks disagree, named only where both are complete."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.marks import Marks, marks_of
from ebert_gui.browser.prediction import PEAKS_HEIGHT, calls_in, columns_of, is_assayed, stretches
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.tracks import PredictionTrack

_LARGEST_BASES_PER_PIXEL = 60.0
# A call and a peak that lie no further apart speak of one site.
_REACH = 100


class Verdict(NamedTuple):
    """Bases [start, end) where prediction and measurement disagree."""

    start: int
    end: int
    word: str


def write_verdicts(surface: Surface, track: PredictionTrack, content: TrackContent, setting: Setting) -> None:
    """The words for calls without a peak and for peaks without a call, where they can be told apart."""
    if surface.axis.bases_per_pixel > _LARGEST_BASES_PER_PIXEL:
        return
    free_from = -100.0
    for verdict in verdicts(track, content, surface.axis, setting):
        middle = surface.axis.x_of((verdict.start + verdict.end) / 2)
        width = surface.text_width(verdict.word, 10)
        left = min(max(middle - width / 2, 2.0), surface.axis.width - width - 2)
        if 0 <= middle <= surface.axis.width and left > free_from:
            y = PEAKS_HEIGHT + 1
            surface.rectangle(left - 3, y, width + 6, 13, surface.palette.warning_background)
            surface.text(QRectF(left, y, width, 13), verdict.word, surface.palette.warning, 10, Left)
            free_from = left + width + 8


def verdicts(track: PredictionTrack, content: TrackContent, axis: Axis, setting: Setting) -> tuple[Verdict, ...]:
    """Calls without any peak and peaks without a call.

    Only where the pair was assayed, the place is labelled, both strands were predicted and all peak sets have come;
    a call that reaches the edge of what is known may have its peak beyond it, so nothing is said of it.
    """
    threshold = calls_in(setting.checkpoint, track.factor).threshold
    if threshold is None or "peaks" not in content.parts or not is_assayed(setting, track):
        return ()
    strict, loose = marks_of(content.replies("peaks")), marks_of(content.replies("relaxed"))
    known = columns_of(content.replies("prediction"), track.factor, axis)
    edges = axis.column_edges()
    is_judged = known.is_final & _is_measured(content, edges)
    found: list[Verdict] = []
    for first, last in stretches(is_judged):
        start, end = float(edges[first]), float(edges[last])
        called = [
            (float(edges[first + a]), float(edges[first + b]))
            for a, b in stretches(known.probability[first:last] >= threshold)
        ]
        inside = [(a, b) for a, b in called if start < a and b < end]
        found += [Verdict(int(a), int(b), "false positive") for a, b in inside if not _touches(strict, loose, a, b)]
        found += _misses(strict, called, start, end, known.probability[first:last], edges[first : last + 1])
    return tuple(sorted(verdict for verdict in found if _is_labelled(setting, axis.chromosome, verdict)))


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
            yield Verdict(first, last, "miss")


def _is_measured(content: TrackContent, edges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Of each column, whether every peak set of the track has come."""
    result = np.ones(edges.size - 1, dtype=np.bool_)
    for part in ("peaks", "relaxed"):
        if part in content.parts:
            has_come = np.zeros_like(result)
            for held in content.replies(part):
                has_come |= (edges[1:] > held.interval.start) & (edges[:-1] < held.interval.end)
            result &= has_come
    return result


def _touches(strict: Marks, loose: Marks, start: float, end: float) -> bool:
    near, far = start - _REACH, end + _REACH
    return any(bool(((marks.starts < far) & (marks.ends > near)).any()) for marks in (strict, loose))


def _is_labelled(setting: Setting, chromosome: str, verdict: Verdict) -> bool:
    regions = setting.dataset.labelled_regions if setting.dataset else ()
    place = Interval(chromosome, verdict.start, verdict.end)
    return not regions or any(region.overlaps(place) for region in regions)
