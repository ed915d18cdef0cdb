"""Paints attention: the profile of the anchor, or the triangle of a context window; never as contacts."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import AttentionMap, AttentionProfile
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.signal import Scale, column_bins, reduce_columns
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.tracks import AttentionTrack

_TOP = 30.0


def paint_attention(
    surface: Surface, track: AttentionTrack, content: TrackContent, _scale: Scale, _setting: Setting
) -> None:
    """The triangle; a profile is drawn with its annotations."""
    triangle = content.newest("attention")
    if track.is_map and isinstance(triangle, AttentionMap):
        _paint_triangle(surface, triangle)


def annotate_attention(
    surface: Surface, track: AttentionTrack, content: TrackContent, _scale: Scale, setting: Setting
) -> None:
    """The profile, the bracket about the context window, the anchor and the caption."""
    reply = content.newest("attention")
    if not isinstance(reply, AttentionProfile | AttentionMap):
        return
    if isinstance(reply, AttentionProfile) and not track.is_map:
        _paint_profile(surface, track, reply)
        caption = _caption(reply)
    else:
        caption = f"attention, not contacts · {_where(reply.layer, reply.head)} · both directions averaged"
    surface.text(QRectF(8, 1, surface.axis.width - 16, 14), caption, surface.palette.muted, 10, Left)
    _paint_bracket(surface, reply.window)
    if setting.anchor is not None and isinstance(reply, AttentionProfile):
        x = surface.axis.x_of(reply.position + 0.5)
        surface.line(x, 27, x, surface.height - 3, surface.palette.accent, 1.5)


def _caption(profile: AttentionProfile) -> str:
    peak = max(float(profile.from_anchor_T.max(initial=0)), float(profile.to_anchor_T.max(initial=0)))
    where = _where(profile.layer, profile.head)
    return f"attention, not contacts · {where} · up: from the anchor, down: to it · full height {peak:.2g}"


def _where(layer: int, head: int | None) -> str:
    return f"layer {layer + 1}, " + ("mean of heads" if head is None else f"head {head + 1}")


def _paint_profile(surface: Surface, track: AttentionTrack, profile: AttentionProfile) -> None:
    top, bottom = _TOP, surface.height - 4
    middle, half = (top + bottom) / 2, (bottom - top) / 2
    up = _weights(surface, profile, profile.from_anchor_T)
    down = _weights(surface, profile, profile.to_anchor_T)
    highest = max(float(np.nanmax(up, initial=0.0)), float(np.nanmax(down, initial=0.0)), 1e-12)
    stops = surface.palette.attention
    if track.shows_from:
        surface.columns(middle - up / highest * half, np.where(np.isfinite(up), middle, np.nan), stops[-2])
    if track.shows_to:
        surface.columns(np.where(np.isfinite(down), middle, np.nan), middle + down / highest * half, stops[-3])
    window = surface.axis.xs_of([profile.window.start, profile.window.end])
    left, right = max(0.0, float(window[0])), min(surface.axis.width, float(window[1]))
    surface.rectangle(left, middle, max(0.0, right - left), 1 / surface.axis.ratio, surface.palette.border)


def _weights(surface: Surface, profile: AttentionProfile, weights: NDArray[np.float32]) -> NDArray[np.float64]:
    first, last = column_bins(surface.axis, profile.window.start, profile.token_width, weights.size)
    return reduce_columns(np.fmax, weights, first, last)


def _paint_bracket(surface: Surface, window: Interval) -> None:
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
    size = f"context {window.length:,} bp"
    width = surface.text_width(size, 10)
    room = min(right, axis.width) - max(left, 0.0)
    if room > width + 16:
        x = (max(left, 0.0) + min(right, axis.width)) / 2 - width / 2
        surface.rectangle(x - 4, y - 6, width + 8, 12, surface.palette.canvas)
        surface.text(QRectF(x, y - 7, width, 14), size, colour, 10, Left)


def _paint_triangle(surface: Surface, attention: AttentionMap) -> None:
    """Under the axis: x is the middle of two positions, y half their distance."""
    axis, ratio, top = surface.axis, surface.axis.ratio, _TOP
    rows = max(1, round((surface.height - top - 4) * ratio))
    deepest = attention.window.length / 2
    weights = (attention.weight_TT + attention.weight_TT.T) / 2
    middles = (axis.column_edges()[:-1] + axis.column_edges()[1:]) / 2 - attention.window.start
    distances = (np.arange(rows) + 0.5) / rows * deepest
    count = weights.shape[0]
    left = np.floor((middles[None, :] - distances[:, None]) / attention.token_width).astype(np.int64)
    right = np.floor((middles[None, :] + distances[:, None]) / attention.token_width).astype(np.int64)
    inside = (left >= 0) & (right < count)
    values = weights[np.clip(left, 0, count - 1), np.clip(right, 0, count - 1)]
    highest = float(np.quantile(weights, 0.995)) or 1.0
    shade = np.where(inside, np.clip(values / highest, 0, 1), 0)
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


def describe_attention(_track: AttentionTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The weights under a position."""
    profile = content.newest("attention")
    if not isinstance(profile, AttentionProfile):
        return ""
    token = int((position - profile.window.start) // profile.token_width)
    if not 0 <= token < profile.from_anchor_T.size:
        return "outside the context window"
    return f"from the anchor {profile.from_anchor_T[token]:.2g}, to it {profile.to_anchor_T[token]:.2g}"
