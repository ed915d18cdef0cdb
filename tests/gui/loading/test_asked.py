"""What arrives in the workers' inboxes for what is on screen, and where an unchosen anchor comes to lie."""

import numpy as np
import pytest
from msgspec.structs import replace

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.shapes import Features, Signal
from ebert_core.protocol.sources import (
    AttentionMap,
    AttentionProfile,
    ChromatinStates,
    GeneModels,
    MeasuredPeaks,
    MeasuredSignal,
    PlantedSites,
    PredictedBinding,
    ReferenceSequence,
    Source,
)
from ebert_core.protocol.terms.edits import BaseEdit
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, PeakFiles
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.loading import needs, tiling
from ebert_gui.loading.guessing import guess_anchor
from ebert_gui.loading.tiles import TileCache
from ebert_gui.loading.tiling import Query
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import UnknownTrack
from ebert_gui.state.workspace import Workspace
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS
from tests.gui.loading.recording import CHECKPOINT, DATASET

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
    workspace = Workspace(KINDS)
    workspace.open_dataset(replace(DATASET, cell_types=CELLS))
    return workspace


@pytest.mark.parametrize(
    ("track", "asked"),
    [
        (GenesTrack(path="/g.gtf"), [("genes", GeneModels, {"path": "/g.gtf"})]),
        (StatesTrack(cell_type="alpha"), [("states", ChromatinStates, {"cell_type": "alpha"})]),
        (SignalTrack(cell_type="alpha", signal="DNase"), [("signal", MeasuredSignal, {"signal": "DNase", "path": ""})]),
        (SignalTrack(signal="x.bw", path="/x.bw"), [("signal", MeasuredSignal, {"signal": "", "path": "/x.bw"})]),
        (PeaksTrack(path="/p.bed"), [("peaks", MeasuredPeaks, {"path": "/p.bed", "is_relaxed": False})]),
        (TruthTrack(cell_type="alpha", factor="CTCF"), [("truth", PlantedSites, {"cell_type": "alpha"})]),
        (
            PredictionTrack(cell_type="alpha", factor="CTCF"),
            [("peaks", MeasuredPeaks, {"is_relaxed": False}), ("relaxed", MeasuredPeaks, {"is_relaxed": True})],
        ),
        (PredictionTrack(cell_type="alpha", factor="MAX"), [("peaks", MeasuredPeaks, {"cell_type": "alpha"})]),
        (PredictionTrack(cell_type="beta", factor="MAX"), [("peaks", MeasuredPeaks, {"cell_type": "beta"})]),
        (PredictionTrack(cell_type="beta", factor="CTCF"), []),
        (AttentionTrack(cell_type="alpha"), []),
        (UnknownTrack(), []),
    ],
)
def test_every_kind_of_track_reads_what_it_shows(here: Workspace, track, asked) -> None:
    found = track.reads(here.scope)
    assert [(part, type(source)) for part, source in found] == [(part, kind) for part, kind, _ in asked]
    for (_, source), (_part, _kind, fields) in zip(found, asked, strict=True):
        assert {name: getattr(source, name) for name in fields} == fields


