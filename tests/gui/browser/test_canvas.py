"""Gestures on the canvas change the state, and sliding repaints nothing."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QWheelEvent
from pytestqt.qtbot import QtBot

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.browser.canvas import Canvas
from ebert_gui.browser.content import EMPTY, Held, TrackContent
from ebert_gui.browser.scene import GUTTER
from ebert_gui.browser.shortening import without_folders
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import DARK, LIGHT, window_font
from tests.gui.drawn import KINDS

PLACE = Interval("chr1", 0, 100_000)


class Known:
    """The same content for every signal, an offer for every prediction."""

    def __init__(self) -> None:
        values = np.ones(10_000, dtype=np.float32)
        self.signal = TrackContent({"signal": (Held(1, PLACE, Signal(PLACE, values, values, values)),)})

    def content(self, track: Track) -> TrackContent:
        if isinstance(track, PredictionTrack):
            return TrackContent(sentence="Zoom in, or", link="compute this region")
        return self.signal if isinstance(track, SignalTrack) else EMPTY


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, Known(), KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    dataset = DatasetSummary("", "toy", "toy1", (Chromosome("chr1", 100_000),), False, False, (), (), ())
    workspace.open_dataset(
        dataset, Setup(tracks=(SignalTrack(signal="a", height=100), SignalTrack(signal="b", height=100)))
    )
    workspace.view.show(Interval("chr1", 10_000, 20_000))
    canvas.resize(GUTTER + 1000, 400)
    canvas.grab()
    return canvas


def _drag(qtbot: QtBot, canvas: Canvas, start: QPoint, end: QPoint, keys=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, keys, start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, keys, end)


def _interval(canvas: Canvas) -> Interval:
    return canvas._workspace.view.interval


def test_a_drag_slides_the_view(qtbot: QtBot, canvas: Canvas) -> None:
    _drag(qtbot, canvas, QPoint(GUTTER + 500, 200), QPoint(GUTTER + 400, 200))
    assert _interval(canvas) == Interval("chr1", 11_000, 21_000)


def test_a_drag_on_the_ruler_shows_what_was_selected(qtbot: QtBot, canvas: Canvas) -> None:
    _drag(qtbot, canvas, QPoint(GUTTER + 200, 45), QPoint(GUTTER + 300, 45))
    assert _interval(canvas) == Interval("chr1", 12_000, 13_000)


def test_a_click_sets_the_anchor(qtbot: QtBot, canvas: Canvas) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(GUTTER + 500, 200))
    assert canvas._workspace.anchor == Interval("chr1", 15_000, 15_001)


def test_a_click_on_the_ideogram_goes_there(qtbot: QtBot, canvas: Canvas) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(GUTTER + 500, 12))
    assert _interval(canvas) == Interval("chr1", 45_000, 55_000)


def test_dragging_the_lower_edge_of_a_track_resizes_it(qtbot: QtBot, canvas: Canvas) -> None:
    edge = canvas.scene.header_height + 102
    _drag(qtbot, canvas, QPoint(50, edge), QPoint(50, edge + 40))
    assert canvas._workspace.setup.tracks[0].pixels == 140


def test_one_drag_of_an_edge_is_undone_at_once_and_another_by_itself(qtbot: QtBot, canvas: Canvas) -> None:
    edge = canvas.scene.header_height + 102
    as_it_was = canvas.grab().toImage()
    left = Qt.MouseButton.LeftButton
    for start in (edge, edge + 60):
        qtbot.mousePress(canvas, left, pos=QPoint(50, start))
        for step in range(1, 61):
            qtbot.mouseMove(canvas, QPoint(50, start + step))
        qtbot.mouseRelease(canvas, left, pos=QPoint(50, start + 60))
    assert canvas._workspace.setup.tracks[0].pixels == 220
    canvas._workspace.history.undo()
    assert canvas._workspace.setup.tracks[0].pixels == 160
    assert canvas.grab().toImage() != as_it_was
    canvas._workspace.history.undo()
    assert canvas.grab().toImage() == as_it_was


def test_a_wheel_zooms_about_the_cursor(canvas: Canvas) -> None:
    place = QPointF(GUTTER + 250, 200)
    event = QWheelEvent(
        place,
        place,
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    canvas.wheelEvent(event)
    assert _interval(canvas) == Interval("chr1", 10_500, 18_500)


def test_sliding_inside_painted_strips_paints_none_anew(canvas: Canvas) -> None:
    before = canvas.scene.strips.painted
    for step in (70, -130, 90):
        canvas._workspace.view.pan_by(step)
        canvas.grab()
    assert canvas.scene.strips.painted == before


def test_an_offer_can_be_clicked(qtbot: QtBot, canvas: Canvas) -> None:
    canvas._workspace.history.change(canvas._workspace.setup.with_added(PredictionTrack(cell_type="x", factor="y")))
    canvas.grab()
    box = canvas.scene.links[0].box
    with qtbot.waitSignal(canvas.linked) as told:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert isinstance(told.args[0], PredictionTrack)


def test_what_is_under_the_cursor_is_named(qtbot: QtBot, canvas: Canvas) -> None:
    place = QPointF(GUTTER + 500, 100)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(canvas.hovered) as told:
        canvas.mouseMoveEvent(event)
    assert told.args == [15_000.0, "a: 1"]


def ramp() -> TrackContent:
    """A signal whose value at every base is its position in kb."""
    values = np.arange(10_000, dtype=np.float32) / 100
    return TrackContent({"signal": (Held(2, PLACE, Signal(PLACE, values, values, values)),)})


@pytest.fixture
def read_out(canvas: Canvas) -> list[tuple[float, str]]:
    """What the canvas has told since the cursor came to rest in the middle of the plot, over the value 15."""
    canvas.scene._source.signal = ramp()
    told: list[tuple[float, str]] = []
    canvas.hovered.connect(lambda position, words: told.append((position, words)))
    place, none = QPointF(GUTTER + 500, 100), Qt.MouseButton.NoButton
    canvas.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier))
    assert told == [(15_000.0, "a: 15")]
    return told


@pytest.mark.parametrize(
    ("change", "position", "words"),
    [
        (lambda canvas: canvas._workspace.view.pan_by(2000), 17_000, "a: 17"),
        (lambda canvas: canvas._workspace.view.zoom_about(10_000, 2.0), 12_500, "a: 12.5"),
        (lambda canvas: canvas._workspace.view.show(Interval("chr1", 40_000, 60_000)), 50_000, "a: 50"),
        (
            lambda canvas: canvas._workspace.history.change(
                canvas._workspace.setup.moved(canvas._workspace.setup.tracks[0].id, 1)
            ),
            15_000,
            "b: 15",
        ),
        (
            lambda canvas: canvas._workspace.history.change(
                canvas._workspace.setup.resized(canvas._workspace.setup.tracks[0].id, 20)
            ),
            15_000,
            "b: 15",
        ),
        (lambda canvas: canvas.resize(GUTTER + 2000, 400), 12_500, "a: 12.5"),
    ],
)
def test_the_readout_follows_what_comes_to_lie_under_a_resting_cursor(
    canvas: Canvas, read_out: list[tuple[float, str]], change, position: int, words: str
) -> None:
    change(canvas)
    canvas.grab()
    assert read_out[-1] == (position, words)


def test_back_takes_the_readout_back(canvas: Canvas, read_out: list[tuple[float, str]]) -> None:
    canvas._workspace.view.show(Interval("chr1", 40_000, 60_000))
    canvas.grab()
    canvas._workspace.view.go_back()
    canvas.grab()
    assert read_out[1:] == [(50_000.0, "a: 50"), (15_000.0, "a: 15")]


def test_the_readout_names_a_value_as_soon_as_it_has_come(canvas: Canvas, read_out: list[tuple[float, str]]) -> None:
    canvas.scene._source.signal = EMPTY
    canvas.grab()
    canvas.scene._source.signal = ramp()
    canvas.grab()
    assert [words for _, words in read_out[1:]] == ["", "a: 15"]


def test_a_cursor_that_has_left_is_not_spoken_for(canvas: Canvas, read_out: list[tuple[float, str]]) -> None:
    canvas.leaveEvent(None)
    canvas._workspace.view.pan_by(2000)
    canvas.grab()
    assert read_out[1:] == [(-1.0, "")]


def test_other_colours_repaint_everything(canvas: Canvas) -> None:
    canvas.dress(DARK, window_font())
    image = canvas.grab().toImage()
    assert QColor(image.pixel(GUTTER + 500, 390)).name() == DARK.canvas


def test_an_error_fits_into_its_track_and_is_said_whole_elsewhere(canvas: Canvas, qtbot: QtBot) -> None:
    sentence = "/a/long/way/down/signal.bw is damaged: " + "its index points beyond its end, " * 6 + "as it seems."
    error = TrackContent(sentence=sentence, is_error=True)
    canvas.scene._source.content = lambda _track: error
    canvas.refresh()
    canvas.grab()
    row = next(canvas.scene.rows())
    assert canvas.scene.at(row, GUTTER + 50.0).full == sentence
    link = canvas.scene.links[0]
    assert link.is_details
    assert link.box.right() <= canvas.width()
    with qtbot.waitSignal(canvas.explained):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=link.box.center().toPoint())


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("/data/run 1/x.bw is empty.", "run 1/x.bw is empty."),
        ("/data/x.bw, line 3: no number.", "x.bw, line 3: no number."),
        (r"C:\data\x.bw is empty.", "x.bw is empty."),
        ("No 50 %/80 % here.", "No 50 %/80 % here."),
    ],
)
def test_files_are_named_without_their_folders(sentence: str, short: str) -> None:
    assert without_folders(sentence) == short


def test_a_track_of_nothing_but_gaps_has_words_and_no_scale(canvas: Canvas) -> None:
    def digits() -> int:
        image = canvas.grab().toImage()
        top = canvas.scene.header_height + 1
        edge = range(GUTTER - 20, GUTTER - 6)
        return sum(image.pixelColor(x, y).name() != LIGHT.canvas for x in edge for y in range(top + 2, top + 12))

    canvas.refresh()
    assert digits() > 0
    gaps = np.full(10_000, np.nan, dtype=np.float32)
    canvas.scene._source.signal = TrackContent({"signal": (Held(2, PLACE, Signal(PLACE, gaps, gaps, gaps)),)})
    canvas.refresh()
    assert digits() == 0


def test_scrolling_moves_the_rows_up(canvas: Canvas) -> None:
    before = [row.top for row in canvas.scene.rows()]
    canvas.scene.scroll = 30.0
    assert [row.top for row in canvas.scene.rows()] == [top - 30.0 for top in before]


def test_other_colours_are_drawn_in_what_was_painted_before(canvas: Canvas) -> None:
    place = QPoint(GUTTER + 300, canvas.scene.header_height + 10)
    light = canvas.grab().toImage().pixelColor(place).name()
    canvas.dress(DARK, window_font())
    dark = canvas.grab().toImage().pixelColor(place).name()
    assert light != dark


def test_the_hand_shows_over_an_offer_and_nowhere_else(qtbot: QtBot, canvas: Canvas) -> None:
    canvas._workspace.history.change(
        canvas._workspace.setup.with_added(PredictionTrack(id="p", cell_type="alpha", factor="CTCF"))
    )
    canvas.resize(GUTTER + 1000, 600)
    canvas.grab()
    box = canvas.scene.links[0].box
    canvas._hover(box.center())
    assert canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
    canvas._hover(QPointF(box.right() + 200, box.center().y()))
    assert canvas.cursor().shape() is Qt.CursorShape.ArrowCursor
