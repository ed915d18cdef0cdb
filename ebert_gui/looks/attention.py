"""Draws attention: the profile of the anchor, or the triangle of a context window; never as contacts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from ebert_core.protocol.calling import Doubt
from ebert_core.protocol.shapes import Grid, Matrix
from ebert_core.protocol.sources import FROM_ANCHOR, TO_ANCHOR
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.looks.columns import column_bins, reduce_columns
from ebert_gui.state.tracks import Part

_TOP = 30.0
_SMALL = 10


class AttentionStyle(NamedTuple):
    """What is drawn: of which layer and head, in which directions, and of which anchor."""

    profile: Part[Grid]
    map: Part[Matrix]
    layer: int = 0
    head: int | None = None
    is_map: bool = False
    shows_from: bool = True
    shows_to: bool = True
    anchor: Interval | None = None
    doubts: tuple[Doubt, ...] = ()


class Triangle(NamedTuple):
    """A map the same in both directions, and the weight from which on it has its strongest colour."""

    interval: Interval
    values_TT: NDArray[np.floating]
    part_width: float
    strongest: float


class ArrangedAttention(NamedTuple):
    """The profile or the map that has come, what is said of it, and how wide the size of its window is written."""

    style: AttentionStyle
    profile: Grid | None
    map: Triangle | None
    caption: str
    size: str
    size_width: float

    @property
    def window(self) -> Interval | None:
        """The context window; None while nothing has come."""
        shape = self.profile or self.map
        return None if shape is None else shape.interval


class AttentionLook(Look[AttentionStyle, ArrangedAttention]):
    """Up: from the anchor, down: to it; or the triangle of all pairs of positions."""

    def arrange(self, style: AttentionStyle, content: TrackContent, room: Room) -> ArrangedAttention:
        """What has come, with its words."""
        profile = None if style.is_map else content.newest(style.profile)
        if profile is not None and not {FROM_ANCHOR, TO_ANCHOR} <= set(profile.rows):
            profile = None
        whole = content.newest(style.map) if style.is_map else None
        shape = profile or whole
        size = "" if shape is None else f"context {shape.interval.length:,} bp"
        width = float(room.text_widths((size,), _SMALL)[0])
        triangle = None if whole is None else _triangle(whole)
        return ArrangedAttention(style, profile, triangle, _caption(style, profile), size, width)

    def paint(self, surface: Surface, arranged: ArrangedAttention, scale: Scale) -> None:
        """The triangle; a profile is drawn with its annotations."""
        del scale
        if arranged.map is not None:
            _paint_triangle(surface, arranged.map)

    def annotate(self, surface: Surface, arranged: ArrangedAttention, scale: Scale) -> None:
        """The profile, the bracket about the context window, the anchor and the caption."""
        del scale
        window, profile, anchor = arranged.window, arranged.profile, arranged.style.anchor
        if window is None:
            return
        if profile is not None:
            _paint_profile(surface, arranged.style, profile)
        surface.text(QRectF(8, 1, surface.axis.width - 16, 14), arranged.caption, surface.palette.muted, _SMALL, Left)
        _paint_bracket(surface, arranged, window)
        if anchor is not None and profile is not None:
            x = surface.axis.x_of(anchor.start + 0.5)
            surface.line(x, 27, x, surface.height - 3, surface.palette.accent, 1.5)

    def at(self, arranged: ArrangedAttention, position: float, interval: Interval) -> Answer:
        """The weights under a position."""
        del interval
        profile = arranged.profile
        if profile is None:
            return Answer()
        token = int((position - profile.interval.start) // profile.column_width)
        if not 0 <= token < profile.values_RC.shape[1]:
            return Answer("outside the context window")
        up, down = profile.row(FROM_ANCHOR)[token], profile.row(TO_ANCHOR)[token]
        return Answer(f"from the anchor {up:.2g}, to it {down:.2g}")

    def doubts(self, style: AttentionStyle) -> tuple[Doubt, ...]:
        """What the network could not read of the cell type that it attends in."""
        return style.doubts


def _caption(style: AttentionStyle, profile: Grid | None) -> str:
    where = f"layer {style.layer + 1}, " + ("mean of heads" if style.head is None else f"head {style.head + 1}")
    if profile is None:
        return f"attention, not contacts · {where} · both directions averaged"
    peak = float(profile.values_RC.max(initial=0))
    return f"attention, not contacts · {where} · up: from the anchor, down: to it · full height {peak:.2g}"


def _paint_profile(surface: Surface, style: AttentionStyle, profile: Grid) -> None:
    top, bottom = _TOP, surface.height - 4
    middle, half = (top + bottom) / 2, (bottom - top) / 2
    up, down = (_weights(surface, profile, name) for name in (FROM_ANCHOR, TO_ANCHOR))
    highest = max(float(np.nanmax(up, initial=0.0)), float(np.nanmax(down, initial=0.0)), 1e-12)
    stops = surface.palette.attention
    if style.shows_from:
        surface.columns(middle - up / highest * half, np.where(np.isfinite(up), middle, np.nan), stops[-2])
    if style.shows_to:
        surface.columns(np.where(np.isfinite(down), middle, np.nan), middle + down / highest * half, stops[-3])
    window = surface.axis.xs_of([profile.interval.start, profile.interval.end])
    left, right = max(0.0, float(window[0])), min(surface.axis.width, float(window[1]))
    surface.rectangle(left, middle, max(0.0, right - left), 1 / surface.axis.ratio, surface.palette.border)


def _weights(surface: Surface, profile: Grid, row: str) -> NDArray[np.float64]:
    weights = profile.row(row)
    first, last = column_bins(surface.axis, profile.interval.start, profile.column_width, weights.size)
    return reduce_columns(np.fmax, weights, first, last)


def _paint_bracket(surface: Surface, arranged: ArrangedAttention, window: Interval) -> None:
    """A bracket from end to end of the context window; an end off screen has no foot."""
    axis, colour, y = surface.axis, surface.palette.muted, 19.5
    left, right = axis.x_of(window.start), axis.x_of(window.end)
    if right < 0 or left > axis.width:
        text = "The context window of the anchor is off screen"
        surface.text(QRectF(8, _TOP, axis.width, 14), text, surface.palette.muted, 11, Left)
        return
    surface.line(max(left, 0.0), y, min(right, axis.width), y, colour)
    for x in (left, right):
        if 0 <= x <= axis.width:
            surface.line(x, y, x, y + 5, colour)
    width = arranged.size_width
    room = min(right, axis.width) - max(left, 0.0)
    if room > width + 16:
        x = (max(left, 0.0) + min(right, axis.width)) / 2 - width / 2
        surface.rectangle(x - 4, y - 6, width + 8, 12, surface.palette.canvas)
        surface.text(QRectF(x, y - 7, width, 14), arranged.size, colour, _SMALL, Left)


def _triangle(attention: Matrix) -> Triangle:
    values_TT = (attention.values_TT + attention.values_TT.T) / 2
    strongest = float(np.quantile(values_TT, 0.995)) or 1.0
    return Triangle(attention.interval, values_TT, attention.part_width, strongest)


def _paint_triangle(surface: Surface, attention: Triangle) -> None:
    """Under the axis: x is the middle of two positions, y half their distance."""
    axis, ratio, top = surface.axis, surface.axis.ratio, _TOP
    rows = max(1, round((surface.height - top - 4) * ratio))
    deepest = attention.interval.length / 2
    middles = (axis.column_edges()[:-1] + axis.column_edges()[1:]) / 2 - attention.interval.start
    distances = (np.arange(rows) + 0.5) / rows * deepest
    count = attention.values_TT.shape[0]
    left = np.floor((middles[None, :] - distances[:, None]) / attention.part_width).astype(np.int64)
    right = np.floor((middles[None, :] + distances[:, None]) / attention.part_width).astype(np.int64)
    inside = (left >= 0) & (right < count)
    values = attention.values_TT[np.clip(left, 0, count - 1), np.clip(right, 0, count - 1)]
    shade = np.where(inside, np.clip(values / attention.strongest, 0, 1), 0)
    pixels = _colour_map(surface.palette.attention)[(shade * 255).astype(np.uint8)]
    pixels[~inside] = 0
    surface.image(pixels, QRectF(0, top, axis.columns / ratio, rows / ratio))


def _colour_map(stops: tuple[str, ...]) -> NDArray[np.uint8]:
    """256 colours (blue, green, red, alpha) along the stops."""
    colours = [QColor(stop) for stop in stops]
    places = np.linspace(0, 1, len(stops))
    steps = np.linspace(0, 1, 256)
    channels = [
        np.interp(steps, places, [getattr(colour, name)() for colour in colours]) for name in ("blue", "green", "red")
    ]
    return np.stack([*channels, np.full(256, 255.0)], axis=1).astype(np.uint8)
