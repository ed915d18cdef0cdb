"""Where a prediction, its threshold, its ribbon and its words stand, and how a signal fills its columns."""

from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as changed
from PyQt6.QtGui import QColor
from toy_summaries import checkpoint_summary

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import FactorSummary, FamiliaritySpan, Prediction
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles, Peaks, Signal
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.painters import colour_of, painter_of, scales_of
from ebert_gui.browser.prediction import familiarity_of, plot_height, stretches
from ebert_gui.browser.signal import Scale, column_bins, reduce_columns
from ebert_gui.browser.verdicts import verdicts
from ebert_gui.state.tracks import GenesTrack, PeaksTrack, PredictionTrack, SignalTrack, Track, TruthTrack, UnknownTrack
from ebert_gui.windows.theme import LIGHT

HERE = Interval("chr1", 0, 20_000)
TRACK = PredictionTrack(cell_type="alpha", factor="CTCF")
DATASET = DatasetSummary(
    "/d",
    "toy",
    "toy1",
    (Chromosome("chr1", 20_000),),
    True,
    True,
    (),
    (),
    (CellType("alpha", True, (), (PeakFiles("CTCF", False),)), CellType("beta", True)),
)
SETTING = Setting(DATASET, checkpoint_summary())
USUAL = Scale()


def prediction(start: int, *values: float, strands: int = 2, spans: tuple[FamiliaritySpan, ...] = ()) -> Prediction:
    return Prediction(HERE, ("CTCF",), start, 50, np.array([values], dtype=np.float32), strands, spans)


def spans(*kinds: tuple[int, int, str]) -> tuple[FamiliaritySpan, ...]:
    return tuple(FamiliaritySpan("CTCF", *kind) for kind in kinds)


def held(reply: object, place: Interval = HERE, **parts: object) -> TrackContent:
    others = {name: (Held(9, HERE, part),) for name, part in parts.items()}
    return TrackContent({"prediction": (Held(1, place, reply),), **others})


