"""Fonts at the sizes in which tracks are labelled, and how wide texts are in them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QFont, QFontMetricsF

from ebert_core.protocol.machine.showing import shown

SMALL_PIXELS = 11
_MOST_WIDTHS = 4096
# The font stays with its width, so that no other font can get the identity that the key is made of.
_widths: dict[tuple[int, str, int, bool], tuple[QFont, float]] = {}


def small_font(font: QFont, pixels: int = SMALL_PIXELS, is_bold: bool = False) -> QFont:
    """A font at another size."""
    sized = QFont(font)
    sized.setPixelSize(pixels)
    if is_bold:
        sized.setWeight(QFont.Weight.DemiBold)
    return sized


def text_width(font: QFont, text: str, pixels: int = SMALL_PIXELS, is_bold: bool = False) -> float:
    """Width of a text in logical pixels; measured once for each text, since every frame asks for the same ones."""
    key = (id(font), text, pixels, is_bold)
    known = _widths.get(key)
    if known is None:
        if len(_widths) >= _MOST_WIDTHS:
            _widths.clear()
        width = QFontMetricsF(small_font(font, pixels, is_bold)).horizontalAdvance(shown(text))
        known = _widths[key] = (font, width)
    return known[1]


def text_widths(font: QFont, texts: Sequence[str], pixels: int = SMALL_PIXELS) -> NDArray[np.float64]:
    """Widths of many texts in logical pixels."""
    metrics = QFontMetricsF(small_font(font, pixels))
    return np.array([metrics.horizontalAdvance(shown(text)) for text in texts], dtype=np.float64)
