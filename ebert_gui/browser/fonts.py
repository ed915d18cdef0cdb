"""Fonts at the sizes in which tracks are labelled, and how wide texts are in them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QFont, QFontMetricsF

from ebert_core.protocol.showing import shown

SMALL_PIXELS = 11


def small_font(font: QFont, pixels: int = SMALL_PIXELS, is_bold: bool = False) -> QFont:
    """A font at another size."""
    sized = QFont(font)
    sized.setPixelSize(pixels)
    if is_bold:
        sized.setWeight(QFont.Weight.DemiBold)
    return sized


def text_width(font: QFont, text: str, pixels: int = SMALL_PIXELS, is_bold: bool = False) -> float:
    """Width of a text in logical pixels."""
    return QFontMetricsF(small_font(font, pixels, is_bold)).horizontalAdvance(shown(text))


def text_widths(font: QFont, texts: Sequence[str], pixels: int = SMALL_PIXELS) -> NDArray[np.float64]:
    """Widths of many texts in logical pixels."""
    metrics = QFontMetricsF(small_font(font, pixels))
    return np.array([metrics.horizontalAdvance(shown(text)) for text in texts], dtype=np.float64)
