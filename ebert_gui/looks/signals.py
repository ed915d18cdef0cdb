"""Draws a signal: what is known of each column, in one of several ways, on a scale of several kinds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import percent
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale, Tick
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.scale import number_words
from ebert_gui.browser.surface import Surface
from ebert_gui.looks.band import Band, band_of, one_column_wider, scale_of
from ebert_gui.looks.columns import y_of
from ebert_gui.looks.second_colour import second_colour
from ebert_gui.looks.signal_painting import Ink, paint_signal, paint_zero_line, ramp_of
from ebert_gui.looks.signal_settings import SignalSettings, bases_words
from ebert_gui.state.tracks import Part

_STATISTICS = {"range": "mean, range", "mean": "mean", "minimum": "minimum", "maximum": "maximum"}
_SPACINGS = {"linear": "Scale", "log": "Logarithmic scale", "symlog": "Symmetric logarithmic scale"}


class SignalStyle(NamedTuple):
    """What is drawn, and how: `number` says which of the colours of signals is taken where none is chosen."""

    part: Part[Signal]
    settings: SignalSettings = SignalSettings()
    number: int = 0
    assay: str = ""
    """Tracks of one assay may share their scale; empty where it is unknown."""


class ArrangedSignal(NamedTuple):
    """The replies, and the colours in which they are drawn."""

    style: SignalStyle
    replies: tuple[Held[Signal], ...]
    ink: Ink


class SignalLook(Look[SignalStyle, ArrangedSignal]):
    """Bars, a line, points or heat; a range in a light shade, values below zero in a second colour."""

    has_scale: ClassVar[bool] = True

    def arrange(self, style: SignalStyle, content: TrackContent, room: Room) -> ArrangedSignal:
        """The replies in the order in which they are drawn."""
        return ArrangedSignal(style, content.of(style.part), self._ink(style, room.palette))

    def paint(self, surface: Surface, arranged: ArrangedSignal, scale: Scale) -> None:
        """What is known of every column."""
        axis, settings = surface.axis, arranged.style.settings
        pixel = 1.0 / axis.ratio
        # Below the values: a value of 0 covers it, and no value does not.
        surface.rectangle(0, surface.height - pixel, axis.width, pixel, surface.palette.hairline)
        if settings.has_zero_line and settings.form != "heat":
            paint_zero_line(surface, scale)
        paint_signal(surface, band_of(arranged.replies, one_column_wider(axis)), settings, scale, arranged.ink)

    def caption(self, axis: Axis, arranged: ArrangedSignal) -> str:
        """That a signal is a binary mark, else how values were summed up for a column."""
        newest = arranged.replies[-1].shape if arranged.replies else None
        if newest is not None and newest.block_bases is not None:
            return mark_words(newest.block_bases)
        return statistic_words(arranged.style.settings, axis)

    def scale_words(self, style: SignalStyle) -> tuple[str, ...]:
        """That it is no linear, automatic scale of an assay, and that the values are smoothed."""
        return style.settings.scale_words

    def about(self, arranged: ArrangedSignal, axis: Axis, scale: Scale | None) -> str:
        """What a column shows, and the scale, with whom it is shared and what it leaves out."""
        style = arranged.style
        return " ".join(
            (super().about(arranged, axis, scale), *scale_sentences(style.settings, style.assay, axis, scale))
        )

    def ticks(self, arranged: ArrangedSignal, scale: Scale, height: float) -> tuple[Tick, ...]:
        """Zero, and powers of ten on a logarithmic axis."""
        del arranged
        return tuple(Tick(float(y_of(value, scale, height)), value) for value in scale.between)

    def ramp(self, arranged: ArrangedSignal, palette: Palette, scale: Scale) -> tuple[str, ...]:
        """The colours of heat."""
        return ramp_of(scale, arranged.ink, palette.canvas) if arranged.style.settings.form == "heat" else ()

    def range_of(self, arranged: ArrangedSignal, axis: Axis) -> Scale | None:
        """The scale on which what is on screen can be seen."""
        return scale_of(band_of(arranged.replies, axis), arranged.style.settings)

    def group(self, style: SignalStyle) -> str:
        """Those that share a scale, have the same kind of it, and of which the same ends of it are given."""
        return group_of(style.settings, style.assay)

    def at(self, arranged: ArrangedSignal, position: float, _interval: Interval) -> Answer:
        """The values under a position."""
        words, window = words_at(arranged.replies, position), arranged.style.settings.smoothing
        return Answer(f"{words}, smoothed over {bases_words(window)}" if words and window else words)

    def blank(self, arranged: ArrangedSignal, axis: Axis) -> str:
        """That there are no values, or none that a logarithmic axis shows."""
        return blank_words([band_of(arranged.replies, axis)], arranged.style.settings)

    def colour(self, style: SignalStyle, palette: Palette) -> str:
        """The chosen colour, or that of the cell type."""
        return style.settings.colour or palette.signals[style.number % len(palette.signals)]

    def usual_colours(self, style: SignalStyle, palette: Palette) -> Mapping[str, str]:
        """That of values below zero."""
        return {"below": second_colour(self.colour(style, palette), tuple(palette.signals))}

    def _ink(self, style: SignalStyle, palette: Palette) -> Ink:
        above = self.colour(style, palette)
        return Ink(above, style.settings.below or self.usual_colours(style, palette)["below"])


def statistic_words(settings: SignalSettings, axis: Axis) -> str:
    """What a column shows of the values in it."""
    bases = axis.bases_per_column
    return "each base" if bases < 1.5 else f"{_STATISTICS[settings.drawn_statistic]} of {_width(bases)}"


def group_of(settings: SignalSettings, assay: str) -> str:
    """What tracks have in common that share a scale: what it is of, its kind, and its given ends."""
    group = settings.scale_group(assay)
    return f"signal {group} {settings.spacing} {settings.ends} {settings.reach}" if group else ""


def blank_words(bands: Sequence[Band], settings: SignalSettings) -> str:
    """Why nothing can be seen, if nothing can: there are no values, or none that a logarithmic axis shows."""
    if not any(band.is_known.any() for band in bands):
        return "No values here"
    highest = (band.extremes(settings.drawn_statistic)[1] for band in bands)
    is_hidden = settings.spacing == "log" and not any((values > 0).any() for values in highest)
    return "No value above 0 here, and a logarithmic axis shows no others" if is_hidden else ""


def scale_sentences(settings: SignalSettings, assay: str, axis: Axis, scale: Scale | None) -> Iterator[str]:
    """Over what values are smoothed; the scale, with whom it is shared, and what it leaves out."""
    window = settings.smoothing
    if window:
        is_wide = 2 * axis.bases_per_column > window
        makes_none = ", which makes no difference at this zoom" if is_wide else ""
        yield f"Smoothed over {bases_words(window)}{makes_none}."
    if scale is None:
        return
    said = f"{_SPACINGS[scale.spacing]} from {number_words(scale.low)} to {number_words(scale.high)}"
    if settings.shared == "group":
        said += f", shared by the group {settings.group or 'without a name'}"
    elif settings.shared == "assay" and assay:
        said += f", shared by tracks of {assay}"
    if settings.reach != "all" and None in settings.ends:
        said += f", with room for {settings.reach} % of the columns on screen"
    yield f"{said}."


def words_at(replies: Sequence[Held[Signal]], position: float) -> str:
    """The values under a position; empty where none is known of."""
    for held in reversed(replies):
        if held.shape.bins.start <= position < held.shape.bins.end:
            return _value_words(held.shape, position)
    return ""


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
