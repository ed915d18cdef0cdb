"""What painters put where: probes of single pixels. Ten bases are one pixel; x = 0 is base 1000."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QColor
from toy_summaries import checkpoint_summary

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import (
    AttentionProfile,
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
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.genes import lay_out
from ebert_gui.browser.painters import PAINTERS, painter_of
from ebert_gui.browser.prediction import prediction_range, verdicts
from ebert_gui.browser.signal import Scale, band_of, round_up
from ebert_gui.state import tracks
from ebert_gui.windows.theme import LIGHT

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


def _prediction(start: int, *values: float) -> Prediction:
    spans = (FamiliaritySpan("CTCF", 1000, 1500, "training"), FamiliaritySpan("CTCF", 1500, 2000, "unseen locus"))
    return Prediction(HERE, ("CTCF",), start, 50, np.array([values], dtype=np.float32), 2, spans)


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


def test_a_predicted_value_stands_on_its_fifty_bases(new_page) -> None:
    page = new_page()
    _paint(page, PREDICTED, _content("prediction", _prediction(1275, 0.0, 1.0, 0.0)))
    # The strong shade of a called bin; a pixel is ten bases, so bin [1325, 1375) begins and ends inside one.
    called = [x for x in range(100) if QColor(page.colour_at(x, 30)).green() < 100]
    assert (called[0], called[-1]) == (32, 37)


def test_a_gap_in_a_prediction_is_hatched_and_not_zero(new_page) -> None:
    page = new_page()
    _paint(page, PREDICTED, _content("prediction", _prediction(1075, *[0.0] * 4, *[np.nan] * 8, *[0.0] * 4)))
    hatched = sum(not page.is_blank(x, y) for x in range(30, 60) for y in range(17, 31))
    plain = sum(not page.is_blank(x, y) for x in range(10, 25) for y in range(17, 31))
    assert hatched > 20
    assert plain == 0


def test_the_ribbon_tells_training_from_unseen_places(new_page) -> None:
    page = new_page()
    _paint(page, PREDICTED, _content("prediction", _prediction(1075, 0.1)))
    assert page.colour_at(20, 36) == LIGHT.familiarity["training"]
    assert page.colour_at(80, 36) == LIGHT.familiarity["unseen locus"]


def test_calls_without_a_peak_and_peaks_without_a_call_are_named(new_page) -> None:
    axis = new_page().surface.axis
    content = TrackContent(
        {
            "prediction": (Held(0, HERE, _prediction(1000, *[0.9 if n == 4 else 0.0 for n in range(20)])),),
            "peaks": (Held(1, HERE, _peaks((1600, 1700))),),
        }
    )
    found = [(verdict.start, verdict.word) for verdict in verdicts(PREDICTED, content, axis, SETTING)]
    assert found == [(1200, "false positive"), (1600, "miss")]


def test_without_a_measurement_nothing_is_called_false(new_page) -> None:
    axis = new_page().surface.axis
    other = tracks.PredictionTrack(cell_type="never assayed", factor="CTCF")
    content = TrackContent(
        {"prediction": (Held(0, HERE, _prediction(1000, *[0.9] * 20)),), "peaks": (Held(1, HERE, _peaks()),)}
    )
    assert verdicts(other, content, axis, SETTING) == ()


def test_a_prediction_scale_reaches_above_its_threshold(new_page) -> None:
    axis = new_page().surface.axis
    scale = prediction_range(PREDICTED, _content("prediction", _prediction(1075, 0.01)), axis, SETTING)
    assert scale == pytest.approx((0, 0.6))


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
