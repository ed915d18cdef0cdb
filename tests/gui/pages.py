"""A surface on an image, and pixels to probe."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from ebert_gui.browser.axis import Axis
from ebert_gui.browser.surface import Surface
from ebert_gui.widgets.theme import LIGHT, window_font

WIDTH, HEIGHT = 100, 50


class Page:
    """An image, of 100 x 50 pixels unless said otherwise, over bases [1000, 2000), painted on with `surface`."""

    def __init__(self, ratio: float = 1.0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        self.image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(QColor(LIGHT.canvas))
        self.painter = QPainter(self.image)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axis = Axis("chr1", 1000.0, 10.0, float(WIDTH), ratio)
        self.surface = Surface(self.painter, axis, float(HEIGHT), LIGHT, window_font())
        self._ratio = ratio

    def colour_at(self, x: float, y: float) -> str:
        """The colour of a pixel, as `#rrggbb`."""
        found: str = self.image.pixelColor(int(x * self._ratio), int(y * self._ratio)).name()
        return found

    def is_blank(self, x: float, y: float) -> bool:
        """Whether nothing was painted on a pixel."""
        return self.colour_at(x, y) == LIGHT.canvas

    def across(self, y: int) -> list[tuple[int, int, str]]:
        """Where a line of pixels is painted, left to right: first, one past the last, and in which colour."""
        return _runs([self.image.pixelColor(x, y).name() for x in range(self.image.width())])

    def down(self, x: int) -> list[tuple[int, int, str]]:
        """Where a column of pixels is painted, top to bottom."""
        return _runs([self.image.pixelColor(x, y).name() for y in range(self.image.height())])


def _runs(colours: list[str]) -> list[tuple[int, int, str]]:
    runs, place = [], 0
    for colour, same in groupby(colours):
        length = len(list(same))
        if colour != LIGHT.canvas:
            runs.append((place, place + length, colour))
        place += length
    return runs


class Written(NamedTuple):
    """A text on an image: the whole pixels of its box, and its colour."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    colour: str


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Written]:
    """What is written from now on; it is listed in place of being painted, so that shapes alone are on the image."""
    texts: list[Written] = []

    def note(surface: Surface, box: QRectF, text: str, colour: str | QColor, *_more: Any, **_words: Any) -> None:
        place = surface.painter.transform().mapRect(box)
        left, top, right, bottom = map(round, (place.left(), place.top(), place.right(), place.bottom()))
        texts.append(Written(text, left, top, right, bottom, QColor(colour).name()))

    monkeypatch.setattr(Surface, "text", note)
    return texts


@pytest.fixture
def new_page(qapp: object) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def make(ratio: float = 1.0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Page:
        pages.append(Page(ratio, size))
        return pages[-1]

    yield make
    for page in pages:
        page.painter.end()
