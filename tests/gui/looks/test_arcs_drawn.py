"""Where arcs stand, how high and how dark they are, which of them are drawn, and which is under the cursor."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Arcs
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.look import Answer, Scale
from ebert_gui.kinds.arcs import ArcsTrack
from ebert_gui.widgets.theme import LIGHT
from tests.gui.drawn import annotate, caption, content_of, row_over
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 100_000)
TRACK = ArcsTrack(path="x.bedpe", name="x")
# 100 pixels of 10 bases, as a page has them.
AXIS = Axis("chr1", 1000.0, 10.0, 100.0)


def arcs(
    *pairs: tuple[int, int, int, int],
    values: tuple[float, ...] = (),
    colours: tuple[str, ...] = (),
    elsewhere: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    omitted: int = 0,
) -> Arcs:
    starts, ends, other_starts, other_ends = (
        np.array([pair[side] for pair in pairs], dtype=np.int64) for side in range(4)
    )
    strengths = np.array(values or (np.nan,) * len(pairs), dtype=np.float32)
    return Arcs(
        HERE,
        starts,
        ends,
        other_starts,
        other_ends,
        elsewhere or ("",) * len(pairs),
        strengths,
        names,
        colours,
        ("+-",) * len(pairs),
        omitted,
    )


def _at(shape: Arcs, x: float, y: float) -> Answer:
    row = row_over(AXIS, TRACK, content_of("pairs", HERE, shape))
    return row.at(AXIS.position_at(x), AXIS, y)


def _painted(new_page: Callable[..., Page], shape: Arcs, track: ArcsTrack = TRACK) -> Page:
    page = new_page()
    annotate(page.surface, track, content_of("pairs", HERE, shape), Scale())
    return page


def test_an_arc_stands_on_the_middles_of_its_ends_over_blocks_as_long_as_they_are(
    new_page: Callable[..., Page],
) -> None:
    page = _painted(new_page, arcs((1200, 1300, 1700, 1800)))
    blue = LIGHT.signals[0]
    assert page.across(45) == [(20, 30, blue), (70, 80, blue)]
    column = page.down(50)
    # 50 pixels wide: 40 * 50 / (50 + 160) of 40 pixels high.
    assert column[0][0] == pytest.approx(44 - 40 * 50 / 210, abs=1.5)
    assert page.down(10) == []


def test_the_further_apart_the_higher(new_page: Callable[..., Page]) -> None:
    tops = [
        _painted(new_page, arcs((1100, 1110, 1100 + width, 1110 + width))).down(10 + width // 20)[0][0]
        for width in (100, 400, 800)
    ]
    assert tops[0] > tops[1] > tops[2]


def test_only_pairs_with_an_end_on_screen_are_drawn_and_what_leaves_it_is_cut(new_page: Callable[..., Page]) -> None:
    page = _painted(new_page, arcs((0, 100, 90_000, 90_100)))
    assert page.across(20) == []
    assert page.across(45) == []
    page = _painted(new_page, arcs((1200, 1300, 90_000, 90_100)))
    assert page.across(45) == [(20, 30, LIGHT.signals[0])]
    assert page.down(90) != []
    assert page.down(10) == []


def test_a_very_long_arc_keeps_its_form(new_page: Callable[..., Page]) -> None:
    page = _painted(new_page, arcs((1200, 1300, 900_000, 900_100)))
    heights = [page.down(x)[0][0] for x in (30, 50, 90)]
    assert heights[0] >= heights[1] >= heights[2]


def test_the_larger_the_value_the_darker_and_an_own_colour_is_kept(new_page: Callable[..., Page]) -> None:
    two = ((1100, 1110, 1400, 1410), (1500, 1510, 1900, 1910))
    page = _painted(new_page, arcs(*two, values=(1.0, 9.0), colours=("", "#ff0000")))
    assert page.across(45) == [
        (10, 11, LIGHT.signals[0]),
        (40, 41, LIGHT.signals[0]),
        (50, 51, "#ff0000"),
        (90, 91, "#ff0000"),
    ]
    row = row_over(AXIS, TRACK, content_of("pairs", HERE, arcs(*two, values=(1.0, 9.0))))
    weak, strong = row.arranged.colours[1], row.arranged.colours[0]
    assert strong == LIGHT.signals[0]
    assert weak not in (strong, LIGHT.canvas)
    alike = row_over(AXIS, TRACK, content_of("pairs", HERE, arcs(*two)))
    assert set(alike.arranged.colours) == {LIGHT.signals[0]}


def test_a_pair_that_two_tiles_hold_stands_once_with_a_value_or_without() -> None:
    shape = arcs((1200, 1300, 1700, 1800), (1300, 1400, 1700, 1800), values=(np.nan, 2.0))
    row = row_over(AXIS, TRACK, content_of("pairs", HERE, shape, shape))
    assert len(row.arranged.pairs) == 2


def test_a_pair_to_another_chromosome_is_a_stub_with_its_name(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = _painted(new_page, arcs((1200, 1300, 5, 9), elsewhere=("chr7",)))
    assert page.across(45) == [(20, 30, LIGHT.signals[0])]
    assert page.down(60) == []
    assert [each.text for each in written] == ["chr7"]


def test_three_values_have_three_shades_and_the_arc_its_own_colour(new_page: Callable[..., Page]) -> None:
    three = ((1100, 1110, 1400, 1410), (1500, 1510, 1900, 1910), (1600, 1610, 1800, 1810))
    row = row_over(AXIS, TRACK, content_of("pairs", HERE, arcs(*three, values=(4.0, 5.0, 6.0))))
    assert len(set(row.arranged.colours)) == 3
    page = _painted(new_page, arcs((1200, 1210, 1800, 1810), colours=("#ff0000",)))
    arc = [QColor(colour) for _, _, colour in page.down(50)]
    assert any(colour.red() > 200 and colour.green() < 120 for colour in arc)


def test_a_stub_leans_to_the_right_and_its_name_takes_no_room_of_another(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = _painted(new_page, arcs((1200, 1300, 5, 9), elsewhere=("chr7",)))
    assert not page.is_blank(30, 28)
    assert page.is_blank(20, 28)
    top = next(y for y in range(50) if page.across(y))
    dot = page.across(top)
    assert (dot[0][0] + dot[-1][1]) / 2 == pytest.approx(25 + 5, abs=1), "on the end of the line"
    written.clear()
    close = arcs((1200, 1300, 5, 9), (1250, 1350, 5, 9), (1980, 1990, 5, 9), elsewhere=("chr7", "chr8", "chr9"))
    _painted(new_page, close)
    assert [each.text for each in written] == ["chr7"]


def test_an_end_without_length_is_where_it_stands() -> None:
    row = row_over(AXIS, TRACK, content_of("pairs", HERE, arcs((1000, 1000, 90_000, 90_000))))
    assert row.look.blank(row.arranged, AXIS) == ""
    assert "– chr7:6-6" in _at(arcs((1200, 1300, 5, 5), elsewhere=("chr7",)), 27, 70).words


def test_the_nearest_arc_is_read_out_by_the_height_of_the_cursor() -> None:
    shape = arcs((1100, 1110, 1900, 1910), (1300, 1310, 1700, 1710), names=("outer", "inner"), values=(3.0, 4.0))
    outer, inner = 78 - 74 * 80 / 240, 78 - 74 * 40 / 200
    assert _at(shape, 50, outer).words == (
        "outer · chr1:1,101-1,110 – chr1:1,901-1,910 · 800 bp apart · score 3 · strands + -"
    )
    assert _at(shape, 50, inner + 1).words.startswith("inner · ")
    assert _at(shape, 50, 5) == Answer()
    assert _at(shape, 50, 82) == Answer()
    assert _at(shape, 11, 76).words.startswith("outer · ")


def test_a_block_reads_out_its_pair_and_a_stub_says_where_it_goes() -> None:
    assert _at(arcs((1100, 1500, 1600, 1900)), 15, 79).words.startswith("chr1:1,101-1,500 – chr1:1,601-1,900")
    trans = arcs((1200, 1300, 5, 9), (1700, 1800, -1, -1), elsewhere=("chr7", "?"))
    assert "chr1:1,201-1,300 – chr7:6-9" in _at(trans, 27, 70).words
    assert "apart" not in _at(trans, 27, 70).words
    assert "– an unknown place" in _at(trans, 77, 70).words


def test_of_more_than_a_frame_has_time_for_the_strongest_are_drawn(new_page: Callable[..., Page]) -> None:
    many = tuple((1200, 1300, 1700 + number, 1800 + number) for number in range(600))
    content = content_of("pairs", HERE, arcs(*many, values=tuple(map(float, range(600)))))
    assert caption(new_page().surface, TRACK, content) == "100 weaker not shown"


def test_what_is_left_out_is_counted_and_an_empty_place_is_said(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    assert caption(surface, TRACK, content_of("pairs", HERE, arcs((1200, 1300, 1700, 1800), omitted=12))) == (
        "12 weaker not shown"
    )
    away = row_over(AXIS, TRACK, content_of("pairs", HERE, arcs((5000, 5100, 7000, 7100))))
    assert away.look.blank(away.arranged, AXIS) == "No pairs here"
