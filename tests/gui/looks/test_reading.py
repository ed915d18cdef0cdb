"""A predicted value is read out with what it was worth, and marked where it is only a rank."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace as changed

import msgspec
import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent
from PyQt6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from ebert_core.protocol.calling import Doubt
from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.terms.inputs import CellInputs
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint, Transfer
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.browser.canvas import Canvas
from ebert_gui.browser.content import EMPTY, Held, TrackContent
from ebert_gui.browser.look import Answer, Scale
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.scope import Scope
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, window_font
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS, answer, paint_label
from tests.gui.pages import Page
from tests.toy_summaries import checkpoint_summary

# The platform without a display says it of every tooltip.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support raise\\(\\)$", extend=True)

HERE = Interval("chr1", 0, 4000)
MAP = Reliability(
    ("chr20",),
    (MeasuredCell("HepG2", 40_000, 480, 60),),
    True,
    True,
    (
        ReliabilityPoint(0.01, 0.1, 1.0, 0.05, 0.2),
        ReliabilityPoint(0.4, 0.8, 0.45, 0.61, 0.88),
        ReliabilityPoint(0.9, 0.95, 0.1, 0.8, 1.0),
    ),
    (Transfer("HepG2", ("K562",), 60, 0.48, 0.4, 0.58, 0.02),),
)
TRACK = PredictionTrack(cell_type="K562", factor="MAX")
WARNING = "Probabilities of MAX ran 2.1 times too high in held-out HepG2 when calibrated on other cell types"
CHECKPOINT = checkpoint_summary(
    outputs=(OutputSummary("MAX", ("K562",), 0.4, 0.5, "HepG2 on chr20", MAP),), cell_types=("K562", "HepG2")
)
SCOPE = Scope(None, CHECKPOINT)


SEEN = (toy_shapes.mark(0, 1100, "training"), toy_shapes.mark(1100, 4000, "unseen locus"))


def content_of(*values: float, is_draft: bool = False) -> TrackContent:
    shape = toy_shapes.prediction(HERE, 1000, *values, is_draft=is_draft, marks=SEEN)
    return TrackContent({"prediction": (Held(1, HERE, shape),)})


def read(content: TrackContent, position: float, scope: Scope = SCOPE) -> Answer:
    return answer(TRACK, content, position, HERE, scope)


def doubts(track: Track, scope: Scope) -> tuple[Doubt, ...]:
    kind = KINDS.of(track)
    found: tuple[Doubt, ...] = kind.look.doubts(kind.style(track, scope))
    return found


CONTENT = content_of(0.4, np.nan, 0.4)


def test_a_value_says_what_it_was_worth_and_the_warning_comes_first() -> None:
    reading = read(CONTENT, 1120)
    assert reading.full.startswith(
        f"MAX in K562: 0.400 (called bound from 0.4). {WARNING}; take them as ranks. About 80 % of bins"
    )
    assert "on chr20 in held-out HepG2, range 61-88 %" in reading.full
    assert reading.short.startswith("take as a rank")
    assert read(CONTENT, 1120).words == "0.400"


@pytest.mark.parametrize(
    ("value", "threshold", "words"),
    [
        (0.42, 0.4, "MAX in K562: 0.420 (called bound from 0.4)."),
        (0.2, 0.4, "MAX in K562: 0.200 (not called bound; that begins at 0.4)."),
        (0.9, None, "MAX in K562: 0.900 (no bin is called bound: no threshold was measured)."),
    ],
)
def test_a_value_is_said_in_plain_words_first(value: float, threshold: float | None, words: str) -> None:
    known = msgspec.structs.replace(CHECKPOINT.outputs[0], threshold=threshold)
    scope = Scope(None, msgspec.structs.replace(CHECKPOINT, outputs=(known,)))
    assert read(content_of(value), 1020, scope).full.startswith(words)


def test_a_place_seen_in_training_is_said_to_flatter() -> None:
    assert read(CONTENT, 1020).full.endswith("seen in training, which flatters its value.")
    assert "seen in training" not in read(CONTENT, 1120).full


@pytest.mark.parametrize("position", [1060, 900, 1200])
def test_a_gap_and_a_place_without_a_prediction_mean_nothing(position: int) -> None:
    reading = read(CONTENT, position)
    assert (reading.short, reading.full) == ("", "")


def test_a_draft_is_read_out_as_one_and_not_judged() -> None:
    draft = content_of(0.4, 0.4, is_draft=True)
    assert read(draft, 1020).words == "0.400 by the first strand only"
    reading = read(draft, 1020)
    assert (reading.short, reading.full) == (
        "",
        "MAX in K562: 0.400 by the first strand only; the value is the mean of both.",
    )


@pytest.mark.parametrize(
    ("content", "position", "words"),
    [
        (CONTENT, 1060, "no prediction: unknown bases or the chromosome's end"),
        (CONTENT, 20, "no prediction: unknown bases or the chromosome's end"),
        (CONTENT, 5000, "not computed"),
        (changed(CONTENT, is_loading=True), 5000, "computing"),
        (TrackContent(), 5000, ""),
    ],
)
def test_a_place_without_a_value_says_which_kind_it_is(content: TrackContent, position: int, words: str) -> None:
    assert read(content, position).words == words


FEW = msgspec.structs.replace(MAP, cell_types=(MeasuredCell("HepG2", 40_000, 480, 4),), transfers=())


@pytest.mark.parametrize(("height", "lines"), [(84.0, 2), (70.0, 1), (48.0, 1)])
def test_the_gravest_doubts_stand_in_the_gutter_as_far_as_there_is_room(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, height: float, lines: int
) -> None:
    said = []
    page = new_page(1.0, (GUTTER, 90))
    surface = changed(page.surface, height=height)
    monkeypatch.setattr(type(surface), "text", lambda _self, box, text, *_: said.append((text, box.bottom())))
    paint_label(surface, GUTTER, TRACK, CONTENT, Scale(), changed_factor(FEW))
    doubts = [text for text, _ in said if text in ("rests on 4 peaks", "no calls")]
    assert doubts == ["rests on 4 peaks", "no calls"][:lines]


def test_without_a_checkpoint_or_with_an_old_one_nothing_is_claimed() -> None:
    unknown = read(CONTENT, 1120, Scope())
    assert (unknown.short, unknown.full) == ("", "")
    old = changed_factor(None)
    assert "was not measured on held-out bins" in read(CONTENT, 1120, old).full
    assert [doubt.short for doubt in doubts(TRACK, old)] == ["never checked"]


def test_absent_inputs_come_first_in_the_row_of_a_prediction_and_of_attention() -> None:
    absent = CellInputs("K562", ("chromatin states", "DNase"), is_any_cell=True)
    lacking = Scope(None, msgspec.structs.replace(CHECKPOINT, inputs=(absent,)))
    for found in (
        doubts(TRACK, lacking),
        doubts(AttentionTrack(id="a", cell_type="K562"), lacking),
    ):
        assert found[0].short == "same in every cell type"
        assert "In K562 it predicts without chromatin states and DNase" in found[0].full
    assert doubts(AttentionTrack(id="a", cell_type="HepG2"), lacking) == ()


def changed_factor(reliability: Reliability | None) -> Scope:
    factors = (msgspec.structs.replace(CHECKPOINT.outputs[0], reliability=reliability),)
    return Scope(None, msgspec.structs.replace(CHECKPOINT, outputs=factors))


def test_in_the_cell_type_of_the_calibration_there_is_no_warning() -> None:
    assert [doubt.short for doubt in doubts(TRACK, SCOPE)] == ["take as ranks"]
    assert doubts(PredictionTrack(cell_type="HepG2", factor="MAX"), SCOPE) == ()


@pytest.mark.parametrize("height", [30.0, 84.0])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_doubtful_track_carries_a_sign_in_the_gutter(
    new_page: Callable[..., Page], height: float, theme: Theme
) -> None:
    signs = []
    for scope in (SCOPE, changed_factor(msgspec.structs.replace(MAP, transfers=()))):
        page = new_page(1.0, (GUTTER, 90))
        surface = changed(page.surface, height=height, palette=theme)
        paint_label(surface, GUTTER, TRACK, CONTENT, Scale(), scope)
        colours = {page.colour_at(x, y) for x in range(GUTTER) for y in range(int(height))}
        signs.append(theme.warning in colours)
    assert signs == [True, False]


class Known:
    """A prediction for predictions, nothing for anything else."""

    def content(self, track: Track) -> TrackContent:
        return content_of(*[0.4] * 60) if isinstance(track, PredictionTrack) else EMPTY


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[Canvas]:
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, Known(), KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    cells = (CellType("K562", True, (), (PeakFiles("MAX", False),)),)
    dataset = DatasetSummary("", "toy", "toy1", (Chromosome("chr1", 4000),), False, False, (), (), cells)
    workspace.open_dataset(dataset, Setup(tracks=(TRACK, SignalTrack(signal="a", height=100))))
    workspace.open_model(CHECKPOINT)
    workspace.view.show(Interval("chr1", 1000, 3000))
    canvas.resize(GUTTER + 1000, 400)
    with qtbot.waitExposed(canvas):
        canvas.show()
    yield canvas
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def tip_at(canvas: Canvas, x: int, y: int) -> str:
    place = QPoint(x, y)
    canvas.event(QHelpEvent(QEvent.Type.ToolTip, place, canvas.mapToGlobal(place)))
    return QToolTip.text()


def test_resting_on_a_value_shows_all_of_it_in_lines_that_fit(canvas: Canvas) -> None:
    said = tip_at(canvas, GUTTER + 300, canvas.scene.header_height + 40)
    assert textwrap.fill(said.replace("\n", " "), 80, break_on_hyphens=False) == said
    assert said.replace("\n", " ").startswith(f"MAX in K562: 0.400 (called bound from 0.4). {WARNING}")
    assert "…" not in said


def test_the_gutter_says_why_a_track_is_doubtful_and_a_plain_track_what_it_shows(canvas: Canvas) -> None:
    assert tip_at(canvas, GUTTER + 40, canvas.scene.header_height + 84 + 40) == ""
    doubtful = tip_at(canvas, 40, canvas.scene.header_height + 40).replace("\n", " ")
    assert doubtful == f"MAX predicted K562. 50-bp steps. {WARNING}; take them as ranks."
    assert tip_at(canvas, 40, canvas.scene.header_height + 84 + 40) == "a. Mean, range of 2 bp."


def test_a_click_on_a_value_shows_the_words_at_once(canvas: Canvas, qtbot: QtBot) -> None:
    place = QPoint(GUTTER + 300, canvas.scene.header_height + 40)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    # A share stays on one line with its sign.
    assert "About 80\u00a0% of bins at or above this" in QToolTip.text().replace("\n", " ")


def test_words_about_a_value_go_when_another_one_comes_to_lie_there(canvas: Canvas, qtbot: QtBot) -> None:
    place, none = QPointF(GUTTER + 300, canvas.scene.header_height + 40), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    canvas.mouseMoveEvent(event)
    assert tip_at(canvas, int(place.x()), int(place.y()))
    assert QToolTip.isVisible()
    canvas._workspace.view.show(Interval("chr1", 0, 1000))
    canvas.grab()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_line_below_says_the_short_of_it(canvas: Canvas, qtbot: QtBot) -> None:
    place, none = QPointF(GUTTER + 300, canvas.scene.header_height + 40), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(canvas.hovered) as told:
        canvas.mouseMoveEvent(event)
    assert told.args[1] == ("MAX predicted K562: 0.400 · take as a rank: calibration did not hold in another cell type")


def test_a_value_without_the_inputs_of_the_model_is_not_given_the_worth_that_was_measured_with_them() -> None:
    absent = CellInputs("K562", tuple(f"signal {number}" for number in range(12)))
    said = read(content_of(0.8), 1010, Scope(None, msgspec.structs.replace(CHECKPOINT, inputs=(absent,))))
    assert said.short == "12 inputs of the model are absent in K562: what such a value is worth was not measured."
    assert "were bound" not in said.full
    assert "were bound" in read(content_of(0.8), 1010).full


def test_not_even_where_the_model_was_measured_in_that_cell_type_since_its_inputs_were_there_then() -> None:
    measured = msgspec.structs.replace(MAP, cell_types=(MeasuredCell("K562", 40_000, 480, 60),))
    output = msgspec.structs.replace(CHECKPOINT.outputs[0], reliability=measured)
    model = msgspec.structs.replace(CHECKPOINT, outputs=(output,))
    assert "were bound" in read(content_of(0.8), 1010, Scope(None, model)).full
    absent = CellInputs("K562", ("DNase",))
    said = read(content_of(0.8), 1010, Scope(None, msgspec.structs.replace(model, inputs=(absent,))))
    short = "The model's input DNase is absent in K562: what was measured there with all inputs may not hold."
    assert said.short == short
    assert short in said.full
    assert "were bound" not in said.full
