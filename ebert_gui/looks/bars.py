"""Draws features as ticks that are filled or hollow, and peaks as bars below what is predicted of them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.tracks import Part

_PADDING = 4.0
_TICK = 2.5
_TICK_SIZE = 5.0
_LEGEND_PIXELS = 10


class Marks(NamedTuple):
    """Intervals in order, each once, with a number each: a summit, or whether a tick is filled."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    values: NDArray[np.int64]


def summits_of(replies: Iterable[Held[Features]]) -> Marks:
    """The features of all replies with their summits, -1 where unknown; one that several replies hold counts once."""

    def summits(shape: Features) -> NDArray[np.int64]:
        return np.full(len(shape.starts), -1, dtype=np.int64) if shape.summits is None else shape.summits

    return _each_once(replies, summits)


def filled_of(replies: Iterable[Held[Features]]) -> Marks:
    """The features of all replies with 1 where their score is above 0; one that several replies hold counts once."""

    def filled(shape: Features) -> NDArray[np.int64]:
        return np.zeros(len(shape.starts), dtype=np.int64) if shape.scores is None else (shape.scores > 0).astype(int)

    return _each_once(replies, filled)


def _each_once(replies: Iterable[Held[Features]], value: Callable[[Features], NDArray[np.int64]]) -> Marks:
    shapes = [held.shape for held in replies if len(held.shape.starts)]
    if not shapes:
        nothing = np.empty(0, dtype=np.int64)
        return Marks(nothing, nothing, nothing)
    rows = [np.column_stack([shape.starts, shape.ends, value(shape)]) for shape in shapes]
    unique = np.unique(np.concatenate(rows), axis=0)
    return Marks(unique[:, 0], unique[:, 1], unique[:, 2])


def paint_bars(surface: Surface, marks: Marks, top: float, height: float, colour: str) -> None:
    """Bars of equal height; where they are wide enough a tick of their colour stands out of them at the summit."""
    starts, ends = surface.axis.xs_of(marks.starts), surface.axis.xs_of(marks.ends)
    surface.rectangles(starts, ends, top, height, colour)
    wide = (ends - starts > 5) & (marks.values >= 0) & (ends > 0) & (starts < surface.axis.width)
    for x in surface.axis.xs_of(marks.values[wide] + 0.5).tolist():
        surface.rectangle(x - 0.75, top - _TICK, 1.5, height + 2 * _TICK, colour)


class TicksStyle(NamedTuple):
    """What is drawn, in which colour, and what a filled and a hollow tick mean."""

    part: Part[Features]
    filled: str
    hollow: str
    colour: str = ""


class ArrangedTicks(NamedTuple):
    """The features each once, their middles in order, and how wide the legend is."""

    style: TicksStyle
    marks: Marks
    middles: NDArray[np.float64]
    legend: str
    legend_width: float


class TicksLook(Look[TicksStyle, ArrangedTicks]):
    """Triangles on the middles of features: filled where their score is above 0, else hollow."""

    def arrange(self, style: TicksStyle, content: TrackContent, room: Room) -> ArrangedTicks:
        """Every feature once."""
        legend = f"filled: {style.filled}, hollow: {style.hollow}"
        width = float(room.text_widths((legend,), _LEGEND_PIXELS)[0])
        marks = filled_of(content.of(style.part))
        return ArrangedTicks(style, marks, np.sort((marks.starts + marks.ends) / 2), legend, width)

    def paint(self, surface: Surface, arranged: ArrangedTicks, scale: Scale) -> None:
        """The triangles."""
        del scale
        marks, colour = arranged.marks, self.colour(arranged.style, surface.palette)
        middles = surface.axis.xs_of((marks.starts + marks.ends) / 2)
        size, middle = _TICK_SIZE, surface.height / 2
        for x, is_filled in zip(middles.tolist(), marks.values.tolist(), strict=True):
            if not -size <= x <= surface.axis.width + size:
                continue
            outer = [(x - size, middle - size), (x + size, middle - size), (x, middle + size)]
            surface.polygon(outer, colour)
            if not is_filled:
                left, right, top = x - size + 2.6, x + size - 2.6, middle - size + 1.4
                surface.polygon([(left, top), (right, top), (x, middle + 2.4)], surface.palette.canvas)

    def annotate(self, surface: Surface, arranged: ArrangedTicks, scale: Scale) -> None:
        """What filled and hollow mean, in the widest gap between ticks."""
        del scale
        if not arranged.middles.size:
            return
        width = arranged.legend_width + 24
        xs = np.clip(surface.axis.xs_of(arranged.middles), 0.0, surface.axis.width)
        edges = np.concatenate([[0.0], xs, [surface.axis.width]])
        widest = int(np.argmax(np.diff(edges)))
        if edges[widest + 1] - edges[widest] > width:
            box = QRectF(float(edges[widest]) + 12, 0, width, surface.height)
            surface.text(box, arranged.legend, surface.palette.muted, _LEGEND_PIXELS, Left)

    def at(self, arranged: ArrangedTicks, position: float, interval: Interval) -> Answer:
        """What the tick near a position says."""
        marks, style = arranged.marks, arranged.style
        reach = max(10.0, interval.length / 200)
        near = np.flatnonzero((marks.starts - reach <= position) & (position < marks.ends + reach)).tolist()
        if not near:
            return Answer()
        return Answer(f"planted, {style.filled}" if marks.values[near[0]] else f"planted, {style.hollow}")

    def colour(self, style: TicksStyle, palette: Palette) -> str:
        """The chosen colour, or that of text."""
        return style.colour or palette.text
