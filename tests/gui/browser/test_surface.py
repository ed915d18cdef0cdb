"""Where a surface paints: on whole pixels of the device, at every ratio, and the same as a path in a picture file."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor

from ebert_gui.browser.axis import Axis
from ebert_gui.browser.fonts import text_widths
from ebert_gui.browser.surface import Right
from ebert_gui.widgets.theme import LIGHT
from tests.gui.pages import Page

RED = "#ff0000"


def floats(*values: float):
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_an_axis_maps_bases_to_pixels_and_back(ratio: float) -> None:
    axis = Axis("chr1", 1000.0, 10.0, 100.0, ratio)
    assert (axis.end, axis.columns, axis.bases_per_column) == (2000, 100 * ratio, 10 / ratio)
    assert (axis.x_of(1500), axis.position_at(50), axis.xs_of([1000, 1500]).tolist()) == (50, 1500, [0, 50])
    edges = axis.column_edges()
    assert (edges.size, edges[0], edges[1], edges[-1]) == (axis.columns + 1, 1000, 1000 + 10 / ratio, 2000)


def test_an_axis_that_ends_within_a_base_draws_that_base() -> None:
    axis = Axis("chr1", 10.5, 0.25, 3.0)
    assert (axis.interval.start, axis.interval.end) == (10, 12)
    assert Axis("chr1", 0.0, 1.0, 0.2).columns == 1


def test_neighbouring_rectangles_meet_and_even_the_narrowest_is_a_pixel_wide(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.surface.rectangles(floats(10.4, 20.4, 50.1), floats(20.4, 30.2, 50.2), 10, 5, RED)
    assert page.across(12) == [(10, 30, RED), (50, 51, RED)]
    assert page.down(15) == [(10, 15, RED)]


def test_rectangles_that_reach_over_the_edges_are_drawn_up_to_them(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.surface.rectangles(floats(-50, 90, -1e9, 200), floats(10, 400, -1e8, 300), 10, 5, RED)
    assert page.across(12) == [(0, 10, RED), (90, 100, RED)]


def test_rectangles_lie_on_the_pixels_of_a_fine_screen(new_page: Callable[..., Page]) -> None:
    page = new_page(2.0)
    page.surface.rectangles(floats(10.25, 20.2), floats(20.2, 20.3), 10, 5, RED)
    assert page.across(24) == [(20, 41, RED)]
    assert page.down(30) == [(20, 30, RED)]


@pytest.mark.parametrize("is_vector", [False, True])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_columns_are_filled_between_two_heights_and_left_empty_without_them(
    new_page: Callable[..., Page], ratio: float, is_vector: bool
) -> None:
    page = new_page(ratio)
    count = round(100 * ratio)
    top, bottom = np.full(count, np.nan), np.full(count, np.nan)
    middle = slice(count // 4, count // 2)
    top[middle], bottom[middle] = 10, 40
    top[-1], bottom[-1] = 30, 20
    replace(page.surface, is_vector=is_vector).columns(top, bottom, RED)
    assert page.across(round(25 * ratio)) == [(count // 4, count // 2, RED)]
    assert page.down(round(30 * ratio)) == [(round(10 * ratio), round(40 * ratio), RED)]


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_line_goes_through_the_middles_of_its_columns_and_breaks_where_there_is_no_height(
    new_page: Callable[..., Page], ratio: float
) -> None:
    page = new_page(ratio)
    ys = np.full(round(100 * ratio), np.nan)
    ys[round(20 * ratio) : round(40 * ratio)] = ys[round(60 * ratio) : round(80 * ratio)] = 25.0
    page.surface.polyline(ys, RED, 1.0, 2.0)
    red = [(first / ratio, last / ratio) for first, last, colour in page.across(round(25 * ratio)) if colour == RED]
    assert red == [pytest.approx(ends, abs=1) for ends in ((20, 40), (60, 80))]


@pytest.mark.parametrize("is_vector", [False, True])
def test_half_a_pixel_of_a_column_and_half_its_colour_are_half_a_shade(
    new_page: Callable[..., Page], is_vector: bool
) -> None:
    page = new_page()
    top, bottom = np.full(100, 10.5), np.full(100, 20.0)
    replace(page.surface, is_vector=is_vector).columns(top, bottom, RED)
    edge, inside = (QColor(page.colour_at(50, y)) for y in (10, 15))
    assert (inside.red(), inside.green()) == (255, 0)
    assert edge.green() == pytest.approx(128, abs=2)
    faint = new_page()
    replace(faint.surface, is_vector=is_vector).columns(np.full(100, 10.0), bottom, "#204060", 0.5)
    assert QColor(faint.colour_at(50, 15)).getRgb()[:3] == pytest.approx((143, 159, 175), abs=2)


def test_a_fine_image_of_columns_shows_two_neighbouring_heights(new_page: Callable[..., Page]) -> None:
    page = new_page()
    top = np.where(np.arange(100) < 50, 10.0, 20.0)
    for surface in (page.surface, replace(page.surface, is_vector=True)):
        surface.columns(top, np.full(100, 30.0), RED)
        assert (page.down(49), page.down(50)) == ([(10, 30, RED)], [(20, 30, RED)])


def test_a_part_of_a_surface_is_moved_down_and_lower_until_it_is_left(new_page: Callable[..., Page]) -> None:
    page = new_page()
    part = page.surface.at(10, 20)
    assert part.height == 20
    part.rectangle(0, 0, 10, part.height, RED)
    part.back()
    page.surface.rectangle(20, 0, 10, 5, RED)
    assert (page.down(5), page.down(25)) == ([(10, 30, RED)], [(0, 5, RED)])


def test_a_frame_is_a_sharp_line_inside_its_box_and_empty(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.painter.setBrush(Qt.BrushStyle.SolidPattern)
    page.surface.frame(10, 10, 30, 20, RED)
    assert page.across(20) == [(10, 11, RED), (39, 40, RED)]
    assert page.down(25) == [(10, 11, RED), (29, 30, RED)]


def test_lines_and_polygons_lie_where_they_are_said_to(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.surface.line(10, 20.5, 30, 20.5, RED)
    page.surface.polygon([(50, 10), (70, 10), (70, 30), (50, 30)], RED)
    assert [(first, last) for first, last, name in page.across(20) if name == RED] == [(10, 30), (50, 70)]
    assert page.down(60) == [(10, 30, RED)]


def test_a_hatched_box_and_a_dotted_box_are_patterns_that_stay_inside(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.surface.rectangle(0, 0, 100, 50, LIGHT.hairline)
    page.surface.hatch(10, 10, 30, 30)
    page.surface.dot(60, 10, 30, 30)
    colours = {(x, y): page.colour_at(x, y) for x in range(100) for y in range(50)}
    hatched = {(x, y) for (x, y), name in colours.items() if name == LIGHT.canvas}
    assert hatched
    assert all(10 <= x < 40 and 10 <= y < 40 for x, y in hatched)
    assert {colours[x, y] for x in range(12, 38) for y in range(12, 38)} > {LIGHT.canvas}
    dots = {(x, y) for (x, y), name in colours.items() if name == LIGHT.border and x >= 50}
    assert dots
    assert all(60 <= x < 90 and 10 <= y < 40 for x, y in dots)


def test_text_is_written_in_its_box_its_size_and_its_weight(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.surface.text(QRectF(10, 10, 80, 20), "III", RED, 12, Right)
    inked = [x for x in range(100) if any(not page.is_blank(x, y) for y in range(50))]
    assert max(inked) in range(84, 90)
    surface = page.surface
    assert surface.text_width("word", 22) == pytest.approx(2 * surface.text_width("word", 11), rel=0.1)
    assert surface.text_width("word", 12, True) > surface.text_width("word", 12)
    assert text_widths(surface.font, ["word", "two words"], 11).tolist() == [
        surface.text_width("word", 11),
        surface.text_width("two words", 11),
    ]


def test_a_path_has_a_step_wherever_its_lower_end_has_one(new_page: Callable[..., Page]) -> None:
    page = new_page()
    bottom = np.where(np.arange(100) < 50, 20.0, 30.0)
    replace(page.surface, is_vector=True).columns(np.full(100, 10.0), bottom, RED)
    assert (page.down(49), page.down(50)) == ([(10, 20, RED)], [(10, 30, RED)])


def test_a_disc_is_round_and_of_one_colour(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.surface.disc(50, 20, 10, RED)
    assert page.colour_at(50, 20) == page.colour_at(42, 20) == page.colour_at(50, 27) == RED
    assert RED not in (page.colour_at(42, 12), page.colour_at(61, 20))
