"""Bases as letters and colours, and the lens on the anchor."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Letters
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.looks.letters import lens_interval
from ebert_gui.looks.runs import ink_on
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import LIGHT
from tests.gui.drawn import annotate, caption, content_of, draw, paint, texts_over, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 4000)


def sequence(letters: str, start: int = 0) -> TrackContent:
    codes = np.array(["ACGTN".index(letter) for letter in letters], dtype=np.uint8)
    place = Interval("chr1", start, start + len(letters))
    return content_of("sequence", place, Letters(place, codes))


def test_a_letter_stands_in_a_box_of_its_colour_a_pixel_apart_from_the_next(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    draw(page, SequenceTrack(), sequence("ACGTN", 1000), 40.0, bases_per_pixel=0.1)
    colours = [*(LIGHT.bases[letter] for letter in "ACGT"), LIGHT.missing]
    assert page.across(20) == [(10 * n, 10 * n + 9, colour) for n, colour in enumerate(colours)]
    assert page.down(5) == [(8, 32, colours[0])]
    found = sorted((each.left, each.right, each.text, each.top, each.bottom, each.colour) for each in written)
    assert found == [
        (10 * n, 10 * n + 9, letter, 8, 32, ink_on(colour))
        for n, (letter, colour) in enumerate(zip("ACGTN", colours, strict=True))
    ]


@pytest.mark.parametrize(("pixels", "has_letters"), [(8.0, True), (7.5, False)])
def test_letters_need_eight_pixels_and_boxes_meet_without_them(
    new_page: Callable[..., Page], written: list[Written], pixels: float, has_letters: bool
) -> None:
    page = new_page()
    draw(page, SequenceTrack(), sequence("AAAA", 1000), 40.0, bases_per_pixel=1 / pixels)
    assert (len(written) == 4) is has_letters
    assert (len(page.across(20)) == 4) is has_letters


@pytest.mark.parametrize(("bases_per_pixel", "is_painted"), [(1.0, True), (1.01, False)])
def test_bases_are_painted_up_to_one_a_pixel(
    new_page: Callable[..., Page], written: list[Written], bases_per_pixel: float, is_painted: bool
) -> None:
    page = new_page()
    track = SequenceTrack()
    surface = replace(page.surface, axis=page.surface.axis._replace(bases_per_pixel=bases_per_pixel))
    paint(surface, track, sequence("A" * 60, 1010), Scale())
    assert bool(page.across(25)) is is_painted
    if is_painted:
        assert page.across(25) == [(10, 70, LIGHT.bases["A"])]


def test_the_base_under_the_cursor_is_read_out() -> None:
    content = sequence("ACGTN", 1000)
    assert words_at(SequenceTrack(), content, HERE, 999, 1000, 1001.9, 1003, 1004, 1005) == ["", "A", "C", "T", "N", ""]


def lens(page: Page, anchor: int | None, width: float = 1000.0, chromosome: str = "chr1") -> None:
    place = Interval(chromosome, anchor, anchor + 1) if anchor is not None else None
    draw(page, SequenceTrack(), sequence("A" * 12_000), 40.0, Scope(anchor=place), width=width)


def test_without_a_clicked_base_in_sight_the_lens_says_how_to_get_one(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    for anchor, chromosome, is_asked in (
        (None, "chr1", True),
        (999, "chr1", True),
        (1000, "chr1", False),
        (10_999, "chr1", False),
        (11_000, "chr1", True),
        (3000, "chr2", True),
    ):
        written.clear()
        lens(new_page(1.0, (1000, 50)), anchor, chromosome=chromosome)
        asked = [each for each in written if each.text.startswith("Zoom in")]
        assert bool(asked) is is_asked
        if asked:
            assert (asked[0].left, asked[0].top, asked[0].bottom) == (8, 0, 40)


@pytest.mark.parametrize(("anchor", "left"), [(5000, 400 - 255), (1000, 4), (10_990, 1000 - 510 - 4)])
def test_the_lens_stands_under_its_base_and_inside_the_plot(
    new_page: Callable[..., Page], written: list[Written], anchor: int, left: int
) -> None:
    page = new_page(1.0, (1000, 50))
    lens(page, anchor)
    letters = sorted(each.left for each in written if each.text == "A")
    assert len(letters) == 51
    assert letters[0] == pytest.approx(left, abs=1)
    assert letters[1] - letters[0] == 10
    boxes = {(each.top, each.bottom) for each in written if each.text == "A"}
    assert boxes == {(12, 36)}
    # The frame is a pixel wider at all sides, and lines of the funnel lead from the base to its corners.
    frame = [y for first, last, name in page.down(letters[25] + 4) if name == LIGHT.accent for y in range(first, last)]
    assert {11, 36} <= set(frame)
    edges = [(first, last) for first, last, name in page.across(30) if name == LIGHT.accent]
    assert edges == [(letters[0] - 1, letters[0]), (letters[0] + 510, letters[0] + 511)]
    top = [x for x in range(1000) if not page.is_blank(x, 0)]
    base = (anchor + 0.5 - 1000) / 10
    assert any(abs(x - base) < 2 for x in top)
    slanted = [x for x in range(1000) if QColor(page.colour_at(x, 6)).name() != LIGHT.canvas]
    assert slanted[0] == pytest.approx((base + letters[0]) / 2, abs=70)  # a row of pixels is 21 wide there
    assert slanted[-1] == pytest.approx((base + letters[0] + 510) / 2, abs=70)
    inside = page.colour_at((slanted[0] + slanted[-1]) / 2, 6)
    assert inside == LIGHT.selection


@pytest.mark.parametrize("anchor", [3000, 9000])
def test_the_name_of_the_lens_stands_where_there_is_room_beside_it(
    new_page: Callable[..., Page], written: list[Written], anchor: int
) -> None:
    lens(new_page(1.0, (1000, 50)), anchor)
    letters = [each for each in written if each.text == "A"]
    locus, times = written[-2:]
    assert (locus.text, times.text) == (f"chr1:{anchor - 24:,}-{anchor + 26:,}", "enlarged 100 times")
    assert (locus.top, times.top, locus.bottom - locus.top) == (10, 24, 13)
    if anchor == 3000:
        assert locus.left == max(each.right for each in letters) + 1 + 8
    else:
        assert locus.right == pytest.approx(min(each.left for each in letters) - 8, abs=1)


def test_the_lens_has_the_clicked_base_in_its_middle() -> None:
    assert lens_interval(Interval("chr1", 100, 101)) == Interval("chr1", 70, 131)


def test_the_lens_is_framed_named_and_free_of_the_grid(new_page: Callable[..., Page]) -> None:
    page = new_page(1.0, (1000, 50))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=40.0)
    surface.rectangle(0, 0, 1000, 40, LIGHT.hairline)  # as if the grid were everywhere
    track, scope = SequenceTrack(), Scope(anchor=Interval("chr1", 3000, 3001))
    content = content_of("sequence", HERE, Letters(HERE, np.zeros(HERE.length, dtype=np.uint8)))
    annotate(surface, track, content, Scale(), scope)
    pixels = {(x, y): page.colour_at(x, y) for x in range(1000) for y in range(40)}
    assert LIGHT.hairline not in pixels.values()
    letters = [x for x in range(1000) if pixels[x, 33] == LIGHT.bases["A"]]
    assert 500 <= letters[-1] - letters[0] <= 510
    assert pixels[letters[0] - 1, 30] == LIGHT.accent
    beside = [x for x in range(letters[-1] + 8, 1000) if any(not page.is_blank(x, y) for y in range(12, 36))]
    assert beside, "words that say which bases these are"
    assert caption(surface, track, content, scope) == "51 bp at 3,001"


@pytest.mark.parametrize(("width", "bases"), [(1300.0, 61), (700.0, 35), (450.0, 23)])
def test_a_narrow_lens_shows_fewer_bases_with_their_letters_and_its_name(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, width: float, bases: int
) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(width=width), height=40.0)
    track, scope = SequenceTrack(), Scope(anchor=Interval("chr1", 2000, 2001))
    content = content_of("sequence", HERE, Letters(HERE, np.zeros(HERE.length, dtype=np.uint8)))
    said = texts_over(monkeypatch, surface, track, content, scope)
    assert said.count("A") == bases
    first = 2000 - bases // 2
    assert f"chr1:{first + 1:,}-{first + bases:,}" in said
    assert caption(surface, track, content, scope) == f"{bases} bp at 2,001"


def test_bases_are_coloured_where_letters_do_not_fit(new_page: Callable[..., Page]) -> None:
    page = new_page()
    codes = np.zeros(HERE.length, dtype=np.uint8)
    codes[1050:] = 3
    surface = replace(page.surface, axis=page.surface.axis._replace(bases_per_pixel=1.0))
    paint(surface, SequenceTrack(), content_of("sequence", HERE, Letters(HERE, codes)), Scale())
    assert page.colour_at(25, 25) == LIGHT.bases["A"]
    assert page.colour_at(75, 25) == LIGHT.bases["T"]


def test_how_many_million_times_the_lens_enlarges_is_not_said(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    place = Interval("chr1", 9_000, 9_001)
    scope = Scope(anchor=place)
    draw(
        new_page(1.0, (1000, 50)),
        SequenceTrack(),
        sequence("A" * 12_000),
        40.0,
        scope,
        bases_per_pixel=2e5,
        start=0.0,
        width=1e3,
    )
    assert any(each.text.startswith("chr1:") for each in written)
    assert not any("times" in each.text for each in written)
