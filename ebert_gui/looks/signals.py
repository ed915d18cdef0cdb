"""Draws a signal: the band between minimum and maximum of each column, and its mean."""

import math
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

import numpy as np

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import percent
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Surface
from ebert_gui.looks.columns import Values, column_bins, reduce_columns, round_up, y_of
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.tracks import Part


class SignalStyle(NamedTuple):
    """What is drawn, and how: `number` says which of the colours of signals is taken where none is chosen."""

    part: Part[Signal]
    settings: SignalSettings = SignalSettings()
    number: int = 0
    assay: str = ""
    """Tracks of one assay may share their scale; empty where it is unknown."""


class ArrangedSignal(NamedTuple):
    """The replies, and the colour in which they are drawn."""

    style: SignalStyle
    replies: tuple[Held[Signal], ...]
    colour: str


class SignalLook(Look[SignalStyle, ArrangedSignal]):
    """The band in a light shade, the mean in a full one."""

    has_scale: ClassVar[bool] = True

    def arrange(self, style: SignalStyle, content: TrackContent, room: Room) -> ArrangedSignal:
        """The replies in the order in which they are drawn."""
        return ArrangedSignal(style, content.of(style.part), self.colour(style, room.palette))

    def paint(self, surface: Surface, arranged: ArrangedSignal, scale: Scale) -> None:
        """The band and the mean of every column."""
        band = band_of(arranged.replies, surface.axis)
        pixel = 1.0 / surface.axis.ratio
        # Below the values: a value of 0 covers it, and no value does not.
        surface.rectangle(0, surface.height - pixel, surface.axis.width, pixel, surface.palette.hairline)
        known = np.isfinite(band.mean)
        if not known.any():
            return
        zero = y_of(max(0.0, scale.low), scale, surface.height)
        mean = y_of(band.mean, scale, surface.height)
        highest = y_of(band.maximum, scale, surface.height)
        lowest = y_of(band.minimum, scale, surface.height)
        # Where a column holds several values the band is taller than the mean; it must stay visible at one pixel.
        tops, bottoms = np.where(known, highest, np.nan), np.where(known, np.maximum(lowest, highest), np.nan)
        surface.columns(tops, bottoms, arranged.colour, 0.35)
        lower = np.maximum(np.maximum(mean, zero), mean + pixel / 2)
        surface.columns(np.minimum(mean, zero), lower, arranged.colour, 0.9)

    def caption(self, axis: Axis, arranged: ArrangedSignal) -> str:
        """That a signal is a binary mark, else how values were summed up for a column."""
        newest = arranged.replies[-1].shape if arranged.replies else None
        if newest is not None and newest.block_bases is not None:
            return mark_words(newest.block_bases)
        bases = axis.bases_per_column
        return "each base" if bases < 1.5 else f"mean, range of {_width(bases)}"

    def range_of(self, arranged: ArrangedSignal, axis: Axis) -> Scale | None:
        """From 0 to the highest value on screen, from the lowest to 0 where none is above 0; with round ends."""
        band = band_of(arranged.replies, axis)
        shown = np.concatenate([band.minimum, band.maximum])
        shown = shown[np.isfinite(shown)]
        if not shown.size:
            return None
        settings = arranged.style.settings
        # A difference, since -0.0 would be written as -0.
        low = settings.low if settings.low is not None else 0.0 - round_up(-float(shown.min()))
        high = settings.high if settings.high is not None else round_up(float(shown.max()))
        return Scale(low, high if high > low else 0.0 if low < 0 else low + 1.0)

    def group(self, style: SignalStyle) -> str:
        """Those that share a scale and of which the same ends of it are given."""
        settings = style.settings
        group = settings.scale_group(style.assay)
        return f"signal {group} {settings.low} {settings.high}" if group else ""

    def at(self, arranged: ArrangedSignal, position: float, _interval: Interval) -> Answer:
        """The values under a position."""
        for held in reversed(arranged.replies):
            signal = held.shape
            if signal.bins.start <= position < signal.bins.end:
                return Answer(_value_words(signal, position))
        return Answer()

    def blank(self, arranged: ArrangedSignal, axis: Axis) -> str:
        """That there are no values."""
        return "" if np.isfinite(band_of(arranged.replies, axis).mean).any() else "No values here"

    def colour(self, style: SignalStyle, palette: Palette) -> str:
        """The chosen colour, or that of the cell type."""
        return style.settings.colour or palette.signals[style.number % len(palette.signals)]


class Band(NamedTuple):
    """Minimum, maximum and mean of each device-pixel column; NaN where nothing is known."""

    minimum: Values
    maximum: Values
    mean: Values


def band_of(replies: Iterable[Held[Signal]], axis: Axis) -> Band:
    """What is known of a signal in each column; later replies stand over earlier ones."""
    band = Band(*(np.full(axis.columns, np.nan) for _ in range(3)))
    for held in replies:
        signal = held.shape
        if not held.interval.overlaps(axis.interval) or not signal.mean.size:
            continue
        first, last = column_bins(axis, signal.bins.start, signal.bin_width, signal.mean.size)
        known = last > first
        counted = reduce_columns(np.add, np.isfinite(signal.mean).astype(np.float32), first, last)
        total = reduce_columns(np.add, np.nan_to_num(signal.mean), first, last)
        mean = np.divide(total, counted, out=np.full(total.size, np.nan), where=counted > 0)
        for target, values in (
            (band.minimum, reduce_columns(np.fmin, signal.minimum, first, last)),
            (band.maximum, reduce_columns(np.fmax, signal.maximum, first, last)),
            (band.mean, mean),
        ):
            target[known] = values[known]
    return band


def _value_words(signal: Signal, position: float) -> str:
    width = signal.bin_width
    place = min(int((position - signal.bins.start) / width), signal.mean.size - 1)
    mean, low, high = (float(each[place]) for each in (signal.mean, signal.minimum, signal.maximum))
    if not math.isfinite(mean):
        return "no value"
    if signal.block_bases is not None:
        share = f"{percent(mean)} of {width:,.0f} bp marked" if high > low else "marked" if mean else "not marked"
        return f"{share} ({mean:.4g}), {mark_words(signal.block_bases)}"
    spread = f" ({low:.4g} to {high:.4g} in {width:,.0f} bp)" if high > low else ""
    return f"{mean:.4g}{spread}"


def mark_words(block_bases: int) -> str:
    """`binary mark, 5-kb blocks`: a signal of nothing but 0 and 1, and how coarse it is."""
    if block_bases == 1:
        return "binary mark"
    coarse = block_bases >= 1000 and block_bases % 100 == 0
    width = f"{block_bases / 1000:g}-kb" if coarse else f"{block_bases:,}-bp"
    return f"binary mark, {width} blocks"


def _width(bases: float) -> str:
    return f"{bases:,.0f} bp" if bases < 10_000 else f"{bases / 1000:,.0f} kb"
