"""Where peaks and planted sites stand, and what is read out of them under the cursor."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.widgets.theme import DARK, LIGHT, Theme
from tests.gui import toy_shapes
from tests.gui.drawn import content_of, draw, paint, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 10_000)
MEASURED = PeaksTrack(cell_type="alpha", factor="CTCF")
TRUTH = TruthTrack(cell_type="alpha", factor="CTCF")


def peaks(*rows: tuple[int, int, int, float], names: tuple[str, ...] = ()) -> Features:
    """Peaks by start, end, summit and score."""
    starts, ends, summits = (np.array([row[field] for row in rows], dtype=np.int64) for field in range(3))
    scores = np.array([row[3] for row in rows], dtype=np.float32)
    return Features(HERE, starts, ends, names=names, scores=scores, summits=summits)


@pytest.mark.parametrize(("height", "top", "bottom"), [(26.0, 8, 18), (50.0, 20, 30), (16.0, 4, 12)])
def test_peaks_are_bars_of_ten_pixels_in_the_middle_of_their_row(
    new_page: Callable[..., Page], height: float, top: int, bottom: int
) -> None:
    page = new_page()
    draw(page, PeaksTrack(path="x"), content_of("peaks", HERE, peaks((1200, 1500, -1, 1.0))), height)
    assert page.down(30) == [(top, bottom, LIGHT.peak)]
    assert page.across(top + 4) == [(20, 50, LIGHT.peak)]


def test_the_summit_of_a_wide_peak_stands_out_at_both_sides_and_that_of_a_narrow_one_does_not(
    new_page: Callable[..., Page],
) -> None:
    page = new_page()
    content = content_of(
        "peaks", HERE, peaks((1200, 1400, 1300, 1.0), (1600, 1650, 1620, 1.0), (1700, 1761, 1730, 1.0))
    )
    draw(page, PeaksTrack(path="x", drawn=FeatureSettings(colour="#ff0000")), content, 30.0)
    column = page.down(30)
    assert (column[0][0], column[-1][1]) == (7, 23)
    assert page.down(62) == [(10, 20, "#ff0000")]
    assert page.down(73)[0][0] == 7


def test_summits_outside_of_the_view_are_not_painted(new_page: Callable[..., Page]) -> None:
    page = new_page()
    draw(
        page,
        PeaksTrack(path="x"),
        content_of("peaks", HERE, peaks((500, 900, 1001, 1.0), (2100, 2500, 1995, 1.0))),
        30.0,
    )
    assert page.down(0) == []
    assert page.down(99) == []


def test_the_peak_under_the_cursor_is_read_out_with_its_name_and_score() -> None:
    track = PeaksTrack(path="x")
    named = content_of("peaks", HERE, peaks((1000, 1100, -1, 7.25), (1050, 1200, -1, 3.0), names=("first", "second")))
    assert words_at(track, named, HERE, 999, 1000, 1099, 1100, 1200) == [
        "",
        "first · score 7.25",
        "first · score 7.25, second · score 3",
        "second · score 3",
        "",
    ]
    bare = content_of("peaks", HERE, peaks((1000, 1100, -1, 7.25), (1200, 1300, -1, 3.0)))
    assert words_at(track, bare, HERE, 1050, 1250) == ["1,001-1,100 · score 7.25", "1,201-1,300 · score 3"]


def test_peaks_of_two_tiles_are_drawn_once(new_page: Callable[..., Page]) -> None:
    page = new_page()
    content = content_of(
        "peaks", HERE, *(toy_shapes.peaks(HERE, *pairs) for pairs in (((1200, 1400),), ((1200, 1400), (1800, 1900))))
    )
    paint(page.surface, MEASURED, content, Scale())
    assert page.colour_at(30, 25) == LIGHT.peak
    assert page.is_blank(60, 25)
    assert page.colour_at(85, 25) == LIGHT.peak


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_summit_stands_out_of_its_peak_and_does_not_split_it(new_page: Callable[..., Page], theme: Theme) -> None:
    page = new_page()
    peak = peaks((1200, 1600, 1405, 1.0))
    surface = replace(page.surface, palette=theme, height=26.0)
    paint(surface, MEASURED, content_of("peaks", HERE, peak), Scale())
    assert {page.colour_at(x, 13) for x in range(20, 60)} == {theme.peak}
    above = [x for x in range(100) if not page.is_blank(x, 6)]
    assert 40 in above
    assert len(above) <= 3


def truth(*sites: tuple[int, bool]) -> Features:
    """Sites of twenty bases by their middles, and whether each is bound."""
    return toy_shapes.sites(HERE, *((middle - 10, middle + 10, is_bound) for middle, is_bound in sites))


def test_bound_sites_are_filled_and_others_hollow(new_page: Callable[..., Page]) -> None:
    page = new_page()
    truth = toy_shapes.sites(HERE, (1290, 1310, True), (1690, 1710, False))
    paint(page.surface, TRUTH, content_of("truth", HERE, truth), Scale())
    assert page.colour_at(30, 23) == LIGHT.text
    assert page.is_blank(70, 23)
    assert not page.is_blank(66, 20)


def test_a_planted_site_is_a_triangle_that_points_at_its_middle(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    draw(page, TRUTH, content_of("truth", HERE, truth((1300, True), (1700, False))), 26.0)
    inked = [(x, y) for x in range(100) for y in range(50) if not page.is_blank(x, y)]
    bound = [(x, y) for x, y in inked if x < 50]
    assert (min(x for x, _ in bound), max(x for x, _ in bound)) == (25, 34)
    assert (min(y for _, y in bound), max(y for _, y in bound)) == (8, 17)
    wide, narrow = ([x for x, y in bound if y == row] for row in (9, 16))
    assert len(wide) > len(narrow) + 4
    hollow = [(x, y) for x, y in inked if x > 50]
    assert (min(x for x, _ in hollow), max(x for x, _ in hollow)) == (65, 74)
    assert page.is_blank(70, 12)
    assert page.colour_at(30, 12) == LIGHT.text


def test_sites_at_the_edges_are_drawn_and_those_beyond_are_not(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (120, 50))
    draw(page, TRUTH, content_of("truth", HERE, truth((960, True), (2040, True))), 26.0, width=100.0)
    assert not page.is_blank(0, 9)
    assert not page.is_blank(102, 9)
    far = new_page(1.0, (120, 50))
    draw(far, TRUTH, content_of("truth", HERE, truth((2060, True))), 26.0, width=100.0)
    assert all(far.down(x) == [] for x in range(120))


def test_the_legend_stands_in_the_widest_gap_between_sites_or_nowhere(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    for sites, left in (((3000, 9000), 212), ((5000,), 412), ((2000, 8500), 112), ((8000,), 12)):
        written.clear()
        draw(
            new_page(1.0, (1000, 30)),
            TRUTH,
            content_of("truth", HERE, truth(*((site, True) for site in sites))),
            width=1000.0,
        )
        assert [(each.text, each.left) for each in written] == [("filled: bound, hollow: not bound", left)]
    written.clear()
    crowd = truth(*((start, True) for start in range(1000, 11_000, 1000)))
    draw(new_page(1.0, (1000, 30)), TRUTH, content_of("truth", HERE, crowd), width=1000.0)
    draw(new_page(1.0, (1000, 30)), TRUTH, content_of("truth", HERE), width=1000.0)
    late = truth(*((start, True) for start in (*range(1000, 9000, 1000), 9500, 10_500)))
    draw(new_page(1.0, (1000, 30)), TRUTH, content_of("truth", HERE, late), width=1000.0)
    assert written == []


def test_a_site_is_read_out_from_a_little_beside_it() -> None:
    content = content_of("truth", HERE, truth((1300, True), (1700, False)))
    # Of a view of 10 kb, 50 bases on either side.
    assert words_at(TRUTH, content, HERE, 1239, 1240, 1359, 1360, 1640, 1759, 1760) == [
        *("", "planted, bound", "planted, bound", "", "planted, not bound", "planted, not bound", ""),
    ]
