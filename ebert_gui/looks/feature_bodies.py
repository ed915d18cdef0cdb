"""Bodies of features: boxes of one row, height and colour are gathered once, so that painting only fills them."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_gui.browser.surface import Surface
from ebert_gui.looks.feature_rows import Layout, Pairs

# How much of the height thin parts have beside thick ones, and the parts of what codes for nothing.
_THIN, _NOT_CODING = 0.55, 0.75
_LINE = 1.0
_ARROW_STEP, _ARROW = 28.0, 2.5
_LEAST_FOR_ARROWS = 24.0
_LEAST_FOR_BORDER = 3.0
_SUMMIT, _LEAST_FOR_SUMMIT = 2.5, 5.0


class Boxes(NamedTuple):
    """Boxes that are drawn alike, by their ends in bases; those that are followed end a pixel early."""

    top: float
    height: float
    colour: str
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    is_followed: NDArray[np.bool_]


class Arrowed(NamedTuple):
    """Stretches along which arrows stand: at which logical y, in which colour, and +1 or -1 for their direction."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    middles: tuple[float, ...]
    colours: tuple[str, ...]
    directions: tuple[int, ...]


class Summits(NamedTuple):
    """Summits of one row and colour, with the ends of their features."""

    top: float
    height: float
    colour: str
    places: NDArray[np.float64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]


class Bodies(NamedTuple):
    """All that is filled, in the order in which it is: lines, arrows on them, boxes, arrows in them, summits."""

    lines: tuple[Boxes, ...]
    on_lines: Arrowed
    boxes: tuple[Boxes, ...]
    in_boxes: Arrowed
    summits: tuple[Summits, ...]


class _Gathering:
    """Boxes by row, height and colour, and the stretches with arrows."""

    def __init__(self) -> None:
        self._boxes: dict[tuple[float, float, str], list[tuple[float, float, bool]]] = {}
        self._arrows: list[tuple[float, float, float, str, int]] = []

    def add(self, pairs: Pairs, top: float, height: float, colour: str, border_at: int = -1) -> None:
        kept = self._boxes.setdefault((top, height, colour), [])
        kept.extend((start, end, end == border_at) for start, end in pairs)

    def add_arrows(self, start: float, end: float, middle: float, colour: str, strand: str) -> None:
        if strand in ("+", "-"):
            self._arrows.append((start, end, middle, colour, 1 if strand == "+" else -1))

    def boxes(self) -> tuple[Boxes, ...]:
        return tuple(_boxes(*key, kept) for key, kept in self._boxes.items() if kept)

    def arrows(self) -> Arrowed:
        starts, ends, middles, colours, directions = zip(*self._arrows, strict=True) if self._arrows else ((),) * 5
        return Arrowed(np.array(starts, np.float64), np.array(ends, np.float64), middles, colours, directions)


def _boxes(top: float, height: float, colour: str, kept: list[tuple[float, float, bool]]) -> Boxes:
    starts, ends, followed = zip(*kept, strict=True)
    return Boxes(
        top, height, colour, np.array(starts, np.float64), np.array(ends, np.float64), np.array(followed, np.bool_)
    )


def bodies_of(
    layout: Layout, colours: Sequence[str], zoom: float, canvas: str, *, are_genes: bool, is_plain: bool
) -> Bodies:
    """What is filled of each feature that is shown; `is_plain` draws neither arrows nor thin parts."""
    lines, boxes = _Gathering(), _Gathering()
    followed = _followed(layout, zoom)
    for number in np.flatnonzero(layout.is_shown).tolist():
        each, top, colour = layout.features[number], float(layout.tops[number]), colours[number]
        glyph = float(layout.glyphs[number])
        middle = top + glyph / 2
        has_room = not is_plain and (each.end - each.start) / zoom > _LEAST_FOR_ARROWS
        if each.parts:
            lines.add(((each.start, each.end),), math.floor(middle - _LINE / 2), _LINE, colour)
            if has_room and glyph >= 2 * _ARROW:
                lines.add_arrows(each.start, each.end, middle, colour, each.strand)
        border = each.end if followed[number] else -1
        thin = _thinner(glyph, _THIN if each.thick else _NOT_CODING if are_genes else 1.0)
        bodies: Pairs = each.parts or ((each.start, each.end),)
        wide: Pairs = each.thick or (() if are_genes else bodies)
        boxes.add(bodies, middle - thin / 2, thin, colour, border)
        boxes.add(each.thick, top, glyph, colour, border)
        if has_room and glyph >= 2 * _ARROW + 2:
            for start, end in wide:
                if (end - start) / zoom > _LEAST_FOR_ARROWS:
                    boxes.add_arrows(start, end, middle, canvas, each.strand)
    return Bodies(lines.boxes(), lines.arrows(), boxes.boxes(), boxes.arrows(), tuple(_summits(layout, colours)))


