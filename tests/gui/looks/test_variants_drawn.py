"""Where variants stand, how their kinds look, where their letters fit, and what is read out of them."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from ebert_core.protocol.shapes import Column, Features
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.variants import VariantsTrack
from ebert_gui.state.settings import Settings
from ebert_gui.widgets.theme import DARK, LIGHT, Theme
from tests.gui.drawn import answer, caption, content_of, draw, paint, row_over, texts_over, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 10_000)
TRACK = VariantsTrack(path="x.vcf", name="x")


def variants(*rows: tuple[int, int, str, str, str], names: tuple[str, ...] = (), passed: str = "PASS") -> Features:
    """Variants by start, end, reference allele, other alleles and kind."""
    starts, ends = (np.array([row[side] for row in rows], dtype=np.int64) for side in (0, 1))
    columns = (
        Column("ref", tuple(row[2] for row in rows)),
        Column("alt", tuple(row[3] for row in rows)),
        Column("qual", ("50",) * len(rows)),
        Column("filter", (passed,) * len(rows)),
        Column("kind", tuple(row[4] for row in rows)),
    )
    return Features(HERE, starts, ends, names=names or ("",) * len(rows), columns=columns)


def snv(start: int) -> tuple[int, int, str, str, str]:
    return (start, start + 1, "A", "G", "SNV")


@pytest.mark.parametrize(
    ("variant", "colour", "middle", "top"),
    [
        ((1200, 1201, "A", "G", "SNV"), LIGHT.signals[0], (20, 22), (20, 22)),
        ((1200, 1201, "A", "ATT", "insertion"), LIGHT.signals[1], (20, 22), (18, 24)),
        ((1200, 1300, "N", "<DEL>", "deletion"), LIGHT.signals[3], (20, 30), (20, 22)),
        ((1200, 1300, "N", "<DUP>", "other"), LIGHT.signals[7], (20, 30), (20, 30)),
        ((1200, 1300, "A", "<NON_REF>", "reference block"), LIGHT.border, (20, 30), None),
    ],
)
def test_each_kind_has_its_colour_and_its_form(
    new_page: Callable[..., Page],
    variant: tuple[int, int, str, str, str],
    colour: str,
    middle: tuple[int, int],
    top: tuple[int, int] | None,
) -> None:
    page = new_page()
    paint(page.surface, TRACK, content_of("variants", HERE, variants(variant)), Scale())
    assert page.across(8) == [(*middle, colour)]
    assert page.across(5) == ([(*top, colour)] if top else [])


def test_an_insertion_has_a_cap_at_both_of_its_ends(new_page: Callable[..., Page]) -> None:
    page = new_page()
    insertion = variants((1200, 1201, "A", "ATT", "insertion"))
    paint(page.surface, TRACK, content_of("variants", HERE, insertion), Scale())
    [(top, bottom, colour)] = page.down(21)
    assert page.down(18) == [(top, top + 2, colour), (bottom - 2, bottom, colour)]


def test_what_did_not_pass_the_filters_is_paler_and_a_chosen_colour_is_that_of_all(
    new_page: Callable[..., Page],
) -> None:
    page = new_page()
    paint(page.surface, TRACK, content_of("variants", HERE, variants(snv(1200), passed="q10")), Scale())
    [(_, _, pale)] = page.across(8)
    assert pale not in (LIGHT.signals[0], LIGHT.canvas)
    page = new_page()
    red = VariantsTrack(path="x", drawn=Settings(colour="#ff0000"))
    both = variants(snv(1200), (1400, 1450, "N", "<DUP>", "other"))
    paint(page.surface, red, content_of("variants", HERE, both), Scale())
    assert {colour for _, _, colour in page.across(8)} == {"#ff0000"}


def test_variants_that_overlap_stand_in_rows_and_one_of_two_tiles_stands_once(new_page: Callable[..., Page]) -> None:
    page = new_page()
    both = variants((1200, 1400, "N", "<DUP>", "other"), (1300, 1500, "N", "<DUP>", "other"))
    draw(page, TRACK, content_of("variants", HERE, both, both), 44.0)
    grey = LIGHT.signals[7]
    assert page.down(35) == [(4, 13, grey), (17, 26, grey)]
    assert page.down(25) == [(4, 13, grey)]


def test_letters_stand_where_they_have_room(new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    surface = new_page().surface
    # The second would run over the edge of the plot.
    near = content_of("variants", HERE, variants(snv(1100), (1500, 1501, "A", "A" * 30, "insertion")))
    assert texts_over(monkeypatch, surface, TRACK, near) == ["A>G"]
    crowd = content_of("variants", HERE, variants(*(snv(1100 + 40 * number) for number in range(20))))
    assert texts_over(monkeypatch, surface, TRACK, crowd) == []
    block = content_of("variants", HERE, variants((1100, 1200, "A", "<*>", "reference block")))
    assert texts_over(monkeypatch, surface, TRACK, block) == []


def test_letters_stand_beside_their_bar_and_leave_a_gap_before_the_next(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    one = content_of("variants", HERE, variants(snv(1100)))
    draw(page, TRACK, one, 44.0)
    [word] = written
    assert abs((word.top + word.bottom) / 2 - 8.5) <= 1
    # The letters end some pixels before the second bar: too few.
    width = word.right - word.left
    second = 1100 + round((2 + 5 + width + 5) * 10)
    row = row_over(
        Axis("chr1", 1000.0, 10.0, 100.0), TRACK, content_of("variants", HERE, variants(snv(1100), snv(second)))
    )
    assert row.arranged.rows.tolist() == [0, 1]


def test_letters_of_each_row_stand_beside_its_bars(new_page: Callable[..., Page], written: list[Written]) -> None:
    page = new_page(1.0, (300, 50))
    draw(page, TRACK, content_of("variants", HERE, variants(snv(1100), snv(1110))), 44.0, width=300.0)
    middles = [(first + last) / 2 for first, last, _ in (*page.down(10)[:1], *page.down(12)[-1:])]
    assert [(word.top + word.bottom) / 2 for word in written] == pytest.approx(middles, abs=1)
    assert middles[1] > middles[0] + 8


@pytest.mark.parametrize(("height", "rows"), [(43, 3), (42, 2)])
def test_there_are_as_many_rows_as_fit(height: int, rows: int) -> None:
    # Three that overlap among many that do not, so that they are no crowd.
    apart = [snv(3000 + 200 * number) for number in range(20)]
    three = [(1200 + 10 * number, 1900, "N", "<DUP>", "other") for number in range(3)]
    track = replace(TRACK, height=height)
    row = row_over(Axis("chr1", 1000.0, 10.0, 100.0), track, content_of("variants", HERE, variants(*three, *apart)))
    assert len(set(row.arranged.rows[:3].tolist())) == rows


def test_a_variant_that_ends_where_the_view_begins_is_not_in_it() -> None:
    axis = Axis("chr1", 1000.0, 10.0, 100.0)
    beside = row_over(axis, TRACK, content_of("variants", HERE, variants(snv(999), snv(2000))))
    assert beside.look.blank(beside.arranged, axis) == "No variants here"


def test_a_crowd_stands_in_one_tall_row(new_page: Callable[..., Page]) -> None:
    page = new_page()
    crowd = variants(*(snv(1100 + number) for number in range(300)))
    draw(page, TRACK, content_of("variants", HERE, crowd), 44.0)
    assert page.down(15) == [(4, 28, LIGHT.signals[0])]
    low = new_page()
    draw(low, TRACK, content_of("variants", HERE, crowd), 26.0)
    assert low.down(15) == [(4, 22, LIGHT.signals[0])]


def test_the_shortest_variant_near_the_cursor_is_read_out_and_a_click_on_it_asks_for_all() -> None:
    rows = (snv(1500), (1000, 2000, "N", "<DEL>", "deletion"))
    content = content_of("variants", HERE, variants(*reversed(rows), names=("", "rs1")))
    first = "1,501 rs1 A>G · QUAL 50 · PASS · SNV (and 1 more)"
    assert words_at(TRACK, content, HERE, 1500, 1535, 1700, 2100) == [
        first,
        first,
        "1,001 N><DEL> · QUAL 50 · PASS · deletion",
        "",
    ]
    assert answer(TRACK, content, 1500, HERE).subject == Interval("chr1", 1500, 1501)
    assert answer(TRACK, content, 2100, HERE).subject is None


def test_what_is_left_out_is_counted_and_an_empty_place_is_said() -> None:
    axis = Axis("chr1", 0.0, 10.0, 100.0)
    empty = row_over(axis, TRACK, content_of("variants", HERE, variants()))
    assert empty.look.blank(empty.arranged, axis) == "No variants here"
    shown = row_over(axis, TRACK, content_of("variants", HERE, variants(snv(10))))
    assert shown.look.blank(shown.arranged, axis) == ""


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_kinds_are_told_apart_in_both_themes(theme: Theme) -> None:
    colours = [theme.signals[place] for place in (0, 1, 3, 7)]
    assert len(set(colours)) == 4


def test_a_tile_that_left_some_out_says_how_many(new_page: Callable[..., Page]) -> None:
    content = content_of("variants", HERE, replace(variants(snv(1200)), omitted=1_234))
    assert caption(new_page().surface, TRACK, content) == "1,234 not shown"
