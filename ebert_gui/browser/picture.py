"""Writes a scene to PNG, SVG or PDF; the file appears complete or not at all."""

from pathlib import Path
from typing import NamedTuple

from PyQt6.QtCore import QMarginsF, QRect, QSize, QSizeF
from PyQt6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PyQt6.QtSvg import QSvgGenerator

from ebert_core.protocol.machine.whole_files import new_part, put_in_place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.scene import Scene

FORMATS = (".png", ".svg", ".pdf")
DOTS_PER_INCH = 96
_MOST_PIXELS = 200_000_000


class PictureStyle(NamedTuple):
    """How a picture differs from the screen: its colours, its pixels per logical pixel, and whether it scrolls."""

    palette: Palette
    ratio: float = 1.0
    has_all_tracks: bool = True


def scene_of_picture(shown: Scene, style: PictureStyle) -> Scene:
    """The scene of a picture of what is on screen; its scales are to be taken with `refresh` when data have come."""
    scene = shown.twin(style.palette)
    scene.ratio = style.ratio
    if style.has_all_tracks:
        scene.scroll, scene.height = 0.0, scene.header_height + scene.content_height
    return scene


def check_picture_name(path: str) -> None:
    """See that a picture of this name can be written.

    Raises:
        InvalidRequest: the ending is none that we write.
    """
    if Path(path).suffix.lower() not in FORMATS:
        raise InvalidRequest(f"{path} names no picture we can write; end it with .png, .svg or .pdf.")


def save_picture(scene: Scene, path: str) -> None:
    """Write what the scene draws.

    Raises:
        InvalidRequest: the file cannot be written, or its ending is unknown.
    """
    check_picture_name(path)
    target = Path(path)
    writer = {".png": _write_png, ".svg": _write_svg, ".pdf": _write_pdf}[target.suffix.lower()]
    part = None
    try:
        part = new_part(target, ending=target.suffix)
        known = scene.faults()
        is_written = writer(scene, str(part))
        if scene.faults() != known:
            # What raised while it was painted is written into its row only when the scene is drawn anew.
            scene.strips.clear()
            scene.refresh()
            is_written = writer(scene, str(part))
        if not is_written:
            raise InvalidRequest(f"The picture {path} cannot be written; is its folder there, and may you write to it?")
        put_in_place(part, target)
    except OSError as error:
        raise InvalidRequest(f"The picture {path} cannot be written: {error.strerror or error}.") from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def pixels_of(scene: Scene) -> QSize:
    """Width and height of a scene in the pixels of a picture."""
    return QSize(round(scene.width * scene.ratio), round(scene.height * scene.ratio))


def _write_png(scene: Scene, path: str) -> bool:
    size = pixels_of(scene)
    image = QImage(size, QImage.Format.Format_RGB32) if size.width() * size.height() <= _MOST_PIXELS else QImage()
    if image.isNull():
        raise InvalidRequest(
            f"A picture of {size.width():,} x {size.height():,} pixels is too large; draw fewer tracks, or less finely."
        )
    image.setDevicePixelRatio(scene.ratio)
    dots_per_metre = round(DOTS_PER_INCH * scene.ratio / 0.0254)
    image.setDotsPerMeterX(dots_per_metre)
    image.setDotsPerMeterY(dots_per_metre)
    painter = QPainter(image)
    scene.paint(painter)
    painter.end()
    return image.save(path, "png")


def _write_svg(scene: Scene, path: str) -> bool:
    generator = QSvgGenerator()
    generator.setFileName(path)
    generator.setResolution(DOTS_PER_INCH)
    generator.setSize(QSize(round(scene.width), round(scene.height)))
    generator.setViewBox(QRect(0, 0, round(scene.width), round(scene.height)))
    generator.setTitle("EBERT Browser")
    painter = QPainter()
    if not painter.begin(generator):
        return False
    scene.paint(painter, is_vector=True)
    return painter.end()


def _write_pdf(scene: Scene, path: str) -> bool:
    writer = QPdfWriter(path)
    points = QSizeF(scene.width * 72 / DOTS_PER_INCH, scene.height * 72 / DOTS_PER_INCH)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(DOTS_PER_INCH)
    painter = QPainter()
    if not painter.begin(writer):
        return False
    scene.paint(painter, is_vector=True)
    return painter.end()
