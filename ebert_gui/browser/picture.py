"""Writes a scene to PNG, SVG or PDF; the file appears complete or not at all."""

import os
from pathlib import Path

from PyQt6.QtCore import QMarginsF, QRect, QSize, QSizeF
from PyQt6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PyQt6.QtSvg import QSvgGenerator

from ebert_core.protocol.errors import InvalidRequest
from ebert_gui.browser.scene import Scene

FORMATS = (".png", ".svg", ".pdf")
_DOTS_PER_INCH = 96


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
    part = target.with_name(f".{target.stem}.{os.getpid()}.part{target.suffix}")
    try:
        writer = {".png": _write_png, ".svg": _write_svg, ".pdf": _write_pdf}[target.suffix.lower()]
        if not writer(scene, str(part)):
            raise InvalidRequest(f"The picture {path} cannot be written; is its folder there, and may you write to it?")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _write_png(scene: Scene, path: str) -> bool:
    size = QSize(round(scene.width * scene.ratio), round(scene.height * scene.ratio))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scene.ratio)
    painter = QPainter(image)
    scene.paint(painter)
    painter.end()
    return image.save(path, "png")


def _write_svg(scene: Scene, path: str) -> bool:
    generator = QSvgGenerator()
    generator.setFileName(path)
    generator.setResolution(_DOTS_PER_INCH)
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
    points = QSizeF(scene.width * 72 / _DOTS_PER_INCH, scene.height * 72 / _DOTS_PER_INCH)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_DOTS_PER_INCH)
    painter = QPainter()
    if not painter.begin(writer):
        return False
    scene.paint(painter, is_vector=True)
    return painter.end()
