"""Paints what stands above the tracks: the synthetic ribbon, the ideogram with the view's bracket, the ruler."""

import math
from collections.abc import Iterator

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainterPath, QPen

from ebert_core.protocol.tracks import Band, DatasetSummary
from ebert_gui.browser.surface import Centre, Left, Right, Surface

RIBBON_HEIGHT = 24
IDEOGRAM_HEIGHT = 26
RULER_HEIGHT = 26
_STAINS = {"gneg": 0.0, "gpos25": 0.18, "gpos33": 0.24, "gpos50": 0.36, "gpos66": 0.46, "gpos75": 0.54, "gpos100": 0.72}
_SHORTEST_TICK_DISTANCE = 110.0


def header_height(dataset: DatasetSummary | None) -> int:
    """Height of everything above the tracks."""
    ribbon = RIBBON_HEIGHT if dataset is not None and dataset.seed is not None else 0
    return ribbon + IDEOGRAM_HEIGHT + RULER_HEIGHT


def paint_ribbon(surface: Surface, width: float, dataset: DatasetSummary, note: str) -> None:
    """The word that a generated genome carries, with its seed."""
    surface.rectangle(0, 0, width, RIBBON_HEIGHT, surface.palette.warning_background)
    text = f"SYNTHETIC genome {dataset.assembly}, seed {dataset.seed}"
    box = QRectF(12, 0, width - 24, RIBBON_HEIGHT)
    surface.text(box, text, surface.palette.warning, 12, Left, is_bold=True)
    surface.text(box, note, surface.palette.warning, 12, Right)


def paint_ideogram(surface: Surface, chromosome_length: int, bands: tuple[Band, ...]) -> None:
    """The whole chromosome with its bands; a bracket marks what is on screen."""
    axis, palette = surface.axis, surface.palette
    top, height, width = 9.0, 9.0, axis.width - 1
    if not chromosome_length:
        return
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0.5, top, width, height), 4, 4)
    surface.painter.save()
    surface.painter.fillPath(outline, QColor(palette.canvas))
    surface.painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    for band in bands:
        if band.chromosome == axis.chromosome:
            left, right = (position / chromosome_length * width for position in (band.start, band.end))
            _paint_band(surface, band, left, right, top, height)
    surface.painter.restore()
    surface.painter.setBrush(Qt.BrushStyle.NoBrush)
    surface.painter.setPen(QPen(QColor(palette.border), 1))
    surface.painter.drawPath(outline)
    left = axis.start / chromosome_length * width
    right = max(axis.end / chromosome_length * width, left + 3)
    marked = QColor(palette.accent)
    marked.setAlphaF(0.18)
    surface.rectangle(left, top - 4, right - left, height + 8, marked)
    surface.painter.setPen(QPen(QColor(palette.accent), 1.5))
    surface.painter.drawRect(QRectF(left, top - 4, right - left, height + 8))


def _paint_band(surface: Surface, band: Band, left: float, right: float, top: float, height: float) -> None:
    if band.stain == "acen":
        surface.rectangle(left, top, right - left, height, surface.palette.familiarity["training"])
        return
    shade = QColor(surface.palette.text)
    shade.setAlphaF(_STAINS.get(band.stain, 0.1))
    surface.rectangle(left, top, right - left, height, shade)


def band_names(bands: tuple[Band, ...], chromosome: str, start: float, end: float) -> str:
    """The names of the bands on screen, `q23.2` or `q23.2-q23.3`."""
    names = [band.name for band in bands if band.chromosome == chromosome and band.start < end and band.end > start]
    if not names:
        return ""
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"


def tick_step(bases_per_pixel: float) -> int:
    """A round number of bases whose ticks stand far enough apart."""
    wanted = max(1.0, bases_per_pixel * _SHORTEST_TICK_DISTANCE)
    power = 10 ** math.floor(math.log10(wanted))
    return next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= wanted)


def tick_label(position: int, step: int) -> str:
    """A position as people count it, in the largest unit that shows the step."""
    if step >= 1_000_000:
        return f"{position // 1_000_000:,} Mb"
    if step >= 1_000:
        return f"{position // 1_000:,} kb"
    return f"{position:,}"


def _ticks(surface: Surface) -> Iterator[tuple[float, str]]:
    step = tick_step(surface.axis.bases_per_pixel)
    number = math.ceil(surface.axis.start / step)
    while number * step <= surface.axis.end:
        position = number * step
        # People count from one: the base written 1,000 covers [999, 1000).
        yield surface.axis.x_of(position - 0.5), tick_label(position, step)
        number += 1


def paint_ruler(surface: Surface) -> None:
    """Ticks at round positions."""
    palette, base = surface.palette, surface.height - 0.5
    for x, text in _ticks(surface):
        surface.rectangle(round(x), base - 6, 1, 6, palette.muted)
        width = surface.text_width(text)
        if x - width / 2 > 0 and x + width / 2 < surface.axis.width:
            surface.text(QRectF(x - width / 2, 2, width, 15), text, palette.muted, 11, Centre)
    surface.rectangle(0, surface.height - 1, surface.axis.width, 1, palette.border)


def paint_grid(surface: Surface) -> None:
    """Hairlines under the ticks, through all tracks."""
    shade = QColor(surface.palette.hairline)
    shade.setAlphaF(0.6)
    for x, _ in _ticks(surface):
        # Rectangles on whole pixels: a smoothed line costs a hundred times as much.
        edge = round(x * surface.axis.ratio) / surface.axis.ratio
        surface.rectangle(edge, 0, 1 / surface.axis.ratio, surface.height, shade)


def span_text(bases: float) -> str:
    """The length of the view: `14.0 kb`."""
    if bases >= 1_000_000:
        return f"{bases / 1_000_000:,.2f} Mb"
    return f"{bases / 1_000:,.2f} kb" if bases >= 1_000 else f"{bases:,.0f} bp"
