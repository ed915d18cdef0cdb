"""What painters draw on: a QPainter with an axis, as pixels made by numpy or, for vector files, as paths."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPainterPath, QPen, QPolygonF

from ebert_core.protocol.machine.showing import shown
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.fonts import SMALL_PIXELS, small_font, text_width
from ebert_gui.browser.palette import Palette

DOTTED = Qt.BrushStyle.Dense6Pattern
Left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Centre = Qt.AlignmentFlag.AlignCenter
Right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Surface:
    """A stretch of one track: y runs from 0 to `height`, x along the axis, both in logical pixels."""

    painter: QPainter
    axis: Axis
    height: float
    palette: Palette
    font: QFont
    is_vector: bool = False

    def small_font(self, pixels: int = SMALL_PIXELS, is_bold: bool = False) -> QFont:
        """The window's font at another size."""
        return small_font(self.font, pixels, is_bold)

    def text_width(self, text: str, pixels: int = SMALL_PIXELS, is_bold: bool = False) -> float:
        """Width of a text in logical pixels."""
        return text_width(self.font, text, pixels, is_bold)

    def at(self, y: float, height: float) -> "Surface":
        """The part of this surface that begins at y; the painter is moved there until `back` is called."""
        self.painter.save()
        self.painter.translate(0, y)
        return replace(self, height=height)

    def back(self) -> None:
        """Leave the part that `at` entered."""
        self.painter.restore()

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str | QColor) -> None:
        """A filled rectangle."""
        self.painter.fillRect(QRectF(x, y, width, height), QColor(colour))

    def rectangles(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64], y: float, height: float, colour: str
    ) -> None:
        """Filled rectangles between pairs of positions in x, on whole device pixels so that neighbours meet."""
        ratio = self.axis.ratio
        inside = (ends >= -1) & (starts <= self.axis.width + 1)
        lefts = np.round(np.maximum(starts[inside], -2.0) * ratio)
        rights = np.maximum(np.round(np.minimum(ends[inside], self.axis.width + 2) * ratio), lefts + 1)
        brush = QColor(colour)
        for left, right in zip((lefts / ratio).tolist(), (rights / ratio).tolist(), strict=True):
            self.painter.fillRect(QRectF(left, y, right - left, height), brush)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str | QColor, width: float = 1.0) -> None:
        """A straight line."""
        self.painter.setPen(QPen(QColor(colour), width))
        self.painter.drawLine(QPointF(x0, y0), QPointF(x1, y1))

    def frame(self, x: float, y: float, width: float, height: float, colour: str | QColor) -> None:
        """A line of one pixel inside the edges of a rectangle; sharp where these are whole numbers."""
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(QColor(colour), 1))
        self.painter.drawRect(QRectF(x + 0.5, y + 0.5, width - 1, height - 1))

    def polygon(self, points: list[tuple[float, float]], colour: str | QColor) -> None:
        """A filled polygon."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        self.painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

    def disc(self, x: float, y: float, radius: float, colour: str | QColor) -> None:
        """A filled circle around a point."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        self.painter.drawEllipse(QPointF(x, y), radius, radius)

    def text(
        self,
        box: QRectF,
        text: str,
        colour: str | QColor,
        pixels: int = SMALL_PIXELS,
        alignment: Qt.AlignmentFlag = Left,
        is_bold: bool = False,
    ) -> None:
        """Text in a box."""
        self.painter.setFont(self.small_font(pixels, is_bold))
        self.painter.setPen(QColor(colour))
        self.painter.drawText(box, alignment | Qt.TextFlag.TextDontClip, shown(text))

    def hatch(self, x: float, y: float, width: float, height: float) -> None:
        """A hatched box: there is no value here."""
        self.rectangle(x, y, width, height, self.palette.canvas)
        pattern = QBrush(QColor(self.palette.border), Qt.BrushStyle.BDiagPattern)
        self.painter.setBrushOrigin(QPointF(0, 0))
        self.painter.fillRect(QRectF(x, y, width, height), pattern)

    def dot(self, x: float, y: float, width: float, height: float) -> None:
        """A dotted box: nothing was computed here."""
        self.painter.setBrushOrigin(QPointF(0, 0))
        self.painter.fillRect(QRectF(x, y, width, height), QBrush(QColor(self.palette.border), DOTTED))

    def columns(self, top: NDArray[np.float64], bottom: NDArray[np.float64], colour: str, opacity: float = 1.0) -> None:
        """Fill every device-pixel column between two heights (y downwards); NaN leaves a column empty."""
        if self.is_vector:
            self._column_path(top, bottom, colour, opacity)
        else:
            self._column_image(top, bottom, colour, opacity)

    def polyline(self, ys: NDArray[np.float64], colour: str, opacity: float, width: float) -> None:
        """A line through a height in the middle of each device-pixel column; NaN breaks it."""
        ratio = self.axis.ratio
        bounds = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(ys), [False]]).astype(np.int8)))
        path = QPainterPath()
        for first, last in zip(bounds[::2].tolist(), bounds[1::2].tolist(), strict=True):
            path.moveTo((first + 0.5) / ratio, ys[first])
            for column in range(first + 1, last):
                path.lineTo((column + 0.5) / ratio, ys[column])
        wanted = QColor(colour)
        wanted.setAlphaF(opacity)
        self.painter.strokePath(path, QPen(wanted, width))

    def stripes(self, colours: NDArray[np.uint32], y: float, height: float) -> None:
        """Fill every device-pixel column with a colour (0xffRRGGBB) from a height on; 0 leaves a column empty."""
        ratio = self.axis.ratio
        if not self.is_vector:
            pixels = colours.astype("<u4").view(np.uint8).reshape(1, colours.size, 4)
            self.image(pixels, QRectF(0, y, colours.size / ratio, height))
            return
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(colours)) + 1, [colours.size]])
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            if colours[first]:
                self.rectangle(first / ratio, y, (last - first) / ratio, height, QColor(int(colours[first])))

    def image(self, rgba: NDArray[np.uint8], box: QRectF) -> None:
        """An image of (rows, columns, 4) premultiplied bytes (blue, green, red, alpha) over a box."""
        pixels = np.ascontiguousarray(rgba)
        rows, columns = pixels.shape[:2]
        picture = QImage(
            pixels.data,
            columns,
            rows,
            columns * 4,
            QImage.Format.Format_ARGB32_Premultiplied,  # type: ignore[call-overload]  # a buffer is taken as well as bytes
        )
        self.painter.drawImage(box, picture)

    def _column_image(self, top: NDArray[np.float64], bottom: NDArray[np.float64], colour: str, opacity: float) -> None:
        ratio = self.axis.ratio
        rows = max(1, round(self.height * ratio))
        edge = np.arange(rows, dtype=np.float32)[:, None]
        first = np.nan_to_num(top * (255 * ratio), nan=1e9).astype(np.float32)[None, :]
        last = np.nan_to_num(bottom * (255 * ratio), nan=0.0).astype(np.float32)[None, :]
        cover = np.minimum((edge + 1) * 255, last)
        cover -= np.maximum(edge * 255, first)
        np.clip(cover, 0, 255, out=cover)
        pixels = _shades(colour, opacity)[cover.astype(np.uint8)]
        self.image(pixels.view(np.uint8).reshape(rows, top.size, 4), QRectF(0, 0, top.size / ratio, rows / ratio))

    def _column_path(self, top: NDArray[np.float64], bottom: NDArray[np.float64], colour: str, opacity: float) -> None:
        path = QPainterPath()
        ratio = self.axis.ratio
        changes = np.flatnonzero((top[1:] != top[:-1]) | (bottom[1:] != bottom[:-1])) + 1
        bounds = np.concatenate([[0], changes, [top.size]])
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            high, low = top[first], bottom[first]
            if low > high:
                path.addRect(QRectF(first / ratio, high, (last - first) / ratio, low - high))
        wanted = QColor(colour)
        wanted.setAlphaF(opacity)
        self.painter.fillPath(path, wanted)


@lru_cache(maxsize=64)
def _shades(colour: str, opacity: float) -> NDArray[np.uint32]:
    """The colour at 256 degrees of cover, as premultiplied pixels."""
    wanted = QColor(colour)
    alpha = np.arange(256, dtype=np.uint32) * round(255 * opacity) // 255
    return (
        (alpha << 24)
        | ((alpha * wanted.red() // 255) << 16)
        | ((alpha * wanted.green() // 255) << 8)
        | (alpha * wanted.blue() // 255)
    ).astype(np.uint32)
