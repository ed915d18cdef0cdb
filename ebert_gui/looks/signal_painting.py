"""Paints what is known of a signal's columns as bars, a line, points or heat, above and below zero in two colours."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_gui.browser.look import Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.looks.band import Band
from ebert_gui.looks.columns import Values, y_of
from ebert_gui.looks.mixed import mixed
from ebert_gui.looks.signal_settings import SignalSettings

_RANGE, _FULL = 0.35, 0.9
# Half the width of a line and half the height of a point, in logical pixels.
_HALF_LINE, _HALF_POINT = 0.75, 1.25
# What the faintest colour of a value has of it, so that it is not taken for no value.
_FAINTEST = 0.06
_SHADES = 256
# The height of a mark of what is beyond the scale.
_MARK = 2.0


class Ink(NamedTuple):
    """The colours of values above and below zero; `strength` is 1, or less where others shine through."""

    above: str
    below: str
    strength: float = 1.0


def paint_signal(surface: Surface, band: Band, settings: SignalSettings, scale: Scale, ink: Ink) -> None:
    """The columns of a stretch; of `band`, the first and the last column lie beside it, for lines that go on there."""
    inner = band.cut(1, -1)
    if not inner.is_known.any():
        return
    if settings.form == "heat":
        _paint_heat(surface, inner.values(settings.drawn_statistic), scale, ink)
        return
    plot = _Plot(surface, scale, ink)
    if settings.statistic == "range":
        plot.paint_range(inner)
    if settings.form == "line":
        plot.paint_line(band.values(settings.statistic))
    elif settings.form == "points":
        plot.paint_points(inner.values(settings.statistic))
    else:
        plot.paint_bars(inner.values(settings.statistic))
    plot.mark_beyond(*inner.extremes(settings.statistic))


def paint_zero_line(surface: Surface, scale: Scale) -> None:
    """A line at zero, where there is room for values on both sides of it."""
    if scale.low < 0 < scale.high:
        y = float(y_of(0.0, scale, surface.height))
        pixel = 1.0 / surface.axis.ratio
        surface.rectangle(0, round(y / pixel) * pixel, surface.axis.width, pixel, surface.palette.border)


class _Plot:
    """A surface with a scale and the colours of values on both sides of zero."""

    def __init__(self, surface: Surface, scale: Scale, ink: Ink) -> None:
        self._surface, self._scale, self._ink = surface, scale, ink
        self._pixel = 1.0 / surface.axis.ratio
        self._zero = float(self._y(0.0))

    def paint_range(self, band: Band) -> None:
        """From the least to the largest value, in a light shade."""
        zero, tops, bottoms = self._zero, self._y(band.maximum), self._y(band.minimum)
        opacity = _RANGE * self._ink.strength
        is_above, is_below = band.maximum >= 0, band.minimum < 0
        lower = np.where(is_below, zero, np.maximum(bottoms, tops))
        self._fill(is_above, tops, lower, self._ink.above, opacity)
        self._fill(is_below, np.where(is_above, zero, tops), bottoms, self._ink.below, opacity)

    def paint_bars(self, values: Values) -> None:
        """From zero to the value; a value of zero is still seen."""
        zero, ys = self._zero, self._y(values)
        opacity = _FULL * self._ink.strength
        self._fill(values >= 0, ys, np.maximum(zero, ys + self._pixel / 2), self._ink.above, opacity)
        self._fill(values < 0, zero, np.maximum(ys, zero + self._pixel / 2), self._ink.below, opacity)

    def paint_line(self, values: Values) -> None:
        """A line through the values, broken where there is none; the first and last value lie beside the surface."""
        ys = self._y(values)
        if self._surface.is_vector:
            is_below = (values < 0)[1:-1]
            for colour, chosen in ((self._ink.above, ~is_below), (self._ink.below, is_below)):
                # With the first column on the other side of zero, so that the two lines meet.
                met = chosen | np.append(False, chosen[:-1])
                drawn = np.where(met, ys[1:-1], np.nan)
                self._surface.polyline(drawn, colour, self._ink.strength, 2 * _HALF_LINE)
            return
        here, left, right = ys[1:-1], ys[:-2], ys[2:]
        half_left = np.where(np.isnan(left), here, (left + here) / 2)
        half_right = np.where(np.isnan(right), here, (right + here) / 2)
        tops = np.minimum(np.minimum(half_left, half_right), here) - _HALF_LINE
        bottoms = np.maximum(np.maximum(half_left, half_right), here) + _HALF_LINE
        self._fill_by_sign(values[1:-1], tops, bottoms)

    def paint_points(self, values: Values) -> None:
        """A point at each value."""
        ys = self._y(values)
        self._fill_by_sign(values, ys - _HALF_POINT, ys + _HALF_POINT)

    def mark_beyond(self, lowest: Values, highest: Values) -> None:
        """A mark at the edge of columns that hold more than the scale has room for."""
        span = self._scale.high - self._scale.low
        self._mark(highest > self._scale.high + 1e-6 * span, 0)
        if self._scale.low < 0:
            self._mark(lowest < self._scale.low - 1e-6 * span, self._surface.height - _MARK)

    def _mark(self, chosen: NDArray[np.bool_], y: float) -> None:
        if chosen.any():
            colour = 0xFF000000 | int(self._surface.palette.text[1:], 16)
            self._surface.stripes(np.where(chosen, colour, 0).astype(np.uint32), y, _MARK)

    def _fill_by_sign(self, values: Values, tops: Values, bottoms: Values) -> None:
        opacity = self._ink.strength
        self._fill(values >= 0, tops, bottoms, self._ink.above, opacity)
        self._fill(values < 0, tops, bottoms, self._ink.below, opacity)

    def _fill(
        self,
        chosen: NDArray[np.bool_],
        tops: Values | float,
        bottoms: Values | float,
        colour: str,
        opacity: float,
    ) -> None:
        if chosen.any():
            self._surface.columns(np.where(chosen, tops, np.nan), np.where(chosen, bottoms, np.nan), colour, opacity)

    def _y(self, values: Values | float) -> Values:
        return y_of(values, self._scale, self._surface.height)


def _paint_heat(surface: Surface, values: Values, scale: Scale, ink: Ink) -> None:
    """A colour for each value: the fuller, the further it lies from zero, or from the lower end of a scale above it."""
    zero = float(np.clip(scale.share(0.0), 0, 1))
    shares = np.clip(scale.share(values), 0, 1)
    upwards = np.where(values < 0, 0, (shares - zero) / (1 - zero) if zero < 1 else 0)
    downwards = np.where(values < 0, (zero - shares) / zero if zero > 0 else 0, 0)
    above, below = (_shades(colour, surface.palette.canvas) for colour in (ink.above, ink.below))
    known = np.isfinite(values)
    degrees = np.round(np.nan_to_num(np.where(values < 0, downwards, upwards)) * (_SHADES - 1)).astype(np.int64)
    colours = np.where(known, np.where(values < 0, below[degrees], above[degrees]), 0).astype(np.uint32)
    surface.stripes(colours, 3, surface.height - 4)


def ramp_of(scale: Scale, ink: Ink, canvas: str, steps: int = 24) -> tuple[str, ...]:
    """The colours of heat from the lower to the upper end of a scale."""
    zero = float(np.clip(scale.share(0.0), 0, 1))
    colours = []
    for share in (np.arange(steps) + 0.5) / steps:
        is_below = share < zero
        degree = (zero - share) / zero if is_below else (share - zero) / (1 - zero)
        colours.append(mixed(canvas, ink.below if is_below else ink.above, _FAINTEST + (1 - _FAINTEST) * float(degree)))
    return tuple(colours)


@lru_cache(maxsize=64)
def _shades(colour: str, canvas: str) -> NDArray[np.uint32]:
    """Opaque pixels from nearly the canvas to the colour."""
    shares = _FAINTEST + (1 - _FAINTEST) * np.arange(_SHADES) / (_SHADES - 1)
    return np.array([0xFF000000 | int(mixed(canvas, colour, float(share))[1:], 16) for share in shares], np.uint32)
