"""Draws several signals in one row, on one scale, each in a colour of its own that lets the others shine through."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, NamedTuple

from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale, Tick
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Surface
from ebert_gui.looks.band import band_of, one_column_wider, scale_of
from ebert_gui.looks.columns import y_of
from ebert_gui.looks.signal_painting import Ink, paint_signal, paint_zero_line, ramp_of
from ebert_gui.looks.signal_settings import DRAWING, SignalSettings
from ebert_gui.looks.signals import blank_words, group_of, scale_sentences, statistic_words, words_at
from ebert_gui.state.settings import COLOURS
from ebert_gui.state.tracks import Part

_LEGEND_PIXELS = 10
_SWATCH = 8.0


class OverlaySettings(SignalSettings, frozen=True, kw_only=True):
    """How signals in one row are drawn; `colour` is that of the first."""

    second: Annotated[
        str, field("the colour of the second signal", title="Second", holds="colour", empty="usual", group=COLOURS)
    ] = ""
    third: Annotated[
        str, field("the colour of the third signal", title="Third", holds="colour", empty="usual", group=COLOURS)
    ] = ""
    fourth: Annotated[
        str, field("the colour of the fourth signal", title="Fourth", holds="colour", empty="usual", group=COLOURS)
    ] = ""
    opacity: Annotated[
        int,
        field(
            "how little of what lies behind a signal shines through it",
            title="Opacity",
            ge=10,
            le=100,
            unit=" %",
            step=5,
            group=DRAWING,
        ),
    ] = 60

    @property
    def colours(self) -> tuple[str, ...]:
        """The chosen colours of the first signals, empty for the usual ones."""
        return (self.colour, self.second, self.third, self.fourth)


class Layer(NamedTuple):
    """One of the signals: its part, and what it is called among them."""

    part: Part[Signal]
    name: str


class OverlayStyle(NamedTuple):
    """The signals from the back to the front, and how they are drawn; `assay` is what all of them are of, if so."""

    layers: tuple[Layer, ...]
    settings: OverlaySettings = OverlaySettings()
    assay: str = ""


class ArrangedLayer(NamedTuple):
    """A signal with its colour and the width of its name in the legend."""

    name: str
    replies: tuple[Held[Signal], ...]
    ink: Ink
    width: float


class ArrangedOverlay(NamedTuple):
    """All of them."""

    style: OverlayStyle
    layers: tuple[ArrangedLayer, ...]


class OverlayLook(Look[OverlayStyle, ArrangedOverlay]):
    """The signals over each other, as heat below each other, and a legend of their colours."""

    has_scale: ClassVar[bool] = True

    def arrange(self, style: OverlayStyle, content: TrackContent, room: Room) -> ArrangedOverlay:
        """The replies of each signal, its colour, and the widths of the names."""
        names = tuple(layer.name for layer in style.layers)
        widths = room.text_widths(names, _LEGEND_PIXELS).tolist()
        layers = (
            ArrangedLayer(layer.name, content.of(layer.part), _ink(style.settings, number, room.palette), width)
            for number, (layer, width) in enumerate(zip(style.layers, widths, strict=True))
        )
        return ArrangedOverlay(style, tuple(layers))

    def paint(self, surface: Surface, arranged: ArrangedOverlay, scale: Scale) -> None:
        """Every signal, the first behind the others."""
        axis, settings = surface.axis, arranged.style.settings
        pixel = 1.0 / axis.ratio
        surface.rectangle(0, surface.height - pixel, axis.width, pixel, surface.palette.hairline)
        if settings.form == "heat":
            self._paint_below_each_other(surface, arranged, scale)
            return
        if settings.has_zero_line:
            paint_zero_line(surface, scale)
        for layer in arranged.layers:
            paint_signal(surface, band_of(layer.replies, one_column_wider(axis)), settings, scale, layer.ink)

    def _paint_below_each_other(self, surface: Surface, arranged: ArrangedOverlay, scale: Scale) -> None:
        each = surface.height / max(1, len(arranged.layers))
        for number, layer in enumerate(arranged.layers):
            part = surface.at(number * each, each)
            band = band_of(layer.replies, one_column_wider(surface.axis))
            paint_signal(part, band, arranged.style.settings, scale, layer.ink)
            part.back()

    def annotate(self, surface: Surface, arranged: ArrangedOverlay, scale: Scale) -> None:
        """The legend: beside each other at the top as far as there is room, or at the top of each strip of heat."""
        del scale
        is_heat = arranged.style.settings.form == "heat"
        each = surface.height / max(1, len(arranged.layers))
        x = 6.0
        for number, layer in enumerate(arranged.layers):
            top = 4.0 + number * each * is_heat
            width = layer.width + _SWATCH + 10
            if x + width > surface.axis.width:
                return
            surface.rectangle(x - 3, top - 1, width, 13, surface.palette.canvas)
            surface.rectangle(x, top + 2, _SWATCH, _SWATCH, layer.ink.above)
            box = QRectF(x + _SWATCH + 4, top - 1, layer.width, 13)
            surface.text(box, layer.name, surface.palette.text, _LEGEND_PIXELS)
            x += 0 if is_heat else width + 4

    def caption(self, axis: Axis, arranged: ArrangedOverlay) -> str:
        """How values were summed up for a column."""
        return statistic_words(arranged.style.settings, axis)

    def scale_words(self, style: OverlayStyle) -> tuple[str, ...]:
        """That it is no linear, automatic scale, and that the values are smoothed."""
        return style.settings.scale_words

    def about(self, arranged: ArrangedOverlay, axis: Axis, scale: Scale | None) -> str:
        """What is drawn, what a column shows of it, and the scale."""
        style, names = arranged.style, ", ".join(layer.name for layer in arranged.layers)
        said = (f"{names}.", super().about(arranged, axis, scale))
        return " ".join((*said, *scale_sentences(style.settings, style.assay, axis, scale)))

    def ticks(self, arranged: ArrangedOverlay, scale: Scale, height: float) -> tuple[Tick, ...]:
        """Zero, and powers of ten on a logarithmic axis; none of heat, whose strips have no heights for values."""
        is_heat = arranged.style.settings.form == "heat"
        return () if is_heat else tuple(Tick(float(y_of(value, scale, height)), value) for value in scale.between)

    def ramp(self, arranged: ArrangedOverlay, palette: Palette, scale: Scale) -> tuple[str, ...]:
        """How full colours are, from the lowest value to the highest."""
        is_heat = arranged.style.settings.form == "heat"
        return ramp_of(scale, Ink(palette.muted, palette.muted), palette.canvas) if is_heat else ()

    def range_of(self, arranged: ArrangedOverlay, axis: Axis) -> Scale | None:
        """The scale on which all of them can be seen."""
        bands = (band_of(layer.replies, axis) for layer in arranged.layers)
        scales = [scale for band in bands if (scale := scale_of(band, arranged.style.settings)) is not None]
        if not scales:
            return None
        low, high = min(scale.low for scale in scales), max(scale.high for scale in scales)
        return scales[0]._replace(low=low, high=high)

    def group(self, style: OverlayStyle) -> str:
        """Those that share a scale, signals of one assay in rows of their own among them."""
        return group_of(style.settings, style.assay)

    def at(self, arranged: ArrangedOverlay, position: float, _interval: Interval) -> Answer:
        """The values of all of them under a position."""
        said = ((layer.name, words_at(layer.replies, position)) for layer in arranged.layers)
        return Answer(" · ".join(f"{name} {words}" for name, words in said if words))

    def blank(self, arranged: ArrangedOverlay, axis: Axis) -> str:
        """That there are no values, or none that a logarithmic axis shows."""
        return blank_words([band_of(layer.replies, axis) for layer in arranged.layers], arranged.style.settings)

    def colour(self, style: OverlayStyle, palette: Palette) -> str:
        """That of the first signal."""
        return _ink(style.settings, 0, palette).above

    def usual_colours(self, style: OverlayStyle, palette: Palette) -> Mapping[str, str]:
        """Those of the signals that there are; below zero is that of the first."""
        signals = palette.signals[: len(style.layers)]
        further = dict(zip(("second", "third", "fourth"), signals[1:], strict=False))
        return {"below": self.colour(style, palette), **further}


def _ink(settings: OverlaySettings, number: int, palette: Palette) -> Ink:
    chosen = settings.colours[number] if number < len(settings.colours) else ""
    colour = chosen or palette.signals[number % len(palette.signals)]
    # The colours tell the signals apart, so that a second one for what is below zero would be one more signal.
    return Ink(colour, settings.below or colour, settings.opacity / 100)