def peaks(*pairs: tuple[int, int]) -> Peaks:
    starts, ends = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return Peaks(HERE, starts, ends, (starts + ends) // 2, np.ones(len(pairs), dtype=np.float32))


def draw(page, content: TrackContent, height: float = 84.0, scale=USUAL, setting=SETTING, track=TRACK, **axis) -> None:
    surface = replace(page.surface, height=height, axis=page.surface.axis._replace(**axis))
    painter_of(track).paint(surface, track, content, scale, setting)
    painter_of(track).annotate(surface, track, content, scale, setting)


def test_a_prediction_has_peaks_above_its_plot_and_the_ribbon_below(new_page, written) -> None:
    page = new_page(1.0, (100, 84))
    said = spans((1000, 1400, "training"), (1400, 2000, "unseen locus"))
    content = held(prediction(1000, *[1.0] * 60, spans=said), peaks=peaks((1200, 1300)), relaxed=peaks((1600, 1800)))
    draw(page, content)
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


def test_strict_peaks_have_ticks_at_their_summits_and_relaxed_ones_have_none(new_page, written) -> None:
    page = new_page(1.0, (100, 84))
    draw(page, held(prediction(1000, *[0.0] * 60), peaks=peaks((1200, 1400)), relaxed=peaks((1600, 1800))))
    assert page.down(30)[0][0] == 0
    assert page.down(70)[0][0] == 4


def test_a_value_stands_at_its_height_on_the_scale_of_its_row(new_page, written) -> None:
    for high, top in ((1.0, 12 + 54 - 0.25 * 51), (0.5, 12 + 54 - 0.5 * 51)):
        page = new_page(1.0, (100, 84))
        draw(page, held(prediction(1000, *[0.25] * 60)), scale=Scale(0.0, high))
        filled = [run for run in page.down(52) if QColor(run[2]).green() < 250 and run[0] > 15]
        assert filled[0][0] == pytest.approx(top, abs=1.2)


def test_the_threshold_is_a_dashed_line_at_its_value(new_page, written) -> None:
    page = new_page(1.0, (100, 84))
    draw(page, held(prediction(1000, *[0.0] * 60)))
    lines = {y for x in range(100) for y in range(14, 66) if not page.is_blank(x, y)}
    assert lines <= {44, 45, 46}
    assert lines
    dashes = [x for x in range(100) if not page.is_blank(x, min(lines))]
    assert 20 < len(dashes) < 90
    no_model = new_page(1.0, (100, 84))
    draw(no_model, held(prediction(1000, *[0.0] * 60)), setting=Setting(DATASET))
    assert all(no_model.is_blank(x, y) for x in range(100) for y in range(14, 66))


def words(written) -> dict[str, tuple[int, int, int]]:
    return {each.text: (each.left, each.right, each.top) for each in written}


def test_what_is_called_bound_is_said_at_the_right_under_the_ribbon(new_page, written) -> None:
    page = new_page(1.0, (1000, 84))
    draw(page, held(prediction(1000, *[0.5] * 300)), width=1000.0)
    left, right, top = words(written)["called bound from 0.4"]
    assert top == 84 - 12
    assert 990 <= right <= 1000
    assert left > 700
    assert {each.colour for each in written if each.text.startswith("called")} == {LIGHT.muted}
    written.clear()
    doubtful = Setting(DATASET, checkpoint_summary(factors=(FactorSummary("CTCF", ("alpha",), 0.009),)))
    draw(page, held(prediction(1000, *[0.5] * 300)), setting=doubtful, width=1000.0)
    assert {each.colour for each in written if each.text.startswith("no calls")} == {LIGHT.warning}


def test_the_ribbon_is_named_where_its_pieces_have_room_and_no_words_meet(new_page, written) -> None:
    page = new_page(1.0, (1000, 84))
    said = spans((0, 3000, "training"), (3000, 3050, "validation"), (3050, 20_000, "unseen locus"))
    draw(page, held(prediction(1000, *[0.5] * 300, spans=said)), width=1000.0)
    found = words(written)
    assert found["seen in training"][0] == 4
    assert found["locus never seen"][0] == round((3050 - 1000) / 10 + 4)
    assert "held out (chose the epoch)" not in found
    assert found["locus never seen"][1] < found["called bound from 0.4"][0]
    width = page.surface.text_width("seen in training", 10)
    for room, is_named in ((width + 7, False), (width + 9, True)):
        written.clear()
        one = spans((3000, 3000 + round(10 * room), "training"))
        draw(page, held(prediction(1000, *[0.5] * 300, spans=one)), width=1000.0)
        assert ("seen in training" in words(written)) is is_named
    # The second piece begins under the words of the first: it is named only where these have ended.
    width = page.surface.text_width("seen in training", 10)
    for start, is_named in ((1000 + 10 * (width + 10), False), (1000 + 10 * (width + 25), True)):
        written.clear()
        two = spans((1000, round(start), "training"), (round(start), 20_000, "unseen locus"))
        draw(page, held(prediction(1000, *[0.5] * 300, spans=two)), width=1000.0)
        assert ("locus never seen" in words(written)) is is_named


def test_spans_of_one_kind_that_touch_are_one_and_others_stay_apart() -> None:
    found = held(
        prediction(
            0,
            0.1,
            spans=(
                *spans((500, 900, "training"), (0, 500, "training"), (100, 300, "training"), (900, 950, "validation")),
                *spans((960, 990, "validation")),
                FamiliaritySpan("MAX", 0, 10_000, "unseen locus"),
            ),
        )
    )
    assert familiarity_of(found, "CTCF") == (
        (0, 900, "training"),
        (900, 950, "validation"),
        (960, 990, "validation"),
    )


def test_a_stretch_without_values_is_named_in_its_middle_where_a_sentence_leaves_room(new_page, written) -> None:
    near = Interval("chr1", 1000, 5000)
    content = held(prediction(1000, *[0.5] * 80), near)
    page = new_page(1.0, (1000, 84))
    draw(page, content, width=1000.0)
    left, right, top = words(written)["not computed"]
    assert (left + right) / 2 == pytest.approx((400 + 1000) / 2, abs=1)
    assert top == round(12 + 55 / 2 - 8)
    # The words have a ground of their own.
    assert all(page.is_blank(x, y) for x in range(left + 1, right - 1) for y in range(top + 1, top + 15))
    assert not all(page.is_blank(x, y) for x in range(right + 5, right + 40) for y in range(top + 1, top + 15))
    written.clear()
    long_sentence = replace(content, sentence="W" * 40, link="compute")
    draw(page, long_sentence, width=1000.0)
    width = page.surface.text_width("W" * 40 + "compute") + 40
    found = words(written).get("not computed")
    if width < 900:
        assert found is not None
        assert (found[0] + found[1]) / 2 == pytest.approx((max(400, width) + 1000) / 2, abs=1)


@pytest.mark.parametrize(("height", "plot"), [(84.0, 55.0), (56.0, 27.0), (55.0, 38.0), (10.0, 1.0)])
def test_a_low_row_gives_up_the_words_and_keeps_a_plot(height, plot) -> None:
    assert plot_height(height) == plot


@pytest.mark.parametrize(
    ("per_pixel", "cell", "caption"),
    [
        (10.0, "alpha", "50-bp steps"),
        (50.0, "alpha", "50-bp steps"),
        (51.0, "alpha", "max of 51 bp"),
        (2000.0, "alpha", "max of 2,000 bp"),
        (10.0, "beta", "50-bp steps, not assayed"),
    ],
)
def test_the_caption_says_how_bins_are_summed_up_and_that_a_pair_was_not_assayed(
    new_page, per_pixel, cell, caption
) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(bases_per_pixel=per_pixel))
    track = PredictionTrack(cell_type=cell, factor="CTCF")
    content = held(prediction(1000, *[0.5] * 300))
    assert painter_of(track).caption(surface, track, content, SETTING) == caption


