"""Regions of interest as drawn: a strip of names under the ruler, and a tint through all tracks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from ebert_core.protocol.regions import NamedRegion
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.gutter import elided
from ebert_gui.browser.surface import Left, Surface

STRIP_HEIGHT = 18
_NAME_PIXELS = 11
_SHORTEST_NAME = 26.0
_BEYOND = 3.0
# So many boxes side by side are no more than a line of colour.
_MOST_BOXES = 400


class Mark(NamedTuple):
    """A region in sight and its edges, in logical pixels of the plot; it is at least two wide."""

    region: NamedRegion
    left: float
    right: float


class RegionMarks:
    """Finds the regions in sight among thousands."""

    def __init__(self) -> None:
        self._regions: Sequence[NamedRegion] = ()
        self._places: dict[str, np.ndarray] = {}

    def in_sight(self, regions: Sequence[NamedRegion], axis: Axis) -> list[Mark]:
        """The regions that an axis shows, in their order."""
        if regions is not self._regions:
            self._take(regions)
        places = self._places.get(axis.chromosome)
        if places is None:
            return []
        numbers, starts, ends = places
        shown = np.flatnonzero((starts < axis.end) & (ends > axis.start))
        lefts, rights = axis.xs_of(starts[shown]), axis.xs_of(ends[shown])
        rights = np.maximum(rights, lefts + 2)
        return [
            Mark(regions[number], float(left), float(right))
            for number, left, right in zip(numbers[shown], lefts, rights, strict=True)
        ]

    def _take(self, regions: Sequence[NamedRegion]) -> None:
        by_chromosome: dict[str, list[tuple[int, int, int]]] = {}
        for number, region in enumerate(regions):
            where = region.interval
            by_chromosome.setdefault(where.chromosome, []).append((number, where.start, where.end))
        self._regions = regions
        self._places = {name: np.array(places, dtype=np.int64).T for name, places in by_chromosome.items()}


def mark_at(marks: Sequence[Mark], x: float) -> Mark | None:
    """The narrowest region under a logical x, or close to it."""
    near = [mark for mark in marks if mark.left - _BEYOND <= x <= mark.right + _BEYOND]
    return min(near, key=lambda mark: mark.right - mark.left, default=None)


def covered(marks: Sequence[Mark], width: float) -> list[tuple[float, float]]:
    """The stretches under any region, from left to right, so that regions over each other are tinted once."""
    stretches: list[tuple[float, float]] = []
    for mark in sorted(marks, key=lambda mark: mark.left):
        left, right = max(0.0, mark.left), min(width, mark.right)
        if stretches and left <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], right))
        elif right > left:
            stretches.append((left, right))
    return stretches


def paint_tint(surface: Surface, marks: Sequence[Mark]) -> None:
    """A tint over all tracks."""
    tint = QColor(surface.palette.accent)
    tint.setAlphaF(0.09)
    for left, right in covered(marks, surface.axis.width):
        surface.rectangle(left, 0, right - left, surface.height, tint)


def paint_strip(surface: Surface, marks: Sequence[Mark]) -> None:
    """A box for each region with its name: in it, or behind it where the name is too long and there is more room."""
    palette, width = surface.palette, surface.axis.width
    tint = QColor(palette.accent)
    tint.setAlphaF(0.22)
    for left, right in covered(marks, width):
        surface.rectangle(left, 3, right - left, STRIP_HEIGHT - 7, tint)
    if len(marks) <= _MOST_BOXES:
        ordered = sorted(marks, key=lambda mark: mark.left)
        begins = [*(mark.left for mark in ordered[1:]), width]
        free = 0.0
        for mark, following in zip(ordered, begins, strict=False):  # one more where nothing is in sight
            left, right = max(0.0, mark.left), min(width, mark.right)
            surface.rectangle(left, 3, 1, STRIP_HEIGHT - 7, palette.accent)
            surface.rectangle(right - 1, 3, 1, STRIP_HEIGHT - 7, palette.accent)
            within, behind, name = right - left - 8, following - right - 7, mark.region.name
            is_within = within >= behind or surface.text_width(name, _NAME_PIXELS) <= within
            begin, room = (left + 4, within) if is_within else (right + 3, behind)
            begin, room = max(begin, free), room - max(0.0, free - begin)
            if name and room >= _SHORTEST_NAME:
                name = elided(surface, name, _NAME_PIXELS, False, room)
                used = surface.text_width(name, _NAME_PIXELS)
                surface.text(QRectF(begin, 0, used + 4, STRIP_HEIGHT - 2), name, palette.text, _NAME_PIXELS, Left)
                free = begin + used + 4
    surface.rectangle(0, STRIP_HEIGHT - 1, width, 1, palette.border)
