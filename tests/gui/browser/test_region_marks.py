"""Regions as drawn: where they are, once where they overlap, with their names, and gone to by a click."""

from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser import region_marks
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.region_marks import STRIP_HEIGHT, Mark, RegionMarks, Sight
from ebert_gui.browser.scene import GUTTER
from ebert_gui.browser.surface import Surface
from ebert_gui.widgets.theme import LIGHT, window_font
from ebert_gui.windows.main_window import MainWindow

AXIS = Axis("chr1", 1_000.0, 10.0, 400.0)


def region(start: int, end: int, name: str = "", chromosome: str = "chr1") -> NamedRegion:
    return NamedRegion(Interval(chromosome, start, end), name)


def test_only_regions_in_sight_are_found_where_they_are() -> None:
    regions = (region(4_990, 9_000), region(0, 1_000), region(1_500, 2_000), region(5_000, 6_000), region(1_500, 1_501))
    marks = RegionMarks()
    assert marks.in_sight((*regions, region(1_500, 2_000, chromosome="chr2")), AXIS).marks == [
        Mark(regions[0], 399.0, 800.0),
        Mark(regions[2], 50.0, 100.0),
        Mark(regions[4], 50.0, 52.0),
    ]
    assert marks.in_sight((region(2_000, 3_000),), AXIS).marks == [Mark(region(2_000, 3_000), 100.0, 200.0)]
    assert marks.in_sight((), AXIS).marks == []


def _sight(*edges: tuple[float, float]) -> Sight:
    regions = tuple(region(number, number + 1, str(number)) for number in range(len(edges)))
    lefts, rights = (np.array([pair[side] for pair in edges], dtype=np.float64) for side in (0, 1))
    return Sight(regions, np.arange(len(edges)), lefts, rights)


def test_regions_over_each_other_are_tinted_once() -> None:
    starts, ends = _sight((50, 80), (-20, 10), (70, 90), (90, 95), (52, 60), (390, 500)).covered
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [(-20.0, 10.0), (50.0, 95.0), (390.0, 500.0)]
    assert [edges.size for edges in _sight().covered] == [0, 0]


@pytest.mark.parametrize(
    ("x", "name"), [(44, "1"), (38, "1"), (37, "1"), (45, "1"), (46, "0"), (60, "0"), (103, "0"), (104, None)]
)
def test_the_narrowest_region_under_the_cursor_is_meant(x: float, name: str | None) -> None:
    found = _sight((0, 100), (40, 42)).at(x)
    assert (found.region.name if found is not None else None) == name
    assert _sight().at(x) is None


