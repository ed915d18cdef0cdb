"""Paints bases: letters where they fit, colours where they do not, and a lens on the anchor further out."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.bases import LETTERS, N
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Sequence
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.marks import ink_on
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Centre, Surface
from ebert_gui.state.tracks import SequenceTrack

LENS_BASES = 61
LARGEST_BASES_PER_PIXEL = 1.0
_LETTER_PIXELS = 8.0


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
    """Zoomed out: the bases about the anchor, magnified, tied to their place."""
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
    shown = lens_interval(anchor)
    width = min(LENS_BASES * 13.0, axis.width - 8)
    x = axis.x_of(anchor.start + 0.5)
    left = min(max(x - width / 2, 4.0), axis.width - width - 4)
    surface.polygon([(x - 1, 0), (x + 1, 0), (left + width, 12), (left, 12)], surface.palette.selection)
    codes = bases_of(content, shown)
    edges = left + np.arange(LENS_BASES + 1, dtype=np.float64) * (width / LENS_BASES)
    _paint_bases(surface, codes, edges, 12.0, surface.height - 16.0)


def caption_sequence(surface: Surface, _track: SequenceTrack, _content: TrackContent, setting: Setting) -> str:
    """Where the lens is."""
    if surface.axis.bases_per_pixel <= LARGEST_BASES_PER_PIXEL or setting.anchor is None:
        return ""
    return f"{LENS_BASES} bp at {setting.anchor.start + 1:,}"


def describe_sequence(_track: SequenceTrack, content: TrackContent, position: float, interval: Interval) -> str:
    """The base under a position."""
    code = int(bases_of(content, Interval(interval.chromosome, int(position), int(position) + 1))[0])
    return LETTERS[code] if code < len(LETTERS) else ""
