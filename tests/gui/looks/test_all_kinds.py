"""What is the same for all kinds of track: their scales, their colours, and that nothing leaves none at a loss."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace as changed

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.scene import Scene
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.table import BUILT_IN, AnyKind
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.looks.prediction_arranged import PredictionSettings
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track, UnknownTrack
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS, Given, content_of, draw, drawn_row, scale_over, scales_over, words_at
from tests.gui.pages import Page, Written
from tests.toy_summaries import checkpoint_summary

HERE = Interval("chr1", 0, 20_000)
CELLS = (CellType("alpha", True), CellType("beta", True))
DATASET = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", HERE.end),), True, True, (), (), CELLS)
SCOPE = Scope(DATASET, checkpoint_summary())
PREDICTED = PredictionTrack(cell_type="alpha", factor="CTCF")


@pytest.mark.parametrize(("fits_view", "scale"), [(False, (0, 1)), (True, (0, 0.1))])
def test_a_prediction_has_one_scale_unless_a_person_asks_for_another(
    new_page: Callable[..., Page], fits_view: bool, scale: tuple[int, float] | tuple[int, int]
) -> None:
    track, axis = changed(PREDICTED, drawn=PredictionSettings(fits_view=fits_view)), new_page().surface.axis
    found = scale_over(axis, track, content_of("prediction", HERE, toy_shapes.prediction(HERE, 1075, 0.01)), SCOPE)
    assert found is not None
    assert found[:2] == pytest.approx(scale)


def test_rows_on_two_scales_do_not_share_one(new_page: Callable[..., Page]) -> None:
    axis, fitted = new_page().surface.axis, changed(PREDICTED, id="b", drawn=PredictionSettings(fits_view=True))
    content = content_of("prediction", HERE, toy_shapes.prediction(HERE, 1075, 0.01))
    scales = scales_over(axis, {changed(PREDICTED, id="a"): content, fitted: content}, SCOPE)
    assert (scales["a"].high, scales["b"].high) == (1, 0.1)


def signal(*values: float, start: int = 1000, bases: int = 10) -> Signal:
    array = np.array(values, dtype=np.float32)
    return Signal(Interval("chr1", start, start + bases * array.size), array, array, array)


def test_signals_of_a_group_and_predictions_of_a_factor_share_the_widest_scale(new_page: Callable[..., Page]) -> None:
    axis = new_page().surface.axis
    contents = {"a": [signal(2.0)], "b": [signal(-8.0)], "c": [signal(100.0)], "d": [signal(4.0)]}
    shown = (
        SignalTrack(id="a", signal="x"),
        SignalTrack(id="b", signal="x"),
        SignalTrack(id="c", signal="y"),
        SignalTrack(id="d", signal="x", drawn=SignalSettings(high=3.0)),
        PeaksTrack(id="e"),
    )
    found = scales_over(axis, {track: content_of("signal", HERE, *contents.get(track.id, ())) for track in shown})
    assert {name: scale[:2] for name, scale in found.items()} == {
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
        (PREDICTED, LIGHT.prediction),
        (TruthTrack(cell_type="alpha", factor="CTCF"), LIGHT.text),
        (UnknownTrack(), ""),
    ],
)
def test_every_kind_of_track_has_its_usual_colour_until_a_person_chooses_one(track: Track, usual: str) -> None:
    workspace = Workspace(KINDS)
    workspace.open_dataset(DATASET)
    scene = Scene(workspace, Given(TrackContent()), KINDS, LIGHT, window_font())
    assert scene.colour_of(track) == usual
    assert scene.colour_of(changed(track, drawn=track.drawn.changed(colour="#123456"))) == "#123456"


def test_a_track_of_a_kind_that_is_not_known_is_a_grey_row(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    draw(page, UnknownTrack(kind="variants"), TrackContent(), 30.0)
    assert page.across(15) == [(0, 100, LIGHT.hairline)]
    assert page.down(50) == [(0, 30, LIGHT.hairline)]


def test_every_kind_of_track_is_in_the_table() -> None:
    defined = {track for track in Track.__subclasses__() if track.__module__.startswith("ebert_gui.kinds.")}
    assert {kind.track for kind in BUILT_IN} == defined
    assert all(KINDS.of(_track_of(kind)) is kind for kind in BUILT_IN)


def _track_of(kind: AnyKind) -> Track:
    fields = {name: "x" for name in ("cell_type", "factor") if name in kind.track.__struct_fields__}
    made: Track = kind.track(**fields)
    return made


@pytest.mark.parametrize("kind", [*BUILT_IN, None])
def test_nothing_to_draw_leaves_no_look_at_a_loss(new_page: Callable[..., Page], kind: AnyKind | None) -> None:
    surface, track = new_page().surface, _track_of(kind) if kind else UnknownTrack()
    row = drawn_row(surface, track, TrackContent())
    row.paint(surface, Scale())
    row.annotate(surface, Scale())
    assert isinstance(row.label(surface, None).caption, str)
    assert row.blank(surface.axis) == ""
    assert words_at(track, TrackContent(), HERE, 1500) == [""]
