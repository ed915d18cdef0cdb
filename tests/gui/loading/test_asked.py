"""What arrives in the workers' inboxes for what is on screen, and where an unchosen anchor comes to lie."""

import numpy as np
import pytest
from msgspec.structs import replace
from recording import CHECKPOINT, DATASET

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import AttendFrom, AttendWithin, Prediction, PredictView
from ebert_core.protocol.tracks import (
    CellType,
    PeakFiles,
    Peaks,
    ReadGenes,
    ReadPeaks,
    ReadSequence,
    ReadSignal,
    ReadStates,
    ReadTruth,
    Truth,
)
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.loading import needs, streams
from ebert_gui.loading.guessing import guess_anchor
from ebert_gui.loading.tiles import TileCache
from ebert_gui.state.tracks import (
    AttentionTrack,
    GenesTrack,
    PeaksTrack,
    PredictionTrack,
    SequenceTrack,
    SignalTrack,
    StatesTrack,
    TruthTrack,
    UnknownTrack,
)
from ebert_gui.state.workspace import Workspace

LENGTH = 5_000_000
CELLS = (
    CellType("alpha", True, ("DNase",), (PeakFiles("CTCF", True), PeakFiles("MAX", False))),
    CellType("beta", False, (), (PeakFiles("MAX", False),)),
)


def at(start: int, end: int) -> Interval:
    return Interval("chr1", start, end)


@pytest.fixture
def here() -> Workspace:
    """20 kb at 1 Mb on a thousand columns."""
    workspace = Workspace()
    workspace.open_dataset(replace(DATASET, cell_types=CELLS))
    return workspace


@pytest.mark.parametrize(
    ("track", "asked"),
    [
        (GenesTrack(path="/g.gtf"), [("genes", ReadGenes, {"path": "/g.gtf"})]),
        (StatesTrack(cell_type="alpha"), [("states", ReadStates, {"cell_type": "alpha"})]),
        (SignalTrack(cell_type="alpha", signal="DNase"), [("signal", ReadSignal, {"signal": "DNase", "path": ""})]),
        (SignalTrack(signal="x.bw", path="/x.bw"), [("signal", ReadSignal, {"signal": "", "path": "/x.bw"})]),
        (PeaksTrack(path="/p.bed"), [("peaks", ReadPeaks, {"path": "/p.bed", "is_relaxed": False})]),
        (TruthTrack(cell_type="alpha", factor="CTCF"), [("truth", ReadTruth, {"cell_type": "alpha"})]),
        (
            PredictionTrack(cell_type="alpha", factor="CTCF"),
            [("peaks", ReadPeaks, {"is_relaxed": False}), ("relaxed", ReadPeaks, {"is_relaxed": True})],
        ),
        (PredictionTrack(cell_type="alpha", factor="MAX"), [("peaks", ReadPeaks, {"cell_type": "alpha"})]),
        (PredictionTrack(cell_type="beta", factor="MAX"), [("peaks", ReadPeaks, {"cell_type": "beta"})]),
        (PredictionTrack(cell_type="beta", factor="CTCF"), []),
        (AttentionTrack(cell_type="alpha"), []),
        (UnknownTrack(), []),
    ],
)
def test_every_kind_of_track_reads_what_it_shows(here: Workspace, track, asked) -> None:
    found = streams.streams_of(track, here)
    assert [(stream.part, type(stream.template)) for stream in found] == [(part, kind) for part, kind, _ in asked]
    for stream, (_part, _kind, fields) in zip(found, asked, strict=True):
        assert {name: getattr(stream.template, name) for name in fields} == fields