def test_tiles_cover_the_view_and_its_margin_the_visible_ones_first(here: Workspace) -> None:
    found = list(needs.tile_needs(SignalTrack(cell_type="alpha", signal="DNase"), here.scope))
    visible = here.view.interval
    wide = tiling.with_margin(visible)
    assert tiling.is_covered(wide, [need.query.interval for need in found], LENGTH)
    assert all(need.query.interval.overlaps(wide) for need in found)
    assert {need.urgency for need in found if need.query.interval.overlaps(visible)} == {0}
    assert {need.urgency for need in found if not need.query.interval.overlaps(visible)} <= {2}
    assert {need.role for need in found} == {"data"}
    # 20 bases a column are read in bins of 16.
    assert {need.level for need in found} == {4}
    assert {need.query.columns for need in found} == {-(-need.query.interval.length // 16) for need in found}


@pytest.mark.parametrize(
    ("bases", "source", "level"),
    [
        (0.5, MeasuredSignal(), 0),
        (1.0, MeasuredSignal(), 0),
        (1.99, MeasuredSignal(), 0),
        (2.0, MeasuredSignal(), 1),
        (1000.0, MeasuredSignal(), 9),
        (2.0, GeneModels(), 5),
        (1000.0, ReferenceSequence(), 1),
    ],
)
def test_bins_are_no_wider_than_a_column(bases: float, source: Source, level: int) -> None:
    assert tiling.level_of(source, Scope(bases_per_column=bases)) == level


def test_the_last_tile_ends_with_the_chromosome_and_none_begins_before_it() -> None:
    width = tiling.TILE_COLUMNS << 2
    found = [tile.interval for tile in tiling.tiles_under(at(-500, 3 * width), 2, 2 * width + 10)]
    assert found == [at(0, width), at(width, 2 * width), at(2 * width, 2 * width + 10)]
    assert [tile.interval for tile in tiling.tiles_under(at(width, width + 1), 2, LENGTH)] == [at(width, 2 * width)]


def test_bases_are_read_where_they_are_drawn_and_for_the_lens_only_further_out(here: Workspace) -> None:
    ((_, bases),) = SequenceTrack().reads(here.scope)
    assert bases == ReferenceSequence()
    assert tiling.visible_interval(bases, here.scope) is None
    here.set_anchor("chr1", 1_010_000)
    assert tiling.visible_interval(bases, here.scope) == at(1_009_970, 1_010_031)
    here.set_anchor("chr1", 1_020_000)
    assert tiling.visible_interval(bases, here.scope) is None
    here.view.show(at(1_000_000, 1_001_000))
    assert tiling.visible_interval(bases, here.scope) == at(1_000_000, 1_001_000)
    assert tiling.visible_interval(bases, Workspace(KINDS).scope) is None


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
    assert tiling.missing_parts(at(10, 90), intervals, 1000) == [at(*part) for part in missing]
    assert tiling.is_covered(at(10, 90), intervals, 1000) is (missing == [])


def test_nothing_is_missing_beyond_the_ends_of_a_chromosome() -> None:
    assert tiling.missing_parts(at(-50, 2000), [at(0, 1000)], 1000) == []
    assert tiling.missing_parts(at(-50, 2000), [], 1000) == [at(0, 1000)]


# Predictions


@pytest.fixture
def predicting(here: Workspace) -> Workspace:
    here.open_model(CHECKPOINT)
    here.history.change(
        here.setup.with_tracks((PredictionTrack(id="p", cell_type="alpha", factor="CTCF"),)), reveals=False
    )
    return here


def sources_of(workspace: Workspace) -> tuple[PredictedBinding, ...]:
    return needs.live_sources(workspace.setup.tracks, workspace.scope)


def next_needs(workspace: Workspace, cache: TileCache, asked: tuple[Query, ...] = ()) -> list[needs.Need]:
    return list(needs.live_needs(sources_of(workspace), workspace.scope, cache, asked))


def keep(cache: TileCache, source: PredictedBinding, place: Interval) -> None:
    values = np.zeros(1, dtype=np.float32)
    shape = Signal(place, values, values, values, is_draft=source.draft is None)
    cache.put(Query((source,), place, needs.LIVE_COLUMNS), place, shape, 0)


def test_one_strand_of_what_is_seen_comes_first_then_both_with_a_margin(predicting: Workspace) -> None:
    (source,), cache = sources_of(predicting), TileCache()
    (first,) = next_needs(predicting, cache)
    assert (first.query.sources, first.query.interval) == ((source.draft,), at(1_000_000, 1_020_000))
    assert (first.role, first.urgency, first.query.columns) == ("model", 1, needs.LIVE_COLUMNS)
    keep(cache, source.draft, first.query.interval)
    (second,) = next_needs(predicting, cache)
    wide, place = tiling.with_margin(at(1_000_000, 1_020_000)), second.query.interval
    assert (second.query.sources, second.urgency) == ((source,), 2)
    assert place.start <= wide.start
    assert place.end >= wide.end
    assert place.start % 200 == place.end % 200 == 0
    keep(cache, source, place)
    assert next_needs(predicting, cache) == []


def test_the_final_values_of_a_cell_type_replace_its_draft_that_still_waits(predicting: Workspace) -> None:
    (source,), cache = sources_of(predicting), TileCache()
    (first,) = next_needs(predicting, cache)
    keep(cache, source.draft, first.query.interval)
    (second,) = next_needs(predicting, cache)
    assert second.view_key != ""


def test_the_margin_is_no_wider_than_the_model_predicts_at_once(predicting: Workspace) -> None:
    (source,), cache = sources_of(predicting), TileCache()
    predicting.model = replace(CHECKPOINT, live_limit=24_000)
    keep(cache, source.draft, at(1_000_000, 1_020_000))
    assert next_needs(predicting, cache)[0].query.interval == at(998_000, 1_022_000)
    predicting.model = replace(CHECKPOINT, live_limit=10_000)
    assert next_needs(predicting, cache)[0].query.interval == at(1_000_000, 1_020_000)


@pytest.mark.parametrize(
    ("start", "end", "is_draft", "is_waited_for"),
    [
        (1_000_000, 1_020_000, True, True),
        (1_010_000, 1_030_000, True, True),
        (1_010_200, 1_030_000, True, False),
        (990_000, 1_010_000, True, True),
        (990_000, 1_009_800, True, False),
        (1_000_000, 1_020_000, False, False),
    ],
)
def test_a_request_under_way_that_brings_half_of_what_is_missing_is_waited_for(
    predicting: Workspace, start: int, end: int, is_draft: bool, is_waited_for: bool
) -> None:
    (source,) = sources_of(predicting)
    asked = Query((source.draft if is_draft else source,), at(start, end), needs.LIVE_COLUMNS)
    (found,) = next_needs(predicting, TileCache(), (asked,))
    assert (found.query == asked) is is_waited_for


def test_a_region_is_asked_for_in_pieces_of_the_live_limit_on_one_grid(predicting: Workspace) -> None:
    predicting.model = replace(CHECKPOINT, live_limit=10_050)
    sources, cache = sources_of(predicting), TileCache()
    pieces = list(needs.region_needs(sources, at(5_000, 25_000), predicting.scope, cache))
    places = [at(5_000, 10_000), at(10_000, 20_000), at(20_000, 25_000)]
    assert [piece.query.interval for piece in pieces] == places
    assert {(piece.query.sources, piece.view_key, piece.urgency) for piece in pieces} == {(sources, "", 3)}
    keep(cache, sources[0], places[1])
    rest = list(needs.region_needs(sources, at(5_000, 25_000), predicting.scope, cache))
    assert [piece.query.interval for piece in rest] == [places[0], places[2]]


def test_predictions_of_both_strands_stand_alone_once_they_cover_the_view(predicting: Workspace) -> None:
    (source,), cache = sources_of(predicting), TileCache()
    keep(cache, source.draft, at(1_000_000, 1_020_000))
    keep(cache, source, at(1_000_000, 1_010_000))
    keep(cache, source, at(3_000_000, 3_010_000))
    drawn = needs.drawn_live(source, predicting.scope, cache)
    assert [held.shape.is_draft for held in drawn] == [True, False]
    keep(cache, source, at(1_010_000, 1_020_000))
    drawn = needs.drawn_live(source, predicting.scope, cache)
    assert [held.shape.is_draft for held in drawn] == [False, False]
    other = replace(source, cell_type="beta")
    assert needs.drawn_live(other, predicting.scope, cache) == ()


def test_factors_of_one_cell_type_are_predicted_together_and_unknown_ones_not_at_all(predicting: Workspace) -> None:
    predicting.model = replace(CHECKPOINT, outputs=(OutputSummary("CTCF", ()), OutputSummary("MAX", ())))
    predicting.history.change(
        predicting.setup.with_tracks(
            (
                PredictionTrack(cell_type="alpha", factor="MAX"),
                PredictionTrack(cell_type="alpha", factor="CTCF"),
                PredictionTrack(cell_type="alpha", factor="unknown"),
                PredictionTrack(cell_type="beta", factor="CTCF"),
            )
        ),
        reveals=False,
    )
    asked = [
        [(source.cell_type, source.output) for source in need.query.sources]
        for need in next_needs(predicting, TileCache())
    ]
    assert asked == [[("alpha", "CTCF"), ("alpha", "MAX")], [("beta", "CTCF")]]
    predicting.model = None
    assert sources_of(predicting) == ()


def test_a_factor_that_joins_is_asked_for_alone_and_the_others_stay(predicting: Workspace) -> None:
    predicting.model = replace(CHECKPOINT, outputs=(OutputSummary("CTCF", ()), OutputSummary("MAX", ())))
    (ctcf,), cache = sources_of(predicting), TileCache()
    keep(cache, ctcf, at(900_000, 1_100_000))
    assert next_needs(predicting, cache) == []
    predicting.history.change(predicting.setup.with_added(PredictionTrack(cell_type="alpha", factor="MAX")))
    (need,) = next_needs(predicting, cache)
    assert [source.output for source in need.query.sources] == ["MAX"]


@pytest.mark.parametrize(("is_map", "kind", "urgency"), [(False, AttentionProfile, 1), (True, AttentionMap, 4)])
def test_attention_is_asked_of_a_layer_and_head_that_the_network_has(
    predicting: Workspace, is_map: bool, kind: type[AttentionProfile] | type[AttentionMap], urgency: int
) -> None:
    predicting.model = replace(CHECKPOINT, layers=3, heads=2)
    track = AttentionTrack(id="a", cell_type="alpha", layer=9, head=9, is_map=is_map)
    (need,) = needs.anchor_needs(track, predicting.scope)
    (source,) = need.query.sources
    assert isinstance(source, kind)
    assert (source.layer, source.head, need.urgency, need.view_key) == (2, 1, urgency, "anchor a")
    assert need.query.interval == predicting.anchor
    (mean,) = needs.anchor_needs(replace(track, layer=1, head=None), predicting.scope)
    assert (mean.query.sources[0].layer, mean.query.sources[0].head) == (1, None)
    predicting.model = None
    assert list(needs.anchor_needs(track, predicting.scope)) == []


def test_tiles_of_another_zoom_are_drawn_under_those_that_have_come(here: Workspace) -> None:
    ((_, source),) = SignalTrack(cell_type="alpha", signal="DNase").reads(here.scope)
    cache, values = TileCache(), np.zeros(1, dtype=np.float32)

    def put(place: Interval, level: int) -> None:
        cache.put(Query((source,), place, level + 1), place, Signal(place, values, values, values), level)

    for level in (0, 7, 8, 9):
        put(at(900_000, 1_100_000), level)
    put(at(2_000_000, 2_100_000), 4)
    assert [held.level for held in needs.drawn_tiles(source, here.scope, cache)] == [8, 7, 0]
    put(at(1_010_000, 1_020_000), 4)
    assert [held.level for held in needs.drawn_tiles(source, here.scope, cache)] == [8, 7, 0, 4]
    put(at(1_000_000, 1_010_000), 4)
    drawn = needs.drawn_tiles(source, here.scope, cache)
    assert [held.interval.start for held in drawn] == [1_000_000, 1_010_000]


# The anchor


class Sites:
    def __init__(self, truth: Features | None = None, peaks: Features | None = None) -> None:
        self.shapes = {"truth": truth, "peaks": peaks}

    def content(self, track) -> TrackContent:
        part = "truth" if isinstance(track, TruthTrack) else "peaks"
        shape = self.shapes[part]
        return TrackContent({part: (Held(1, at(0, LENGTH), shape),)} if shape is not None else {})


def peaks(*sites: tuple[int, int, int]) -> Features:
    return toy_shapes.peaks(at(0, LENGTH), *(site[:2] for site in sites), summits=[site[2] for site in sites])


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
def test_the_anchor_is_guessed_at_the_site_nearest_to_the_middle_of_what_is_seen(
    here: Workspace, sites: tuple[tuple[int, int, int], ...], anchor: int | None
) -> None:
    guess_anchor(here, Sites(peaks=peaks(*sites)), KINDS)
    assert here.anchor == (None if anchor is None else at(anchor, anchor + 1))
    assert here.anchor_is_guessed


def test_a_bound_planted_site_comes_before_peaks_and_a_person_before_both(here: Workspace) -> None:
    here.history.change(
        here.setup.with_added(*(TruthTrack(cell_type=cell, factor=here.factor) for cell in ("alpha", "beta")))
    )
    planted = [(middle - 10, middle + 10, is_bound) for middle, is_bound in ((1_002_000, True), (1_010_000, False))]
    truth = toy_shapes.sites(at(0, LENGTH), *planted)
    source = Sites(truth, peaks((1_010_000, 1_010_200, 1_010_100)))
    guess_anchor(here, source, KINDS)
    assert here.anchor == at(1_002_000, 1_002_001)
    here.set_anchor("chr1", 7)
    guess_anchor(here, source, KINDS)
    assert here.anchor == at(7, 8)
    guess_anchor(Workspace(KINDS), source, KINDS)


def test_only_sites_of_the_chosen_pair_are_guessed_at(here: Workspace) -> None:
    class Both:
        def content(self, track) -> TrackContent:
            place = 1_003_000 if track.cell_type == here.cell_type else 1_010_000
            return TrackContent({"peaks": (Held(1, at(0, LENGTH), peaks((place, place + 9, place))),)})

    factor = here.factor
    here.history.change(
        here.setup.with_tracks(tuple(PeaksTrack(cell_type=cell, factor=factor) for cell in ("beta", "alpha"))),
        reveals=False,
    )
    guess_anchor(here, Both(), KINDS)
    assert here.anchor == at(1_003_000, 1_003_001)


def test_the_margin_is_a_share_of_what_is_seen_at_both_sides() -> None:
    wide = tiling.with_margin(at(10_000, 12_000))
    assert 10_000 - wide.start == wide.end - 12_000 == round(2_000 * tiling.MARGIN)
    assert 200 <= 10_000 - wide.start <= 4_000


def test_an_edit_asks_the_model_about_the_edited_genome_and_undo_shows_what_had_come_of_the_real_one(
    predicting: Workspace,
) -> None:
    (real,), cache = sources_of(predicting), TileCache()
    keep(cache, real, at(900_000, 1_100_000))
    edits = (BaseEdit("chr1", 1_000_100, "G"),)
    predicting.history.change(predicting.setup.with_edits(edits))
    (need,) = next_needs(predicting, cache)
    assert [source.edits for source in need.query.sources] == [edits]
    for is_map in (False, True):
        track = AttentionTrack(id="a", cell_type="alpha", is_map=is_map)
        (anchored,) = needs.anchor_needs(track, predicting.scope)
        assert [source.edits for source in anchored.query.sources] == [edits]
    predicting.history.undo()
    assert next_needs(predicting, cache) == []
