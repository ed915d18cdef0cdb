"""Paints a measured signal: the band between minimum and maximum of each column, and its mean."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Signal
from ebert_core.protocol.wording import percent
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Surface
from ebert_gui.state.tracks import SignalTrack

Values = NDArray[np.float64]


class Band(NamedTuple):
    """Minimum, maximum and mean of each device-pixel column; NaN where nothing is known."""

    minimum: Values
    maximum: Values
    mean: Values


class Scale(NamedTuple):
    """The values at the lower and upper edge of a track."""

    low: float = 0.0
    high: float = 1.0


def column_bins(axis: Axis, start: float, width: float, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and one past the last of `count` bins under each column; empty ranges where there are none."""
    edges = (axis.column_edges() - start) / width
    first = np.floor(edges[:-1] + 1e-9).astype(np.int64)
    last = np.maximum(np.ceil(edges[1:] - 1e-9).astype(np.int64), first + 1)
    inside = (last > 0) & (first < count)
    return np.where(inside, np.clip(first, 0, count), 0), np.where(inside, np.clip(last, 0, count), 0)


def reduce_columns(
    reduction: np.ufunc, values: NDArray[np.float32], first: NDArray[np.int64], last: NDArray[np.int64]
) -> Values:
    """The reduction (`np.fmax`, `np.fmin`, `np.add`) of the values of each range; NaN for empty ranges."""
    result = np.full(first.size, np.nan)
    filled = np.flatnonzero(last > first)
    if filled.size:
        begin, end = int(first[filled[0]]), int(last[filled[-1]])
        padded = np.append(values[begin:end].astype(np.float64), np.nan)
        pairs = np.column_stack([first[filled], last[filled]]).ravel() - begin
        result[filled] = reduction.reduceat(padded, pairs)[::2]
    return result


def band_of(replies: Iterable[Held[object]], axis: Axis) -> Band:
    """What is known of a signal in each column; later replies stand over earlier ones."""
    band = Band(*(np.full(axis.columns, np.nan) for _ in range(3)))
    for held in replies:
        signal = held.reply
        if not isinstance(signal, Signal) or not held.interval.overlaps(axis.interval) or not signal.mean.size:
            continue
        width = signal.interval.length / signal.mean.size
        first, last = column_bins(axis, signal.interval.start, width, signal.mean.size)
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


def paint_signal(surface: Surface, track: SignalTrack, content: TrackContent, scale: Scale, setting: Setting) -> None:
    """The band in a light shade, the mean in a full one."""
    band = band_of(content.replies("signal"), surface.axis)
    colour = signal_colour(surface.palette, track, setting)
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
    surface.columns(
        np.where(known, highest, np.nan), np.where(known, np.maximum(lowest, highest), np.nan), colour, 0.35
    )
    surface.columns(np.minimum(mean, zero), np.maximum(np.maximum(mean, zero), mean + pixel / 2), colour, 0.9)


def signal_colour(palette: Palette, track: SignalTrack, setting: Setting) -> str:
    """The track's own colour, or that of its cell type."""
    colours = palette.signals
    return track.colour or colours[setting.signal_colours.get(track.cell_type, 0) % len(colours)]


def y_of(value: Values | float, scale: Scale, height: float) -> Values:
    """Logical y of values, held inside the track; 3 pixels stay free at the top."""
    share = (np.asarray(value, dtype=np.float64) - scale.low) / (scale.high - scale.low)
    return (height - 1) - np.clip(share, 0, 1) * (height - 4)


def signal_range(track: SignalTrack, content: TrackContent, axis: Axis, _setting: Setting) -> Scale | None:
    """From 0 to the highest value on screen, from the lowest to 0 where none is above 0; with round ends."""
    band = band_of(content.replies("signal"), axis)
    shown = np.concatenate([band.minimum, band.maximum])
    shown = shown[np.isfinite(shown)]
    if not shown.size:
        return None
    low = 0.0 - round_up(-float(shown.min()))  # a difference, since -0.0 would be written as -0
    high = track.maximum if track.maximum is not None else round_up(float(shown.max()))
    return Scale(low, high if high > low else 0.0 if low < 0 else 1.0)


def round_up(value: float) -> float:
    """The next round number above: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten; 0 for what is not above 0."""
    if not math.isfinite(value) or value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.999999)


def describe_signal(_track: SignalTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The values under a position."""
    for held in reversed(content.replies("signal")):
        signal = held.reply
        if isinstance(signal, Signal) and signal.interval.start <= position < signal.interval.end:
            width = signal.interval.length / max(1, signal.mean.size)
            place = min(int((position - signal.interval.start) / width), signal.mean.size - 1)
            mean, low, high = (float(each[place]) for each in (signal.mean, signal.minimum, signal.maximum))
            if not math.isfinite(mean):
                return "no value"
            if signal.block_bases is not None:
                share = (
                    f"{percent(mean)} of {width:,.0f} bp marked" if high > low else "marked" if mean else "not marked"
                )
                return f"{share} ({mean:.4g}), {mark_words(signal.block_bases)}"
            spread = f" ({low:.4g} to {high:.4g} in {width:,.0f} bp)" if high > low else ""
            return f"{mean:.4g}{spread}"
    return ""


def caption_signal(surface: Surface, _track: SignalTrack, content: TrackContent, _setting: Setting) -> str:
    """That a signal is a binary mark, else how values were summed up for a column."""
    newest = content.newest("signal")
    if isinstance(newest, Signal) and newest.block_bases is not None:
        return mark_words(newest.block_bases)
    bases = surface.axis.bases_per_column
    return "each base" if bases < 1.5 else f"mean, range of {_width(bases)}"


def mark_words(block_bases: int) -> str:
    """`binary mark, 5-kb blocks`: a signal of nothing but 0 and 1, and how coarse it is."""
    if block_bases == 1:
        return "binary mark"
    coarse = block_bases >= 1000 and block_bases % 100 == 0
    width = f"{block_bases / 1000:g}-kb" if coarse else f"{block_bases:,}-bp"
    return f"binary mark, {width} blocks"


def _width(bases: float) -> str:
    return f"{bases:,.0f} bp" if bases < 10_000 else f"{bases / 1000:,.0f} kb"