def test_tiles_cover_the_view_and_its_margin_the_visible_ones_first(here: Workspace) -> None:
    found = list(needs.tile_needs(SignalTrack(cell_type="alpha", signal="DNase"), here))
    visible = here.view.interval
    wide = streams.with_margin(visible)
    assert needs.is_covered(wide, [need.interval for need in found], LENGTH)
    assert all(need.interval.overlaps(wide) for need in found)
    assert {need.urgency for need in found if need.interval.overlaps(visible)} == {0}
    assert {need.urgency for need in found if not need.interval.overlaps(visible)} <= {2}
    assert {need.role for need in found} == {"data"}
    # 20 bases a column are read in bins of 16.
    assert {need.level for need in found} == {4}
    assert {need.request.columns for need in found} == {-(-need.interval.length // 16) for need in found}


@pytest.mark.parametrize(
    ("bases", "finest", "level"), [(0.5, 0, 0), (1.0, 0, 0), (1.99, 0, 0), (2.0, 0, 1), (1000.0, 0, 9), (2.0, 7, 7)]
)
def test_bins_are_no_wider_than_a_column(bases: float, finest: int, level: int) -> None:
    assert streams.level_of(bases, finest) == level


def test_the_last_tile_ends_with_the_chromosome_and_none_begins_before_it() -> None:
    width = streams.TILE_COLUMNS << 2
    found = [tile.interval for tile in streams.tiles_under(at(-500, 3 * width), 2, 2 * width + 10)]
    assert found == [at(0, width), at(width, 2 * width), at(2 * width, 2 * width + 10)]
    assert [tile.interval for tile in streams.tiles_under(at(width, width + 1), 2, LENGTH)] == [at(width, 2 * width)]


def test_bases_are_read_where_they_are_drawn_and_for_the_lens_only_further_out(here: Workspace) -> None:
    (stream,) = streams.streams_of(SequenceTrack(), here)
    assert isinstance(stream.template, ReadSequence)
    assert streams.visible_interval(stream, here) is None
    here.set_anchor("chr1", 1_010_000)
    assert streams.visible_interval(stream, here) == at(1_009_970, 1_010_031)
    here.set_anchor("chr1", 1_020_000)
    assert streams.visible_interval(stream, here) is None
    here.view.show(at(1_000_000, 1_001_000))
    assert streams.visible_interval(stream, here) == at(1_000_000, 1_001_000)
    assert streams.visible_interval(stream, Workspace()) is None


@pytest.mark.parametrize(
    ("pieces", "missing"),
    [
        ([], [(10, 90)]),
        ([(10, 90)], []),
        ([(0, 200)], []),
        ([(20, 40)], [(10, 20), (40, 90)]),
        ([(50, 60), (10, 30)], [(30, 50), (60, 90)]),
        ([(0, 10), (90, 99)], [(10, 90)]),
        ([(10, 50), (20, 30), (50, 90)], []),
        ([(95, 120)], [(10, 90)]),
    ],
)
def test_what_no_piece_covers_is_missing(pieces, missing) -> None:
    intervals = [at(*piece) for piece in pieces] + [Interval("chr2", 0, 1000)]
    assert needs.missing_parts(at(10, 90), intervals, 1000) == [at(*part) for part in missing]
    assert needs.is_covered(at(10, 90), intervals, 1000) is (missing == [])


def test_nothing_is_missing_beyond_the_ends_of_a_chromosome() -> None:
    assert needs.missing_parts(at(-50, 2000), [at(0, 1000)], 1000) == []
    assert needs.missing_parts(at(-50, 2000), [], 1000) == [at(0, 1000)]


# Predictions


@pytest.fixture
def predicting(here: Workspace) -> Workspace:
    here.open_checkpoint(CHECKPOINT)
    here.tracks.restart((PredictionTrack(id="p", cell_type="alpha", factor="CTCF"),))
    return here


def stream_of(workspace: Workspace) -> needs.PredictionStream:
    (stream,) = needs.prediction_streams(workspace)
    return stream


def keep(cache: TileCache, stream: needs.PredictionStream, place: Interval, strands: int) -> None:
    values = np.zeros((1, 1), dtype=np.float32)
    reply = Prediction(place, ("CTCF",), place.start, 50, values, strands)
    cache.put(stream, needs.predict(stream, place, strands), place, reply, 0)


def test_one_strand_of_what_is_seen_comes_first_then_both_with_a_margin(predicting: Workspace) -> None:
    stream, cache = stream_of(predicting), TileCache()
    first = needs.next_prediction(stream, predicting, cache, [])
    assert (first.request.strands, first.interval, first.urgency) == (1, at(1_000_000, 1_020_000), 1)
    assert (first.role, first.view_key) == ("model", "predict alpha")
    keep(cache, stream, first.interval, 1)
    second = needs.next_prediction(stream, predicting, cache, [])
    wide = streams.with_margin(at(1_000_000, 1_020_000))
    assert second.request.strands == 2
    assert second.interval.start <= wide.start
    assert second.interval.end >= wide.end
    assert second.interval.start % 200 == second.interval.end % 200 == 0
    assert second.urgency == 2
    keep(cache, stream, second.interval, 2)
    assert needs.next_prediction(stream, predicting, cache, []) is None


def test_the_margin_is_no_wider_than_the_model_predicts_at_once(predicting: Workspace) -> None:
    stream, cache = stream_of(predicting), TileCache()
    predicting.checkpoint = replace(CHECKPOINT, live_limit=24_000)
    keep(cache, stream, at(1_000_000, 1_020_000), 1)
    assert needs.next_prediction(stream, predicting, cache, []).interval == at(998_000, 1_022_000)
    predicting.checkpoint = replace(CHECKPOINT, live_limit=10_000)
    assert needs.next_prediction(stream, predicting, cache, []).interval == at(1_000_000, 1_020_000)


@pytest.mark.parametrize(
    ("start", "end", "strands", "is_waited_for"),
    [
        (1_000_000, 1_020_000, 1, True),
        (1_010_000, 1_030_000, 1, True),
        (1_010_200, 1_030_000, 1, False),
        (990_000, 1_010_000, 1, True),
        (990_000, 1_009_800, 1, False),
        (1_000_000, 1_020_000, 2, False),
    ],
)
def test_a_request_under_way_that_brings_half_of_what_is_missing_is_waited_for(
    predicting: Workspace, start, end, strands, is_waited_for
) -> None:
    stream = stream_of(predicting)
    asked = needs.predict(stream, at(start, end), strands)
    found = needs.next_prediction(stream, predicting, TileCache(), [asked])
    assert (found.request == asked) is (is_waited_for or (asked.interval == found.interval and strands == 1))


def test_a_region_is_asked_for_in_pieces_of_the_live_limit_on_one_grid(predicting: Workspace) -> None:
    limited = replace(CHECKPOINT, live_limit=10_050)
    pieces = list(needs.region_pieces(stream_of(predicting), at(5_000, 25_000), limited))
    assert [piece.interval for piece in pieces] == [at(5_000, 10_000), at(10_000, 20_000), at(20_000, 25_000)]
    assert {(piece.request.strands, piece.view_key, piece.urgency) for piece in pieces} == {(2, "", 3)}


def test_predictions_of_both_strands_stand_alone_once_they_cover_the_view(predicting: Workspace) -> None:
    stream, cache = stream_of(predicting), TileCache()
    (track,) = predicting.tracks.tracks
    keep(cache, stream, at(1_000_000, 1_020_000), 1)
    keep(cache, stream, at(1_000_000, 1_010_000), 2)
    keep(cache, stream, at(3_000_000, 3_010_000), 2)
    drawn = needs.drawn_predictions(track, predicting, cache)
    assert [held.reply.strands for held in drawn] == [1, 2]
    keep(cache, stream, at(1_010_000, 1_020_000), 2)
    drawn = needs.drawn_predictions(track, predicting, cache)
    assert [held.reply.strands for held in drawn] == [2, 2]
    other = PredictionTrack(cell_type="beta", factor="CTCF")
    assert needs.drawn_predictions(other, predicting, cache) == ()


def test_factors_of_one_cell_type_are_predicted_together_and_unknown_ones_not_at_all(predicting: Workspace) -> None:
    predicting.tracks.restart(
        (
            PredictionTrack(cell_type="alpha", factor="CTCF"),
            PredictionTrack(cell_type="alpha", factor="unknown"),
            PredictionTrack(cell_type="beta", factor="CTCF"),
        )
    )
    found = needs.prediction_streams(predicting)
    assert [(stream.cell_type, stream.factors) for stream in found] == [("alpha", ("CTCF",)), ("beta", ("CTCF",))]
    predicting.checkpoint = None
    assert needs.prediction_streams(predicting) == ()


@pytest.mark.parametrize(("is_map", "kind", "urgency"), [(False, AttendFrom, 1), (True, AttendWithin, 4)])
def test_attention_is_asked_of_a_layer_and_head_that_the_network_has(predicting, is_map, kind, urgency) -> None:
    predicting.checkpoint = replace(CHECKPOINT, layers=3, heads=2)
    track = AttentionTrack(id="a", cell_type="alpha", layer=9, head=9, is_map=is_map)
    need = needs.attention_need(track, predicting)
    assert isinstance(need.request, kind)
    assert (need.request.layer, need.request.head, need.urgency, need.view_key) == (2, 1, urgency, "attend a")
    mean = needs.attention_need(replace(track, layer=1, head=None), predicting)
    assert (mean.request.layer, mean.request.head) == (1, None)
    predicting.checkpoint = None
    assert needs.attention_need(track, predicting) is None


def test_tiles_of_another_zoom_are_drawn_under_those_that_have_come(here: Workspace) -> None:
    (stream,) = streams.streams_of(SignalTrack(cell_type="alpha", signal="DNase"), here)
    cache = TileCache()

    def put(place: Interval, level: int) -> None:
        cache.put(stream.template, replace(stream.template, interval=place, columns=level + 1), place, level, level)

    for level in (0, 7, 8, 9):
        put(at(900_000, 1_100_000), level)
    put(at(2_000_000, 2_100_000), 4)
    assert [held.level for held in needs.drawn_tiles(stream, here, cache)] == [8, 7, 0]
    put(at(1_010_000, 1_020_000), 4)
    assert [held.level for held in needs.drawn_tiles(stream, here, cache)] == [8, 7, 0, 4]
    put(at(1_000_000, 1_010_000), 4)
    drawn = needs.drawn_tiles(stream, here, cache)
    assert [held.interval.start for held in drawn] == [1_000_000, 1_010_000]


def test_two_requests_for_one_stretch_are_told_apart_by_their_strands(predicting: Workspace) -> None:
    stream = stream_of(predicting)
    one, two = (needs.predict(stream, at(0, 1000), strands) for strands in (1, 2))
    assert isinstance(one, PredictView)
    assert one != two
    assert one.columns == needs.PREDICTION_COLUMNS


# The anchor


class Sites:
    def __init__(self, truth: Truth | None = None, peaks: Peaks | None = None) -> None:
        self.replies = {"truth": truth, "peaks": peaks}

    def content(self, track) -> TrackContent:
        part = "truth" if isinstance(track, TruthTrack) else "peaks"
        reply = self.replies[part]
        return TrackContent({part: (Held(1, at(0, LENGTH), reply),)} if reply is not None else {})


def peaks(*sites: tuple[int, int, int]) -> Peaks:
    starts, ends, summits = (np.array([site[field] for site in sites], dtype=np.int64) for field in range(3))
    return Peaks(at(0, LENGTH), starts, ends, summits, np.ones(len(sites), dtype=np.float32))


@pytest.mark.parametrize(
    ("sites", "anchor"),
    [
        (((1_004_000, 1_004_200, 1_004_050), (1_011_000, 1_011_200, -1)), 1_011_100),
        (((1_009_000, 1_009_200, 1_009_050), (1_012_000, 1_012_200, -1)), 1_009_050),
        (((1_020_000, 1_020_200, 1_020_000),), None),
        (((1_000_000, 1_000_200, 1_000_000),), 1_000_000),
        (((999_000, 999_999, 999_999),), None),
        ((), None),
    ],
)
def test_the_anchor_is_guessed_at_the_site_nearest_to_the_middle_of_what_is_seen(here, sites, anchor) -> None:
    guess_anchor(here, Sites(peaks=peaks(*sites)))
    assert here.anchor == (None if anchor is None else at(anchor, anchor + 1))
    assert here.anchor_is_guessed


def test_a_bound_planted_site_comes_before_peaks_and_a_person_before_both(here: Workspace) -> None:
    here.tracks.add(*(TruthTrack(cell_type=cell, factor=here.factor) for cell in ("alpha", "beta")))
    middles = np.array([1_002_000, 1_010_000])
    truth = Truth(at(0, LENGTH), middles - 10, middles + 10, np.array([True, False]))
    source = Sites(truth, peaks((1_010_000, 1_010_200, 1_010_100)))
    guess_anchor(here, source)
    assert here.anchor == at(1_002_000, 1_002_001)
    here.set_anchor("chr1", 7)
    guess_anchor(here, source)
    assert here.anchor == at(7, 8)
    guess_anchor(Workspace(), source)


def test_only_sites_of_the_chosen_pair_are_guessed_at(here: Workspace) -> None:
    class Both:
        def content(self, track) -> TrackContent:
            place = 1_003_000 if track.cell_type == here.cell_type else 1_010_000
            return TrackContent({"peaks": (Held(1, at(0, LENGTH), peaks((place, place + 9, place))),)})

    factor = here.factor
    here.tracks.restart(tuple(PeaksTrack(cell_type=cell, factor=factor) for cell in ("beta", "alpha")))
    guess_anchor(here, Both())
    assert here.anchor == at(1_003_000, 1_003_001)


def test_the_margin_is_a_share_of_what_is_seen_at_both_sides() -> None:
    wide = streams.with_margin(at(10_000, 12_000))
    assert 10_000 - wide.start == wide.end - 12_000 == round(2_000 * streams.MARGIN)
    assert 200 <= 10_000 - wide.start <= 4_000
