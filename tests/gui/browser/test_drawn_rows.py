"""What a row is drawn from is arranged once for each change, and never for a frame."""

import builtins
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPainter

from ebert_core.protocol.shapes import Letters, RunClass, Runs, Shape, Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.picture import pixels_of
from ebert_gui.browser.scene import GUTTER, Scene
from ebert_gui.browser.surface import Surface
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.looks.feature_rows import Feature
from ebert_gui.state.scope import Scope
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Part, Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import DARK, LIGHT, window_font
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS, drawn_row
from tests.gui.pages import Page
from tests.toy_summaries import checkpoint_summary

HERE = Interval("chr1", 0, 100_000)
CELLS = (CellType("alpha", True, (), (PeakFiles("CTCF", True),)),)
DATASET = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", HERE.end),), True, True, (), (), CELLS)
CHECKPOINT = checkpoint_summary()
SCOPE = Scope(DATASET, CHECKPOINT, Interval("chr1", 1500, 1501))
TRACKS: tuple[Track, ...] = (
    GenesTrack(id="genes", height=120),
    PeaksTrack(id="peaks", cell_type="alpha", factor="CTCF"),
    TruthTrack(id="truth", cell_type="alpha", factor="CTCF"),
    StatesTrack(id="states", cell_type="alpha"),
    SignalTrack(id="signal", signal="DNase"),
    PredictionTrack(id="prediction", cell_type="alpha", factor="CTCF"),
    SequenceTrack(id="sequence"),
    AttentionTrack(id="attention", cell_type="alpha"),
    AttentionTrack(id="map", cell_type="alpha", is_map=True),
)


def _shapes() -> dict[str, tuple[Shape, ...]]:
    """Something of everything, by the names of the parts; two overlapping replies where files come in tiles."""
    starts = range(1_000, 90_000, 400)
    pairs = [(start, start + 150) for start in starts]
    near, window = Interval("chr1", 0, 1_600), Interval("chr1", 1_000, 2_000)
    values = np.sin(np.arange(10_000, dtype=np.float32)) + 1
    edges = np.arange(0, HERE.end, 500)
    classes = (RunClass("Tx", "#00aa00"), RunClass("Quies", "#dddddd"))
    runs = Runs(HERE, edges, edges + 500, (np.arange(edges.size) % 2).astype(np.uint8), classes)
    genes = [Feature(f"G{start}", start, start + 900, "+", ((start, start + 50),), ()) for start in starts]
    marks = (toy_shapes.mark(0, 1_400, "training"), toy_shapes.mark(1_400, 100_000, "unseen locus"))
    called = [0.9 if number % 7 == 0 else 0.1 for number in range(2_000)]
    final = toy_shapes.prediction(HERE, 0, *called, marks=marks)
    return {
        "genes": (toy_shapes.genes(HERE, *genes),) * 2,
        "peaks": (toy_shapes.peaks(HERE, *pairs, summits=[start + 70 for start, _ in pairs]),) * 2,
        "relaxed": (toy_shapes.peaks(HERE, *pairs),),
        "truth": (toy_shapes.sites(HERE, (1_200, 1_220, True), (1_700, 1_720, False)),),
        "states": (runs,) * 2,
        "signal": (Signal(HERE, values, values, values),) * 2,
        "prediction": (toy_shapes.prediction(near, 0, *called[:32], is_draft=True), final),
        "sequence": (Letters(HERE, (np.arange(HERE.length) % 5).astype(np.uint8)),),
        "attention": (toy_shapes.profile(window, [0.4] * 50, [0.2] * 50),),
        "attention map": (toy_shapes.attention_map(window, np.full((50, 50), 0.1).tolist()),),
    }


