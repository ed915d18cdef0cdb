"""How dense features are where they are too many to be told apart: how many overlap each bin."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Features
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held
from ebert_gui.browser.look import Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.looks.columns import Values, column_bins, reduce_columns, round_up, y_of

_FEW_BASES = 10_000


class Counted(NamedTuple):
    """How many features overlap each of equal bins from a position on."""

    start: int
    width: float
    counts: NDArray[np.float32]


def is_dense(replies: Sequence[Held[Features]]) -> bool:
    """Whether any stretch at the level on screen, which comes last, was too crowded to be sent as features."""
    return any(held.shape.density is not None for held in replies if held.level == replies[-1].level)


def counted(replies: Sequence[Held[Features]]) -> tuple[Counted, ...]:
    """The density of every stretch, also of those that came as features."""
    return tuple(_counted(held) for held in replies if held.interval.length > 0)


def _counted(held: Held[Features]) -> Counted:
    interval, shape = held.interval, held.shape
    if shape.density is not None:
        counts = shape.density.astype(np.float32)
        return Counted(interval.start, interval.length / counts.size, counts)
    bins = max(1, math.ceil(interval.length / (1 << held.level)))
    edges = interval.start + np.arange(bins + 1) * (interval.length / bins)
    begun = np.searchsorted(shape.starts, edges[1:], side="left")
    over = np.searchsorted(np.sort(np.maximum(shape.ends, shape.starts + 1)), edges[:-1], side="right")
    return Counted(interval.start, interval.length / bins, (begun - over).astype(np.float32))


def highest_in_columns(stretches: Sequence[Counted], axis: Axis) -> Values:
    """The highest count of each column; NaN where nothing is known."""
    highest = np.full(axis.columns, np.nan)
    for each in stretches:
        first, last = column_bins(axis, each.start, each.width, each.counts.size)
        known = last > first
        highest[known] = reduce_columns(np.fmax, each.counts, first, last)[known]
    return highest


def paint_density(surface: Surface, stretches: Sequence[Counted], scale: Scale, colour: str) -> None:
    """A column for each count; one feature is at least a pixel."""
    counts = highest_in_columns(stretches, surface.axis)
    floor = y_of(0.0, scale, surface.height)
    tops = np.where(counts > 0, np.minimum(y_of(counts, scale, surface.height), floor - 1), np.nan)
    surface.columns(tops, np.where(counts > 0, floor, np.nan), colour, 0.9)


def scale_of_density(stretches: Sequence[Counted], axis: Axis) -> Scale | None:
    """From 0 to the highest count on screen; None where there is nothing."""
    counts = highest_in_columns(stretches, axis)
    known = counts[np.isfinite(counts)]
    return Scale(0.0, max(1.0, round_up(float(known.max())))) if known.size else None


def density_at(stretches: Sequence[Counted], position: float, noun: str) -> str:
    """How many features overlap the bin under a position; empty where nothing is known."""
    for each in reversed(stretches):
        place = math.floor((position - each.start) / each.width)
        if 0 <= place < each.counts.size:
            count = int(each.counts[place])
            return f"{count:,} {noun}{'' if count == 1 else 's'} in {bases_in_words(each.width)}"
    return ""


def bases_in_words(bases: float) -> str:
    """`512 bp`, `33 kb`."""
    return f"{bases:,.0f} bp" if bases < _FEW_BASES else f"{bases / 1000:,.0f} kb"
