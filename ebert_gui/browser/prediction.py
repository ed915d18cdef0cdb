"""Paints predicted binding, what was measured there, and what the model had seen of the place."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPen

from ebert_core.protocol.calling import Calls, calls_of_factor
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary, Familiarity, Prediction
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.marks import marks_of, paint_bars
from ebert_gui.browser.signal import Scale, column_bins, reduce_columns, round_up, y_of
from ebert_gui.browser.surface import Centre, Left, Right, Surface
from ebert_gui.state.tracks import PredictionTrack

PEAKS_HEIGHT = 12.0
# The ribbon and, from a height on, a line of words under it.
_RIBBON_HEIGHT, _WORDS_HEIGHT, _WORDS_FROM = 5.0, 12.0, 56.0
_SMALLEST_SCALE = 0.1
_CALLED, _NOT_CALLED, _DRAFT = 0.95, 0.45, 0.25
FAMILIARITY_WORDS: dict[Familiarity, str] = {
    "training": "seen in training",
    "validation": "held out (chose the epoch)",
    "unseen locus": "locus never seen",
    "cannot be told": "seen or not: cannot be told",
    "unseen cell type": "cell type never seen",
    "pair not assayed": "pair not assayed",
}


class Columns(NamedTuple):
    """The largest probability in each column, NaN without one.

    `is_known`: a reply speaks of the column; `is_final`: it is the mean of both strands, and no draft of one.
    """

    probability: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    is_final: NDArray[np.bool_]


def has_words(height: float) -> bool:
    """Whether a track of this height has a line of words under its ribbon."""
    return height >= _WORDS_FROM


def ribbon_height(height: float) -> float:
    """What ribbon and words take of a track of this height."""
    return _RIBBON_HEIGHT + _WORDS_HEIGHT * has_words(height)


def plot_height(height: float) -> float:
    """What is left for the values."""
    return max(1.0, height - PEAKS_HEIGHT - ribbon_height(height))


def columns_of(replies: Iterable[Held[object]], factor: str, axis: Axis) -> Columns:
    """What is predicted in each column; later replies stand over earlier ones."""
    known, final = np.zeros(axis.columns, dtype=np.bool_), np.zeros(axis.columns, dtype=np.bool_)
    result = Columns(np.full(axis.columns, np.nan), known, final)
    answers: list[_Answer] = []
    for held in replies:
        prediction = held.reply
        if not isinstance(prediction, Prediction) or factor not in prediction.factors:
            continue
        values = prediction.probability_FP[prediction.factors.index(factor)]
        bins = column_bins(axis, prediction.start, prediction.step, values.size)
        answer = _Answer(held.interval, reduce_columns(np.fmax, values, *bins), prediction.strands == 2)
        answered = _columns_within(axis, held.interval.start, held.interval.end)
        result.probability[answered] = answer.probability[answered]
        result.is_known[answered] = True
        result.is_final[answered] = answer.is_final
        answers.append(answer)
    _join_neighbours(result, answers, axis)
    return result


class _Answer(NamedTuple):
    """What one reply says of every column, NaN where it has no bin."""

    interval: Interval
    probability: NDArray[np.float64]
    is_final: bool


def _columns_within(axis: Axis, start: float, end: float) -> NDArray[np.bool_]:
    """The columns that lie between two positions, to a base."""
    edges = axis.column_edges()
    return (edges[:-1] >= start - 1) & (edges[1:] <= end + 1)


def _join_neighbours(result: Columns, answers: list[_Answer], axis: Axis) -> None:
    """Take a column in which two replies meet, and which neither covers alone, from both."""
    for before, after in pairwise(sorted(answers, key=lambda answer: answer.interval)):
        if before.interval.end >= after.interval.start:
            both = _columns_within(axis, before.interval.start, max(before.interval.end, after.interval.end))
            shared = both & ~result.is_known
            result.probability[shared] = np.fmax(before.probability, after.probability)[shared]
            result.is_known[shared] = True
            result.is_final[shared] = before.is_final and after.is_final


def calls_in(checkpoint: CheckpointSummary | None, factor: str) -> Calls:
    """From which probability the open checkpoint calls a bin bound, or why it calls none."""
    factors = checkpoint.factors if checkpoint else ()
    return next((calls_of_factor(known) for known in factors if known.name == factor), Calls(None))


def prediction_range(track: PredictionTrack, content: TrackContent, axis: Axis, _setting: Setting) -> Scale | None:
    """From 0 to 1, or where a person asked for it to a round number above everything on screen."""
    if not track.fits_view:
        return Scale()
    known = columns_of(content.replies("prediction"), track.factor, axis).probability
    highest = float(np.nanmax(known)) if np.isfinite(known).any() else 0.0
    return Scale(0.0, min(1.0, round_up(max(highest, _SMALLEST_SCALE))))


def paint_prediction(
    surface: Surface, track: PredictionTrack, content: TrackContent, scale: Scale, setting: Setting
) -> None:
    """Filled steps, strong where bins are called bound and faint while they are a draft; peaks along the top.

    What is unknown is hatched (no value can be given) or dotted (nothing was computed): neither looks like 0.
    """
    palette = surface.palette
    loose = marks_of(content.replies("relaxed"))
    # Ticks at the summits of both sets would stand beside each other and tell nobody more.
    paint_bars(surface, loose._replace(values=np.full_like(loose.values, -1)), 4, 5, palette.border)
    paint_bars(surface, marks_of(content.replies("peaks")), 3, 7, palette.peak)
    plot = surface.at(PEAKS_HEIGHT, plot_height(surface.height))
    known, ratio = columns_of(content.replies("prediction"), track.factor, surface.axis), surface.axis.ratio
    for first, last in stretches(known.is_known & np.isnan(known.probability)):
        plot.hatch(first / ratio, 4, (last - first) / ratio, plot.height - 4)
    for first, last in stretches(~known.is_known):
        plot.dot(first / ratio, 4, (last - first) / ratio, plot.height - 4)
    tops = y_of(known.probability, scale, plot.height)
    bottoms = np.where(np.isfinite(known.probability), plot.height, np.nan)
    threshold = calls_in(setting.checkpoint, track.factor).threshold
    is_called = known.is_final & (known.probability >= (np.inf if threshold is None else threshold))
    for chosen, opacity in (
        (is_called, _CALLED),
        (known.is_final & ~is_called, _NOT_CALLED),
        (known.is_known & ~known.is_final, _DRAFT),
    ):
        plot.columns(np.where(chosen, tops, np.nan), bottoms, track.colour or palette.prediction, opacity)
    plot.rectangle(0, plot.height, surface.axis.width, 1 / ratio, palette.border)
    plot.back()
    _paint_ribbon(surface, track, content)


def stretches(chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
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
    axis, top = surface.axis, surface.height - ribbon_height(surface.height) + 2
    for start, end, kind in familiarity_of(content, track.factor):
        left, right = max(axis.x_of(start), -1.0), min(axis.x_of(end), axis.width + 1)
        if right > left:
            surface.rectangle(left, top, right - left, 3, surface.palette.familiarity[kind])


def annotate_prediction(
    surface: Surface, track: PredictionTrack, content: TrackContent, scale: Scale, setting: Setting
) -> None:
    """What is called bound or why nothing is, the legend of the ribbon, and why values are missing."""
    if content.replies("prediction"):
        calls = calls_in(setting.checkpoint, track.factor)
        _draw_threshold(surface, calls, scale)
        if has_words(surface.height):
            _name_ribbon(surface, track, content, _write_calls(surface, calls))
    if not content.is_empty:
        _name_unknown(surface, track, content)


def _draw_threshold(surface: Surface, calls: Calls, scale: Scale) -> None:
    if calls.threshold is not None:
        y = PEAKS_HEIGHT + float(y_of(calls.threshold, scale, plot_height(surface.height)))
        surface.painter.setPen(QPen(QColor(surface.palette.threshold), 1, Qt.PenStyle.DashLine))
        surface.painter.drawLine(QPointF(0, y), QPointF(surface.axis.width, y))


def _write_calls(surface: Surface, calls: Calls) -> float:
    """From where bins are called bound, or why none is, at the right of the words; the logical x of their beginning."""
    bound = "" if calls.threshold is None else f"called bound from {calls.threshold:.2g}"
    words = bound or f"no calls: {calls.reason}"
    left = surface.axis.width - surface.text_width(words, 10) - 6
    box = _words_box(surface, left, surface.axis.width - 6 - left)
    surface.text(box, words, surface.palette.muted if bound else surface.palette.warning, 10, Right)
    return left


def _words_box(surface: Surface, left: float, width: float) -> QRectF:
    return QRectF(left, surface.height - _WORDS_HEIGHT, width, 11)


def _name_ribbon(surface: Surface, track: PredictionTrack, content: TrackContent, free_to: float) -> None:
    """What the colours of the ribbon mean, as far as there is room before `free_to`."""
    axis, free_from = surface.axis, 0.0
    for start, end, kind in familiarity_of(content, track.factor):
        words = FAMILIARITY_WORDS[kind]
        left, right = max(axis.x_of(start), 0.0), min(axis.x_of(end), free_to - 12)
        width = surface.text_width(words, 10)
        if right - left > width + 8 and left + 4 >= free_from:
            surface.text(_words_box(surface, left + 4, width), words, surface.palette.muted, 10, Left)
            free_from = left + width + 24


def _name_unknown(surface: Surface, track: PredictionTrack, content: TrackContent) -> None:
    """Whether values that are missing are under way, in each stretch where a sentence leaves room for it."""
    words = "computing …" if content.is_loading else "failed" if content.is_error else "not computed"
    width, ratio = surface.text_width(words) + 10, surface.axis.ratio
    sentence = surface.text_width(content.sentence + content.link) + 40 if content.sentence else 0.0
    known = columns_of(content.replies("prediction"), track.factor, surface.axis).is_known
    for first, last in stretches(~known):
        left, right = max(first / ratio, sentence), last / ratio
        if right - left > width:
            middle = PEAKS_HEIGHT + plot_height(surface.height) / 2
            box = QRectF((left + right - width) / 2, middle - 8, width, 16)
            surface.rectangle(box.x(), box.y(), box.width(), box.height(), surface.palette.canvas)
            surface.text(box, words, surface.palette.muted, alignment=Centre)


def is_assayed(setting: Setting, track: PredictionTrack) -> bool:
    """Whether the dataset has peaks of this factor in this cell type."""
    cells = setting.dataset.cell_types if setting.dataset else ()
    return any(cell.name == track.cell_type and any(p.factor == track.factor for p in cell.peaks) for cell in cells)


def caption_prediction(surface: Surface, track: PredictionTrack, content: TrackContent, setting: Setting) -> str:
    """That the other strand is still to come, else how bins were summed up."""
    known = columns_of(content.replies("prediction"), track.factor, surface.axis)
    newest = content.newest("prediction")
    step = newest.step if isinstance(newest, Prediction) else 50
    bases = max(surface.axis.bases_per_pixel, float(step))
    statistic = f"max of {bases:,.0f} bp" if bases > 50 else "50-bp steps"
    if (known.is_known & ~known.is_final).any():
        statistic = "first strand only"
    return statistic if is_assayed(setting, track) else f"{statistic}, not assayed"
