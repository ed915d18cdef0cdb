"""Where a prediction, its threshold, its ribbon and its words stand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.modelling import Familiarity, OutputSummary
from ebert_core.protocol.shapes import Features, Mark, Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.looks.prediction import plot_height
from ebert_gui.looks.prediction_arranged import merged_marks
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import LIGHT
from tests.gui import toy_shapes
from tests.gui.drawn import caption, draw
from tests.gui.pages import Page, Written
from tests.toy_summaries import TWO_CELL_TYPES, checkpoint_summary

HERE = Interval("chr1", 0, 20_000)
TRACK = PredictionTrack(cell_type="alpha", factor="CTCF")
SCOPE = Scope(TWO_CELL_TYPES, checkpoint_summary())


def prediction(start: int, *values: float, spans: tuple[Mark, ...] = ()) -> Signal:
    return toy_shapes.prediction(HERE, start, *values, marks=spans)


def spans(*kinds: tuple[int, int, Familiarity]) -> tuple[Mark, ...]:
    return tuple(toy_shapes.mark(*kind) for kind in kinds)


def held(shape: Signal, place: Interval = HERE, **parts: Features) -> TrackContent:
    others = {name: (Held(9, HERE, part),) for name, part in parts.items()}
    return TrackContent({"prediction": (Held(1, place, shape),), **others})


def peaks(*pairs: tuple[int, int]) -> Features:
    return toy_shapes.peaks(HERE, *pairs, summits=[(start + end) // 2 for start, end in pairs])


def draw_prediction(page: Page, content: TrackContent, scope: Scope = SCOPE, **more: Any) -> None:
    draw(page, TRACK, content, 84.0, scope, **more)


def test_a_prediction_has_peaks_above_its_plot_and_the_ribbon_below(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 84))
    said = spans((1000, 1400, "training"), (1400, 2000, "unseen locus"))
    content = held(prediction(1000, *[1.0] * 60, spans=said), peaks=peaks((1200, 1300)), relaxed=peaks((1600, 1800)))
    draw_prediction(page, content)
    strict, loose = page.down(22), page.down(78)
    assert strict[0] == (3, 10, LIGHT.peak)
    assert loose[0] == (4, 9, LIGHT.border)
    # The plot begins at 12 and has 84 - 12 - 5 - 12 = 55 pixels, of which three stay free at the top.
    filled = [run for run in page.down(50) if run[0] < 67 and QColor(run[2]).green() < 150]
    assert (filled[0][0], filled[-1][1]) == (15, 67)
    assert (67, 68, LIGHT.border) in page.down(50)
    assert [run for run in page.down(50) if run[0] >= 68] == [(69, 72, LIGHT.familiarity["unseen locus"])]
    assert page.across(70) == [
        (0, 40, LIGHT.familiarity["training"]),
        (40, 100, LIGHT.familiarity["unseen locus"]),
    ]


def test_strict_peaks_have_ticks_at_their_summits_and_relaxed_ones_have_none(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 84))
    draw_prediction(page, held(prediction(1000, *[0.0] * 60), peaks=peaks((1200, 1400)), relaxed=peaks((1600, 1800))))
    assert page.down(30)[0][0] == 0
    assert page.down(70)[0][0] == 4


def test_a_value_stands_at_its_height_on_the_scale_of_its_row(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    for high, top in ((1.0, 12 + 54 - 0.25 * 51), (0.5, 12 + 54 - 0.5 * 51)):
        page = new_page(1.0, (100, 84))
        draw_prediction(page, held(prediction(1000, *[0.25] * 60)), scale=Scale(0.0, high))
        filled = [run for run in page.down(52) if QColor(run[2]).green() < 250 and run[0] > 15]
        assert filled[0][0] == pytest.approx(top, abs=1.2)


def test_the_threshold_is_a_dashed_line_at_its_value(new_page: Callable[..., Page], written: list[Written]) -> None:
    page = new_page(1.0, (100, 84))
    draw_prediction(page, held(prediction(1000, *[0.0] * 60)))
    lines = {y for x in range(100) for y in range(14, 66) if not page.is_blank(x, y)}
    assert lines <= {44, 45, 46}
    assert lines
    dashes = [x for x in range(100) if not page.is_blank(x, min(lines))]
    assert 20 < len(dashes) < 90
    no_model = new_page(1.0, (100, 84))
    draw_prediction(no_model, held(prediction(1000, *[0.0] * 60)), scope=Scope(TWO_CELL_TYPES))
    assert all(no_model.is_blank(x, y) for x in range(100) for y in range(14, 66))


def words(written: list[Written]) -> dict[str, tuple[int, int, int]]:
    return {each.text: (each.left, each.right, each.top) for each in written}


def test_what_is_called_bound_is_said_at_the_right_under_the_ribbon(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (1000, 84))
    draw_prediction(page, held(prediction(1000, *[0.5] * 300)), width=1000.0)
    left, right, top = words(written)["called bound from 0.4"]
    assert top == 84 - 12
    assert 990 <= right <= 1000
    assert left > 700
    assert {each.colour for each in written if each.text.startswith("called")} == {LIGHT.muted}
    written.clear()
    doubtful = Scope(TWO_CELL_TYPES, checkpoint_summary(outputs=(OutputSummary("CTCF", ("alpha",), 0.009),)))
    draw_prediction(page, held(prediction(1000, *[0.5] * 300)), scope=doubtful, width=1000.0)
    assert {each.colour for each in written if each.text.startswith("no calls")} == {LIGHT.warning}


def test_the_ribbon_is_named_where_its_pieces_have_room_and_no_words_meet(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (1000, 84))
    said = spans((0, 3000, "training"), (3000, 3050, "validation"), (3050, 20_000, "unseen locus"))
    draw_prediction(page, held(prediction(1000, *[0.5] * 300, spans=said)), width=1000.0)
    found = words(written)
    assert found["seen in training"][0] == 4
    assert found["locus never seen"][0] == round((3050 - 1000) / 10 + 4)
    assert "held out (chose the epoch)" not in found
    assert found["locus never seen"][1] < found["called bound from 0.4"][0]
    width = page.surface.text_width("seen in training", 10)
    for room, is_named in ((width + 7, False), (width + 9, True)):
        written.clear()
        one = spans((3000, 3000 + round(10 * room), "training"))
        draw_prediction(page, held(prediction(1000, *[0.5] * 300, spans=one)), width=1000.0)
        assert ("seen in training" in words(written)) is is_named
    # The second piece begins under the words of the first: it is named only where these have ended.
    width = page.surface.text_width("seen in training", 10)
    for start, is_named in ((1000 + 10 * (width + 10), False), (1000 + 10 * (width + 25), True)):
        written.clear()
        two = spans((1000, round(start), "training"), (round(start), 20_000, "unseen locus"))
        draw_prediction(page, held(prediction(1000, *[0.5] * 300, spans=two)), width=1000.0)
        assert ("locus never seen" in words(written)) is is_named


def test_spans_of_one_kind_that_touch_are_one_and_others_stay_apart() -> None:
    told = (
        *spans((500, 900, "training"), (0, 500, "training"), (100, 300, "training"), (900, 950, "validation")),
        *spans((960, 990, "validation")),
    )
    assert [(mark.start, mark.end, mark.kind) for mark in merged_marks(told)] == [
        (0, 900, "training"),
        (900, 950, "validation"),
        (960, 990, "validation"),
    ]


def test_a_stretch_without_values_is_named_in_its_middle_where_a_sentence_leaves_room(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    near = Interval("chr1", 1000, 5000)
    content = held(prediction(1000, *[0.5] * 80), near)
    page = new_page(1.0, (1000, 84))
    draw_prediction(page, content, width=1000.0)
    left, right, top = words(written)["not computed"]
    assert (left + right) / 2 == pytest.approx((400 + 1000) / 2, abs=1)
    assert top == round(12 + 55 / 2 - 8)
    # The words have a ground of their own.
    assert all(page.is_blank(x, y) for x in range(left + 1, right - 1) for y in range(top + 1, top + 15))
    assert not all(page.is_blank(x, y) for x in range(right + 5, right + 40) for y in range(top + 1, top + 15))
    written.clear()
    long_sentence = replace(content, sentence="W" * 40, link="compute")
    draw_prediction(page, long_sentence, width=1000.0)
    width = page.surface.text_width("W" * 40 + "compute") + 40
    found = words(written).get("not computed")
    if width < 900:
        assert found is not None
        assert (found[0] + found[1]) / 2 == pytest.approx((max(400, width) + 1000) / 2, abs=1)


@pytest.mark.parametrize(("height", "plot"), [(84.0, 55.0), (56.0, 27.0), (55.0, 38.0), (10.0, 1.0)])
def test_a_low_row_gives_up_the_words_and_keeps_a_plot(height: float, plot: float) -> None:
    assert plot_height(height) == plot


@pytest.mark.parametrize(
    ("per_pixel", "cell", "said"),
    [
        (10.0, "alpha", "50-bp steps"),
        (50.0, "alpha", "50-bp steps"),
        (51.0, "alpha", "max of 51 bp"),
        (2000.0, "alpha", "max of 2,000 bp"),
        (10.0, "beta", "50-bp steps, not assayed"),
    ],
)
def test_the_caption_says_how_bins_are_summed_up_and_that_a_pair_was_not_assayed(
    new_page: Callable[..., Page], per_pixel: float, cell: str, said: str
) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(bases_per_pixel=per_pixel))
    track = PredictionTrack(cell_type=cell, factor="CTCF")
    content = held(prediction(1000, *[0.5] * 300))
    assert caption(surface, track, content, SCOPE) == said
