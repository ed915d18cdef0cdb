"""Draws bases: letters where they fit, colours where they do not, and a lens on the anchor further out."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Letters
from ebert_core.protocol.terms.bases import LETTERS, N
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.surface import Centre, Surface
from ebert_gui.looks.runs import ink_on
from ebert_gui.state.tracks import Part

LENS_BASES = 61
LARGEST_BASES_PER_PIXEL = 1.0
_LETTER_PIXELS = 8.0
_MOST_TIMES = 10_000
_LENS_PIXELS = 10.0
_LENS_SHARE = 0.5
_FUNNEL = 12.0


class LettersStyle(NamedTuple):
    """What is drawn, and the anchor that the lens shows."""

    part: Part[Letters]
    anchor: Interval | None = None


class ArrangedLetters(NamedTuple):
    """The replies, the anchor, and the name of every lens on it with the width of its words.

    The lens of number n shows n bases on either side of the anchor.
    """

    replies: tuple[Held[Letters], ...]
    anchor: Interval | None
    names: tuple[str, ...] = ()
    times: str = ""
    widths: tuple[float, ...] = ()


class LettersLook(Look[LettersStyle, ArrangedLetters]):
    """One box a base, with its letter; zoomed out, a lens on the anchor."""

    def arrange(self, style: LettersStyle, content: TrackContent, room: Room) -> ArrangedLetters:
        """The replies; zoomed out, what can be written beside a lens, too."""
        replies, anchor, zoom = content.of(style.part), style.anchor, room.bases_per_pixel
        if anchor is None or zoom <= LARGEST_BASES_PER_PIXEL:
            return ArrangedLetters(replies, anchor)
        names = tuple(format_locus(_lens(anchor, half)) for half in range(LENS_BASES // 2 + 1))
        # How many million times says nothing to anybody.
        times = f"enlarged {_LENS_PIXELS * zoom:,.0f} times" if _LENS_PIXELS * zoom <= _MOST_TIMES else ""
        *widths, least = room.text_widths((*names, times)).tolist()
        return ArrangedLetters(replies, anchor, names, times, tuple(max(width, least) for width in widths))

    def paint(self, surface: Surface, arranged: ArrangedLetters, scale: Scale) -> None:
        """One box a base."""
        del scale
        axis = surface.axis
        if axis.bases_per_pixel > LARGEST_BASES_PER_PIXEL:
            return
        codes = bases_of(arranged.replies, axis.interval)
        edges = axis.xs_of(np.arange(axis.interval.start, axis.interval.end + 1))
        _paint_bases(surface, codes, edges, 8.0, surface.height - 16.0)

    def annotate(self, surface: Surface, arranged: ArrangedLetters, scale: Scale) -> None:
        """Zoomed out: the bases about the anchor, enlarged in a frame that a funnel ties to their place.

        Nothing of the ruler runs through it, and words beside it say which bases these are: they are not aligned with
        anything above.
        """
        del scale
        axis, anchor = surface.axis, arranged.anchor
        if axis.bases_per_pixel <= LARGEST_BASES_PER_PIXEL:
            return
        if anchor is None or anchor.chromosome != axis.chromosome or not axis.start <= anchor.start < axis.end:
            words = "Zoom in, or click a place to read its bases"
            surface.text(QRectF(8, 0, axis.width, surface.height), words, surface.palette.muted)
            return
        _paint_lens(surface, arranged, anchor)

    def caption(self, axis: Axis, arranged: ArrangedLetters) -> str:
        """Where the lens is."""
        if axis.bases_per_pixel <= LARGEST_BASES_PER_PIXEL or arranged.anchor is None:
            return ""
        return f"{2 * _fitting_half(axis.width) + 1} bp at {arranged.anchor.start + 1:,}"

    def at(self, arranged: ArrangedLetters, position: float, interval: Interval) -> Answer:
        """The base under a position."""
        here = Interval(interval.chromosome, int(position), int(position) + 1)
        code = int(bases_of(arranged.replies, here)[0])
        return Answer(LETTERS[code] if code < len(LETTERS) else "")


def bases_of(replies: Iterable[Held[Letters]], interval: Interval) -> NDArray[np.uint8]:
    """Base codes of an interval; 255 where nothing has come yet."""
    codes = np.full(max(0, interval.length), 255, dtype=np.uint8)
    for held in replies:
        if held.interval.overlaps(interval):
            start, end = max(interval.start, held.interval.start), min(interval.end, held.interval.end)
            codes[start - interval.start : end - interval.start] = held.shape.codes[
                start - held.interval.start : end - held.interval.start
            ]
    return codes


def lens_interval(anchor: Interval) -> Interval:
    """The bases in the lens: the anchor in the middle."""
    return _lens(anchor, LENS_BASES // 2)


def _lens(anchor: Interval, half: int) -> Interval:
    """The anchor with as many bases on either side."""
    return Interval(anchor.chromosome, anchor.start - half, anchor.start + half + 1)


def _paint_lens(surface: Surface, arranged: ArrangedLetters, anchor: Interval) -> None:
    axis, palette = surface.axis, surface.palette
    half = _fitting_half(axis.width)
    shown = _lens(anchor, half)
    width = shown.length * _LENS_PIXELS
    x = axis.x_of(anchor.start + 0.5)
    left = round(min(max(x - width / 2, 4.0), axis.width - width - 4))
    height = surface.height - _FUNNEL - 4.0
    surface.rectangle(0, 0, axis.width, surface.height, palette.canvas)
    surface.polygon([(x - 1, 0), (x + 1, 0), (left + width, _FUNNEL), (left, _FUNNEL)], palette.selection)
    surface.line(x, 0, left, _FUNNEL, palette.accent)
    surface.line(x, 0, left + width, _FUNNEL, palette.accent)
    edges = left + np.arange(shown.length + 1, dtype=np.float64) * _LENS_PIXELS
    _paint_bases(surface, bases_of(arranged.replies, shown), edges, _FUNNEL, height)
    surface.frame(left - 1, _FUNNEL - 1, width + 2, height + 2, palette.accent)
    _name_lens(surface, arranged, half, left, left + width)


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


def _fitting_half(width: float) -> int:
    """How many bases on either side of the anchor can be read in a width, with room beside them for words."""
    return min(LENS_BASES, int(width * _LENS_SHARE // _LENS_PIXELS)) // 2


def _name_lens(surface: Surface, arranged: ArrangedLetters, half: int, left: float, right: float) -> None:
    """Which bases the lens shows, on the side where there is room; the gutter says it, too."""
    width = arranged.widths[half]
    x = right + 8 if right + 12 + width <= surface.axis.width else left - 8 - width
    if x >= 4:
        for y, line in ((_FUNNEL - 2, arranged.names[half]), (_FUNNEL + 12, arranged.times)):
            surface.text(QRectF(x, y, width, 13), line, surface.palette.muted)
