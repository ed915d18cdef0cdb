"""Where genes stand, with their exons, arrows and names."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.looks.feature_rows import Feature, Names, label
from ebert_gui.looks.feature_settings import GeneSettings
from ebert_gui.widgets.theme import LIGHT
from tests.gui import toy_shapes
from tests.gui.drawn import caption, content_of, draw, layout_of, row_over, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 10_000)
CODING = Feature("C", 1100, 1900, ".", parts=((1100, 1300), (1700, 1900)), thick=((1200, 1300), (1700, 1800)))


def genes(*all_genes: Feature, omitted: int = 0) -> TrackContent:
    return content_of("genes", HERE, toy_shapes.genes(HERE, *all_genes, omitted=omitted))


def test_a_gene_is_a_line_with_boxes_for_exons_that_are_higher_where_they_code(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    draw(page, GenesTrack(), genes(CODING))
    gene = LIGHT.gene
    # A body of 10 pixels from 6 on: coding parts have all of it, other exons 6, introns a line in the middle.
    assert page.down(25) == [(6, 16, gene)]
    exon = page.down(15)
    assert (exon[0][0], exon[-1][1]) == (8, 14)
    assert page.across(7) == [(20, 30, gene), (70, 80, gene)]
    intron = [y for y in range(50) if not page.is_blank(40, y)]
    assert intron == [10]
    assert page.across(11)[0][0] == 10
    assert page.across(11)[-1][1] == 90


def test_a_gene_without_exons_is_one_box_and_at_least_a_pixel(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    draw(
        page,
        GenesTrack(drawn=GeneSettings(colour="#ff0000")),
        genes(Feature("G", 1200, 1400, "."), Feature("T", 1700, 1701, ".")),
    )
    assert page.across(11) == [(20, 40, "#ff0000"), (70, 71, "#ff0000")]
    column = page.down(30)
    assert (column[0][0], column[-1][1]) == (7, 15)


@pytest.mark.parametrize(("strand", "apex"), [("+", 1), ("-", -1)])
def test_arrows_along_introns_point_in_the_direction_of_transcription(
    new_page: Callable[..., Page], written: list[Written], strand: str, apex: int
) -> None:
    page = new_page()
    whole = Feature("G", 1000, 2000, strand, parts=((1000, 1001), (1999, 2000)))
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


def test_arrows_of_a_gene_that_begins_before_the_view_begin_at_its_edge(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    whole = Feature("G", 0, 5000, "+", parts=((0, 1), (4999, 5000)))
    draw(page, GenesTrack(), genes(whole), start=1080.0)
    # A chevron at base 1,120, the fourth pixel.
    assert [x for x in range(1, 10) if not page.is_blank(x, 9)]


def test_a_gene_without_a_strand_or_room_has_no_arrows(new_page: Callable[..., Page], written: list[Written]) -> None:
    page = new_page()
    whole = Feature("G", 1000, 2000, ".", parts=((1000, 1001), (1999, 2000)))
    short = Feature("S", 1000, 1240, "+", parts=((1000, 1001), (1239, 1240)))
    for gene in (whole, short):
        draw(page, GenesTrack(), genes(gene), 34.0)
        assert [x for x in range(2, 22) if not page.is_blank(x, 8)] == []


def test_names_stand_under_genes_with_an_arrow_and_stay_while_any_of_the_gene_is_seen(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    width = new_page().surface.text_width("G ▸", 11)
    for start, end, left in ((1300, 1900, 30), (500, 1900, 4), (1300, 9000, 30), (500, 1080, 8 - width)):
        written.clear()
        draw(new_page(), GenesTrack(), genes(Feature("G", start, end, "+")))
        (name,) = written
        assert (name.text, name.top, name.bottom) == ("G ▸", 16, 30)
        assert name.left == pytest.approx(left, abs=1)
    assert [label(Feature("G", 0, 1, strand)) for strand in "+-."] == ["G ▸", "◂ G", "G"]
    written.clear()
    draw(new_page(), GenesTrack(), genes(Feature("G", 500, 950, "+"), Feature("H", 2010, 2900, "+")))
    assert [each.text for each in written if each.text[0] == "H"] == []


def test_rows_of_genes_are_28_pixels_apart_and_14_where_names_stand_beside(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    overlapping = [Feature(f"N{number}", 1100, 1500, "+") for number in range(3)]
    draw(new_page(1.0, (100, 90)), GenesTrack(), genes(*overlapping), 90.0)
    assert sorted(each.top for each in written) == [16, 44, 72]
    written.clear()
    page = new_page(1.0, (100, 60))
    draw(page, GenesTrack(), genes(*overlapping), 50.0)
    # Bodies of 8 pixels, and the names 4 pixels to their right.
    assert sorted((each.left, each.top) for each in written) == [(54, 3), (54, 17), (54, 31)]
    assert [(first, last) for first, last, _ in page.down(12)] == [(7, 13), (21, 27), (35, 41)]
    surface = replace(page.surface, height=50.0)
    assert layout_of(surface, *overlapping).names is Names.BESIDE
    assert layout_of(replace(surface, height=90.0), *overlapping).names is Names.UNDER


def test_genes_share_a_row_where_their_names_leave_ten_pixels_between_them(new_page: Callable[..., Page]) -> None:
    surface = replace(new_page().surface, height=200.0)
    width = surface.text_width("A ▸", 11)
    for gap, rows in ((9.5, [0, 1]), (10.5, [0, 0])):
        start = 1000 + round((width + gap) * 10)
        both = Feature("A", 1000, 1010, "+"), Feature("B", start, start + 10, "+")
        assert layout_of(surface, *both).rows.tolist() == rows
    # A gene that is longer than its name counts with its own length, and one that is made of parts with a gap.
    start = 1000 + round((width + 60) * 10)
    for gap, parts, rows in ((0, (), [0, 0]), (20, ((1000, 1010),), [0, 1]), (40, ((1000, 1010),), [0, 0])):
        both = Feature("A", 1000, start - gap, "+", parts), Feature("B", start, start + 10, "+")
        assert layout_of(surface, *both).rows.tolist() == rows


def test_how_many_genes_are_left_out_is_captioned(new_page: Callable[..., Page]) -> None:
    surface, track = new_page().surface, GenesTrack()
    one = Feature("A", 1000, 1100, "+")
    assert caption(surface, track, genes(one)) == ""
    assert caption(surface, track, genes(one, omitted=1200)) == "1,200 not shown"
    many = [Feature(f"G{number}", 1000, 1900, "+") for number in range(60)]
    crowd = genes(*many, omitted=5)
    hidden = layout_of(surface, *many).hidden
    assert caption(surface, track, crowd) == f"{hidden + 5} not shown"
    # 42 pixels hold eight rows of five.
    assert hidden == 60 - 8


def test_the_genes_under_the_cursor_are_named_once() -> None:
    content = content_of("genes", HERE, *2 * (toy_shapes.genes(HERE, *(Feature("A", 1000, 1100, "+"),)),))
    assert words_at(GenesTrack(), content, HERE, 999, 1000, 1099, 1100) == ["", "A (+)", "A (+)", ""]


@pytest.mark.parametrize(("height", "names"), [(61.0, Names.BESIDE), (62.0, Names.UNDER)])
def test_two_rows_of_genes_have_names_under_them_from_62_pixels_on(
    new_page: Callable[..., Page], height: float, names: Names
) -> None:
    surface = replace(new_page().surface, height=height)
    overlapping = (Feature("A", 1100, 1500, "+"), Feature("B", 1100, 1500, "+"))
    assert layout_of(surface, *overlapping).names is names


def test_names_beside_genes_are_left_out_where_the_next_gene_begins(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    width = new_page().surface.text_width("G0 ▸", 10)
    crowd = [Feature(f"N{number}", 1800, 1900, "+") for number in range(2)]
    for gap, is_named in ((width + 13, False), (width + 15, True)):
        written.clear()
        after = 1110 + round(gap * 10)
        # In one row, at a height that has no room for names under bodies.
        track = GenesTrack(drawn=GeneSettings(mode="collapsed"))
        both = (Feature("G0", 1000, 1110, "+"), Feature("AFTER", after, after + 5, "+"), *crowd)
        draw(new_page(1.0, (100, 50)), track, genes(*both), 30.0)
        assert ("G0 ▸" in [each.text for each in written]) is is_named


def test_opposed_genes_share_a_row_and_overlapping_ones_do_not(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    genes = (Feature("A", 1000, 1300, "-"), Feature("B", 1600, 1900, "+"), Feature("C", 1700, 1950, "+"))
    layout = layout_of(surface, *genes[:2])
    assert layout.rows.tolist() == [0, 0]
    assert layout_of(surface, *genes).rows[1:].tolist() == [0, 1]


def test_the_gene_in_the_row_under_the_cursor_is_read_out_and_its_name_stands_for_it() -> None:
    axis = Axis("chr1", 0.0, 10.0, 1000.0)
    shape = genes(Feature("UPPER", 1000, 3000, "+"), Feature("LOWER", 2000, 4000, "+"))
    row = row_over(axis, GenesTrack(), shape)
    layout = row.arranged.layout
    assert sorted(layout.rows.tolist()) == [0, 1]
    said = [row.at(2500, axis, float(layout.tops[place]) + 2).words for place in range(2)]
    assert ["UPPER" in said[0], "LOWER" in said[0]] == [True, False]
    assert ["UPPER" in said[1], "LOWER" in said[1]] == [False, True]
