"""What the column at the left says of a track and where: on one line in a low row, below each other in a high one."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Remark, Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary
from ebert_gui.browser import gutter
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import EMPTY, Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.looks.prediction_arranged import PredictionSettings
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.widgets.theme import LIGHT
from tests.gui.drawn import paint_label
from tests.gui.pages import Page, Written

SIGNAL = SignalTrack(signal="DNase", cell_type="alpha")
NOTHING_OPEN = Scope()
CAPTION = "mean, range of 10 bp"
HERE = Interval("chr1", 1000, 2000)
CELLS = (CellType("alpha", True), CellType("beta", True))
DATASET = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 2000),), True, True, (), (), CELLS)


def doubted(*shorts: str) -> TrackContent:
    """Content of which something is to be said."""
    values = np.zeros(100, dtype=np.float32)
    remarks = tuple(Remark(short, f"{short}, at length.") for short in shorts)
    return TrackContent({"signal": (Held(1, HERE, Signal(HERE, values, values, values, remarks=remarks)),)})


def label(
    page,
    track: Track,
    height: float,
    content: TrackContent = EMPTY,
    scale: Scale | None = None,
    scope: Scope = NOTHING_OPEN,
) -> None:
    surface = replace(page.surface, height=height)
    paint_label(surface, GUTTER, track, content, scale, scope)


def lines(written: list[Written]) -> list[tuple[str, int]]:
    """Each text with the y at which its box begins."""
    return [(each.text, each.top) for each in written]


@pytest.mark.parametrize(
    ("height", "expected"),
    [
        (20.0, [("DNase", 0), ("alpha", 0)]),
        (30.0, [("DNase", 0), ("alpha", 0), ("5", 1), ("0", 16)]),
        (39.0, [("DNase", 0), ("alpha", 0), ("5", 1), ("0", 25)]),
        (40.0, [("DNase", 2), ("alpha", 17), (CAPTION, 32), ("5", 1), ("0", 26)]),
        (60.0, [("DNase", 8), ("alpha", 22), (CAPTION, 38), ("5", 1), ("0", 46)]),
        (63.0, [("DNase", 9), ("alpha", 24), (CAPTION, 39), ("5", 1), ("0", 49)]),
        (64.0, [("DNase", 6), ("alpha", 21), (CAPTION, 36), ("5", 1), ("0", 50)]),
        (84.0, [("DNase", 6), ("alpha", 21), (CAPTION, 36), ("5", 1), ("0", 70)]),
    ],
)
def test_lines_stand_below_each_other_where_there_is_room_and_numbers_at_the_ends_of_the_plot(
    new_page: Callable[..., Page], written: list[Written], height: float, expected: list[tuple[str, int]]
) -> None:
    label(new_page(1.0, (GUTTER, 100)), SIGNAL, height, scale=Scale(0, 5))
    assert [text for text, _ in lines(written)] == [text for text, _ in expected]
    assert [top for _, top in lines(written)] == pytest.approx([top for _, top in expected], abs=0.6)
    assert {each.left for each in written} - {12} == ({58} if height < 40 else set())
    numbers = [each for each in written if each.text in "50"]
    assert {each.right for each in numbers} <= {GUTTER - 6}
    assert all(each.bottom - each.top == 13 for each in numbers)


def test_a_prediction_writes_its_numbers_at_its_plot_between_peaks_and_ribbon(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    label(new_page(1.0, (GUTTER, 100)), PredictionTrack(cell_type="alpha", factor="CTCF"), 84.0, scale=Scale(0, 1))
    assert lines(written)[-2:] == [("1", 12), ("0", 55)]


@pytest.mark.parametrize(("height", "has_numbers"), [(24.0, False), (25.0, True)])
def test_numbers_that_would_lie_over_each_other_are_left_out(
    new_page: Callable[..., Page], written: list[Written], height: float, has_numbers: bool
) -> None:
    label(new_page(1.0, (GUTTER, 100)), SIGNAL, height, scale=Scale(0, 5))
    assert ("5" in {each.text for each in written}) is has_numbers


def test_a_track_without_a_scale_has_no_numbers(new_page: Callable[..., Page], written: list[Written]) -> None:
    label(new_page(1.0, (GUTTER, 100)), PeaksTrack(cell_type="alpha", factor="CTCF"), 60.0, scale=Scale(0, 5))
    assert lines(written) == [("CTCF peaks", pytest.approx(15, abs=1)), ("alpha", pytest.approx(30, abs=1))]


def test_a_file_that_could_not_be_read_has_no_caption_and_no_scale(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    label(page, SIGNAL, 84.0, TrackContent(is_error=True, sentence="It is damaged."), Scale(0, 5))
    assert [each.text for each in written] == ["DNase", "alpha"]
    written.clear()
    label(page, SIGNAL, 84.0, replace(doubted(), is_error=True, sentence="Its end is damaged."), Scale(0, 5))
    assert [each.text for each in written] == ["DNase", "alpha", CAPTION, "5", "0"]


def test_a_name_ends_before_the_number_beside_it_and_has_all_the_width_elsewhere(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    label(new_page(1.0, (GUTTER, 100)), SIGNAL, 84.0, scale=Scale(0, 123456))
    title, cell, caption, high, low = written
    room = new_page().surface.text_width("123456", 10) + 4
    assert title.right == round(GUTTER - 8 - room)
    assert cell.right == caption.right == GUTTER - 8
    assert (high.text, low.text) == ("123456", "0")


def test_a_long_title_takes_two_lines_and_is_broken_after_a_sign(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    track = SignalTrack(signal="a_rather_long_name_of_a_signal_that_never_ends.bw")
    label(page, track, 84.0)
    assert lines(written)[0] == ("a_rather_long_name_of_", 6)
    assert written[1].text.startswith("a_signal")
    assert (written[1].top, lines(written)[2]) == (21, (CAPTION, 36))
    written.clear()
    label(page, track, 40.0)
    assert len(written) == 2
    assert "…" in written[0].text


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("short", ["short"]),
        ("first.second-half_of_a_very_long_name", ["first.second-half_of_a_", "very_long_name"]),
        ("W" * 30, ["W" * 13, "W" * 17]),
        ("_" + "W" * 30, None),
    ],
)
def test_a_title_is_broken_where_it_can_be(new_page: Callable[..., Page], title: str, parts: list[str] | None) -> None:
    surface = new_page().surface
    room = surface.text_width("W" * 13, 12, True)
    found = gutter.broken(surface, title, room)
    assert "".join(found) == title
    assert surface.text_width(found[0], 12, True) <= room
    if parts is None:
        assert len(found[0]) > 1
    else:
        assert found == parts
    assert gutter.broken(surface, "WW", 0.5) == ["W", "W"]


def test_on_one_line_the_cell_type_follows_the_title_and_goes_where_there_is_no_room(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    label(page, StatesTrack(cell_type="alpha"), 24.0)
    title = page.surface.text_width("States", 12, True)
    assert [(each.text, each.left, each.right) for each in written] == [
        ("States", 12, 160),
        ("alpha", round(12 + title + 8), 160),
    ]
    written.clear()
    label(page, StatesTrack(cell_type="alpha", name="a_long_name_of_states"), 24.0)
    assert len(written) == (2 if page.surface.text_width("a_long_name_of_states", 12, True) < 148 - 32 else 1)
    written.clear()
    label(page, GenesTrack(), 24.0)
    assert [each.text for each in written] == ["Genes"]


@pytest.mark.parametrize("height", [24.0, 60.0, 84.0])
def test_a_row_whose_values_are_in_doubt_has_a_sign_and_a_few_words_beside_it(
    new_page: Callable[..., Page], written: list[Written], height: float
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    label(page, SIGNAL, height, doubted("2 lines left out"))
    signs = [(x, y) for x in range(GUTTER) for y in range(100) if page.colour_at(x, y) == LIGHT.warning]
    left, right = min(x for x, _ in signs), max(x for x, _ in signs)
    top, bottom = min(y for _, y in signs), max(y for _, y in signs)
    assert right - left in range(8, 12)
    assert bottom - top in range(8, 11)
    stroke = [QColor(page.colour_at((left + right) // 2, y)).lightness() for y in range(top, bottom + 1)]
    light = QColor(LIGHT.warning).lightness() + 30
    # A stroke, and below it a dot.
    assert max(stroke[3:7]) > light
    assert max(stroke[7:]) > light
    words = [each for each in written if each.text == "2 lines left out"]
    if height < 40:
        assert words == []
        assert left > 140
        assert (top + bottom) / 2 == pytest.approx(height / 2, abs=1.5)
        assert written[0].right <= left
    else:
        (said,) = words
        assert (said.left, said.colour) == (12 + 17, LIGHT.warning)
        assert left in (12, 13)
        assert (top + bottom) / 2 == pytest.approx((said.top + said.bottom) / 2, abs=1.5)
        assert said.top == max(each.bottom for each in written if each.text == CAPTION)


def test_as_many_doubts_are_written_as_there_is_room_for(new_page: Callable[..., Page], written: list[Written]) -> None:
    page = new_page(1.0, (GUTTER, 120))
    shorts = ("first", "second", "third")
    for height, expected in (
        (56.0, ["first"]),
        (79.0, ["first"]),
        (80.0, ["first", "second"]),
        (100.0, ["first", "second", "third"]),
    ):
        written.clear()
        label(page, SIGNAL, height, doubted(*shorts))
        said = [each for each in written if each.text in shorts]
        assert [each.text for each in said] == expected
        assert [each.top - said[0].top for each in said] == [15 * number for number in range(len(said))]


def test_a_label_is_framed_by_hairlines_and_marked_in_the_colour_of_its_track(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (GUTTER + 40, 100))
    page.surface.rectangle(0, 0, GUTTER + 40, 100, LIGHT.accent)
    label(page, SignalTrack(signal="x", drawn=SignalSettings(colour="#123456")), 60.0)
    assert page.across(30) == [
        (0, 3, "#123456"),
        (GUTTER - 1, GUTTER, LIGHT.hairline),
        (GUTTER, GUTTER + 40, LIGHT.accent),
    ]
    assert page.down(1) == [(2, 58, "#123456"), (62, 63, LIGHT.hairline), (65, 100, LIGHT.accent)]
    assert page.across(62) == [(0, GUTTER + 40, LIGHT.hairline)]


@pytest.mark.parametrize(
    ("track", "colour"),
    [
        (SIGNAL, LIGHT.signals[0]),
        (SignalTrack(signal="x", cell_type="beta"), LIGHT.signals[1]),
        (PredictionTrack(cell_type="alpha", factor="CTCF"), LIGHT.prediction),
        (PredictionTrack(cell_type="alpha", factor="CTCF", drawn=PredictionSettings(colour="#654321")), "#654321"),
        (PeaksTrack(drawn=FeatureSettings(colour="#654321")), "#654321"),
        (PeaksTrack(), None),
    ],
)
def test_a_swatch_shows_the_colour_that_is_a_tracks_own(
    new_page: Callable[..., Page], written: list[Written], track: SignalTrack | PredictionTrack | PeaksTrack, colour
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    label(page, track, 60.0, scope=Scope(DATASET))
    runs = page.across(50)
    assert runs[0] == ((0, 3, colour) if colour else (GUTTER - 1, GUTTER, LIGHT.hairline))


def test_beside_ideogram_and_ruler_stand_chromosome_bands_and_the_length_of_the_view(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    gutter.paint_place(replace(page.surface, height=24.0), GUTTER, Axis("chr7", 5000.0, 2.0, 700.0), "q23.2")
    assert [each[:5] for each in written] == [
        ("chr7", 12, 24, 160, 50),
        ("q23.2", 12, 24, 160, 50),
        ("1.40 kb", 12, 50, 160, 76),
    ]
    assert page.down(80) == [(75, 76, LIGHT.border)]
    assert page.across(75) == [(0, GUTTER, LIGHT.border)]


@pytest.mark.parametrize(
    ("height", "spacing", "scale", "numbers"),
    [
        (84.0, "linear", Scale(-2, 5), ["5", "-2", "0"]),
        (84.0, "linear", Scale(0, 5), ["5", "0"]),
        (84.0, "log", Scale(0.1, 300, "log"), ["300", "0.1", "10", "1"]),
        # Powers that would lie over another number have a tick alone.
        (44.0, "log", Scale(0.1, 300, "log"), ["300", "0.1", "10"]),
        (120.0, "symlog", Scale(-50, 500, "symlog"), ["500", "-50", "0", "100", "10", "-10"]),
    ],
)
def test_numbers_stand_at_zero_and_at_powers_of_ten_as_far_as_there_is_room_and_ticks_at_all_of_them(
    new_page: Callable[..., Page],
    written: list[Written],
    height: float,
    spacing: str,
    scale: Scale,
    numbers: list[str],
) -> None:
    page = new_page(1.0, (GUTTER, 130))
    track = SignalTrack(signal="DNase", drawn=SignalSettings().changed(spacing=spacing))
    label(page, track, height, scale=scale)
    found = {each.text: each.top for each in written if each.right == GUTTER - 6}
    assert set(found) == set(numbers)
    tops = sorted(found.values())
    assert all(below - above >= 10 for above, below in pairwise(tops))
    values = sorted(map(float, found))
    assert sorted(found, key=lambda text: -found[text]) == [f"{value:g}" for value in values], "higher means larger"
    ticks = [y for y in range(round(height)) if page.colour_at(GUTTER - 3, y) == LIGHT.border]
    assert len(ticks) >= len(scale.between)


def test_colours_that_stand_for_values_are_shown_beside_the_plot_from_the_lowest_up(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (GUTTER, 100))
    track = SignalTrack(signal="DNase", drawn=SignalSettings(form="heat", colour="#0000ff", below="#ff0000"))
    label(page, track, 84.0, scale=Scale(-5, 5))
    top, middle, bottom = (QColor(page.colour_at(GUTTER - 5, y)) for y in (5, 42, 80))
    assert top.blue() > top.red() + 150
    assert bottom.red() > bottom.blue() + 150
    assert middle.lightness() > 225
    assert {each.right for each in written if each.text in ("5", "-5")} == {GUTTER - 6 - 7}