def test_runs_of_columns_are_found_at_both_ends() -> None:
    chosen = np.array([True, True, False, True, False, False, True])
    assert list(stretches(chosen)) == [(0, 2), (3, 4), (6, 7)]
    assert list(stretches(np.zeros(3, dtype=np.bool_))) == []


# Disagreement


def judged(page, calls: list[tuple[int, int]], measured: tuple[tuple[int, int], ...]):
    values = [0.0] * 300
    for first, last in calls:
        values[first:last] = [0.9] * (last - first)
    content = held(prediction(1000, *values), peaks=peaks(*measured))
    return [(each.start, each.end, each.word) for each in verdicts(TRACK, content, page.surface.axis, SETTING)]


@pytest.mark.parametrize(
    ("peak", "expected"),
    [
        # A call on [1500, 1600): a peak within 100 bases belongs to it, and no further.
        ((1300, 1401), []),
        ((1300, 1400), [(1300, 1400, "miss"), (1500, 1600, "false positive")]),
        ((1699, 1750), []),
        ((1700, 1750), [(1500, 1600, "false positive"), (1700, 1750, "miss")]),
    ],
)
def test_a_call_and_a_peak_within_a_hundred_bases_speak_of_one_site(new_page, peak, expected) -> None:
    assert judged(new_page(), [(10, 12)], (peak,)) == expected


def test_words_of_disagreement_stand_over_their_place_inside_the_plot_and_never_over_each_other(
    new_page, written
) -> None:
    page = new_page(1.0, (1000, 84))
    values = [0.0] * 300
    for place in (1, 40, 42, 100, 198):
        values[place] = 0.9
    content = held(prediction(1000, *values), peaks=peaks())
    draw(page, content, width=1000.0)
    found = [each for each in written if each.text == "false positive"]
    width = found[0].right - found[0].left
    # Of the two that stand 10 pixels apart the first is named, and those at the edges are held inside.
    assert [each.left for each in found] == [
        2,
        pytest.approx(202.5 - width / 2, abs=1),
        pytest.approx(502.5 - width / 2, abs=1),
        pytest.approx(1000 - width - 2, abs=1),
    ]
    assert {(each.top, each.bottom) for each in found} == {(13, 26)}
    box = [x for x in range(1000) if page.colour_at(x, 14) == LIGHT.warning_background]
    assert box[0] == 0
    assert {found[1].left - 1, found[1].right + 1} <= set(box)
    assert not {found[1].left - 5, found[1].right + 5} & set(box)
    written.clear()
    draw(page, content, width=1000.0, bases_per_pixel=60.5)
    assert [each for each in written if each.text == "false positive"] == []


def test_only_labelled_places_are_judged(new_page) -> None:
    content = held(prediction(1000, *[0.9 if n in (4, 14) else 0.0 for n in range(60)]), peaks=peaks())
    labelled = replace_dataset(labelled_regions=(Interval("chr1", 1150, 1300), Interval("chr2", 0, 9000)))
    found = verdicts(TRACK, content, new_page().surface.axis, Setting(labelled, checkpoint_summary()))
    assert [each.start for each in found] == [1200]


def replace_dataset(**changes: object) -> DatasetSummary:
    return changed(DATASET, **changes)


# Signals and scales


def signal(*values: float, start: int = 1000, bases: int = 10) -> Signal:
    array = np.array(values, dtype=np.float32)
    return Signal(Interval("chr1", start, start + bases * array.size), array, array, array)


SIGNAL = SignalTrack(signal="DNase")


