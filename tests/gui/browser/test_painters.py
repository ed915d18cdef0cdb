"""What painters put where: probes of single pixels. Ten bases are one pixel; x = 0 is base 1000."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace as replace_track
from PyQt6.QtGui import QColor
from toy_summaries import checkpoint_summary

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import (
    AttentionProfile,
    FactorSummary,
    FamiliaritySpan,
    Prediction,
)
from ebert_core.protocol.tracks import (
    CellType,
    Chromosome,
    DatasetSummary,
    Gene,
    Genes,
    PeakFiles,
    Peaks,
    Sequence,
    Signal,
    StateName,
    States,
    Truth,
)
from ebert_gui.browser import gutter
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.gene_rows import lay_out
from ebert_gui.browser.painters import PAINTERS, painter_of, scales_of
from ebert_gui.browser.prediction import columns_of, prediction_range
from ebert_gui.browser.scene import GUTTER
from ebert_gui.browser.signal import Scale, band_of, round_up, signal_range
from ebert_gui.browser.verdicts import verdicts
from ebert_gui.state import tracks
from ebert_gui.windows.theme import DARK, LIGHT

HERE = Interval("chr1", 0, 4000)
CHECKPOINT = checkpoint_summary()
DATASET = DatasetSummary(
    "/d",
    "toy",
    "toy1",
    (Chromosome("chr1", 4000),),
    True,
    True,
    (),
    (),
    (CellType("alpha", True, (), (PeakFiles("CTCF", False),)),),
)
SETTING = Setting(DATASET, CHECKPOINT)
USUAL = Scale()


def _content(part: str, *replies: object) -> TrackContent:
    return TrackContent({part: tuple(Held(number, HERE, reply) for number, reply in enumerate(replies))})


def _peaks(*pairs: tuple[int, int]) -> Peaks:
    starts, ends = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return Peaks(HERE, starts, ends, np.full(len(pairs), -1, dtype=np.int64), np.ones(len(pairs), dtype=np.float32))


def _prediction(start: int, *values: float, strands: int = 2) -> Prediction:
    spans = (FamiliaritySpan("CTCF", 1000, 1500, "training"), FamiliaritySpan("CTCF", 1500, 2000, "unseen locus"))
    return Prediction(HERE, ("CTCF",), start, 50, np.array([values], dtype=np.float32), strands, spans)


SIGNAL = tracks.SignalTrack(signal="DNase")
PREDICTED = tracks.PredictionTrack(cell_type="alpha", factor="CTCF")


def test_every_kind_of_track_has_a_painter() -> None:
    assert set(PAINTERS) == set(tracks.Track.__args__)


def _paint(page, track, content, scale=USUAL, setting=SETTING) -> None:
    painter_of(track).paint(page.surface, track, content, scale, setting)


def test_a_state_fills_exactly_its_bases_in_its_colour(new_page) -> None:
    page = new_page()
    names = (StateName("Tx", "#00aa00"), StateName("Quies", "#dddddd"))
    states = States(HERE, np.array([1200, 1400]), np.array([1400, 1600]), np.array([0, 1], dtype=np.uint8), names)
    _paint(page, tracks.StatesTrack(cell_type="alpha"), _content("states", states))
    assert page.is_blank(19, 25)
    assert [page.colour_at(x, 25) for x in (20, 39, 40, 59)] == ["#00aa00", "#00aa00", "#dddddd", "#dddddd"]
    assert page.is_blank(60, 25)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_signal_rises_to_its_value_at_every_pixel_ratio(new_page, ratio) -> None:
    page = new_page(ratio)
    values = np.zeros(400, dtype=np.float32)
    values[150:160] = 1.0
    signal = Signal(HERE, values, values, values)
    _paint(page, tracks.SignalTrack(signal="DNase"), _content("signal", signal), Scale(0, 2))
    assert page.is_blank(55, 20)
    assert not page.is_blank(55, 35)
    assert page.is_blank(45, 35)


def test_the_band_spans_all_values_of_a_column_and_the_mean_is_their_mean(new_page) -> None:
    page = new_page()
    values = np.tile(np.array([1, 3], dtype=np.float32), 2000)
    band = band_of(_content("signal", Signal(HERE, values, values, values)).replies("signal"), page.surface.axis)
    assert (band.minimum[50], band.maximum[50], band.mean[50]) == (1, 3, 2)


def test_a_column_without_values_stays_empty_and_not_zero(new_page) -> None:
    page = new_page()
    values = np.full(400, np.nan, dtype=np.float32)
    values[:150] = 1
    band = band_of(_content("signal", Signal(HERE, values, values, values)).replies("signal"), page.surface.axis)
    assert np.isnan(band.mean[50:]).all()
    assert (band.mean[:50] == 1).all()


def test_finer_replies_stand_over_coarser_ones(new_page) -> None:
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
def test_a_scale_shows_every_value_from_zero(new_page, lowest, highest, scale) -> None:
    page = new_page()
    values = np.array([lowest, highest] * 20, dtype=np.float32)
    content = _content("signal", Signal(HERE, values, values, values))
    found = signal_range(SIGNAL, content, page.surface.axis, SETTING)
    assert found == (None if scale is None else pytest.approx(scale))
    if found is not None:
        assert "-0" not in [f"{end:g}" for end in found]
        _paint(page, SIGNAL, content, found)
        assert any(page.colour_at(50, y) not in (LIGHT.canvas, LIGHT.hairline) for y in range(50))


def test_values_below_zero_hang_from_the_top(new_page) -> None:
    page = new_page()
    values = np.full(40, -0.002, dtype=np.float32)
    _paint(page, SIGNAL, _content("signal", Signal(HERE, values, values, values)), Scale(-0.005, 0))
    assert not page.is_blank(50, 15)
    assert page.is_blank(50, 30)


@pytest.mark.parametrize(("scale", "has_number"), [(Scale(), True), (None, False)])
def test_a_track_without_values_has_no_scale_in_its_gutter(new_page, scale, has_number) -> None:
    page = new_page(1.0, (GUTTER, 60))
    gutter.paint_label(page.surface, GUTTER, SIGNAL, _content("signal"), scale, SETTING)
    assert any(not page.is_blank(x, y) for x in range(GUTTER - 14, GUTTER - 6) for y in range(3, 12)) is has_number


def test_a_number_of_the_scale_and_the_words_beside_it_do_not_touch(new_page) -> None:
    marks = []
    for caption_only in (True, False):
        page = new_page(1.0, (GUTTER, 60))
        track = tracks.SignalTrack(signal="a_rather_long_name_of_a_signal.bw")
        scale = None if caption_only else Scale(-0.00005, 0)
        gutter.paint_label(page.surface, GUTTER, track, _content("signal"), scale, SETTING)
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
def test_a_signal_of_nothing_but_0_and_1_is_captioned_and_read_out_as_a_mark(new_page, block_bases, words) -> None:
    surface = new_page().surface
    low, high = (np.array(values, dtype=np.float32) for values in ([0, 0, 1, 0], [0, 1, 1, 0]))
    content = _content("signal", Signal(HERE, low, high, (low + high) / 2, block_bases))
    assert painter_of(SIGNAL).caption(surface, SIGNAL, content, SETTING) == words
    read = [painter_of(SIGNAL).describe(SIGNAL, content, at, HERE) for at in (500, 1500, 2500)]
    assert read == [f"not marked (0), {words}", f"50 % of 1,000 bp marked (0.5), {words}", f"marked (1), {words}"]


def test_any_other_signal_is_captioned_by_what_a_column_holds(new_page) -> None:
    values = np.array([0, 1, 1, 0], dtype=np.float32)
    content = _content("signal", Signal(HERE, values, values, values))
    assert painter_of(SIGNAL).caption(new_page().surface, SIGNAL, content, SETTING) == "mean, range of 10 bp"


def test_a_predicted_value_stands_on_its_fifty_bases(new_page) -> None:
    page = new_page()
    _paint(page, PREDICTED, _content("prediction", _prediction(1275, 0.0, 1.0, 0.0)))
    # The strong shade of a called bin; a pixel is ten bases, so bin [1325, 1375) begins and ends inside one.
    called = [x for x in range(100) if QColor(page.colour_at(x, 30)).green() < 100]
    assert (called[0], called[-1]) == (32, 37)


def test_a_gap_in_a_prediction_is_hatched_and_not_zero(new_page) -> None:
    page = new_page(1.0, (100, 84))
    surface = replace(page.surface, height=84.0)
    content = _content("prediction", _prediction(1075, *[0.0] * 4, *[np.nan] * 8, *[0.0] * 4))
    painter_of(PREDICTED).paint(surface, PREDICTED, content, USUAL, SETTING)
    hatched = sum(not page.is_blank(x, y) for x in range(30, 60) for y in range(17, 60))
    plain = sum(not page.is_blank(x, y) for x in range(10, 25) for y in range(17, 60))
    assert hatched > 20
    assert plain == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_was_not_computed_looks_neither_like_zero_nor_like_a_gap(new_page, theme) -> None:
    here = Interval("chr1", 1300, 1700)
    values = np.array([[0.0] * 4 + [np.nan] * 4], dtype=np.float32)
    half = TrackContent({"prediction": (Held(0, here, Prediction(here, ("CTCF",), 1300, 50, values, 2)),)})
    page = new_page(1.0, (100, 84))
    surface = replace(page.surface, height=84.0, palette=theme)
    surface.rectangle(0, 0, 100, 84, theme.canvas)
    painter_of(PREDICTED).paint(surface, PREDICTED, half, USUAL, SETTING)

    def pattern(left: int) -> tuple[bool, ...]:
        return tuple(page.colour_at(x, y) != theme.canvas for x in range(left, left + 16) for y in range(20, 60))

    computed, gap, unknown = pattern(32), pattern(52), pattern(8)
    assert not any(computed)
    assert any(gap)
    assert any(unknown)
    assert gap != unknown
    assert pattern(80) != computed


@pytest.mark.parametrize(
    ("state", "words"),
    [({"is_loading": True}, "computing …"), ({}, "not computed"), ({"is_error": True, "sentence": "No."}, "failed")],
)
def test_a_stretch_without_values_says_why_it_has_none(new_page, monkeypatch, state, words) -> None:
    here = Interval("chr1", 1000, 6000)
    half = Prediction(here, ("CTCF",), 1000, 50, np.zeros((1, 100), dtype=np.float32), 2)
    content = TrackContent({"prediction": (Held(0, here, half),)}, **state)
    page = new_page(1.0, (1000, 84))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=84.0)
    assert words in _texts(monkeypatch, surface, PREDICTED, content, SETTING)


def _texts(monkeypatch, surface, track, content, setting) -> list[str]:
    """What a painter writes over a track, each text whole and inside the plot."""
    said = []

    def keep(self, box, text, *_args, **_words) -> None:
        assert box.left() >= 0
        assert box.right() <= self.axis.width
        said.append(text)

    monkeypatch.setattr(type(surface), "text", keep)
    painter_of(track).annotate(surface, track, content, Scale(), setting)
    return said


def _called_columns(page) -> list[int]:
    """Columns in the strong shade of a called bin."""
    return [x for x in range(100) if any(QColor(page.colour_at(x, y)).green() < 100 for y in range(13, 31))]


POOR = FactorSummary("CTCF", ("alpha",), 0.009)


def test_a_model_that_says_one_in_a_hundred_everywhere_calls_nothing_bound(new_page, monkeypatch) -> None:
    page = new_page(1.0, (1000, 84))
    setting = Setting(DATASET, checkpoint_summary(factors=(POOR,)))
    content = TrackContent(
        {
            "prediction": (Held(0, HERE, _prediction(1000, *[0.01] * 60)),),
            "peaks": (Held(1, HERE, _peaks((1600, 1700))),),
        }
    )
    surface = replace(page.surface, height=84.0)
    scale = prediction_range(PREDICTED, content, surface.axis, setting)
    painter_of(PREDICTED).paint(surface, PREDICTED, content, scale, setting)
    assert _called_columns(page) == []
    assert all(page.is_blank(x, y) for x in range(100) for y in range(14, 60)), "a hundredth of the height and no more"
    assert verdicts(PREDICTED, content, surface.axis, setting) == ()
    wide = replace(surface, axis=surface.axis._replace(width=1000.0))
    assert "no calls: its threshold, 0.009, is too low to mean bound" in _texts(
        monkeypatch, wide, PREDICTED, content, setting
    )


def test_a_threshold_that_means_it_is_named_beside_its_line(new_page, monkeypatch) -> None:
    page = new_page(1.0, (1000, 84))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=84.0)
    content = _content("prediction", _prediction(1000, *[0.5] * 60))
    assert "called bound from 0.4" in _texts(monkeypatch, surface, PREDICTED, content, SETTING)
    dashes = [y for y in range(12, 66) if any(not page.is_blank(x, y) for x in range(0, 1000, 7))]
    assert dashes
    assert all(40 <= y <= 50 for y in dashes)


@pytest.mark.parametrize(("strands", "columns"), [(2, 4), (1, 0)])
def test_a_draft_of_one_strand_is_drawn_fainter_and_calls_nothing(new_page, strands, columns) -> None:
    page = new_page()
    _paint(page, PREDICTED, _content("prediction", _prediction(1275, 0.0, 1.0, 0.0, strands=strands)))
    assert len(_called_columns(page)) == pytest.approx(columns, abs=2)
    shade = QColor(page.colour_at(34, 30))
    assert shade.name() != LIGHT.canvas
    assert (shade.green() > 180) is (strands == 1)


def test_a_final_value_stands_over_the_draft_and_over_nothing_else(new_page) -> None:
    axis = new_page().surface.axis
    near = Interval("chr1", 1500, 2000)
    draft, final = _prediction(1000, *[0.2] * 60, strands=1), _prediction(1500, *[0.6] * 10)
    columns = columns_of((Held(0, HERE, draft), Held(1, near, final)), "CTCF", axis)
    assert not columns.is_final[:50].any()
    assert columns.is_final[50:].all()
    assert columns.probability[49] == pytest.approx(0.2)
    assert columns.probability[50] == pytest.approx(0.6)


def test_a_column_in_which_two_replies_meet_is_known_of_both_and_where_one_is_missing_of_none(new_page) -> None:
    axis = new_page().surface.axis._replace(bases_per_pixel=30.0)
    meeting, after = 2000, _prediction(2000, *[0.6] * 50)
    left = Held(0, Interval("chr1", 1000, meeting), _prediction(1000, *[0.2] * 20))
    right = Held(1, Interval("chr1", meeting, 4000), after)
    columns = columns_of((left, right), "CTCF", axis)
    assert columns.is_known.all()
    assert columns.is_final.all()
    # The column of [1990, 2020) has bins of both.
    assert columns.probability[32:35].tolist() == pytest.approx([0.2, 0.6, 0.6])
    draft = Held(0, left.interval, _prediction(1000, *[0.2] * 20, strands=1))
    assert columns_of((draft, right), "CTCF", axis).is_final[32:35].tolist() == [False, False, True]
    apart = Held(1, Interval("chr1", meeting + 10, 4000), after)
    assert columns_of((left, apart), "CTCF", axis).is_known[32:35].tolist() == [True, False, True]


@pytest.mark.parametrize(("strands", "words"), [(2, ["false positive", "miss"]), (1, [])])
def test_what_disagrees_is_written_over_the_track_once_it_is_final(new_page, monkeypatch, strands, words) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(width=1000.0, bases_per_pixel=2.0), height=84.0)
    content = _compared(_prediction(1000, *SITE, strands=strands), ONE_PEAK)
    said = _texts(monkeypatch, surface, PREDICTED, content, SETTING)
    assert [text for text in said if text in ("false positive", "miss")] == words


def test_a_reply_about_other_factors_says_nothing(new_page) -> None:
    axis = new_page().surface.axis
    replies = (Held(0, HERE, _prediction(1000, *[0.2] * 60)), Held(1, HERE, Sequence(HERE, np.zeros(4000))))
    assert not columns_of(replies, "MAX", axis).is_known.any()
    assert columns_of(replies, "CTCF", axis).is_known.all()


def test_a_value_at_the_threshold_is_called(new_page) -> None:
    page = new_page()
    setting = Setting(DATASET, checkpoint_summary(factors=(FactorSummary("CTCF", ("alpha",), 0.5),)))
    content = _compared(_prediction(1000, *[0.5 if n == 4 else 0.0 for n in range(60)]), ONE_PEAK)
    _paint(page, PREDICTED, content, setting=setting)
    assert len(_called_columns(page)) >= 4
    named = [verdict.word for verdict in verdicts(PREDICTED, content, page.surface.axis, setting)]
    assert named == ["false positive", "miss"]


@pytest.mark.parametrize(("strands", "caption"), [(1, "first strand only"), (2, "50-bp steps")])
def test_the_caption_says_that_a_strand_is_missing(new_page, strands, caption) -> None:
    surface = new_page().surface
    content = _content("prediction", _prediction(1000, *[0.2] * 60, strands=strands))
    assert painter_of(PREDICTED).caption(surface, PREDICTED, content, SETTING) == caption


def test_the_ribbon_tells_training_from_unseen_places(new_page) -> None:
    page = new_page()
    _paint(page, PREDICTED, _content("prediction", _prediction(1075, 0.1)))
    assert page.colour_at(20, 48) == LIGHT.familiarity["training"]
    assert page.colour_at(80, 48) == LIGHT.familiarity["unseen locus"]


def _compared(
    prediction: Prediction, peaks: tuple[Held[object], ...], **more: tuple[Held[object], ...]
) -> TrackContent:
    return TrackContent({"prediction": (Held(0, HERE, prediction),), "peaks": peaks, **more})


SITE = [0.9 if n == 4 else 0.0 for n in range(60)]
ONE_PEAK = (Held(1, HERE, _peaks((1600, 1700))),)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (_compared(_prediction(1000, *SITE), ONE_PEAK), [(1200, "false positive"), (1600, "miss")]),
        # A draft may still become another value; peaks that have not come may lie there.
        (_compared(_prediction(1000, *SITE, strands=1), ONE_PEAK), []),
        (_compared(_prediction(1000, *SITE), ()), []),
        (_compared(_prediction(1000, *SITE), ONE_PEAK, relaxed=()), []),
        (
            _compared(_prediction(1000, *SITE), ONE_PEAK, relaxed=(Held(2, HERE, _peaks((1200, 1250))),)),
            [(1600, "miss")],
        ),
        # What reaches the edge of the view may go on beyond it, with its peak.
        (_compared(_prediction(1000, 0.9, *[0.0] * 60), ONE_PEAK), [(1600, "miss")]),
        (_compared(_prediction(1000, *[0.0] * 60), (Held(1, HERE, _peaks((1950, 1990))),)), []),
        # A bin without a value under a peak leaves it open.
        (_compared(_prediction(1000, *[np.nan if n == 13 else 0.0 for n in range(60)]), ONE_PEAK), []),
    ],
)
def test_calls_and_peaks_are_judged_where_both_are_complete(new_page, content, named) -> None:
    axis = new_page().surface.axis
    assert [(verdict.start, verdict.word) for verdict in verdicts(PREDICTED, content, axis, SETTING)] == named


def test_without_a_measurement_nothing_is_called_false(new_page) -> None:
    axis = new_page().surface.axis
    other = tracks.PredictionTrack(cell_type="never assayed", factor="CTCF")
    content = TrackContent(
        {"prediction": (Held(0, HERE, _prediction(1000, *[0.9] * 20)),), "peaks": (Held(1, HERE, _peaks()),)}
    )
    assert verdicts(other, content, axis, SETTING) == ()


@pytest.mark.parametrize(("fits_view", "scale"), [(False, (0, 1)), (True, (0, 0.1))])
def test_a_prediction_has_one_scale_unless_a_person_asks_for_another(new_page, fits_view, scale) -> None:
    track, axis = replace_track(PREDICTED, fits_view=fits_view), new_page().surface.axis
    found = prediction_range(track, _content("prediction", _prediction(1075, 0.01)), axis, SETTING)
    assert found == pytest.approx(scale)


def test_rows_on_two_scales_do_not_share_one(new_page) -> None:
    axis, fitted = new_page().surface.axis, replace_track(PREDICTED, id="b", fits_view=True)
    content = _content("prediction", _prediction(1075, 0.01))
    scales = scales_of((replace_track(PREDICTED, id="a"), fitted), lambda _track: content, axis, SETTING)
    assert (scales["a"].high, scales["b"].high) == (1, 0.1)


@pytest.mark.parametrize(("height", "has_words"), [(30.0, False), (55.0, False), (84.0, True)])
def test_a_low_track_keeps_its_room_for_the_values(new_page, monkeypatch, height, has_words) -> None:
    page = new_page(1.0, (1000, 90))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=height)
    content = _content("prediction", _prediction(1000, *[1.0] * 60))
    painter_of(PREDICTED).paint(surface, PREDICTED, content, USUAL, SETTING)
    values = [y for y in range(int(height)) if QColor(page.colour_at(20, y)).green() < 100]
    assert len(values) >= 9
    assert ("called bound from 0.4" in _texts(monkeypatch, surface, PREDICTED, content, SETTING)) is has_words


def test_bound_sites_are_filled_and_others_hollow(new_page) -> None:
    page = new_page()
    truth = Truth(HERE, np.array([1290, 1690]), np.array([1310, 1710]), np.array([True, False]))
    _paint(page, tracks.TruthTrack(cell_type="alpha", factor="CTCF"), _content("truth", truth))
    assert page.colour_at(30, 23) == LIGHT.text
    assert page.is_blank(70, 23)
    assert not page.is_blank(66, 20)


def test_peaks_of_two_tiles_are_drawn_once(new_page) -> None:
    page = new_page()
    content = _content("peaks", _peaks((1200, 1400)), _peaks((1200, 1400), (1800, 1900)))
    _paint(page, tracks.PeaksTrack(cell_type="alpha", factor="CTCF"), content)
    assert page.colour_at(30, 25) == LIGHT.peak
    assert page.is_blank(60, 25)
    assert page.colour_at(85, 25) == LIGHT.peak


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_summit_stands_out_of_its_peak_and_does_not_split_it(new_page, theme) -> None:
    page = new_page()
    peak = Peaks(HERE, np.array([1200]), np.array([1600]), np.array([1405]), np.ones(1, dtype=np.float32))
    surface = replace(page.surface, palette=theme, height=26.0)
    track = tracks.PeaksTrack(cell_type="alpha", factor="CTCF")
    painter_of(track).paint(surface, track, _content("peaks", peak), USUAL, SETTING)
    assert {page.colour_at(x, 13) for x in range(20, 60)} == {theme.peak}
    above = [x for x in range(100) if not page.is_blank(x, 6)]
    assert 40 in above
    assert len(above) <= 3


def test_the_lens_is_framed_named_and_free_of_the_grid(new_page) -> None:
    page = new_page(1.0, (1000, 50))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=40.0)
    surface.rectangle(0, 0, 1000, 40, LIGHT.hairline)  # as if the grid were everywhere
    track, setting = tracks.SequenceTrack(), Setting(DATASET, CHECKPOINT, Interval("chr1", 3000, 3001))
    content = _content("sequence", Sequence(HERE, np.zeros(4000, dtype=np.uint8)))
    painter_of(track).annotate(surface, track, content, USUAL, setting)
    pixels = {(x, y): page.colour_at(x, y) for x in range(1000) for y in range(40)}
    assert LIGHT.hairline not in pixels.values()
    letters = [x for x in range(1000) if pixels[x, 33] == LIGHT.bases["A"]]
    assert 500 <= letters[-1] - letters[0] <= 510
    assert pixels[letters[0] - 1, 30] == LIGHT.accent
    beside = [x for x in range(letters[-1] + 8, 1000) if any(not page.is_blank(x, y) for y in range(12, 36))]
    assert beside, "words that say which bases these are"
    assert painter_of(track).caption(surface, track, content, setting) == "51 bp at 3,001"


@pytest.mark.parametrize(("width", "bases"), [(1300.0, 61), (700.0, 35), (450.0, 23)])
def test_a_narrow_lens_shows_fewer_bases_with_their_letters_and_its_name(new_page, monkeypatch, width, bases) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(width=width), height=40.0)
    track, setting = tracks.SequenceTrack(), Setting(DATASET, CHECKPOINT, Interval("chr1", 2000, 2001))
    content = _content("sequence", Sequence(HERE, np.zeros(4000, dtype=np.uint8)))
    said = _texts(monkeypatch, surface, track, content, setting)
    assert said.count("A") == bases
    first = 2000 - bases // 2
    assert f"chr1:{first + 1:,}-{first + bases:,}" in said
    assert painter_of(track).caption(surface, track, content, setting) == f"{bases} bp at 2,001"


def test_opposed_genes_share_a_row_and_overlapping_ones_do_not(new_page) -> None:
    surface = new_page().surface
    genes = (Gene("A", 1000, 1300, "-"), Gene("B", 1600, 1900, "+"), Gene("C", 1700, 1950, "+"))
    layout = lay_out(surface, _content("genes", Genes(HERE, genes[:2])))
    assert layout.rows == (0, 0)
    assert lay_out(surface, _content("genes", Genes(HERE, genes))).rows[1:] == (0, 1)


def test_bases_are_coloured_where_letters_do_not_fit(new_page) -> None:
    page = new_page()
    codes = np.zeros(4000, dtype=np.uint8)
    codes[1050:] = 3
    surface = replace(page.surface, axis=page.surface.axis._replace(bases_per_pixel=1.0))
    PAINTERS[tracks.SequenceTrack].paint(
        surface, tracks.SequenceTrack(), _content("sequence", Sequence(HERE, codes)), Scale(), SETTING
    )
    assert page.colour_at(25, 25) == LIGHT.bases["A"]
    assert page.colour_at(75, 25) == LIGHT.bases["T"]


def test_attention_is_drawn_inside_its_window_only(new_page) -> None:
    page = new_page()
    weights = np.full(40, 0.02, dtype=np.float32)
    window = Interval("chr1", 1300, 1700)
    profile = AttentionProfile(window, 1500, 10, 0, None, weights, weights)
    track = tracks.AttentionTrack(cell_type="alpha")
    content = TrackContent({"attention": (Held(0, window, profile),)})
    painter_of(track).annotate(page.surface, track, content, Scale(), Setting(DATASET, CHECKPOINT))
    assert page.is_blank(20, 38)
    assert not page.is_blank(40, 36)
    assert page.is_blank(80, 38)


@pytest.mark.parametrize("kind", list(PAINTERS))
def test_nothing_to_draw_leaves_no_painter_at_a_loss(new_page, kind) -> None:
    page = new_page()
    fields = {name: "x" for name in ("cell_type", "factor") if name in kind.__struct_fields__}
    track, painter = kind(**fields), PAINTERS[kind]
    painter.paint(page.surface, track, TrackContent(), Scale(), Setting())
    painter.annotate(page.surface, track, TrackContent(), Scale(), Setting())
    assert isinstance(painter.caption(page.surface, track, TrackContent(), Setting()), str)
    assert painter.describe(track, TrackContent(), 1500, HERE) == ""
