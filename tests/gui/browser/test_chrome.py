"""What stands above the tracks: the banner of a synthetic genome, the ideogram with its bracket, and the ruler."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.tracks import Band, Chromosome, DatasetSummary
from ebert_gui.browser import chrome
from ebert_gui.widgets.theme import LIGHT
from tests.gui.pages import Page, Written

BANDS = (
    Band("chr1", 0, 4_000, "p1", "gneg"),
    Band("chr1", 4_000, 6_000, "p2", "gpos100"),
    Band("chr1", 6_000, 7_000, "cen", "acen"),
    Band("chr1", 7_000, 10_000, "q1", "strange"),
    Band("chr2", 0, 10_000, "other", "gpos100"),
)


def dataset(seed: int | None) -> DatasetSummary:
    chromosomes = (Chromosome("chr1", 10_000),)
    return DatasetSummary("/d", "toy", "toy1", chromosomes, True, True, (), (), (), seed=seed)


def test_only_a_synthetic_genome_has_a_banner(new_page: Callable[..., Page], written: list[Written]) -> None:
    assert [chrome.header_height(each) for each in (None, dataset(None), dataset(0))] == [52, 52, 76]
    page = new_page(1.0, (400, 30))
    chrome.paint_ribbon(page.surface, 400.0, dataset(7), "locus never seen")
    assert [each[:5] for each in written] == [
        ("SYNTHETIC genome toy1, seed 7", 12, 0, 388, 24),
        ("locus never seen", 12, 0, 388, 24),
    ]
    assert page.down(200) == [(0, 24, LIGHT.warning_background)]
    assert page.across(10) == [(0, 400, LIGHT.warning_background)]


def ideogram(
    page, start: float = 1_000.0, length: int = 10_000, bands: tuple[Band, Band, Band, Band, Band] = BANDS
) -> None:
    axis = page.surface.axis._replace(start=start, bases_per_pixel=1.0, width=1001.0)
    chrome.paint_ideogram(replace(page.surface, axis=axis, height=26.0), length, bands)


def test_bands_fill_their_share_of_the_chromosome_in_the_shade_of_their_stain(new_page: Callable[..., Page]) -> None:
    page = new_page(1.0, (1010, 26))
    ideogram(page)
    # 10 bases are a pixel; the bracket of [1000, 2001) begins at 100.
    shades = [QColor(page.colour_at(x, 13)) for x in (50, 350, 500, 650, 850)]
    assert shades[0].name() == shades[1].name() == LIGHT.canvas
    assert shades[2].lightness() < shades[4].lightness() < 255
    assert shades[3].name() == LIGHT.familiarity["training"]
    edges = [x for x in range(250, 999) if page.colour_at(x, 13) != page.colour_at(x - 1, 13)]
    assert edges == [400, 600, 700]
    column = page.down(500)
    assert (column[0][0], column[-1][1]) == (8, 19)


def test_the_bracket_marks_what_is_on_screen(new_page: Callable[..., Page]) -> None:
    page = new_page(1.0, (1010, 26))
    ideogram(page, bands=())
    accent = QColor(LIGHT.accent)
    marked = [x for x in range(1010) if QColor(page.colour_at(x, 22)).hslHue() == accent.hslHue()]
    assert marked[0] in (99, 100)
    assert marked[-1] in (199, 200)
    tall = [y for y in range(26) if QColor(page.colour_at(150, y)).hslHue() == accent.hslHue()]
    assert (tall[0], tall[-1]) == (4, 22)
    assert page.colour_at(150, 6) not in (LIGHT.canvas, LIGHT.accent), "a tint inside"
    outside = {page.colour_at(x, y) for x in (50, 500) for y in (3, 6, 20, 24)}
    assert outside == {LIGHT.canvas}


def test_even_a_view_of_a_few_bases_has_a_bracket_that_can_be_seen(new_page: Callable[..., Page]) -> None:
    page = new_page(1.0, (1010, 26))
    ideogram(page, start=5e8, length=1_000_000_000, bands=())
    accent = QColor(LIGHT.accent)
    marked = [x for x in range(1010) if QColor(page.colour_at(x, 22)).hslHue() == accent.hslHue()]
    assert marked[0] in (499, 500)
    assert 3 <= marked[-1] - marked[0] <= 5


def test_without_a_chromosome_there_is_no_ideogram(new_page: Callable[..., Page]) -> None:
    page = new_page(1.0, (1010, 26))
    ideogram(page, length=0)
    assert all(page.down(x) == [] for x in range(0, 1010, 7))


@pytest.mark.parametrize(
    ("chromosome", "start", "end", "names"),
    [
        ("chr1", 100, 200, "p1"),
        ("chr1", 3_999, 4_001, "p1–p2"),
        ("chr1", 4_000, 6_000, "p2"),
        ("chr1", 0, 10_000, "p1–q1"),
        ("chr3", 0, 10_000, ""),
    ],
)
def test_the_bands_on_screen_are_named_from_the_first_to_the_last(
    chromosome: str, start: int, end: int, names: str
) -> None:
    assert chrome.band_names(BANDS, chromosome, start, end) == names


@pytest.mark.parametrize(
    ("bases_per_pixel", "step"),
    [(0.001, 1), (1 / 110, 1), (0.01, 2), (0.02, 5), (0.05, 10), (1.0, 200), (10.0, 2_000), (1e4, 2_000_000)],
)
def test_ticks_stand_at_round_numbers_at_least_110_pixels_apart(bases_per_pixel: float, step: int) -> None:
    assert chrome.tick_step(bases_per_pixel) == step


@pytest.mark.parametrize(
    ("position", "step", "words"),
    [
        (999, 1, "999"),
        (12_000, 500, "12,000"),
        (12_000, 1_000, "12 kb"),
        (1_234_000, 2_000, "1,234 kb"),
        (5_000_000, 1_000_000, "5 Mb"),
        (1_500_000_000, 100_000_000, "1,500 Mb"),
    ],
)
def test_a_tick_is_written_in_the_largest_unit_that_shows_the_step(position: int, step: int, words: str) -> None:
    assert chrome.tick_label(position, step) == words


@pytest.mark.parametrize(
    ("bases", "words"),
    [(999, "999 bp"), (1_000, "1.00 kb"), (14_040, "14.04 kb"), (999_999, "1,000.00 kb"), (1_000_000, "1.00 Mb")],
)
def test_the_length_of_the_view_is_written_in_its_unit(bases: int, words: str) -> None:
    assert chrome.span_text(bases) == words


def test_a_tick_stands_in_the_middle_of_the_base_that_people_count_by_its_number(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (400, 26))
    # A base is 20 pixels wide: the base that people call 1,010 is [1009, 1010), from 180 to 200.
    axis = page.surface.axis._replace(start=1000.0, bases_per_pixel=0.05, width=400.0)
    chrome.paint_ruler(replace(page.surface, axis=axis, height=26.0))
    assert [(each.text, (each.left + each.right) / 2, each.top, each.bottom) for each in written] == [
        ("1,010", pytest.approx(190, abs=1), 2, 17),
    ]
    ticks = [(first, last) for first, last, name in page.across(21) if name == LIGHT.muted]
    assert ticks == [(190, 191), (390, 391)]
    assert [(first, last) for first, last, _ in page.down(190)] == [(19, 20), (20, 25), (25, 26)]
    assert page.across(25) == [(0, 400, LIGHT.border)]


def test_the_grid_stands_under_the_ticks_a_pixel_wide_at_every_ratio(new_page: Callable[..., Page]) -> None:
    for ratio in (1.0, 2.0):
        page = new_page(ratio, (400, 50))
        axis = page.surface.axis._replace(start=1000.0, bases_per_pixel=0.05, width=400.0)
        chrome.paint_grid(replace(page.surface, axis=axis))
        runs = page.across(30)
        assert [(first, last) for first, last, _ in runs] == [
            (round(190 * ratio), round(190 * ratio) + 1),
            (round(390 * ratio), round(390 * ratio) + 1),
        ]
        shade = QColor(runs[0][2]).lightness()
        assert QColor(LIGHT.hairline).lightness() < shade < 255
