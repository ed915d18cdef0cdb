"""Paints predicted binding, what was measured there, and what the model had seen of the place."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPen

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary, Familiarity, Prediction
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.marks import Marks, marks_of, paint_bars
from ebert_gui.browser.signal import Scale, column_bins, reduce_columns, round_up, y_of
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.tracks import PredictionTrack

_PEAKS_HEIGHT = 12.0
_RIBBON_HEIGHT = 17.0
_VERDICT_BASES_PER_PIXEL = 60.0
_SMALLEST_SCALE = 0.1
FAMILIARITY_WORDS: dict[Familiarity, str] = {
    "training": "seen in training",
    "validation": "seen in validation",
    "unseen locus": "unseen locus",
    "cannot be told": "seen or not: cannot be told",
    "unseen cell type": "cell type never seen",
    "pair not assayed": "pair not assayed",
}


class Columns(NamedTuple):
    """The largest probability in each column, NaN without one, and whether a reply says so."""

    probability: NDArray[np.float64]
    is_known: NDArray[np.bool_]


class Verdict(NamedTuple):
    """Bases [start, end) where prediction and measurement disagree."""

    start: int
    end: int
    word: str


def columns_of(replies: Iterable[Held[object]], factor: str, axis: Axis) -> Columns:
    """What is predicted in each column; later replies stand over earlier ones."""
    result = Columns(np.full(axis.columns, np.nan), np.zeros(axis.columns, dtype=np.bool_))
    edges = axis.column_edges()
    for held in replies:
        prediction = held.reply
        if not isinstance(prediction, Prediction) or factor not in prediction.factors:
            continue
        values = prediction.probability_FP[prediction.factors.index(factor)]
        first, last = column_bins(axis, prediction.start, prediction.step, values.size)
        answered = (edges[:-1] >= held.interval.start - 1) & (edges[1:] <= held.interval.end + 1)
        result.probability[answered] = reduce_columns(np.fmax, values, first, last)[answered]
        result.is_known[answered] = True
    return result


def threshold_of(checkpoint: CheckpointSummary | None, factor: str) -> float | None:
    """The probability from which the checkpoint calls a bin bound."""
    factors = checkpoint.factors if checkpoint else ()
    return next((known.threshold for known in factors if known.name == factor), None)


def prediction_range(track: PredictionTrack, content: TrackContent, axis: Axis, setting: Setting) -> Scale | None:
    """From 0 to a round number above everything on screen and above the threshold, at most 1."""
    known = columns_of(content.replies("prediction"), track.factor, axis).probability
    threshold = threshold_of(setting.checkpoint, track.factor) or 0.0
    highest = float(np.nanmax(known)) if np.isfinite(known).any() else 0.0
    return Scale(0.0, min(1.0, round_up(max(highest, 1.3 * threshold, _SMALLEST_SCALE))))


def paint_prediction(
    surface: Surface, track: PredictionTrack, content: TrackContent, scale: Scale, setting: Setting
) -> None:
    """Filled steps, stronger above the threshold; gaps hatched; measured peaks along the top."""
    palette = surface.palette
    loose = marks_of(content.replies("relaxed"))
    # Ticks at the summits of both sets would stand beside each other and tell nobody more.
    paint_bars(surface, loose._replace(values=np.full_like(loose.values, -1)), 4, 5, palette.border)
    paint_bars(surface, marks_of(content.replies("peaks")), 3, 7, palette.peak)
    plot = surface.at(_PEAKS_HEIGHT, surface.height - _PEAKS_HEIGHT - _RIBBON_HEIGHT)
    known = columns_of(content.replies("prediction"), track.factor, surface.axis)
    for first, last in _stretches(known.is_known & np.isnan(known.probability)):
        ratio = surface.axis.ratio
        plot.hatch(first / ratio, 4, (last - first) / ratio, plot.height - 4)
    tops = y_of(known.probability, scale, plot.height)
    bottoms = np.where(np.isfinite(known.probability), plot.height, np.nan)
    colour = track.colour or palette.prediction
    threshold = threshold_of(setting.checkpoint, track.factor)
    is_bound = known.probability >= (0.5 if threshold is None else threshold)
    plot.columns(np.where(is_bound, tops, np.nan), bottoms, colour, 0.95)
    plot.columns(np.where(is_bound, np.nan, tops), bottoms, colour, 0.45)
    plot.rectangle(0, plot.height, surface.axis.width, 1 / surface.axis.ratio, palette.border)
    plot.back()
    _paint_ribbon(surface, track, content)


def _stretches(chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and one past the last column of each run of chosen columns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def familiarity_of(content: TrackContent, factor: str) -> tuple[tuple[int, int, Familiarity], ...]:
    """What the checkpoint knew, as spans in order, neighbours of one kind put together."""
    spans = sorted(
        {
            (span.start, span.end, span.familiarity)
            for held in content.replies("prediction")
            if isinstance(held.reply, Prediction)
            for span in held.reply.familiarity
            if span.factor == factor
        }
    )
    merged: list[tuple[int, int, Familiarity]] = []
    for start, end, kind in spans:
        if merged and merged[-1][2] == kind and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), kind)
        else:
            merged.append((start, end, kind))
    return tuple(merged)


def _paint_ribbon(surface: Surface, track: PredictionTrack, content: TrackContent) -> None:
    axis, top = surface.axis, surface.height - _RIBBON_HEIGHT + 2
    for start, end, kind in familiarity_of(content, track.factor):
        left, right = max(axis.x_of(start), -1.0), min(axis.x_of(end), axis.width + 1)
        if right > left:
            surface.rectangle(left, top, right - left, 3, surface.palette.familiarity[kind])


def annotate_prediction(
    surface: Surface, track: PredictionTrack, content: TrackContent, scale: Scale, setting: Setting
) -> None:
    """The threshold, the legend of the ribbon, and where measurement disagrees."""
    axis, palette = surface.axis, surface.palette
    threshold = threshold_of(setting.checkpoint, track.factor)
    plot_height = surface.height - _PEAKS_HEIGHT - _RIBBON_HEIGHT
    if threshold is not None and not content.is_empty:
        y = _PEAKS_HEIGHT + float(y_of(threshold, scale, plot_height))
        surface.painter.setPen(QPen(QColor(palette.threshold), 1, Qt.PenStyle.DashLine))
        surface.painter.drawLine(QPointF(0, y), QPointF(axis.width, y))
    free_from = 0.0
    for start, end, kind in familiarity_of(content, track.factor):
        left, right = max(axis.x_of(start), 0.0), min(axis.x_of(end), axis.width)
        width = surface.text_width(FAMILIARITY_WORDS[kind], 10)
        if right - left > width + 8 and left + 4 >= free_from:
            box = QRectF(left + 4, surface.height - _RIBBON_HEIGHT + 5, width, 11)
            surface.text(box, FAMILIARITY_WORDS[kind], palette.muted, 10, Left)
            free_from = left + width + 24
    if axis.bases_per_pixel <= _VERDICT_BASES_PER_PIXEL:
        _write_verdicts(surface, verdicts(track, content, axis, setting))


def _write_verdicts(surface: Surface, found: tuple[Verdict, ...]) -> None:
    free_from = -100.0
    for verdict in found:
        middle = surface.axis.x_of((verdict.start + verdict.end) / 2)
        width = surface.text_width(verdict.word, 10)
        left = min(max(middle - width / 2, 2.0), surface.axis.width - width - 2)
        if 0 <= middle <= surface.axis.width and left > free_from:
            y = _PEAKS_HEIGHT + 1
            surface.rectangle(left - 3, y, width + 6, 13, surface.palette.warning_background)
            surface.text(QRectF(left, y, width, 13), verdict.word, surface.palette.warning, 10, Left)
            free_from = left + width + 8


def verdicts(track: PredictionTrack, content: TrackContent, axis: Axis, setting: Setting) -> tuple[Verdict, ...]:
    """Calls without any peak and peaks without a call, where the pair was assayed and the place is labelled."""
    threshold = threshold_of(setting.checkpoint, track.factor)
    if threshold is None or "peaks" not in content.parts or not is_assayed(setting, track):
        return ()
    strict, loose = marks_of(content.replies("peaks")), marks_of(content.replies("relaxed"))
    known = columns_of(content.replies("prediction"), track.factor, axis)
    edges = axis.column_edges()
    called = [(edges[a], edges[b]) for a, b in _stretches(known.probability >= threshold)]
    found = [
        Verdict(int(start), int(end), "false positive")
        for start, end in called
        if not _touches(strict, start - 100, end + 100) and not _touches(loose, start - 100, end + 100)
    ]
    answered = [(edges[a], edges[b]) for a, b in _stretches(np.isfinite(known.probability))]
    for start, end in zip(strict.starts.tolist(), strict.ends.tolist(), strict=True):
        is_answered = any(a <= start and end <= b for a, b in answered)
        if is_answered and not any(a < end + 100 and start - 100 < b for a, b in called):
            found.append(Verdict(start, end, "miss"))
    return tuple(sorted(verdict for verdict in found if _is_labelled(setting, axis.chromosome, verdict)))


def is_assayed(setting: Setting, track: PredictionTrack) -> bool:
    """Whether the dataset has peaks of this factor in this cell type."""
    cells = setting.dataset.cell_types if setting.dataset else ()
    return any(cell.name == track.cell_type and any(p.factor == track.factor for p in cell.peaks) for cell in cells)


def _is_labelled(setting: Setting, chromosome: str, verdict: Verdict) -> bool:
    regions = setting.dataset.labelled_regions if setting.dataset else ()
    place = Interval(chromosome, verdict.start, verdict.end)
    return not regions or any(region.overlaps(place) for region in regions)


def _touches(marks: Marks, start: float, end: float) -> bool:
    return bool(((marks.starts < end) & (marks.ends > start)).any())


def caption_prediction(surface: Surface, track: PredictionTrack, content: TrackContent, setting: Setting) -> str:
    """How bins were summed up, and whether the other strand is still to come."""
    newest = content.newest("prediction")
    strands = "" if not isinstance(newest, Prediction) or newest.strands == 2 else ", one strand"
    step = newest.step if isinstance(newest, Prediction) else 50
    bases = max(surface.axis.bases_per_pixel, float(step))
    statistic = f"max of {bases:,.0f} bp" if bases > 50 else "50-bp steps"
    return f"{statistic}{strands}" if is_assayed(setting, track) else f"{statistic}{strands}, not assayed"