@pytest.fixture
def painted(qapp: object) -> QImage:
    image = QImage(400, STRIP_HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    return image


def _strip(image: QImage, *regions: NamedRegion) -> list[int]:
    """How many pixels of each stretch of ten have the colour of text in them."""
    painter = QPainter(image)
    region_marks.paint_strip(
        Surface(painter, AXIS, STRIP_HEIGHT, LIGHT, window_font(), False), RegionMarks().in_sight(regions, AXIS)
    )
    painter.end()

    def is_dark(x: int, y: int) -> bool:
        return QColor(image.pixelColor(x, y)).lightness() < 110 and image.pixelColor(x, y).saturation() < 80

    return [sum(is_dark(x, y) for x in range(at, at + 10) for y in range(STRIP_HEIGHT - 2)) for at in range(0, 400, 10)]


def test_a_name_stands_in_its_box_or_behind_one_that_is_short(painted: QImage) -> None:
    ink = _strip(painted, region(1_100, 2_900, "within"), region(3_500, 3_510, "behind"))
    assert sum(ink[1:6]) > 20
    assert sum(ink[25:30]) > 20
    assert sum(ink[7:19]) == sum(ink[20:25]) == 0


def test_names_that_follow_each_other_closely_do_not_run_into_each_other(painted: QImage) -> None:
    regions = [
        region(1_000, 4_000, "a long name behind which"),
        region(1_100, 1_900, ""),
        region(1_200, 1_300, "another"),
    ]
    ink = _strip(painted, *regions)
    image = QImage(painted)
    image.fill(QColor(LIGHT.canvas))
    first = _strip(image, regions[0])
    assert first[0:8] != [0] * 8
    assert ink[0:2] == first[0:2]


def test_a_strip_without_a_region_in_sight_is_empty(painted: QImage) -> None:
    assert _strip(painted, region(90_000, 91_000, "far")) == [0] * 40


def test_names_never_cover_each_other(painted: QImage) -> None:
    both = _strip(painted, region(1_100, 1_110, "first"), region(1_200, 1_210, "second"))
    image = QImage(painted)
    image.fill(QColor(LIGHT.canvas))
    second = _strip(image, region(1_200, 1_210, "second"))
    assert both[2:] == second[2:]


def test_thousands_of_regions_are_one_band_of_colour(painted: QImage) -> None:
    ink = _strip(painted, *(region(1_000 + n, 1_001 + n, "name") for n in range(4_000)))
    assert ink == [0] * 40
    assert painted.pixelColor(200, 8) != QColor(LIGHT.canvas)


def test_a_tint_is_one_image_however_many_regions_there_are(painted: QImage, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    whole = Surface.image

    def image(surface: Surface, *what: Any) -> None:
        drawn.append(1)
        whole(surface, *what)

    monkeypatch.setattr(Surface, "image", image)
    monkeypatch.setattr(Surface, "rectangles", None)
    painter = QPainter(painted)
    surface = Surface(painter, AXIS, STRIP_HEIGHT, LIGHT, window_font(), False)
    region_marks.paint_tint(surface, RegionMarks().in_sight([region(n, n + 9) for n in range(1_500, 2_500, 40)], AXIS))
    painter.end()
    assert drawn == [1]
    tinted = [painted.pixelColor(x, 5) != QColor(LIGHT.canvas) for x in range(400)]
    assert tinted == [50 <= x < 150 and (x - 50) % 4 < 2 for x in range(400)]


def test_a_strip_is_there_while_there_are_regions_and_a_click_goes_to_one(window: MainWindow, qtbot: QtBot) -> None:
    canvas, history, view = window.canvas, window.workspace.history, window.workspace.view
    before, header = canvas.grab().toImage(), canvas.scene.header_height
    history.change(history.setup.with_regions((region(14_000, 15_000, "mine", "chr3"),)))
    assert canvas.scene.header_height == header + STRIP_HEIGHT
    axis = canvas.scene.axis()
    x = round(GUTTER + axis.x_of(14_500))
    place = QPoint(x, canvas.scene.ruler_bottom + 8)
    said: list[str] = []
    canvas.hovered.connect(lambda _position, words: said.append(words))
    qtbot.mouseMove(canvas, place)
    qtbot.waitUntil(lambda: "mine  chr3:14,001-15,000" in said)
    tinted = canvas.grab().toImage()
    assert tinted.pixelColor(x, canvas.height() - 4) != before.pixelColor(x, canvas.height() - 4)
    outside = round(GUTTER + axis.x_of(19_000))
    assert tinted.pixelColor(outside, canvas.height() - 4) == before.pixelColor(outside, canvas.height() - 4)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert view.interval == Interval("chr3", 13_800, 15_200)
    assert window.workspace.setup.anchor is None
    history.undo()
    assert canvas.scene.header_height == header


def test_the_ideogram_is_clicked_where_it_is_with_a_strip(window: MainWindow, qtbot: QtBot) -> None:
    history, canvas = window.workspace.history, window.canvas
    history.change(history.setup.with_regions((region(14_000, 15_000, "mine", "chr3"),)))
    start = window.workspace.view.span.start
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(GUTTER + 300, canvas.scene.ruler_bottom - 40))
    assert window.workspace.view.span.start != start
