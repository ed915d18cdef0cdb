"""Draws predicted binding, what was measured there, and what the model had seen of the place."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPen

from ebert_core.protocol.calling import Calls, Doubt
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Centre, Left, Right, Surface
from ebert_gui.looks.bars import paint_bars
from ebert_gui.looks.columns import round_up, stretches, y_of
from ebert_gui.looks.prediction_arranged import (
    SMALL,
    ArrangedPrediction,
    PredictionStyle,
    arrange_prediction,
    called_words,
)
from ebert_gui.looks.prediction_read import answer_at, doubts_about
from ebert_gui.looks.verdicts import PEAKS_HEIGHT, write_verdicts

# The ribbon and, from a height on, a line of words under it.
_RIBBON_HEIGHT, _WORDS_HEIGHT, _WORDS_FROM = 5.0, 12.0, 56.0
_SMALLEST_SCALE = 0.1
_CALLED, _NOT_CALLED, _DRAFT = 0.95, 0.45, 0.25


def has_words(height: float) -> bool:
    """Whether a track of this height has a line of words under its ribbon."""
    return height >= _WORDS_FROM


def ribbon_height(height: float) -> float:
    """What ribbon and words take of a track of this height."""
    return _RIBBON_HEIGHT + _WORDS_HEIGHT * has_words(height)


def plot_height(height: float) -> float:
    """What is left for the values."""
    return max(1.0, height - PEAKS_HEIGHT - ribbon_height(height))


class PredictionLook(Look[PredictionStyle, ArrangedPrediction]):
    """Filled steps, strong where bins are called bound and faint while they are a draft; peaks along the top.

    Scores that are no probabilities have a scale of their own, from 0: what is below 0 has no step, and is read out.

    What is unknown is hatched (no value can be given) or dotted (nothing was computed): neither looks like 0.
    """

    has_scale: ClassVar[bool] = True
    awaits: ClassVar[str] = "Computing …"

    def arrange(self, style: PredictionStyle, content: TrackContent, room: Room) -> ArrangedPrediction:
        """Values, peaks and words."""
        return arrange_prediction(style, content, room)

    def paint(self, surface: Surface, arranged: ArrangedPrediction, scale: Scale) -> None:
        """Peaks, values and ribbon."""
        palette = surface.palette
        if arranged.relaxed is not None:
            # Ticks at the summits of both sets would stand beside each other and tell nobody more.
            loose = arranged.relaxed.marks
            paint_bars(surface, loose._replace(values=np.full_like(loose.values, -1)), 4, 5, palette.border)
        if arranged.strict is not None:
            paint_bars(surface, arranged.strict.marks, 3, 7, palette.peak)
        self._paint_values(surface, arranged, scale)
        _paint_ribbon(surface, arranged)

    def _paint_values(self, surface: Surface, arranged: ArrangedPrediction, scale: Scale) -> None:
        plot = surface.at(PEAKS_HEIGHT, plot_height(surface.height))
        known, ratio = arranged.columns(surface.axis), surface.axis.ratio
        for first, last in stretches(known.is_known & np.isnan(known.probability)):
            plot.hatch(first / ratio, 4, (last - first) / ratio, plot.height - 4)
        for first, last in stretches(~known.is_known):
            plot.dot(first / ratio, 4, (last - first) / ratio, plot.height - 4)
        tops = y_of(known.probability, scale, plot.height)
        bottoms = np.where(np.isfinite(known.probability), plot.height, np.nan)
        threshold = arranged.calls.threshold
        is_strong = arranged.style.is_score | (known.probability >= (np.inf if threshold is None else threshold))
        is_called = known.is_final & is_strong
        colour = self.colour(arranged.style, surface.palette)
        for chosen, opacity in (
            (is_called, _CALLED),
            (known.is_final & ~is_called, _NOT_CALLED),
            (known.is_known & ~known.is_final, _DRAFT),
        ):
            plot.columns(np.where(chosen, tops, np.nan), bottoms, colour, opacity)
        plot.rectangle(0, plot.height, surface.axis.width, 1 / ratio, surface.palette.border)
        plot.back()

    def annotate(self, surface: Surface, arranged: ArrangedPrediction, scale: Scale) -> None:
        """What is called bound or why nothing is, the legend of the ribbon, why values are missing, disagreements."""
        if arranged.replies and not arranged.style.is_score:
            _draw_threshold(surface, arranged.calls, scale)
            if has_words(surface.height):
                _name_ribbon(surface, arranged, _write_calls(surface, arranged))
        if not arranged.is_empty:
            _name_unknown(surface, arranged)
        write_verdicts(surface, arranged)

    def caption(self, axis: Axis, arranged: ArrangedPrediction) -> str:
        """That the other strand is still to come, else how bins were summed up."""
        known = arranged.columns(axis)
        step = arranged.replies[-1].shape.bin_width if arranged.replies else POSITION
        bases = max(axis.bases_per_pixel, step)
        statistic = f"max of {bases:,.0f} bp" if bases > POSITION else f"{POSITION}-bp steps"
        if (known.is_known & ~known.is_final).any():
            statistic = "first strand only"
        output = arranged.style.known
        if output is not None and not output.is_probability:
            return f"{output.unit} from 0, {statistic}"
        return statistic if arranged.style.is_assayed or not arranged.style.cell_type else f"{statistic}, not assayed"

    def range_of(self, arranged: ArrangedPrediction, axis: Axis) -> Scale:
        """From 0 to 1, or where a person asked for it to a round number above everything on screen."""
        known = arranged.columns(axis).probability
        if arranged.style.is_score:
            return _scale_of_scores(known)
        if not arranged.style.settings.fits_view:
            return Scale()
        highest = float(np.nanmax(known)) if np.isfinite(known).any() else 0.0
        return Scale(0.0, min(1.0, round_up(max(highest, _SMALLEST_SCALE))))

    def group(self, style: PredictionStyle) -> str:
        """Predictions of one factor, fitted ones among themselves; scores of an output."""
        if style.is_score and style.known is not None:
            return f"{style.known.quantity} {style.factor}"
        return f"predicted {style.factor}{' fitted' * style.settings.fits_view}"

    def plot_edges(self, height: float) -> tuple[float, float]:
        """The edges of the values."""
        return PEAKS_HEIGHT, PEAKS_HEIGHT + plot_height(height) - 12

    def at(self, arranged: ArrangedPrediction, position: float, interval: Interval) -> Answer:
        """The probability, and what such values were worth on held-out bins."""
        del interval
        return answer_at(arranged, position)

    def doubts(self, style: PredictionStyle) -> tuple[Doubt, ...]:
        """Why the values are not to be taken at their word, and why nothing is called bound."""
        return doubts_about(style)

    def colour(self, style: PredictionStyle, palette: Palette) -> str:
        """The chosen colour, or that of predictions."""
        return style.settings.colour or palette.prediction


def _scale_of_scores(values: NDArray[np.float64]) -> Scale:
    """From 0 to a round number above everything on screen; where all is below 0, from a round number below it to 0."""
    finite = values[np.isfinite(values)]
    if finite.size and finite.max() < 0:
        return Scale(-round_up(-float(finite.min())), 0.0)
    return Scale(0.0, round_up(float(finite.max(initial=0.0))) or 1.0)


def _paint_ribbon(surface: Surface, arranged: ArrangedPrediction) -> None:
    axis, top = surface.axis, surface.height - ribbon_height(surface.height) + 2
    for mark in arranged.marks:
        left, right = max(axis.x_of(mark.start), -1.0), min(axis.x_of(mark.end), axis.width + 1)
        if right > left:
            surface.rectangle(
                left, top, right - left, 3, surface.palette.familiarity.get(mark.kind, surface.palette.muted)
            )


def _draw_threshold(surface: Surface, calls: Calls, scale: Scale) -> None:
    if calls.threshold is not None:
        y = PEAKS_HEIGHT + float(y_of(calls.threshold, scale, plot_height(surface.height)))
        surface.painter.setPen(QPen(QColor(surface.palette.threshold), 1, Qt.PenStyle.DashLine))
        surface.painter.drawLine(QPointF(0, y), QPointF(surface.axis.width, y))


def _write_calls(surface: Surface, arranged: ArrangedPrediction) -> float:
    """From where bins are called bound, or why none is, at the right of the words; the logical x of their beginning."""
    words = called_words(arranged.calls)
    left = surface.axis.width - arranged.widths[words] - 6
    box = _words_box(surface, left, surface.axis.width - 6 - left)
    colour = surface.palette.warning if arranged.calls.threshold is None else surface.palette.muted
    surface.text(box, words, colour, SMALL, Right)
    return left


def _words_box(surface: Surface, left: float, width: float) -> QRectF:
    return QRectF(left, surface.height - _WORDS_HEIGHT, width, 11)


def _name_ribbon(surface: Surface, arranged: ArrangedPrediction, free_to: float) -> None:
    """What the colours of the ribbon mean, as far as there is room before `free_to`."""
    axis, free_from = surface.axis, 0.0
    for mark in arranged.marks:
        left, right = max(axis.x_of(mark.start), 0.0), min(axis.x_of(mark.end), free_to - 12)
        width = arranged.widths[mark.words]
        if right - left > width + 8 and left + 4 >= free_from:
            surface.text(_words_box(surface, left + 4, width), mark.words, surface.palette.muted, SMALL, Left)
            free_from = left + width + 24


def _name_unknown(surface: Surface, arranged: ArrangedPrediction) -> None:
    """Whether values that are missing are under way, in each stretch where a sentence leaves room for it."""
    width, ratio = arranged.widths[arranged.state_words] + 10, surface.axis.ratio
    for first, last in stretches(~arranged.columns(surface.axis).is_known):
        left, right = max(first / ratio, arranged.sentence_width), last / ratio
        if right - left > width:
            middle = PEAKS_HEIGHT + plot_height(surface.height) / 2
            box = QRectF((left + right - width) / 2, middle - 8, width, 16)
            surface.rectangle(box.x(), box.y(), box.width(), box.height(), surface.palette.canvas)
            surface.text(box, arranged.state_words, surface.palette.muted, alignment=Centre)
