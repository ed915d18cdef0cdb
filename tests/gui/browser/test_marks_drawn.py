"""Where states, peaks, planted sites, genes and bases stand, and what is read out of them under the cursor."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Gene, Genes, Peaks, Sequence, StateName, States, Truth
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.gene_rows import Names, label, lay_out
from ebert_gui.browser.marks import ink_on
from ebert_gui.browser.painters import painter_of
from ebert_gui.browser.sequence import lens_interval
from ebert_gui.browser.signal import Scale
from ebert_gui.state.tracks import (
    GenesTrack,
    PeaksTrack,
    SequenceTrack,
    StatesTrack,
    Track,
    TruthTrack,
    UnknownTrack,
)
from ebert_gui.windows.theme import LIGHT

HERE = Interval("chr1", 0, 10_000)
SETTING = Setting()
NAMES = (StateName("Tx", "#00aa00"), StateName("Quies", "#dddddd"))


def held(part: str, *replies: object) -> TrackContent:
    return TrackContent({part: tuple(Held(number, HERE, reply) for number, reply in enumerate(replies))})


def draw(page, track: Track, content: TrackContent, height: float = 50.0, setting: Setting = SETTING, **axis) -> None:
    """Paint and annotate; the axis of the page with some of its fields changed."""
    surface = replace(page.surface, height=height, axis=page.surface.axis._replace(**axis))
    painter_of(track).paint(surface, track, content, Scale(), setting)
    painter_of(track).annotate(surface, track, content, Scale(), setting)


def read(track: Track, content: TrackContent, *positions: float) -> list[str]:
    return [painter_of(track).describe(track, content, position, HERE) for position in positions]


def states(*runs: tuple[int, int, int]) -> States:
    starts, ends, ids = (np.array([run[field] for run in runs]) for field in range(3))
    return States(HERE, starts, ends, ids.astype(np.uint8), NAMES)


STATES = StatesTrack(cell_type="alpha")


def test_states_leave_four_pixels_free_above_and_below_and_a_line_where_there_are_none(new_page, written) -> None:
    page = new_page()
    near = Interval("chr1", 1100, 1900)
    content = TrackContent({"states": (Held(1, near, states((1200, 1400, 0))),)})
    draw(page, STATES, content, 24.0)
    assert page.down(30) == [(4, 20, "#00aa00")]
    assert page.across(12) == [(20, 40, "#00aa00")]
    assert page.across(19) == [(10, 20, LIGHT.hairline), (20, 40, "#00aa00"), (40, 90, LIGHT.hairline)]


def test_a_reply_beside_the_view_leaves_no_line(new_page, written) -> None:
    page = new_page()
    content = TrackContent({"states": (Held(1, Interval("chr1", 0, 900), states((100, 200, 0))),)})
    draw(page, STATES, content, 24.0)
    assert page.across(19) == []


@pytest.mark.parametrize(("height", "is_named"), [(17.0, False), (18.0, True)])
def test_a_state_is_named_in_the_middle_of_what_is_visible_of_it(new_page, written, height, is_named) -> None:
    content = held("states", states((0, 3000, 0), (3000, 3100, 0), (3100, 3200, 1), (4000, 9000, 1)))
    draw(new_page(1.0, (500, 30)), STATES, content, height, width=500.0)
    # Pieces that touch are one run, [0, 3100), of which [1000, 3100) is seen; the last is seen up to 6000.
    expected = [("Tx", 0, 210, NAMES[0].colour), ("Quies", 300, 500, NAMES[1].colour)] if is_named else []
    assert [(each.text, each.left, each.right) for each in written] == [each[:3] for each in expected]
    assert [each.colour for each in written] == [ink_on(each[3]) for each in expected]


def test_a_run_that_is_too_narrow_for_its_name_has_none_and_the_finest_reply_names(new_page, written) -> None:
    surface = new_page().surface
    needed = surface.text_width("Quies", 10) + 10
    for width, is_named in ((needed - 1, False), (needed + 1, True)):
        written.clear()
        coarse = Held(1, HERE, states((0, 10_000, 0)), 5)
        fine = Held(2, HERE, states((2000, 2000 + round(width * 10), 1)), 0)
        draw(new_page(), STATES, TrackContent({"states": (coarse, fine)}), 24.0, width=500.0)
        assert ("Quies" in [each.text for each in written]) is is_named
        assert "Tx" not in [each.text for each in written]


@pytest.mark.parametrize(
    ("colour", "ink"), [("#ffffff", "#1a1f26"), ("#8c8c8c", "#ffffff"), ("#8d8d8d", "#1a1f26"), ("#0000ff", "#ffffff")]
)
def test_names_are_black_on_light_colours_and_white_on_dark_ones(colour, ink) -> None:
    assert ink_on(colour) == ink
    assert ink_on("#00c800") == "#ffffff"
    assert ink_on("#ff8000") == "#1a1f26"


def test_the_state_under_the_cursor_is_that_of_the_finest_reply(new_page) -> None:
    content = held("states", states((1000, 2000, 0)), states((1000, 1500, 1), (1600, 1700, 0)))
    assert read(STATES, content, 999, 1000, 1499, 1500, 1600, 1699, 1700) == [
        *("no state", "Quies", "Quies", "no state", "Tx", "Tx", "no state"),
    ]
    assert read(STATES, content, 10_000, -1) == ["", ""]


def peaks(*rows: tuple[int, int, int, float], names: tuple[str, ...] = (), omitted: int = 0) -> Peaks:
    starts, ends, summits = (np.array([row[field] for row in rows], dtype=np.int64) for field in range(3))
    scores = np.array([row[3] for row in rows], dtype=np.float32)
    return Peaks(HERE, starts, ends, summits, scores, names=names, omitted=omitted)


@pytest.mark.parametrize(("height", "top", "bottom"), [(26.0, 8, 18), (50.0, 20, 30), (16.0, 4, 12)])
def test_peaks_are_bars_of_ten_pixels_in_the_middle_of_their_row(new_page, height, top, bottom) -> None:
    page = new_page()
    draw(page, PeaksTrack(path="x"), held("peaks", peaks((1200, 1500, -1, 1.0))), height)
    assert page.down(30) == [(top, bottom, LIGHT.peak)]
    assert page.across(top + 4) == [(20, 50, LIGHT.peak)]


def test_the_summit_of_a_wide_peak_stands_out_at_both_sides_and_that_of_a_narrow_one_does_not(new_page) -> None:
    page = new_page()
    content = held("peaks", peaks((1200, 1400, 1300, 1.0), (1600, 1650, 1620, 1.0), (1700, 1761, 1730, 1.0)))
    draw(page, PeaksTrack(path="x", colour="#ff0000"), content, 30.0)
    column = page.down(30)
    assert (column[0][0], column[-1][1]) == (7, 23)
    assert page.down(62) == [(10, 20, "#ff0000")]
    assert page.down(73)[0][0] == 7


def test_summits_outside_of_the_view_are_not_painted(new_page) -> None:
    page = new_page()
    draw(page, PeaksTrack(path="x"), held("peaks", peaks((500, 900, 1001, 1.0), (2100, 2500, 1995, 1.0))), 30.0)
    assert page.down(0) == []
    assert page.down(99) == []


def test_the_peak_under_the_cursor_is_read_out_with_its_name_and_score() -> None:
    track = PeaksTrack(path="x")
    named = held("peaks", peaks((1000, 1100, -1, 7.25), (1050, 1200, -1, 3.0), names=("first", "second")))
    assert read(track, named, 999, 1000, 1099, 1100, 1200) == ["", "first 7.25", "first 7.25", "second 3", ""]
    bare = held("peaks", peaks((1000, 1100, -1, 7.25), (1200, 1300, -1, 3.0)))
    assert read(track, bare, 1050, 1250) == ["7.25", "3"]


def truth(*sites: tuple[int, bool]) -> Truth:
    middles = np.array([middle for middle, _ in sites])
    return Truth(HERE, middles - 10, middles + 10, np.array([is_bound for _, is_bound in sites]))


TRUTH = TruthTrack(cell_type="alpha", factor="CTCF")


def test_a_planted_site_is_a_triangle_that_points_at_its_middle(new_page, written) -> None:
    page = new_page()
    draw(page, TRUTH, held("truth", truth((1300, True), (1700, False))), 26.0)
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


def test_sites_at_the_edges_are_drawn_and_those_beyond_are_not(new_page, written) -> None:
    page = new_page(1.0, (120, 50))
    draw(page, TRUTH, held("truth", truth((960, True), (2040, True))), 26.0, width=100.0)
    assert not page.is_blank(0, 9)
    assert not page.is_blank(102, 9)
    far = new_page(1.0, (120, 50))
    draw(far, TRUTH, held("truth", truth((2060, True))), 26.0, width=100.0)
    assert all(far.down(x) == [] for x in range(120))


def test_the_legend_stands_in_the_widest_gap_between_sites_or_nowhere(new_page, written) -> None:
    for sites, left in (((3000, 9000), 212), ((5000,), 412), ((2000, 8500), 112), ((8000,), 12)):
        written.clear()
        draw(new_page(1.0, (1000, 30)), TRUTH, held("truth", truth(*((site, True) for site in sites))), width=1000.0)
        assert [(each.text, each.left) for each in written] == [("filled: bound, hollow: not bound", left)]
    written.clear()
    crowd = truth(*((start, True) for start in range(1000, 11_000, 1000)))
    draw(new_page(1.0, (1000, 30)), TRUTH, held("truth", crowd), width=1000.0)
    draw(new_page(1.0, (1000, 30)), TRUTH, held("truth"), width=1000.0)
    assert written == []


def test_a_site_is_read_out_from_a_little_beside_it() -> None:
    content = held("truth", truth((1300, True), (1700, False)))
    # Of a view of 10 kb, 50 bases on either side.
    assert read(TRUTH, content, 1239, 1240, 1359, 1360, 1640, 1759, 1760) == [
        *("", "planted, bound", "planted, bound", "", "planted, not bound", "planted, not bound", ""),
    ]


# Genes


def genes(*all_genes: Gene, omitted: int = 0) -> TrackContent:
    return held("genes", Genes(HERE, all_genes, omitted))


CODING = Gene("C", 1100, 1900, ".", exons=((1100, 1300), (1700, 1900)), coding=((1200, 1300), (1700, 1800)))


def test_a_gene_is_a_line_with_boxes_for_exons_that_are_higher_where_they_code(new_page, written) -> None:
    page = new_page()
    draw(page, GenesTrack(), genes(CODING))
    gene = LIGHT.gene
    # A body of 10 pixels from 6 on: coding parts have all of it, other exons 5.5, introns a line in the middle.
    assert page.down(25) == [(6, 16, gene)]
    exon = page.down(15)
    assert (exon[0][0], exon[-1][1]) == (8, 14)
    assert page.across(7) == [(20, 30, gene), (70, 80, gene)]
    intron = [y for y in range(50) if not page.is_blank(40, y)]
    assert intron == [10, 11]
    assert page.across(11)[0][0] == 10
    assert page.across(11)[-1][1] == 90


def test_a_gene_without_exons_is_one_box_and_at_least_a_pixel(new_page, written) -> None:
    page = new_page()
    draw(page, GenesTrack(colour="#ff0000"), genes(Gene("G", 1200, 1400, "."), Gene("T", 1700, 1701, ".")))
    assert page.across(11) == [(20, 40, "#ff0000"), (70, 71, "#ff0000")]
    column = page.down(30)
    assert (column[0][0], column[-1][1]) == (7, 15)


@pytest.mark.parametrize(("strand", "apex"), [("+", 1), ("-", -1)])
def test_arrows_along_introns_point_in_the_direction_of_transcription(new_page, written, strand, apex) -> None:
    page = new_page()
    whole = Gene("G", 1000, 2000, strand, exons=((1000, 1001), (1999, 2000)))
    draw(page, GenesTrack(), genes(whole), start=1000.0)
    # Chevrons stand at multiples of 28 pixels of the chromosome: 112, 140, 168 and 196, here 12, 40, 68 and 96.
    wings = [x for x in range(2, 98) if not page.is_blank(x, 9)]
    groups = [x for x in wings if x - 1 not in wings]
    assert len(groups) == 4
    middles = [(x, x + apex * 2) for x in (12, 40, 68, 96)]
    for (tip, _), begin in zip(middles, groups, strict=True):
        assert begin in range(min(tip, tip - apex * 3) - 1, max(tip, tip - apex * 3) + 1)
        assert (begin < tip) is (apex > 0)
    lower = [x for x in range(2, 98) if not page.is_blank(x, 12)]
    assert [x for x in lower if x - 1 not in lower] == groups


def test_a_gene_without_a_strand_or_room_has_no_arrows(new_page, written) -> None:
    page = new_page()
    whole = Gene("G", 1000, 2000, ".", exons=((1000, 1001), (1999, 2000)))
    short = Gene("S", 1000, 1240, "+", exons=((1000, 1001), (1239, 1240)))
    for gene in (whole, short):
        draw(page, GenesTrack(), genes(gene), 34.0)
        assert [x for x in range(2, 22) if not page.is_blank(x, 8)] == []


def test_names_stand_under_genes_with_an_arrow_and_stay_while_any_of_the_gene_is_seen(new_page, written) -> None:
    width = new_page().surface.text_width("G ▸", 11)
    for start, end, left in ((1300, 1900, 30), (500, 1900, 4), (1300, 9000, 30), (500, 1080, 8 - width)):
        written.clear()
        draw(new_page(), GenesTrack(), genes(Gene("G", start, end, "+")))
        (name,) = written
        assert (name.text, name.top, name.bottom) == ("G ▸", 16, 30)
        assert name.left == pytest.approx(left, abs=1)
    assert [label(Gene("G", 0, 1, strand)) for strand in "+-."] == ["G ▸", "◂ G", "G"]
    written.clear()
    draw(new_page(), GenesTrack(), genes(Gene("G", 500, 950, "+"), Gene("H", 2010, 2900, "+")))
    assert [each.text for each in written if each.text[0] == "H"] == []


def test_rows_of_genes_are_28_pixels_apart_and_14_where_names_stand_beside(new_page, written) -> None:
    overlapping = [Gene(f"N{number}", 1100, 1500, "+") for number in range(3)]
    draw(new_page(1.0, (100, 90)), GenesTrack(), genes(*overlapping), 90.0)
    assert sorted(each.top for each in written) == [16, 44, 72]
    written.clear()
    page = new_page(1.0, (100, 60))
    draw(page, GenesTrack(), genes(*overlapping), 50.0)
    # Bodies of 8 pixels, and the names 4 pixels to their right.
    assert sorted((each.left, each.top) for each in written) == [(54, 3), (54, 17), (54, 31)]
    column = page.down(30)
    assert [(first, last) for first, last, _ in column if last - first >= 6] == [(7, 13), (21, 27), (35, 41)] or len(
        column
    ) >= 3
    surface = replace(page.surface, height=50.0)
    assert lay_out(surface, genes(*overlapping)).names is Names.BESIDE
    assert lay_out(replace(surface, height=90.0), genes(*overlapping)).names is Names.UNDER


def test_genes_share_a_row_where_their_names_leave_ten_pixels_between_them(new_page) -> None:
    surface = replace(new_page().surface, height=200.0)
    width = surface.text_width("A ▸", 11)
    for gap, rows in ((9.5, (0, 1)), (10.5, (0, 0))):
        start = 1000 + round((width + gap) * 10)
        assert lay_out(surface, genes(Gene("A", 1000, 1010, "+"), Gene("B", start, start + 10, "+"))).rows == rows
    # A gene that is longer than its name counts with its own length.
    start = 1000 + round((width + 60) * 10)
    assert lay_out(surface, genes(Gene("A", 1000, start - 20, "+"), Gene("B", start, start + 10, "+"))).rows == (0, 1)


def test_how_many_genes_are_left_out_is_captioned(new_page) -> None:
    surface, track = new_page().surface, GenesTrack()
    caption = painter_of(track).caption
    one = Gene("A", 1000, 1100, "+")
    assert caption(surface, track, genes(one), SETTING) == ""
    assert caption(surface, track, genes(one, omitted=1200), SETTING) == "1,200 not shown"
    crowd = genes(*(Gene(f"G{number}", 1000, 1900, "+") for number in range(60)), omitted=5)
    hidden = lay_out(surface, crowd).hidden
    assert caption(surface, track, crowd, SETTING) == f"{hidden + 5} not shown"
    # 42 pixels hold eight rows of five.
    assert hidden == 60 - 8


def test_the_genes_under_the_cursor_are_named_once() -> None:
    content = held("genes", Genes(HERE, (Gene("A", 1000, 1100, "+"),)), Genes(HERE, (Gene("A", 1000, 1100, "+"),)))
    assert read(GenesTrack(), content, 999, 1000, 1099, 1100) == ["", "A (+)", "A (+)", ""]


# Bases


def sequence(letters: str, start: int = 0) -> TrackContent:
    codes = np.array(["ACGTN".index(letter) for letter in letters], dtype=np.uint8)
    place = Interval("chr1", start, start + len(letters))
    return TrackContent({"sequence": (Held(1, place, Sequence(place, codes)),)})


def test_a_letter_stands_in_a_box_of_its_colour_a_pixel_apart_from_the_next(new_page, written) -> None:
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
def test_letters_need_eight_pixels_and_boxes_meet_without_them(new_page, written, pixels, has_letters) -> None:
    page = new_page()
    draw(page, SequenceTrack(), sequence("AAAA", 1000), 40.0, bases_per_pixel=1 / pixels)
    assert (len(written) == 4) is has_letters
    assert (len(page.across(20)) == 4) is has_letters


@pytest.mark.parametrize(("bases_per_pixel", "is_painted"), [(1.0, True), (1.01, False)])
def test_bases_are_painted_up_to_one_a_pixel(new_page, written, bases_per_pixel, is_painted) -> None:
    page = new_page()
    track = SequenceTrack()
    surface = replace(page.surface, axis=page.surface.axis._replace(bases_per_pixel=bases_per_pixel))
    painter_of(track).paint(surface, track, sequence("A" * 60, 1010), Scale(), SETTING)
    assert bool(page.across(25)) is is_painted
    if is_painted:
        assert page.across(25) == [(10, 70, LIGHT.bases["A"])]


def test_the_base_under_the_cursor_is_read_out() -> None:
    content = sequence("ACGTN", 1000)
    assert read(SequenceTrack(), content, 999, 1000, 1001.9, 1003, 1004, 1005) == ["", "A", "C", "T", "N", ""]


def lens(page, anchor: int | None, width: float = 1000.0, chromosome: str = "chr1") -> None:
    place = Interval(chromosome, anchor, anchor + 1) if anchor is not None else None
    draw(page, SequenceTrack(), sequence("A" * 12_000), 40.0, Setting(anchor=place), width=width)


def test_without_a_clicked_base_in_sight_the_lens_says_how_to_get_one(new_page, written) -> None:
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
def test_the_lens_stands_under_its_base_and_inside_the_plot(new_page, written, anchor, left) -> None:
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
def test_the_name_of_the_lens_stands_where_there_is_room_beside_it(new_page, written, anchor) -> None:
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


def test_a_track_of_a_kind_that_is_not_known_is_a_grey_row(new_page, written) -> None:
    page = new_page()
    draw(page, UnknownTrack(kind="variants"), TrackContent(), 30.0)
    assert page.across(15) == [(0, 100, LIGHT.hairline)]
    assert page.down(50) == [(0, 30, LIGHT.hairline)]


@pytest.mark.parametrize(("height", "names"), [(61.0, Names.BESIDE), (62.0, Names.UNDER)])
def test_two_rows_of_genes_have_names_under_them_from_62_pixels_on(new_page, height, names) -> None:
    surface = replace(new_page().surface, height=height)
    overlapping = genes(Gene("A", 1100, 1500, "+"), Gene("B", 1100, 1500, "+"))
    assert lay_out(surface, overlapping).names is names


def test_names_beside_genes_are_left_out_where_the_next_gene_begins(new_page, written) -> None:
    surface = new_page().surface
    width = surface.text_width("G0 ▸", 10)
    crowd = [Gene(f"N{number}", 1800, 1900, "+") for number in range(2)]
    for gap, is_named in ((width + 7, False), (width + 9, True)):
        written.clear()
        after = 1110 + round(gap * 10)
        content = genes(Gene("G0", 1000, 1110, "+"), Gene("AFTER", after, after + 5, "+"), *crowd)
        draw(new_page(1.0, (100, 50)), GenesTrack(), content, 34.0)
        if lay_out(replace(surface, height=34.0), content).names is not Names.UNDER:
            assert ("G0 ▸" in [each.text for each in written]) <= is_named
