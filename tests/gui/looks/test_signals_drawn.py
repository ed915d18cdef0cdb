"""How a signal fills its columns, on which scale it stands, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.scale import number_words
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.looks.band import band_of
from ebert_gui.looks.columns import column_bins, reduce_columns, round_up, stretches
from ebert_gui.widgets.theme import LIGHT
from tests.gui.drawn import caption, content_of, paint, paint_label, scale_over, words_at
from tests.gui.pages import Page

HERE = Interval("chr1", 0, 4000)
SIGNAL = SignalTrack(signal="DNase")


def held(*shapes: Signal) -> tuple[Held[Signal], ...]:
    return tuple(Held(number, HERE, shape) for number, shape in enumerate(shapes))


def shown(*shapes: Signal) -> TrackContent:
    return content_of("signal", HERE, *shapes)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_signal_rises_to_its_value_at_every_pixel_ratio(new_page: Callable[..., Page], ratio: float) -> None:
    page = new_page(ratio)
    values = np.zeros(400, dtype=np.float32)
    values[150:160] = 1.0
    signal = Signal(HERE, values, values, values)
    paint(page.surface, SignalTrack(signal="DNase"), shown(signal), Scale(0, 2))
    assert page.is_blank(55, 20)
    assert not page.is_blank(55, 35)
    assert page.is_blank(45, 35)


def test_the_band_spans_all_values_of_a_column_and_the_mean_is_their_mean(new_page: Callable[..., Page]) -> None:
    page = new_page()
    values = np.tile(np.array([1, 3], dtype=np.float32), 2000)
    band = band_of(held(Signal(HERE, values, values, values)), page.surface.axis)
    assert (band.minimum[50], band.maximum[50], band.mean[50]) == (1, 3, 2)


def test_a_column_without_values_stays_empty_and_not_zero(new_page: Callable[..., Page]) -> None:
    page = new_page()
    values = np.full(400, np.nan, dtype=np.float32)
    values[:150] = 1
    band = band_of(held(Signal(HERE, values, values, values)), page.surface.axis)
    assert np.isnan(band.mean[50:]).all()
    assert (band.mean[:50] == 1).all()


def test_finer_replies_stand_over_coarser_ones(new_page: Callable[..., Page]) -> None:
    page = new_page()
    coarse, fine = np.ones(4, dtype=np.float32), np.full(50, 5, dtype=np.float32)
    near = Interval("chr1", 1500, 2000)
    replies = (
        Held(0, HERE, Signal(HERE, coarse, coarse, coarse), 10),
        Held(1, near, Signal(near, fine, fine, fine), 3),
    )
    band = band_of(replies, page.surface.axis)
    assert (band.mean[:50] == 1).all()
    assert (band.mean[50:] == 5).all()


@pytest.mark.parametrize(("value", "above"), [(0.0, 0), (0.31, 0.4), (7.2, 8), (12, 15), (100, 100), (101, 150)])
def test_scales_end_at_round_numbers(value: float, above: float) -> None:
    assert round_up(value) == pytest.approx(above)


@pytest.mark.parametrize(
    ("lowest", "highest", "scale"),
    [
        (-0.005, -0.002, (-0.005, 0)),
        (-3.0, -3.0, (-3, 0)),
        (0.0, 0.0, (0, 1)),
        (5.0, 5.0, (0, 5)),
        (2e-12, 3e-12, (0, 3e-12)),
        (1e30, 2.9e38, (0, 3e38)),
        (-7.2, 0.31, (-8, 0.4)),
        (float("nan"), float("nan"), None),
    ],
)
def test_a_scale_shows_every_value_from_zero(
    new_page: Callable[..., Page],
    lowest: float,
    highest: float,
    scale: tuple[float, int] | tuple[int, float] | tuple[int, int] | None,
) -> None:
    page = new_page()
    values = np.array([lowest, highest] * 20, dtype=np.float32)
    content = shown(Signal(HERE, values, values, values))
    found = scale_over(page.surface.axis, SIGNAL, content)
    assert (found and found[:2]) == (None if scale is None else pytest.approx(scale))
    if found is not None:
        assert "-0" not in [number_words(end) for end in found[:2]]
        paint(page.surface, SIGNAL, content, found)
        assert any(page.colour_at(50, y) not in (LIGHT.canvas, LIGHT.hairline) for y in range(50))


def test_values_below_zero_hang_from_the_top(new_page: Callable[..., Page]) -> None:
    page = new_page()
    values = np.full(40, -0.002, dtype=np.float32)
    paint(page.surface, SIGNAL, shown(Signal(HERE, values, values, values)), Scale(-0.005, 0))
    assert not page.is_blank(50, 15)
    assert page.is_blank(50, 30)


@pytest.mark.parametrize(("scale", "has_number"), [(Scale(), True), (None, False)])
def test_a_track_without_values_has_no_scale_in_its_gutter(
    new_page: Callable[..., Page], scale: Scale | None, has_number: bool
) -> None:
    page = new_page(1.0, (GUTTER, 60))
    paint_label(page.surface, GUTTER, SIGNAL, shown(), scale)
    assert any(not page.is_blank(x, y) for x in range(GUTTER - 14, GUTTER - 6) for y in range(3, 12)) is has_number


def test_a_number_of_the_scale_and_the_words_beside_it_do_not_touch(new_page: Callable[..., Page]) -> None:
    marks = []
    for caption_only in (True, False):
        page = new_page(1.0, (GUTTER, 60))
        track = SignalTrack(signal="a_rather_long_name_of_a_signal.bw")
        scale = None if caption_only else Scale(-0.00005, 0)
        paint_label(page.surface, GUTTER, track, shown(), scale)
        marks.append({(x, y) for x in range(20, GUTTER - 4) for y in range(36, 50) if not page.is_blank(x, y)})
    words, both = marks
    number = max(x for x, _ in both)
    assert number > max(x for x, _ in words)
    gap = [x for x in range(20, GUTTER - 4) if x not in {at for at, _ in both}]
    assert any(b - a == 1 for a, b in pairwise(gap))


@pytest.mark.parametrize(
    ("block_bases", "words"),
    [(5_000, "binary mark, 5-kb blocks"), (200, "binary mark, 200-bp blocks"), (1, "binary mark")],
)
def test_a_signal_of_nothing_but_0_and_1_is_captioned_and_read_out_as_a_mark(
    new_page: Callable[..., Page], block_bases: int, words: str
) -> None:
    surface = new_page().surface
    low, high = (np.array(values, dtype=np.float32) for values in ([0, 0, 1, 0], [0, 1, 1, 0]))
    content = shown(Signal(HERE, low, high, np.float32(0.5) * (low + high), block_bases=block_bases))
    assert caption(surface, SIGNAL, content) == words
    read = words_at(SIGNAL, content, HERE, 500, 1500, 2500)
    assert read == [f"not marked (0), {words}", f"50 % of 1,000 bp marked (0.5), {words}", f"marked (1), {words}"]


def test_any_other_signal_is_captioned_by_what_a_column_holds(new_page: Callable[..., Page]) -> None:
    values = np.array([0, 1, 1, 0], dtype=np.float32)
    content = shown(Signal(HERE, values, values, values))
    assert caption(new_page().surface, SIGNAL, content) == "mean, range of 10 bp"


def signal(*values: float, start: int = 1000, bases: int = 10) -> Signal:
    array = np.array(values, dtype=np.float32)
    return Signal(Interval("chr1", start, start + bases * array.size), array, array, array)


def test_a_signal_is_a_mean_in_a_full_shade_within_a_lighter_band(new_page: Callable[..., Page]) -> None:
    page = new_page()
    low, mean, high = (np.full(100, value, dtype=np.float32) for value in (1.0, 2.0, 3.0))
    reply = Signal(Interval("chr1", 1000, 2000), low, high, mean)
    content = content_of("signal", reply.interval, reply)
    surface = replace(page.surface, height=54.0)
    paint(surface, SIGNAL, content, Scale(0.0, 4.0))
    colours = {y: QColor(page.colour_at(50, y)).lightness() for y in range(50)}
    # The plot has 50 pixels: 3 is at 53 - 37.5, 2 at 28 and 1 below the mean.
    assert colours[14] == 255
    assert 200 > colours[18] > colours[30]
    assert colours[27] > colours[29]
    assert colours[39] < colours[42] == colours[48] < colours[18]


def test_a_line_shows_where_a_signal_has_no_values_and_a_value_of_zero_covers_it(new_page: Callable[..., Page]) -> None:
    page = new_page()
    content = shown(signal(*[0.0] * 50))
    paint(page.surface, SIGNAL, content, Scale())
    assert page.colour_at(20, 49) not in (LIGHT.hairline, LIGHT.canvas)
    assert page.colour_at(80, 49) == LIGHT.hairline
    assert page.is_blank(80, 48)


@pytest.mark.parametrize(
    ("axis_start", "start", "width", "count", "expected"),
    [
        # Columns of ten bases: the bins under each, and none beyond the ends.
        (1000.0, 1000, 10.0, 5, [(0, 1), (1, 2), (2, 3)]),
        (1000.0, 1000, 5.0, 5, [(0, 2), (2, 4), (4, 5)]),
        (1000.0, 1000, 40.0, 5, [(0, 1), (0, 1), (0, 1)]),
        (1000.0, 1010, 10.0, 1, [(0, 0), (0, 1), (0, 0)]),
        (1005.0, 1000, 10.0, 5, [(0, 2), (1, 3), (2, 4)]),
    ],
)
def test_the_bins_under_a_column_are_those_that_it_touches(
    new_page: Callable[..., Page],
    axis_start: float,
    start: int,
    width: float,
    count: int,
    expected: list[tuple[int, int]],
) -> None:
    axis = new_page().surface.axis._replace(start=axis_start, width=3.0)
    first, last = column_bins(axis, start, width, count)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == expected


def test_ranges_are_reduced_and_empty_ones_are_gaps() -> None:
    first, last = np.array([0, 0, 1, 3]), np.array([0, 2, 2, 5])
    values = np.array([1, 5, 2, 8, 3], dtype=np.float32)
    found = reduce_columns(np.fmax, values, first, last)
    assert np.isnan(found[0])
    assert found[1:].tolist() == [5, 5, 8]


def test_runs_of_columns_are_found_at_both_ends() -> None:
    chosen = np.array([True, True, False, True, False, False, True])
    assert list(stretches(chosen)) == [(0, 2), (3, 4), (6, 7)]
    assert list(stretches(np.zeros(3, dtype=np.bool_))) == []


def test_values_under_the_cursor_are_read_at_the_ends_of_a_signal(new_page: Callable[..., Page]) -> None:
    content = shown(signal(1.0, 2.0, np.nan, 4.0))
    said = words_at(SIGNAL, content, HERE, 999, 1000, 1019, 1020, 1039.9, 1040)
    assert said == ["", "1", "2", "no value", "4", ""]
    low, mean, high = (np.array([value], dtype=np.float32) for value in (1.0, 2.0, 3.0))
    coarse = Signal(Interval("chr1", 1000, 3000), low, high, mean)
    content = shown(coarse)
    assert words_at(SIGNAL, content, HERE, 1500) == ["2 (1 to 3 in 2,000 bp)"]


@pytest.mark.parametrize(
    ("per_pixel", "ratio", "words"),
    [
        (1.4, 1.0, "each base"),
        (1.5, 1.0, "mean, range of 2 bp"),
        (2.8, 2.0, "each base"),
        (9_999.0, 1.0, "mean, range of 9,999 bp"),
        (10_000.0, 1.0, "mean, range of 10 kb"),
    ],
)
def test_the_caption_of_a_signal_says_how_much_a_column_holds(
    new_page: Callable[..., Page], per_pixel: float, ratio: float, words: str
) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(bases_per_pixel=per_pixel, ratio=ratio))
    assert caption(surface, SIGNAL, TrackContent()) == words
