"""What can be chosen of features: rows, names, colours, and one row for each transcript."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import GeneModels
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.looks.density import bases_in_words
from ebert_gui.looks.feature_rows import Feature
from ebert_gui.looks.feature_settings import FeatureSettings, GeneSettings
from ebert_gui.looks.features import _name_boxes
from ebert_gui.state.scope import Scope
from ebert_gui.state.settings import shared_fields
from ebert_gui.state.tracks import Track
from ebert_gui.widgets.theme import LIGHT
from tests.gui import toy_shapes
from tests.gui.drawn import caption, content_of, draw, row_over, scale_over, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 10_000)
OVERLAPPING = (Feature("A", 1100, 1500, "+"), Feature("B", 1300, 1900, "-"))


def bed(*features: Feature, **more: object) -> TrackContent:
    return content_of("peaks", HERE, replace(toy_shapes.genes(HERE, *features), **more))


def file(**chosen: object) -> PeaksTrack:
    return PeaksTrack(path="/data/x.bed", drawn=FeatureSettings(**chosen))  # type: ignore[arg-type]


@pytest.fixture
def drawn(new_page: Callable[..., Page], written: list[Written]) -> Callable[[Track, TrackContent], Page]:
    def make(track: Track, content: TrackContent) -> Page:
        page = new_page(1.0, (100, 70))
        written.clear()
        draw(page, track, content, 70.0)
        return page

    return make


def test_packed_features_stand_in_as_many_rows_as_they_need_and_collapsed_ones_in_one(
    drawn: Callable[[Track, TrackContent], Page], written: list[Written]
) -> None:
    rows = [(first, last) for first, last, _ in drawn(file(), bed(*OVERLAPPING)).down(35)]
    assert rows == [(6, 16), (34, 44)]
    assert sorted(each.text for each in written) == ["A ▸", "◂ B"]
    page = drawn(file(mode="collapsed"), bed(*OVERLAPPING))
    assert [(first, last) for first, last, _ in page.down(12)] == [(6, 16)]
    along = page.across(7)
    assert (along[0][0], along[-1][1]) == (10, 90)
    # A is followed by B before its name ends, and B begins under A.
    assert written == []


def test_dense_features_are_plain_and_have_no_names(
    drawn: Callable[[Track, TrackContent], Page], written: list[Written]
) -> None:
    thick = Feature("T", 1100, 1900, "+", ((1100, 1300), (1700, 1900)), ((1200, 1300), (1700, 1800)))
    page = drawn(file(mode="dense", colour="#ff0000"), bed(thick))
    assert written == []
    assert {colour for _, _, colour in page.across(35)} == {"#ff0000"}
    assert "+" not in caption(page.surface, file(mode="dense"), bed(thick))


def test_names_scores_or_nothing_are_written(
    drawn: Callable[[Track, TrackContent], Page], written: list[Written]
) -> None:
    drawn(file(labelled="score"), bed(*OVERLAPPING, scores=np.array([26.61995, 1000], np.float32)))
    assert [each.text for each in written] == ["26.62", "1000"]
    drawn(file(labelled="score"), bed(*OVERLAPPING))
    assert written == []
    drawn(file(), bed(OVERLAPPING[0]))
    assert [each.text for each in written] == ["A ▸"]
    drawn(file(labelled="none"), bed(OVERLAPPING[0]))
    assert written == []


@pytest.mark.parametrize(
    ("chosen", "colours"),
    [
        ({}, ["#ff0000", LIGHT.peak]),
        ({"colour": "#00ff00"}, ["#00ff00", "#00ff00"]),
        ({"colour_by": "strand"}, [LIGHT.signals[0], LIGHT.signals[1]]),
    ],
)
def test_features_have_the_colour_of_the_file_the_chosen_one_or_that_of_their_strand(
    drawn: Callable[[Track, TrackContent], Page], chosen: dict[str, str], colours: list[str]
) -> None:
    two = Feature("A", 1100, 1300, "+"), Feature("B", 1600, 1800, "-")
    page = drawn(file(labelled="none", **chosen), bed(*two, colours=("#ff0000", "")))
    found = page.across(31)
    assert [(first, last) for first, last, _ in found] == [(10, 30), (60, 80)]
    assert [colour for _, _, colour in found] == colours


def test_scores_shade_features_where_a_person_or_the_file_asks_for_it(
    drawn: Callable[[Track, TrackContent], Page],
) -> None:
    two = Feature("A", 1100, 1300, "."), Feature("B", 1600, 1800, ".")
    scored = bed(*two, scores=np.array([100, 1000], np.float32))
    asked = bed(*two, scores=np.array([100, 1000], np.float32), is_shaded=True)
    plain = drawn(file(labelled="none"), scored).across(31)
    assert {colour for _, _, colour in plain} == {LIGHT.peak}
    for track, content in ((file(labelled="none", colour_by="score"), scored), (file(labelled="none"), asked)):
        pale, full = (colour for _, _, colour in drawn(track, content).across(31))
        assert full == LIGHT.peak
        assert pale not in (LIGHT.peak, LIGHT.canvas)


def test_a_colour_that_the_canvas_hides_is_taken_nearer_to_that_of_text(
    drawn: Callable[[Track, TrackContent], Page],
) -> None:
    one = Feature("A", 1100, 1300, ".")
    ((_, _, colour),) = drawn(file(labelled="none"), bed(one, colours=("#ffffff",))).across(31)
    assert colour != LIGHT.canvas


def test_genes_are_folded_or_have_a_row_for_each_transcript_with_its_name(
    drawn: Callable[[Track, TrackContent], Page], written: list[Written]
) -> None:
    assert GenesTrack().reads(Scope())[0].source == GeneModels("", is_folded=True)
    unfolded = GenesTrack(drawn=GeneSettings(is_folded=False))
    assert unfolded.reads(Scope())[0].source == GeneModels("", is_folded=False)
    found = Feature("GENE", 1100, 1500, "+", identity="T1"), Feature("GENE", 1100, 1600, "+", identity="T2")
    shape = toy_shapes.genes(HERE, *found)
    drawn(unfolded, content_of("genes", HERE, shape))
    assert sorted(each.text for each in written) == ["GENE T1 ▸", "GENE T2 ▸"]


def test_what_genes_and_other_features_have_in_common_is_chosen_for_both_at_once() -> None:
    names = [each.name for each in shared_fields((GeneSettings(), FeatureSettings()))]
    assert names == ["colour", "mode", "labelled", "colour_by"]


def test_a_density_is_columns_from_0_with_the_count_in_words(new_page: Callable[..., Page]) -> None:
    nothing = np.zeros(0, np.int64)
    counts = np.array([0, 3, 1, 0, 0, 0, 0, 0, 0, 7], np.int64)
    crowded = Features(Interval("chr1", 1000, 2000), nothing, nothing, density=counts, omitted=11)
    content = content_of("peaks", Interval("chr1", 1000, 2000), crowded)
    page, track = new_page(), file()
    assert caption(page.surface, track, content) == f"features in {bases_in_words(100)}"
    scale = scale_over(page.surface.axis, track, content)
    assert scale is not None
    assert (scale.low, scale.high) == (0.0, 8.0)
    draw(page, track, content, 50.0, scale=scale)
    assert page.across(45) == [(10, 30, page.colour_at(15, 45)), (90, 100, page.colour_at(95, 45))]
    tops = [page.down(x)[0][0] for x in (15, 25, 95)]
    assert tops[2] < tops[0] < tops[1]
    assert words_at(track, content, HERE, 1050, 1150, 1250) == [
        "0 features in 100 bp",
        "3 features in 100 bp",
        "1 feature in 100 bp",
    ]


def test_features_that_touch_have_a_border_between_them_in_one_colour(
    drawn: Callable[[Track, TrackContent], Page],
) -> None:
    three = Feature("A", 1100, 1300, "."), Feature("B", 1300, 1500, "."), Feature("C", 1600, 1800, ".")
    page = drawn(file(labelled="none"), bed(*three))
    assert [(first, last) for first, last, _ in page.across(31)] == [(10, 29), (30, 50), (60, 80)]
    # Without room for it there is none.
    page = drawn(file(labelled="none"), bed(Feature("A", 1100, 1120, "."), Feature("B", 1120, 1140, ".")))
    assert [(first, last) for first, last, _ in page.across(31)] == [(10, 14)]


def test_a_feature_with_a_strand_has_arrows_in_its_body_and_one_without_has_none(
    drawn: Callable[[Track, TrackContent], Page],
) -> None:
    def along(strand: str) -> list[str]:
        page = drawn(file(labelled="none"), bed(Feature("A", 1100, 1900, strand)))
        return [colour for y in (29, 31, 33) for _, _, colour in page.across(y)]

    assert set(along(".")) == {LIGHT.peak}
    assert len(along("+")) > len(along("."))
    assert len(along("-")) > len(along("."))


def test_scores_of_bed_go_to_a_thousand_and_others_to_what_nearly_all_have(
    drawn: Callable[[Track, TrackContent], Page],
) -> None:
    two = Feature("A", 1100, 1300, "."), Feature("B", 1600, 1800, ".")

    def shades(*scores: float) -> list[str]:
        content = bed(*two, scores=np.array(scores, np.float32))
        page = drawn(file(labelled="none", colour_by="score"), content)
        return [colour for _, _, colour in page.across(31)]

    # Half of a thousand is half of the colour, although it is the highest here.
    assert shades(500, 500)[0] not in (LIGHT.peak, shades(0.001, 1000)[0])
    assert shades(5, 5) == [LIGHT.peak] * 2
    assert shades(5000, 5000) == [LIGHT.peak] * 2
    assert len(set(shades(-5, -1))) == 1, "below zero all are as pale as zero"


def test_a_name_stands_for_its_feature_under_the_cursor() -> None:
    axis = Axis("chr1", 0.0, 10.0, 1000.0)
    row = row_over(axis, file(), bed(Feature("LONG NAME", 1000, 1100, ".")))
    ((left, right),) = zip(*_name_boxes(row.arranged.layout, axis)[:2], strict=True)
    y = float(row.arranged.layout.tops[0]) + 2
    # The name reaches further than the body, and ends somewhere.
    assert axis.x_of(1100) + 5 < right
    for x, is_there in ((left + 1, True), (right - 1, True), (right + 5, False)):
        words = row.at(axis.position_at(float(x)), axis, y).words
        assert (words == "LONG NAME") is is_there


def test_a_single_feature_of_a_density_is_a_pixel_high(new_page: Callable[..., Page]) -> None:
    nothing, here = np.zeros(0, np.int64), Interval("chr1", 1000, 2000)
    counts = np.array([1, 0, 4000, 0, 0, 0, 0, 0, 0, 0], np.int64)
    content = content_of("peaks", here, Features(here, nothing, nothing, density=counts, omitted=4001))
    page, track = new_page(), file()
    scale = scale_over(page.surface.axis, track, content)
    assert scale is not None
    draw(page, track, content, 50.0, scale=scale)
    ((first, last, colour),) = page.down(5)
    assert last - first == 1
    assert colour == page.colour_at(25, 30)
    assert page.down(15) == []
