"""Paints bases: letters where they fit, colours where they do not, and a lens on the anchor further out."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.bases import LETTERS, N
from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.protocol.tracks import Sequence
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.marks import ink_on
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Centre, Surface
from ebert_gui.state.tracks import SequenceTrack

LENS_BASES = 61
LARGEST_BASES_PER_PIXEL = 1.0
_LETTER_PIXELS = 8.0
_LENS_PIXELS = 10.0
_LENS_SHARE = 0.5
_FUNNEL = 12.0


def bases_of(content: TrackContent, interval: Interval) -> NDArray[np.uint8]:
    """Base codes of an interval; 255 where nothing has come yet."""
    codes = np.full(max(0, interval.length), 255, dtype=np.uint8)
    for held in content.replies("sequence"):
        sequence = held.reply
        if isinstance(sequence, Sequence) and held.interval.overlaps(interval):
            start, end = max(interval.start, held.interval.start), min(interval.end, held.interval.end)
            codes[start - interval.start : end - interval.start] = sequence.codes[
                start - held.interval.start : end - held.interval.start
            ]
    return codes


def lens_interval(anchor: Interval) -> Interval:
    """The bases in the lens: the anchor in the middle."""
    start = anchor.start - LENS_BASES // 2
    return Interval(anchor.chromosome, start, start + LENS_BASES)


def paint_sequence(
    surface: Surface, _track: SequenceTrack, content: TrackContent, _scale: Scale, _setting: Setting
) -> None:
    """One box a base."""
    axis = surface.axis
    if axis.bases_per_pixel > LARGEST_BASES_PER_PIXEL:
        return
    codes = bases_of(content, axis.interval)
    top, height = 8.0, surface.height - 16.0
    edges = axis.xs_of(np.arange(axis.interval.start, axis.interval.end + 1))
    _paint_bases(surface, codes, edges, top, height)


def _paint_bases(
    surface: Surface, codes: NDArray[np.uint8], edges: NDArray[np.float64], top: float, height: float
) -> None:
    width = float(edges[1] - edges[0]) if edges.size > 1 else 0.0
    gap = 1.0 if width >= _LETTER_PIXELS else 0.0
    for code, letter in enumerate(LETTERS):
        colour = surface.palette.bases[letter] if code != N else surface.palette.missing
        chosen = np.flatnonzero(codes == code)
        surface.rectangles(edges[chosen], edges[chosen + 1] - gap, top, height, colour)
        if width >= _LETTER_PIXELS:
            ink = ink_on(colour)
            pixels = int(min(14, width))
            for x in edges[chosen].tolist():
                surface.text(QRectF(x, top, width - gap, height), letter, ink, pixels, Centre, is_bold=True)


def paint_lens(surface: Surface, _track: SequenceTrack, content: TrackContent, _scale: Scale, setting: Setting) -> None:
    """Zoomed out: the bases about the anchor, enlarged in a frame that a funnel ties to their place.

    Nothing of the ruler runs through it, and words beside it say which bases these are: they are not aligned with
    anything above.
    """
    axis, anchor = surface.axis, setting.anchor
    if axis.bases_per_pixel <= LARGEST_BASES_PER_PIXEL:
        return
    if anchor is None or anchor.chromosome != axis.chromosome or not axis.start <= anchor.start < axis.end:
        surface.text(
            QRectF(8, 0, axis.width, surface.height),
            "Zoom in, or click a place to read its bases",
            surface.palette.muted,
        )
        return
    shown, palette = _fitting_lens(anchor, axis.width), surface.palette
    width = shown.length * _LENS_PIXELS
    x = axis.x_of(anchor.start + 0.5)
    left = round(min(max(x - width / 2, 4.0), axis.width - width - 4))
    height = surface.height - _FUNNEL - 4.0
    surface.rectangle(0, 0, axis.width, surface.height, palette.canvas)
    surface.polygon([(x - 1, 0), (x + 1, 0), (left + width, _FUNNEL), (left, _FUNNEL)], palette.selection)
    surface.line(x, 0, left, _FUNNEL, palette.accent)
    surface.line(x, 0, left + width, _FUNNEL, palette.accent)
    edges = left + np.arange(shown.length + 1, dtype=np.float64) * _LENS_PIXELS
    _paint_bases(surface, bases_of(content, shown), edges, _FUNNEL, height)
    surface.frame(left - 1, _FUNNEL - 1, width + 2, height + 2, palette.accent)
    _name_lens(surface, shown, left, left + width)


def _fitting_lens(anchor: Interval, width: float) -> Interval:
    """As many bases about the anchor as can be read in a width, with room beside them for words."""
    half = min(LENS_BASES, int(width * _LENS_SHARE // _LENS_PIXELS)) // 2
    return Interval(anchor.chromosome, anchor.start - half, anchor.start + half + 1)


def _name_lens(surface: Surface, shown: Interval, left: float, right: float) -> None:
    """Which bases the lens shows, on the side where there is room; the gutter says it, too."""
    times = _LENS_PIXELS * surface.axis.bases_per_pixel
    lines = (format_locus(shown), f"enlarged {times:,.0f} times")
    width = max(map(surface.text_width, lines))
    x = right + 8 if right + 12 + width <= surface.axis.width else left - 8 - width
    if x >= 4:
        for y, line in zip((_FUNNEL - 2, _FUNNEL + 12), lines, strict=True):
            surface.text(QRectF(x, y, width, 13), line, surface.palette.muted)


def caption_sequence(surface: Surface, _track: SequenceTrack, _content: TrackContent, setting: Setting) -> str:
    """Where the lens is."""
    if surface.axis.bases_per_pixel <= LARGEST_BASES_PER_PIXEL or setting.anchor is None:
        return ""
    return f"{_fitting_lens(setting.anchor, surface.axis.width).length} bp at {setting.anchor.start + 1:,}"


def describe_sequence(_track: SequenceTrack, content: TrackContent, position: float, interval: Interval) -> str:
    """The base under a position."""
    code = int(bases_of(content, Interval(interval.chromosome, int(position), int(position) + 1))[0])
    return LETTERS[code] if code < len(LETTERS) else ""
