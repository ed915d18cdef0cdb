"""What comes from the workers is drawn in the tracks that it came for, and together with what comes beside it."""

import numpy as np
import pytest
from PyQt6.QtCore import QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.edits import BaseEdit
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.browser.canvas import Canvas
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import DARK, LIGHT, window_font
from tests.gui.drawn import KINDS

PLACE = Interval("chr1", 0, 1_000_000)


class Coming(QObject):
    """Content that comes when a test says so."""

    arrived = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.contents: dict[str, TrackContent] = {}
        self._serial = 0

    def content(self, track: Track) -> TrackContent:
        return self.contents.get(track.id, TrackContent(is_loading=True))

    def bring(self, track: Track, value: float, more: bool) -> None:
        self._serial += 1
        values = np.full(1_000, value, dtype=np.float32)
        signal = Signal(PLACE, values, values, values)
        self.contents[track.id] = TrackContent({"signal": (Held(self._serial, PLACE, signal),)})
        self.arrived.emit(more)


@pytest.fixture
def source(qapp: QApplication) -> Coming:
    return Coming()


@pytest.fixture
def canvas(qtbot: QtBot, source: Coming, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, source, KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    source.arrived.connect(canvas.take_arrival)
    dataset = DatasetSummary("", "toy", "toy1", (Chromosome("chr1", PLACE.end),), False, False, (), (), ())
    workspace.open_dataset(
        dataset, Setup(tracks=tuple(SignalTrack(id=name, signal=name, height=60) for name in "abcdefgh"))
    )
    workspace.view.show(Interval("chr1", 10_000, 20_000))
    canvas.resize(GUTTER + 600, 400)
    canvas.show()
    qtbot.waitExposed(canvas)
    qtbot.waitUntil(lambda: not canvas._rest.isActive())
    with qtbot.waitSignal(canvas.painted):
        canvas.update()
    return canvas


@pytest.fixture
def rows(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tracks that are painted from now on, in order."""
    painted: list[str] = []
    paint = canvas.scene._paint_row
    monkeypatch.setattr(
        canvas.scene,
        "_paint_row",
        lambda painter, row, *more: painted.append(row.track.id) or paint(painter, row, *more),
    )
    return painted


def tracks(canvas: Canvas) -> tuple[Track, ...]:
    return canvas._workspace.setup.tracks


def test_only_the_track_that_something_came_for_is_painted(
    qtbot: QtBot, canvas: Canvas, source: Coming, rows: list[str]
) -> None:
    with qtbot.waitSignal(canvas.painted):
        source.bring(tracks(canvas)[2], 1.0, more=False)
    assert rows == ["c"]


def test_what_comes_while_more_is_awaited_is_painted_in_one_frame(
    qtbot: QtBot, canvas: Canvas, source: Coming, rows: list[str]
) -> None:
    frames = []
    canvas.painted.connect(lambda: frames.append(len(rows)))
    with qtbot.waitSignal(canvas.painted):
        for track in tracks(canvas)[:4]:
            source.bring(track, 1.0, more=track.id != "d")
    qtbot.wait(150)
    assert frames == [4]
    assert rows == ["a", "b", "c", "d"]


def test_what_has_come_is_painted_soon_although_the_rest_is_late(
    qtbot: QtBot, canvas: Canvas, source: Coming, rows: list[str]
) -> None:
    with qtbot.waitSignal(canvas.painted):
        source.bring(tracks(canvas)[0], 1.0, more=True)
    assert rows == ["a"]


def test_a_track_comes_at_its_own_scale_at_once(qtbot: QtBot, canvas: Canvas, source: Coming, rows: list[str]) -> None:
    with qtbot.waitSignal(canvas.painted):
        source.bring(tracks(canvas)[0], 40.0, more=False)
    qtbot.wait(150)
    assert rows == ["a"]
    assert canvas.scene._scales["a"].high >= 40.0
    # A column of the mean reaches up to the scale's end and no further.
    top, bottom = canvas.scene.header_height, canvas.scene.header_height + 60
    column = [canvas.grab().toImage().pixelColor(GUTTER + 300, y).name() for y in range(top, bottom)]
    assert len(set(column)) > 1


def test_a_track_below_the_window_is_not_painted(qtbot: QtBot, canvas: Canvas, source: Coming, rows: list[str]) -> None:
    source.bring(tracks(canvas)[7], 1.0, more=False)
    qtbot.wait(100)
    assert rows == []


def on_screen(canvas: Canvas) -> QImage:
    """What the window shows, not what it would draw now."""
    screen = canvas.screen()
    assert screen is not None
    return screen.grabWindow(canvas.winId()).toImage()


def test_partial_frames_leave_what_a_whole_frame_would_draw(qtbot: QtBot, canvas: Canvas, source: Coming) -> None:
    empty = on_screen(canvas)
    for track in tracks(canvas)[:5]:
        with qtbot.waitSignal(canvas.painted):
            source.bring(track, 3.0, more=False)
    shown = on_screen(canvas)
    assert shown != empty
    with qtbot.waitSignal(canvas.painted):
        canvas.update()
    assert on_screen(canvas) == shown


def test_another_place_is_painted_without_anything_having_come(qtbot: QtBot, canvas: Canvas, rows: list[str]) -> None:
    with qtbot.waitSignal(canvas.painted):
        canvas._workspace.view.pan_by(1_000)
    assert rows[:1] == ["a"]


def test_after_a_jump_scales_come_with_the_values_and_in_a_slide_when_it_rests(
    qtbot: QtBot, canvas: Canvas, source: Coming
) -> None:
    track, view = tracks(canvas)[0], canvas._workspace.view
    source.bring(track, 1.0, more=False)
    view.pan_by(1_000)
    source.bring(track, 40.0, more=False)
    assert canvas.scene._scales["a"].high < 40.0
    qtbot.waitUntil(lambda: canvas.scene._scales["a"].high >= 40.0)
    view.show(Interval("chr1", 500_000, 510_000))
    source.bring(track, 90.0, more=False)
    assert canvas.scene._scales["a"].high >= 90.0


@pytest.mark.parametrize(
    "change",
    [
        lambda canvas: canvas.dress(DARK, window_font()),
        lambda canvas: canvas.findChildren(QScrollBar)[0].setValue(70),
        lambda canvas: canvas.reveal(("a",)),
        lambda canvas: canvas._workspace.set_anchor("chr1", 15_000),
        lambda canvas: canvas._workspace.history.change(
            canvas._workspace.setup.with_edits((BaseEdit("chr1", 15_000, "G"),))
        ),
        lambda canvas: canvas._workspace.history.change(canvas._workspace.setup.moved("a", 3)),
        lambda canvas: canvas._workspace.choice_changed.announce(),
        lambda canvas: canvas._workspace.model_changed.announce(),
        lambda canvas: canvas._workspace.dataset_changed.announce(),
        lambda canvas: canvas.resize(canvas.width() + 50, canvas.height()),
    ],
)
def test_whatever_changes_the_picture_paints_all_of_it_anew(
    qtbot: QtBot, canvas: Canvas, rows: list[str], change
) -> None:
    with qtbot.waitSignal(canvas.painted):
        change(canvas)
    assert len(rows) >= 5


def test_a_mark_that_ends_and_a_selection_that_is_given_up_leave_the_screen(qtbot: QtBot, canvas: Canvas) -> None:
    canvas._marks.stop()
    with qtbot.waitSignal(canvas.painted):
        canvas.update()
    plain = on_screen(canvas)
    for begin, end in (
        (lambda: canvas.reveal(("a",)), canvas._marks.timeout.emit),
        (
            lambda: drag_over_ruler(qtbot, canvas),
            lambda: qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(GUTTER + 100, 45)),
        ),
    ):
        with qtbot.waitSignal(canvas.painted):
            begin()
        assert on_screen(canvas) != plain
        with qtbot.waitSignal(canvas.painted):
            end()
        assert on_screen(canvas) == plain


def drag_over_ruler(qtbot: QtBot, canvas: Canvas) -> None:
    """A selection that came back to where it began, to less than a click."""
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(GUTTER + 100, 45))
    qtbot.mouseMove(canvas, QPoint(GUTTER + 102, 45))
