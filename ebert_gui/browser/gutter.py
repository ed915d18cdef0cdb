"""Paints the fixed column at the left: what a track is, of which cell type, and what its scale means."""

from typing import NamedTuple

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF

from ebert_core.protocol.calling import Doubt
from ebert_core.protocol.machine.showing import shown
from ebert_gui.browser import chrome
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Scale, Tick
from ebert_gui.browser.scale import number_words
from ebert_gui.browser.surface import Left, Right, Surface
from ebert_gui.state.tracks import Track

_MARGIN = 12.0
_NUMBER_PIXELS = 10
_SIGN = 17.0
_LINE = 15.0
_RAMP = 7.0


class Label(NamedTuple):
    """What the gutter says of a track: what it is, the caption of its values, its scale, and what speaks against them.

    `edges` are the logical y at which the numbers of the scale stand; `colour` marks the track. `scale_words` say what
    is unusual of the scale, `ticks` are the values between its ends, `ramp` the colours that stand for values.
    """

    track: Track
    caption: str = ""
    scale: Scale | None = None
    edges: tuple[float, float] = (0.0, 0.0)
    colour: str = ""
    doubts: tuple[Doubt, ...] = ()
    scale_words: tuple[str, ...] = ()
    ticks: tuple[Tick, ...] = ()
    ramp: tuple[str, ...] = ()

    @property
    def subtitle(self) -> str:
        """The line below the title: the cell type, and what is unusual of the scale."""
        return " · ".join(filter(None, (self.track.subtitle, *self.scale_words)))


def doubts_of(own: tuple[Doubt, ...], content: TrackContent) -> tuple[Doubt, ...]:
    """Why what is drawn is not to be taken at its word: what speaks against the values, and what was not read."""
    return (*own, *(Doubt(each.short, each.full) for each in content.remarks))


def paint_label(surface: Surface, width: float, label: Label) -> None:
    """Title, cell type and caption; numbers of the scale, where there is one, stand at the plot's edge."""
    palette, track, doubts = surface.palette, label.track, label.doubts
    surface.rectangle(0, -1, width, surface.height + 6, palette.canvas)
    surface.rectangle(width - 1, 0, 1, surface.height, palette.hairline)
    surface.rectangle(0, surface.height + 2, surface.axis.width + width, 1, palette.hairline)
    if label.colour:
        surface.rectangle(0, 2, 3, surface.height - 4, label.colour)
    numbers = _numbers_of(label)
    if surface.height < 40:
        room = width - _MARGIN - 8 - _SIGN * bool(doubts)
        _paint_on_one_line(surface, track.title, label.subtitle or label.caption, room)
        if doubts:
            _paint_sign(surface, _MARGIN + room, surface.height / 2)
    else:
        end = _paint_lines(surface, width, label, numbers, _LINE * bool(doubts))
        if doubts:
            _paint_doubts(surface, width, end, doubts)
    _paint_ticks(surface, width, label)
    _paint_numbers(surface, width - _RAMP * bool(label.ramp), numbers)


class Number(NamedTuple):
    """An end of a scale as it is written beside the plot: logical y of its top, and its text."""

    y: float
    text: str

    def room_beside(self, surface: Surface, y: float) -> float:
        """What a line of text at a logical y must leave free for it."""
        touches = y + 2 < self.y + 11 and self.y + 2 < y + 13  # as far as letters and digits reach
        return surface.text_width(self.text, _NUMBER_PIXELS) + 4 if touches else 0.0


def _numbers_of(label: Label) -> tuple[Number, ...]:
    """The ends of a scale, at the edges of the plot that they belong to; none where both have no room."""
    if label.scale is None:
        return ()
    top, bottom = label.edges
    if bottom - top < 10:
        return ()
    numbers = [Number(top, number_words(label.scale.high)), Number(bottom, number_words(label.scale.low))]
    for tick in label.ticks:
        y = tick.y - 6.5
        if all(abs(y - other.y) >= _NUMBER_PIXELS + 1 for other in numbers):
            numbers.append(Number(y, number_words(tick.value)))
    return tuple(numbers)


def _paint_lines(surface: Surface, width: float, label: Label, numbers: tuple[Number, ...], kept: float) -> float:
    """Title, cell type and caption below each other, and where they end; the numbers of a scale keep their place.

    A height of `kept` is left free below them: a title that would need it for a second line is cut.
    """
    palette, track, room = surface.palette, label.track, width - _MARGIN - 8
    beside = max((number.room_beside(surface, 6) for number in numbers), default=0.0)
    below = [text for text in (label.subtitle, label.caption) if text]
    titles = broken(surface, track.title, room - beside) if not label.subtitle else [track.title]
    if _LINE * (len(titles) + len(below)) + kept > surface.height:
        titles = [track.title]
    lines = [(text, True) for text in titles] + [(text, False) for text in below]
    y = max(2.0, (surface.height - kept - _LINE * len(lines)) / 2) if surface.height < 64 else 6.0
    for text, is_title in lines:
        available = room - max((number.room_beside(surface, y) for number in numbers), default=0.0)
        pixels, colour = (12, palette.text) if is_title else (11, palette.muted)
        shown = elided(surface, text, pixels, is_title, available)
        surface.text(QRectF(_MARGIN, y, available, 15), shown, colour, pixels, Left, is_title)
        y += _LINE
    return y


