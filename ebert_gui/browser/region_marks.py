"""Regions of interest as drawn: a strip of names under the ruler, and a tint through all tracks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, qPremultiply

from ebert_core.protocol.regions import NamedRegion
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.gutter import elided
from ebert_gui.browser.surface import Left, Surface

STRIP_HEIGHT = 18
_BOX_HEIGHT = STRIP_HEIGHT - 7
_NAME_PIXELS = 11
_SHORTEST_NAME = 26.0
_BEYOND = 3.0
# So many boxes side by side are no more than a line of colour.
_MOST_BOXES = 400
_NOWHERE = np.zeros((3, 0), dtype=np.int64)


class Mark(NamedTuple):
    """A region in sight and its edges, in logical pixels of the plot; it is at least two wide."""

    region: NamedRegion
    left: float
    right: float


class Sight(NamedTuple):
    """The regions that an axis shows, by their numbers among all, and their edges in logical pixels."""

    regions: Sequence[NamedRegion]
    numbers: NDArray[np.int64]
    lefts: NDArray[np.float64]
    rights: NDArray[np.float64]

    @property
    def marks(self) -> list[Mark]:
        """Each of them, in the order of the regions."""
        edges = zip(self.numbers.tolist(), self.lefts.tolist(), self.rights.tolist(), strict=True)
        return [Mark(self.regions[number], left, right) for number, left, right in edges]

    def at(self, x: float) -> Mark | None:
        """The narrowest region under a logical x, or close to it."""
        near = np.flatnonzero((self.lefts - _BEYOND <= x) & (x <= self.rights + _BEYOND))
        if not near.size:
            return None
        one = near[np.argmin((self.rights - self.lefts)[near])]
        return Mark(self.regions[self.numbers[one]], float(self.lefts[one]), float(self.rights[one]))

    @property
    def covered(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where stretches under any region begin and end, so that regions over each other are tinted once."""
        order = np.argsort(self.lefts, kind="stable")
        lefts, reached = self.lefts[order], np.maximum.accumulate(self.rights[order])
        is_first = np.concatenate(([True], lefts[1:] > reached[:-1])) if lefts.size else np.zeros(0, dtype=bool)
        is_last = np.concatenate((is_first[1:], [True])) if lefts.size else is_first
        return lefts[is_first], reached[is_last]


class RegionMarks:
    """Finds the regions in sight among thousands."""

    def __init__(self) -> None:
        self._regions: Sequence[NamedRegion] = ()
        self._places: dict[str, NDArray[np.int64]] = {}

    def in_sight(self, regions: Sequence[NamedRegion], axis: Axis) -> Sight:
        """The regions that an axis shows, in their order."""
        if regions is not self._regions:
            self._take(regions)
        numbers, starts, ends = self._places.get(axis.chromosome, _NOWHERE)
        shown = np.flatnonzero((starts < axis.end) & (ends > axis.start))
        lefts, rights = axis.xs_of(starts[shown]), axis.xs_of(ends[shown])
        return Sight(regions, numbers[shown], lefts, np.maximum(rights, lefts + 2))

    def _take(self, regions: Sequence[NamedRegion]) -> None:
        by_chromosome: dict[str, list[tuple[int, int, int]]] = {}
        for number, region in enumerate(regions):
            where = region.interval
            by_chromosome.setdefault(where.chromosome, []).append((number, where.start, where.end))
        self._regions = regions
        self._places = {name: np.array(places, dtype=np.int64).T for name, places in by_chromosome.items()}


def paint_tint(surface: Surface, sight: Sight) -> None:
    """A tint over all tracks."""
    _paint_covered(surface, sight, 0, surface.height, 0.09)


def paint_strip(surface: Surface, sight: Sight) -> None:
    """A box for each region with its name: in it, or behind it where the name is too long and there is more room."""
    _paint_covered(surface, sight, 3, _BOX_HEIGHT, 0.22)
    if sight.numbers.size <= _MOST_BOXES:
        for edges in (sight.lefts, sight.rights - 1):
            surface.rectangles(edges, edges + 1, 3, _BOX_HEIGHT, surface.palette.accent)
        _paint_names(surface, sorted(sight.marks, key=lambda mark: mark.left))
    surface.rectangle(0, STRIP_HEIGHT - 1, surface.axis.width, 1, surface.palette.border)


def _paint_covered(surface: Surface, sight: Sight, y: float, height: float, opacity: float) -> None:
    """A tint where regions are: on screen as one image, since a tall rectangle costs a hundred times as much."""
    shade, (starts, ends) = QColor(surface.palette.accent), sight.covered
    shade.setAlphaF(opacity)
    if surface.is_vector:
        surface.rectangles(starts, ends, y, height, shade.name(QColor.NameFormat.HexArgb))
        return
    ratio, columns = surface.axis.ratio, surface.axis.columns
    steps = np.zeros(columns + 1, dtype=np.int64)
    lefts = np.clip(np.round(starts * ratio), 0, columns).astype(np.int64)
    np.add.at(steps, lefts, 1)
    np.add.at(steps, np.clip(np.maximum(np.round(ends * ratio), lefts + 1), 0, columns).astype(np.int64), -1)
    surface.stripes(np.where(np.cumsum(steps[:-1]) > 0, qPremultiply(shade.rgba()), 0).astype(np.uint32), y, height)


def _paint_names(surface: Surface, marks: Sequence[Mark]) -> None:
    width, free = surface.axis.width, 0.0
    begins = [*(mark.left for mark in marks[1:]), width]
    for mark, following in zip(marks, begins, strict=False):  # one more where nothing is in sight
        left, right, name = max(0.0, mark.left), min(width, mark.right), mark.region.name
        within, behind = right - left - 8, following - right - 7
        if not name or max(within, behind) < _SHORTEST_NAME:
            continue
        is_within = within >= behind or surface.text_width(name, _NAME_PIXELS) <= within
        begin, room = (left + 4, within) if is_within else (right + 3, behind)
        begin, room = max(begin, free), room - max(0.0, free - begin)
        if room >= _SHORTEST_NAME:
            said = elided(surface, name, _NAME_PIXELS, False, room)
            used = surface.text_width(said, _NAME_PIXELS)
            surface.text(QRectF(begin, 0, used + 4, STRIP_HEIGHT - 2), said, surface.palette.text, _NAME_PIXELS, Left)
            free = begin + used + 4
