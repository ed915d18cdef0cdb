"""A surface on an image, and pixels to probe."""

from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtGui import QColor, QImage, QPainter

from ebert_gui.browser.axis import Axis
from ebert_gui.browser.surface import Surface
from ebert_gui.windows.theme import LIGHT, window_font

WIDTH, HEIGHT = 100, 50


class Page:
    """An image, of 100 x 50 pixels unless said otherwise, over bases [1000, 2000), painted on with `surface`."""

    def __init__(self, ratio: float = 1.0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        self.image = QImage(*(round(side * ratio) for side in size), QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(QColor(LIGHT.canvas))
        self.painter = QPainter(self.image)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axis = Axis("chr1", 1000.0, 10.0, float(WIDTH), ratio)
        self.surface = Surface(self.painter, axis, float(HEIGHT), LIGHT, window_font())
        self._ratio = ratio

    def colour_at(self, x: float, y: float) -> str:
        """The colour of a pixel, as `#rrggbb`."""
        return self.image.pixelColor(int(x * self._ratio), int(y * self._ratio)).name()

    def is_blank(self, x: float, y: float) -> bool:
        """Whether nothing was painted on a pixel."""
        return self.colour_at(x, y) == LIGHT.canvas


@pytest.fixture
def new_page(qapp: object) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def make(ratio: float = 1.0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Page:
        pages.append(Page(ratio, size))
        return pages[-1]

    yield make
    for page in pages:
        page.painter.end()