def _thinner(glyph: float, share: float) -> float:
    """About a share of a height, with both edges on whole pixels where those of the height are."""
    return glyph - 2 * round(glyph * (1 - share) / 2)


def _followed(layout: Layout, zoom: float) -> NDArray[np.bool_]:
    """Which features another of their row touches: without a border the two would look like one."""
    order = np.lexsort((layout.starts, layout.tops))
    flags = np.zeros(len(layout.tops), np.bool_)
    gaps = (layout.starts[order][1:] - layout.ends[order][:-1]) / zoom
    flags[order[:-1]] = (layout.tops[order][1:] == layout.tops[order][:-1]) & (gaps < 1) & (gaps > -1)
    return flags


def _summits(layout: Layout, colours: Sequence[str]) -> Iterable[Summits]:
    found: dict[tuple[float, float, str], list[int]] = {}
    for number, each in enumerate(layout.features):
        if each.summit >= 0 and layout.is_shown[number]:
            key = (float(layout.tops[number]), float(layout.glyphs[number]), colours[number])
            found.setdefault(key, []).append(number)
    for (top, glyph, colour), numbers in found.items():
        places = np.array([layout.features[number].summit + 0.5 for number in numbers])
        yield Summits(top, glyph, colour, places, layout.starts[numbers], layout.ends[numbers])


def paint_bodies(surface: Surface, bodies: Bodies) -> None:
    """Fill what of them is on the surface."""
    for boxes in bodies.lines:
        _paint_boxes(surface, boxes)
    _paint_arrows(surface, bodies.on_lines)
    for boxes in bodies.boxes:
        _paint_boxes(surface, boxes)
    _paint_arrows(surface, bodies.in_boxes)
    for summits in bodies.summits:
        _paint_summits(surface, summits)


def _paint_boxes(surface: Surface, boxes: Boxes) -> None:
    axis = surface.axis
    here = (boxes.ends >= axis.start) & (boxes.starts <= axis.end)
    here |= (boxes.ends >= axis.start - 2 * axis.bases_per_pixel) & (boxes.starts <= axis.end)
    if not here.any():
        return
    starts, ends = axis.xs_of(boxes.starts[here]), axis.xs_of(boxes.ends[here])
    ends = np.where(boxes.is_followed[here] & (ends - starts > _LEAST_FOR_BORDER), ends - 1, ends)
    surface.rectangles(starts, ends, boxes.top, boxes.height, boxes.colour)


def _paint_arrows(surface: Surface, arrowed: Arrowed) -> None:
    """Chevrons at multiples of 28 pixels of the chromosome, so that strips meet; each lies wholly in its stretch."""
    axis = surface.axis
    margin, step = 10 * axis.bases_per_pixel, _ARROW_STEP * axis.bases_per_pixel
    inset = (_ARROW + 1) * axis.bases_per_pixel
    here = np.flatnonzero((arrowed.ends > axis.start - margin) & (arrowed.starts < axis.end + margin))
    for number in here.tolist():
        first = max(float(arrowed.starts[number]) + inset, axis.start - margin)
        last = min(float(arrowed.ends[number]) - inset, axis.end + margin)
        middle, colour, back = arrowed.middles[number], arrowed.colours[number], -_ARROW * arrowed.directions[number]
        for count in range(math.ceil(first / step), math.floor(last / step) + 1):
            # On whole device pixels, so that all are drawn alike.
            x = round(axis.x_of(count * step) * axis.ratio) / axis.ratio
            surface.line(x + back, middle - _ARROW, x, middle, colour)
            surface.line(x, middle, x + back, middle + _ARROW, colour)


def _paint_summits(surface: Surface, summits: Summits) -> None:
    """Ticks that stand out of features that are wide enough."""
    axis = surface.axis
    starts, ends = axis.xs_of(summits.starts), axis.xs_of(summits.ends)
    is_wide = (ends - starts > _LEAST_FOR_SUMMIT) & (ends > 0) & (starts < axis.width)
    for x in axis.xs_of(summits.places[is_wide]).tolist():
        surface.rectangle(x - 0.75, summits.top - _SUMMIT, 1.5, summits.height + 2 * _SUMMIT, summits.colour)