class Everything:
    """The parts of each track; what a test changed of one stands over them."""

    def __init__(self) -> None:
        self.changed: dict[str, TrackContent] = {}
        numbers = iter(range(1_000))
        self._held = {
            name: tuple(Held(next(numbers), HERE, shape) for shape in shapes) for name, shapes in _shapes().items()
        }

    def content(self, track: Track) -> TrackContent:
        names = {
            "prediction": ("prediction", "peaks", "relaxed"),
            "attention": ("attention", "attention map"),
            "map": ("attention", "attention map"),
        }.get(track.id, (track.id,))
        return self.changed.get(track.id, TrackContent({name: self._held.get(name, ()) for name in names}))


@pytest.fixture
def scene() -> Scene:
    workspace = Workspace(KINDS)
    workspace.open_dataset(DATASET, Setup(tracks=TRACKS))
    workspace.open_model(CHECKPOINT)
    workspace.view.show(Interval("chr1", 10_000, 20_000))
    made = Scene(workspace, Everything(), KINDS, LIGHT, window_font())
    made.width, made.height = GUTTER + 1000.0, 900.0
    show(made)
    return made


def show(scene: Scene) -> QImage:
    """A whole frame, with its scales, and a reading of every row."""
    scene.refresh()
    image = QImage(pixels_of(scene), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    scene.paint(painter)
    painter.end()
    for row in scene.rows():
        scene.at(row, GUTTER + 500.0)
        scene.about(row)
    return image


def test_a_slide_of_twenty_frames_arranges_nothing(scene: Scene) -> None:
    assert [track.id for track in scene.workspace.setup.tracks] == [track.id for track in TRACKS]
    assert scene.drawn.arranged == len(TRACKS)
    frames = []
    for _ in range(20):
        scene.workspace.view.pan_by(37.3)
        frames.append(show(scene))
    assert frames[0] != frames[-1]
    assert scene.drawn.arranged == len(TRACKS)


def _source(scene: Scene) -> Everything:
    source = scene._source
    assert isinstance(source, Everything)
    return source


def _bring(scene: Scene) -> None:
    source, track = _source(scene), scene.workspace.setup.tracks[1]
    shape = toy_shapes.peaks(HERE, (12_000, 13_000))
    source.changed["peaks"] = TrackContent({"peaks": (*source.content(track).parts["peaks"], Held(5_000, HERE, shape))})


def _redden(scene: Scene) -> None:
    setup = scene.workspace.setup
    scene.workspace.history.change(setup.redrawn(("signal",), lambda drawn: drawn.changed(colour="#123456")))


def _say(scene: Scene) -> None:
    source, track = _source(scene), scene.workspace.setup.tracks[5]
    source.changed["prediction"] = replace(source.content(track), is_loading=True)


@pytest.mark.parametrize(
    ("change", "arranged"),
    [
        (lambda scene: scene.workspace.view.zoom_about(15_000, 2.0), len(TRACKS)),
        (lambda scene: scene.dress(DARK, window_font()), len(TRACKS)),
        (lambda scene: scene.workspace.history.change(scene.workspace.setup.resized("genes", 90)), 1),
        (_redden, 1),
        (_bring, 1),
        (_say, 1),
        # The lens, the profile and the map are of the anchor.
        (lambda scene: scene.workspace.set_anchor("chr1", 15_000), 3),
        (lambda scene: scene.workspace.history.change(scene.workspace.setup.moved("genes", 2)), 0),
        (lambda scene: setattr(scene, "scroll", 40.0), 0),
    ],
)
def test_a_change_arranges_the_rows_that_it_concerns_once(
    scene: Scene, change: Callable[[Scene], object], arranged
) -> None:
    before = scene.drawn.arranged
    change(scene)
    show(scene)
    show(scene)
    assert scene.drawn.arranged - before == arranged


def test_a_track_that_is_gone_is_forgotten(scene: Scene) -> None:
    before, peaks = scene.drawn.arranged, scene.workspace.setup.tracks[1]
    scene.workspace.history.change(scene.workspace.setup.without("peaks"))
    show(scene)
    scene.workspace.history.change(scene.workspace.setup.with_added(peaks))
    show(scene)
    assert scene.drawn.arranged == before + 1


@contextmanager
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often letters are measured, and how often anything is sorted or searched, within the block."""
    counts: Counter[str] = Counter()

    def counting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            # Python itself sorts the flags of an enumeration when two are joined for the first time.
            if sys._getframe(1).f_globals["__name__"].startswith("ebert_gui"):
                counts[name] += 1
            return real(*given, **named)

        return call

    with monkeypatch.context() as patched:
        for name, module in list(sys.modules.items()):
            if name.startswith("ebert_gui") and hasattr(module, "QFontMetricsF"):
                patched.setattr(module, "QFontMetricsF", counting("measured", module.QFontMetricsF))
        for name in ("unique", "sort", "argsort", "lexsort", "searchsorted", "quantile"):
            patched.setattr(np, name, counting(name, getattr(np, name)))
        patched.setattr(builtins, "sorted", counting("sorted", sorted))
        yield counts


@pytest.mark.parametrize("bases_per_pixel", [0.1, 2.0, 10.0])
@pytest.mark.parametrize("track", TRACKS, ids=[track.id for track in TRACKS])
def test_no_frame_measures_letters_sorts_or_searches(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, track, bases_per_pixel: float
) -> None:
    page = new_page(1.0, (1000, 200))
    axis = page.surface.axis._replace(width=1000.0, bases_per_pixel=bases_per_pixel)
    surface = replace(page.surface, axis=axis, height=float(track.pixels))
    content = Everything().content(track)
    row = drawn_row(surface, track, content, SCOPE)
    with _counted(monkeypatch) as counts:
        row.paint(surface, Scale(0, 2))
        row.annotate(surface, Scale(0, 2))
    assert counts == Counter()
    assert any(page.across(y) for y in range(0, track.pixels, 2)), "something was drawn"


def test_what_a_frame_does_without_is_done_where_it_is_arranged(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    surface, found = new_page().surface, Counter()
    for track in TRACKS:
        with _counted(monkeypatch) as counts:
            drawn_row(surface, track, Everything().content(track), SCOPE)
        found += counts
    assert {"measured", "unique", "sort", "sorted", "quantile"} <= set(found)


# A part of a track has a type


def test_a_typed_part_gives_the_shapes_of_its_type_and_no_others() -> None:
    place = Interval("chr1", 0, 4)
    values = np.zeros(4, dtype=np.float32)
    signal, letters = Signal(place, values, values, values), Letters(place, np.zeros(4, dtype=np.uint8))
    held = (Held(1, place, signal), Held(2, place, letters))
    content = TrackContent({"both": held, "letters": held[1:]})
    assert content.of(Part("both", Signal)) == held[:1]
    assert content.of(Part("both", Letters)) == held[1:]
    assert content.newest(Part("both", Signal)) is signal
    assert content.of(Part("letters", Signal)) == ()
    assert content.newest(Part("letters", Signal)) is None
    assert content.of(Part("none", Signal)) == ()


def _painted(surface: Surface, track: Track, content: TrackContent) -> QImage:
    """A row with all that is drawn over it; it is read out, too."""
    image = QImage(100, 200, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    painter = QPainter(image)
    try:
        target = replace(surface, painter=painter, height=float(track.pixels))
        row = drawn_row(target, track, content, SCOPE)
        row.paint(target, Scale())
        row.annotate(target, Scale())
        row.label(target, Scale())
        row.at(1_500, target.axis)
        row.blank(target.axis)
    finally:
        painter.end()
    return image


@pytest.mark.parametrize("track", TRACKS, ids=[track.id for track in TRACKS])
def test_shapes_of_other_types_are_drawn_as_if_they_had_not_come(new_page: Callable[..., Page], track) -> None:
    surface, right = new_page().surface, Everything().content(track)
    types = {type(held.shape) for replies in right.parts.values() for held in replies}
    found = [
        _painted(surface, track, TrackContent({name: (Held(1, HERE, shapes[0]),) for name in right.parts}))
        for shapes in _shapes().values()
        if type(shapes[0]) not in types
    ]
    assert len(found) >= 4
    assert all(image == found[0] for image in found)
    assert _painted(surface, track, right) != found[0]