def _paint_doubts(surface: Surface, width: float, y: float, doubts: tuple[Doubt, ...]) -> None:
    """The gravest doubts in a few words each, as many as the height has room for; the tooltip has all of them."""
    _paint_sign(surface, _MARGIN, y + 7)
    room = width - _MARGIN - _SIGN - 8
    for number, doubt in enumerate(doubts):
        top = y + 15 * number
        if number == 0 or top + 14 <= surface.height:
            shown = elided(surface, doubt.short, 11, True, room)
            surface.text(QRectF(_MARGIN + _SIGN, top, room, 15), shown, surface.palette.warning, 11, Left, True)


def _paint_sign(surface: Surface, x: float, middle: float) -> None:
    """A triangle with a stroke in it: the sign that values are not to be taken at their word."""
    surface.polygon([(x, middle + 5), (x + 6, middle - 6), (x + 12, middle + 5)], surface.palette.warning)
    surface.rectangle(x + 5.25, middle - 2.5, 1.5, 4, surface.palette.canvas)
    surface.rectangle(x + 5.25, middle + 2.5, 1.5, 1.5, surface.palette.canvas)


def broken(surface: Surface, title: str, room: float) -> list[str]:
    """The title in two lines where one is too short for it, after a sign where there is one."""
    if surface.text_width(title, 12, True) <= room:
        return [title]
    fitting = next(n for n in range(len(title), 0, -1) if surface.text_width(title[:n], 12, True) <= room or n == 1)
    sign = max(title.rfind(each, 1, fitting) for each in "._- ")
    place = sign + 1 if sign > 0 else fitting
    return [title[:place], title[place:]]


def _paint_on_one_line(surface: Surface, title: str, subtitle: str, room: float) -> None:
    palette = surface.palette
    shown = elided(surface, title, 12, True, room)
    surface.text(QRectF(_MARGIN, 0, room, surface.height), shown, palette.text, 12, Left, True)
    used = surface.text_width(shown, 12, True) + 8
    if subtitle and room - used > 24:
        text = elided(surface, subtitle, 11, False, room - used)
        surface.text(QRectF(_MARGIN + used, 0, room - used, surface.height), text, palette.muted, 11, Left)


def _paint_ticks(surface: Surface, width: float, label: Label) -> None:
    """A short line beside the plot at each tick, and the colours that stand for values, from the lowest up."""
    for tick in label.ticks:
        # On whole device pixels, as the line at zero is, so that it is sharp and meets it.
        y = round(tick.y * surface.axis.ratio) / surface.axis.ratio
        surface.rectangle(width - 5, y, 4, 1, surface.palette.border)
    if label.ramp:
        top, bottom = 3.0, surface.height - 1
        each = (bottom - top) / len(label.ramp)
        for number, colour in enumerate(label.ramp):
            surface.rectangle(width - _RAMP, bottom - (number + 1) * each, _RAMP - 2, each, colour)


def _paint_numbers(surface: Surface, width: float, numbers: tuple[Number, ...]) -> None:
    for number in numbers:
        box = QRectF(_MARGIN, number.y, width - _MARGIN - 6, 13)
        surface.text(box, number.text, surface.palette.muted, _NUMBER_PIXELS, Right)


def elided(surface: Surface, text: str, pixels: int, is_bold: bool, room: float) -> str:
    """The text, its middle left out where there is no room; the tooltip has all of it."""
    metrics = QFontMetricsF(surface.small_font(pixels, is_bold))
    return metrics.elidedText(shown(text), Qt.TextElideMode.ElideMiddle, room)


def paint_place(surface: Surface, width: float, axis: Axis, bands: str) -> None:
    """Chromosome, band and length of the view beside ideogram and ruler."""
    palette, top = surface.palette, surface.height
    box = QRectF(_MARGIN, top, width - _MARGIN - 8, chrome.IDEOGRAM_HEIGHT)
    surface.text(box, axis.chromosome, palette.text, 12, Left, True)
    surface.text(box, bands, palette.muted, 11, Right)
    below = QRectF(_MARGIN, top + chrome.IDEOGRAM_HEIGHT, width - _MARGIN - 8, chrome.RULER_HEIGHT)
    surface.text(below, chrome.span_text(axis.end - axis.start), palette.muted, 11, Left)
    bottom = top + chrome.IDEOGRAM_HEIGHT + chrome.RULER_HEIGHT - 1
    surface.painter.fillRect(QRectF(0, bottom, width, 1), QColor(palette.border))


def paint_heading(surface: Surface, width: float, text: str) -> None:
    """What a strip of the header is, beside it."""
    palette, height = surface.palette, surface.height
    surface.text(QRectF(_MARGIN, 0, width - _MARGIN - 8, height - 2), text, palette.muted, 11, Left)
    surface.painter.fillRect(QRectF(0, height - 1, width, 1), QColor(palette.border))