def test_a_signal_is_a_mean_in_a_full_shade_within_a_lighter_band(new_page) -> None:
    page = new_page()
    low, mean, high = (np.full(100, value, dtype=np.float32) for value in (1.0, 2.0, 3.0))
    reply = Signal(Interval("chr1", 1000, 2000), low, high, mean)
    content = TrackContent({"signal": (Held(1, reply.interval, reply),)})
    surface = replace(page.surface, height=54.0)
    painter_of(SIGNAL).paint(surface, SIGNAL, content, Scale(0.0, 4.0), Setting())
    colours = {y: QColor(page.colour_at(50, y)).lightness() for y in range(50)}
    # The plot has 50 pixels: 3 is at 53 - 37.5, 2 at 28 and 1 below the mean.
    assert colours[14] == 255
    assert 200 > colours[18] > colours[30]
    assert colours[27] > colours[29]
    assert colours[39] < colours[42] == colours[48] < colours[18]


def test_a_line_shows_where_a_signal_has_no_values_and_a_value_of_zero_covers_it(new_page) -> None:
    page = new_page()
    content = TrackContent({"signal": (Held(1, HERE, signal(*[0.0] * 50)),)})
    painter_of(SIGNAL).paint(page.surface, SIGNAL, content, Scale(), Setting())
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
def test_the_bins_under_a_column_are_those_that_it_touches(new_page, axis_start, start, width, count, expected) -> None:
    axis = new_page().surface.axis._replace(start=axis_start, width=3.0)
    first, last = column_bins(axis, start, width, count)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == expected


def test_ranges_are_reduced_and_empty_ones_are_gaps() -> None:
    first, last = np.array([0, 0, 1, 3]), np.array([0, 2, 2, 5])
    values = np.array([1, 5, 2, 8, 3], dtype=np.float32)
    found = reduce_columns(np.fmax, values, first, last)
    assert np.isnan(found[0])
    assert found[1:].tolist() == [5, 5, 8]


def test_values_under_the_cursor_are_read_at_the_ends_of_a_signal(new_page) -> None:
    content = TrackContent({"signal": (Held(1, HERE, signal(1.0, 2.0, np.nan, 4.0)),)})
    said = [painter_of(SIGNAL).describe(SIGNAL, content, at, HERE) for at in (999, 1000, 1019, 1020, 1039.9, 1040)]
    assert said == ["", "1", "2", "no value", "4", ""]
    low, mean, high = (np.array([value], dtype=np.float32) for value in (1.0, 2.0, 3.0))
    coarse = Signal(Interval("chr1", 1000, 3000), low, high, mean)
    content = TrackContent({"signal": (Held(1, HERE, coarse),)})
    assert painter_of(SIGNAL).describe(SIGNAL, content, 1500, HERE) == "2 (1 to 3 in 2,000 bp)"


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
def test_the_caption_of_a_signal_says_how_much_a_column_holds(new_page, per_pixel, ratio, words) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(bases_per_pixel=per_pixel, ratio=ratio))
    assert painter_of(SIGNAL).caption(surface, SIGNAL, TrackContent(), Setting()) == words


def test_signals_of_a_group_and_predictions_of_a_factor_share_the_widest_scale(new_page) -> None:
    axis = new_page().surface.axis
    contents = {"a": signal(2.0), "b": signal(-8.0), "c": signal(100.0), "d": signal(4.0)}
    shown = (
        SignalTrack(id="a", signal="x", group="g"),
        SignalTrack(id="b", signal="x", group="g"),
        SignalTrack(id="c", signal="y"),
        SignalTrack(id="d", signal="x", group="g", maximum=3.0),
        PeaksTrack(id="e"),
    )
    found = scales_of(
        shown, lambda track: TrackContent({"signal": (Held(1, HERE, contents.get(track.id)),)}), axis, Setting()
    )
    assert {name: tuple(scale) for name, scale in found.items()} == {
        "a": (-8, 2),
        "b": (-8, 2),
        "c": (0, 100),
        "d": (0, 3),
    }


@pytest.mark.parametrize(
    ("track", "usual"),
    [
        (SignalTrack(cell_type="beta", signal="x"), LIGHT.signals[1]),
        (GenesTrack(), LIGHT.gene),
        (PeaksTrack(), LIGHT.peak),
        (TRACK, LIGHT.prediction),
        (TruthTrack(cell_type="alpha", factor="CTCF"), LIGHT.text),
        (UnknownTrack(), ""),
    ],
)
def test_every_kind_of_track_has_its_usual_colour_until_a_person_chooses_one(track: Track, usual: str) -> None:
    setting = Setting(signal_colours={"alpha": 0, "beta": 1})
    assert colour_of(track, LIGHT, setting) == usual
    assert colour_of(changed(track, colour="#123456"), LIGHT, setting) == "#123456"
