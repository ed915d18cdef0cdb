"""What mouse, wheel, trackpad and keys do to the canvas: where they scroll, pan, zoom, select and resize."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PyQt6.QtWidgets import QScrollBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.browser.canvas import Canvas
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.certain import present
from tests.gui.drawn import KINDS

PLACE = Interval("chr1", 0, 100_000)
NO_KEYS = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
HEADER = 52


class Known:
    """Ones everywhere."""

    def content(self, _track: Track) -> TrackContent:
        values = np.ones(10_000, dtype=np.float32)
        return TrackContent({"signal": (Held(1, PLACE, Signal(PLACE, values, values, values)),)})


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """Six tracks of 105 pixels each, on a canvas that shows three of them, over 10 bases a pixel."""
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, Known(), KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    dataset = DatasetSummary("", "toy", "toy1", (Chromosome("chr1", PLACE.end),), False, False, (), (), ())
    workspace.open_dataset(
        dataset, Setup(tracks=tuple(SignalTrack(id=each, signal=each, height=100) for each in "abcdef"))
    )
    canvas.resize(GUTTER + 1012, HEADER + 315)
    workspace.view.show(Interval("chr1", 10_000, 20_000))
    canvas.grab()
    return canvas


def bar_of(canvas: Canvas) -> QScrollBar:
    (bar,) = canvas.findChildren(QScrollBar)
    return bar


def interval(canvas: Canvas) -> Interval:
    return canvas._workspace.view.interval


def tops(canvas: Canvas) -> list[float]:
    return [row.top for row in canvas.scene.rows()]


def turn(canvas: Canvas, x: float, notch: tuple[int, int], keys=NO_KEYS, pixels: tuple[int, int] | None = None) -> None:
    """A turn of a wheel, or with `pixels` a movement on a trackpad."""
    place = QPointF(x, 200)
    phase = Qt.ScrollPhase.NoScrollPhase if pixels is None else Qt.ScrollPhase.ScrollUpdate
    fine = QPoint(*(pixels or (0, 0)))
    canvas.wheelEvent(QWheelEvent(place, place, fine, QPoint(*notch), Qt.MouseButton.NoButton, keys, phase, False))


def drag(qtbot: QtBot, canvas: Canvas, start: QPoint, end: QPoint, keys=NO_KEYS) -> None:
    qtbot.mousePress(canvas, LEFT, keys, start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, keys, end)


def test_tracks_that_do_not_fit_get_a_bar_beside_the_plot_that_leaves_room_after_the_last(canvas: Canvas) -> None:
    bar = bar_of(canvas)
    assert not bar.isHidden()
    assert (bar.x(), bar.y(), bar.width(), bar.height()) == (GUTTER + 1000, HEADER, 12, 315)
    # Six rows of 105 are 315 more than there is room for, and 52 stay free for a message.
    assert (bar.minimum(), bar.maximum(), bar.pageStep(), bar.singleStep()) == (0, 315 + 52, 315, 24)
    assert canvas.scene.width == GUTTER + 1000
    assert canvas._workspace.view.columns == 1000


def test_tracks_that_fit_have_no_bar_and_all_of_the_width(canvas: Canvas) -> None:
    canvas.resize(GUTTER + 1012, HEADER + 630)
    canvas.grab()
    bar = bar_of(canvas)
    assert bar.isHidden()
    assert bar.maximum() == 0
    assert canvas.scene.width == GUTTER + 1012
    canvas.resize(GUTTER + 1012, HEADER + 629)
    canvas.grab()
    assert not bar.isHidden()
    assert bar.maximum() == 53


def test_the_bar_is_not_there_before_a_dataset_is(qtbot: QtBot) -> None:
    empty = Canvas(Workspace(KINDS), Known(), KINDS, LIGHT, window_font())
    qtbot.addWidget(empty)
    assert bar_of(empty).isHidden()


def test_the_bar_moves_the_tracks_and_what_is_in_sight_is_told(canvas: Canvas) -> None:
    before, told = tops(canvas), []
    canvas.sight_changed.connect(told.append)
    bar_of(canvas).setValue(110)
    canvas.grab()
    assert tops(canvas) == [top - 110 for top in before]
    assert told == [frozenset("bcde")]
    canvas.grab()
    assert len(told) == 1


@pytest.mark.parametrize("shown_of_first", [100, 1, 0])
def test_a_track_is_in_sight_while_a_pixel_of_it_is(canvas: Canvas, shown_of_first: int) -> None:
    bar_of(canvas).setValue(100 - shown_of_first)
    assert ("a" in canvas.scene.tracks_in_sight()) is (shown_of_first > 0)
    # The fourth row begins 315 below the first, where the window ends until something is scrolled.
    assert ("d" in canvas.scene.tracks_in_sight()) is (shown_of_first < 100)


@pytest.mark.parametrize(
    ("x", "notch", "keys", "shown", "scrolled"),
    [
        (GUTTER + 250, (0, 120), NO_KEYS, Interval("chr1", 10_500, 18_500), 0),
        (GUTTER + 250, (0, -120), NO_KEYS, Interval("chr1", 9_375, 21_875), 0),
        (GUTTER, (0, 120), NO_KEYS, Interval("chr1", 10_000, 18_000), 0),
        (GUTTER + 250, (0, 120), CONTROL, Interval("chr1", 10_500, 18_500), 0),
        # Over the gutter a wheel scrolls the tracks, and with Ctrl it zooms about the edge.
        (50, (0, -120), NO_KEYS, Interval("chr1", 10_000, 20_000), 120),
        (50, (0, 120), CONTROL, Interval("chr1", 10_000, 18_000), 0),
        # With Shift, or sideways, it pans.
        (GUTTER + 250, (0, 120), SHIFT, Interval("chr1", 8_800, 18_800), 0),
        (GUTTER + 250, (-120, 0), NO_KEYS, Interval("chr1", 11_200, 21_200), 0),
        (50, (-120, 0), NO_KEYS, Interval("chr1", 11_200, 21_200), 0),
    ],
)
def test_a_wheel_zooms_pans_or_scrolls_by_where_it_is_and_how_it_is_turned(
    canvas: Canvas, x, notch: tuple[int, int], keys, shown: Interval, scrolled: int
) -> None:
    turn(canvas, x, notch, keys)
    assert (interval(canvas), bar_of(canvas).value()) == (shown, scrolled)


def test_two_fingers_on_a_trackpad_pan_and_scroll_by_pixels(canvas: Canvas) -> None:
    turn(canvas, GUTTER + 250, (0, -240), pixels=(-30, -40))
    assert (interval(canvas), bar_of(canvas).value()) == (Interval("chr1", 10_300, 20_300), 40)
    turn(canvas, GUTTER + 250, (0, 120), CONTROL, pixels=(0, 10))
    assert interval(canvas).length == 8_000


def test_a_pinch_zooms_about_the_place_under_it(canvas: Canvas) -> None:
    def pinch(value: float) -> None:
        place, device = QPointF(GUTTER + 250, 200), QPointingDevice.primaryPointingDevice()
        kind = Qt.NativeGestureType.ZoomNativeGesture
        canvas.event(QNativeGestureEvent(kind, device, 2, place, place, place, value, QPointF()))

    pinch(0.25)
    assert interval(canvas) == Interval("chr1", 10_500, 18_500)
    pinch(-5.0)
    assert interval(canvas).length == 40_000


def test_a_drag_pans_and_scrolls_with_the_hand(qtbot: QtBot, canvas: Canvas) -> None:
    drag(qtbot, canvas, QPoint(GUTTER + 500, 300), QPoint(GUTTER + 450, 270))
    assert (interval(canvas), bar_of(canvas).value()) == (Interval("chr1", 10_500, 20_500), 30)
    drag(qtbot, canvas, QPoint(GUTTER + 500, 270), QPoint(GUTTER + 500, 290))
    assert bar_of(canvas).value() == 10


@pytest.mark.parametrize(
    ("start", "end", "keys", "shown"),
    [
        ((GUTTER + 200, 45), (GUTTER + 300, 45), NO_KEYS, Interval("chr1", 12_000, 13_000)),
        ((GUTTER + 300, 45), (GUTTER + 200, 45), NO_KEYS, Interval("chr1", 12_000, 13_000)),
        ((GUTTER + 200, 200), (GUTTER + 300, 200), SHIFT, Interval("chr1", 12_000, 13_000)),
        ((GUTTER + 200, 45), (GUTTER - 50, 45), NO_KEYS, Interval("chr1", 10_000, 12_000)),
        ((GUTTER + 200, 45), (GUTTER + 205, 45), NO_KEYS, Interval("chr1", 12_000, 12_050)),
        # From one place in the gutter to another nothing is selected.
        ((20, 45), (60, 45), NO_KEYS, Interval("chr1", 10_000, 20_000)),
    ],
)
def test_what_is_dragged_over_on_the_ruler_or_with_shift_is_shown(
    qtbot: QtBot, canvas: Canvas, start, end, keys, shown: Interval
) -> None:
    drag(qtbot, canvas, QPoint(*start), QPoint(*end), keys)
    assert interval(canvas) == shown


def test_the_selection_is_tinted_while_it_is_dragged_and_no_longer(qtbot: QtBot, canvas: Canvas) -> None:
    def tinted() -> list[int]:
        image = canvas.grab().toImage()
        return [
            x
            for x in range(GUTTER, GUTTER + 1000)
            if image.pixelColor(x, 360).name() != plain.pixelColor(x, 360).name()
        ]

    plain = canvas.grab().toImage()
    qtbot.mousePress(canvas, LEFT, pos=QPoint(GUTTER + 300, 45))
    qtbot.mouseMove(canvas, QPoint(GUTTER + 200, 45))
    found = tinted()
    assert (found[0] - GUTTER, found[-1] - GUTTER) == (200, 299)
    qtbot.mouseMove(canvas, QPoint(10, 45))
    assert tinted()[0] == GUTTER
    qtbot.mouseMove(canvas, QPoint(GUTTER + 300, 45))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(GUTTER + 300, 45))
    assert tinted() == []


def test_a_click_on_a_name_selects_its_track_alone_with_control_too_and_with_shift_all_up_to_it(
    qtbot: QtBot, canvas: Canvas
) -> None:
    first, second, third = (QPoint(50, HEADER + 105 * number + 50) for number in range(3))
    seen = []
    for place, keys in ((second, NO_KEYS), (first, CONTROL), (second, CONTROL), (third, SHIFT), (third, NO_KEYS)):
        qtbot.mouseClick(canvas, LEFT, keys, place)
        seen.append("".join(canvas._workspace.selection.ids))
    assert seen == ["b", "ab", "a", "bc", "c"]


def test_a_hand_that_shakes_by_less_than_four_pixels_clicks(qtbot: QtBot, canvas: Canvas) -> None:
    drag(qtbot, canvas, QPoint(GUTTER + 500, 200), QPoint(GUTTER + 503, 200))
    assert present(canvas._workspace.anchor).start == pytest.approx(15_000, abs=60)
    was = canvas._workspace.anchor
    drag(qtbot, canvas, QPoint(GUTTER + 100, 200), QPoint(GUTTER + 104, 200))
    assert canvas._workspace.anchor == was


@pytest.mark.parametrize("place", [QPoint(50, 200), QPoint(GUTTER + 500, 45), QPoint(GUTTER - 1, 200)])
def test_a_click_beside_the_plot_asks_about_no_base(qtbot: QtBot, canvas: Canvas, place: QPoint) -> None:
    before = canvas._workspace.anchor
    qtbot.mouseClick(canvas, LEFT, pos=place)
    assert canvas._workspace.anchor == before


def test_a_click_on_the_first_column_of_the_first_row_asks_about_its_base(qtbot: QtBot, canvas: Canvas) -> None:
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(GUTTER, HEADER))
    assert canvas._workspace.anchor == Interval("chr1", 10_000, 10_001)


@pytest.mark.parametrize(("y", "goes"), [(0, True), (25, True), (26, False)])
def test_a_click_on_the_ideogram_centres_the_view_and_the_ruler_under_it_does_not(
    qtbot: QtBot, canvas: Canvas, y: int, goes: bool
) -> None:
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(GUTTER + 250, y))
    assert interval(canvas) == (Interval("chr1", 20_000, 30_000) if goes else Interval("chr1", 10_000, 20_000))


@pytest.mark.parametrize(("off", "resizes"), [(-4, False), (-3, True), (0, True), (3, True), (4, False)])
def test_the_edge_of_a_track_is_caught_within_three_pixels(
    qtbot: QtBot, canvas: Canvas, off: int, resizes: bool
) -> None:
    edge = HEADER + 102 + off
    drag(qtbot, canvas, QPoint(50, edge), QPoint(50, edge + 10))
    assert [track.pixels for track in canvas._workspace.setup.tracks][:2] == [110 if resizes else 100, 100]


def test_an_edge_is_caught_in_the_gutter_only_and_not_behind_the_ruler(qtbot: QtBot, canvas: Canvas) -> None:
    bar_of(canvas).setValue(104)
    for x, y in ((GUTTER, HEADER + 103), (50, HEADER - 2)):
        drag(qtbot, canvas, QPoint(x, y), QPoint(x, y + 10))
    assert {track.pixels for track in canvas._workspace.setup.tracks} == {100}


def test_the_cursor_shows_where_an_edge_can_be_dragged(qtbot: QtBot, canvas: Canvas) -> None:
    canvas._hover(QPointF(50, HEADER + 102))
    assert canvas.cursor().shape() is Qt.CursorShape.SplitVCursor
    canvas._hover(QPointF(50, HEADER + 60))
    assert canvas.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_a_click_on_an_edge_changes_nothing(qtbot: QtBot, canvas: Canvas) -> None:
    before = canvas._workspace.setup
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(50, HEADER + 102))
    assert canvas._workspace.setup == before


def test_a_double_click_zooms_in_three_times_about_the_place(qtbot: QtBot, canvas: Canvas) -> None:
    qtbot.mouseDClick(canvas, LEFT, pos=QPoint(50, 200))
    assert interval(canvas) == Interval("chr1", 10_000, 20_000)
    qtbot.mouseDClick(canvas, LEFT, pos=QPoint(GUTTER, 200))
    assert interval(canvas) == Interval("chr1", 10_000, 13_334)


def test_the_right_button_asks_for_the_menu_of_the_track_under_it(qtbot: QtBot, canvas: Canvas) -> None:
    asked = []
    canvas.menu_wanted.connect(lambda track, where: asked.append((track.id if track else None, where)))
    for y in (HEADER + 210, 20):
        qtbot.mouseClick(canvas, Qt.MouseButton.RightButton, pos=QPoint(GUTTER + 30, y))
    places = [canvas.mapToGlobal(QPoint(GUTTER + 30, y)) for y in (HEADER + 210, 20)]
    assert asked == [("c", places[0]), (None, places[1])]
    assert interval(canvas) == Interval("chr1", 10_000, 20_000)


def test_the_arrow_keys_scroll_and_other_keys_go_on_to_the_window(canvas: Canvas) -> None:
    def press(key: Qt.Key) -> bool:
        event = QKeyEvent(QEvent.Type.KeyPress, key, NO_KEYS)
        event.accept()
        canvas.keyPressEvent(event)
        return event.isAccepted()

    assert press(Qt.Key.Key_Down)
    assert press(Qt.Key.Key_Down)
    assert press(Qt.Key.Key_Up)
    assert bar_of(canvas).value() == 48
    assert not press(Qt.Key.Key_F)


def test_a_click_gives_the_canvas_the_keys_and_a_passing_mouse_is_followed(qtbot: QtBot, canvas: Canvas) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(canvas)
    window.resize(1300, 500)
    window.show()
    qtbot.waitActive(window)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(50, 200))
    assert window.focusWidget() is canvas
    told = []
    canvas.hovered.connect(lambda position, _words: told.append(position))
    qtbot.mouseMove(canvas, QPoint(GUTTER + 300, 150))
    qtbot.waitUntil(lambda: bool(told) and told[-1] > 0)
    present(window.layout()).removeWidget(canvas)
    canvas.setParent(None)


def test_the_canvas_says_what_it_is_and_asks_for_room(canvas: Canvas) -> None:
    assert canvas.accessibleName() == "Genome tracks"
    canvas.resize(10, 10)
    assert (canvas.width(), canvas.height()) == (200, 120)
    assert (canvas.sizeHint().width(), canvas.sizeHint().height()) == (1200, 720)


def test_a_track_that_was_added_below_is_scrolled_to_and_marked_for_a_moment(qtbot: QtBot, canvas: Canvas) -> None:
    history = canvas._workspace.history
    history.change(history.setup.with_added(SignalTrack(id="new", signal="new", height=100)))
    bar = bar_of(canvas)
    assert bar.value() == 420 + 52 - 5
    row = next(row for row in canvas.scene.rows() if row.track.id == "new")
    assert row.top + row.height + 52 == canvas.height()

    def is_marked(y: float) -> bool:
        return QColor(canvas.grab().toImage().pixel(6, round(y))).name() != LIGHT.canvas

    qtbot.wait(60)
    assert is_marked(row.top + 5)
    assert is_marked(row.top + row.height - 2)
    assert not is_marked(row.top - 4)
    qtbot.waitUntil(lambda: not canvas._marks.isActive(), timeout=20_000)
    assert not is_marked(row.top + 5)


def test_a_track_is_scrolled_to_no_further_than_it_must_be(canvas: Canvas) -> None:
    bar = bar_of(canvas)
    canvas.reveal(("b",))
    assert bar.value() == 0
    canvas.reveal(("no such track",))
    assert bar.value() == 0
    # The fourth ends 47 + 52 pixels below what is seen.
    canvas.reveal(("d",))
    assert bar.value() == 4 * 105 - 5 + 52 - 315
    bar.setValue(250)
    canvas.reveal(("a", "b"))
    assert bar.value() == 0
    # More than fits: the first of them stands at the top.
    canvas.reveal(("b", "c", "d", "e", "f"))
    assert bar.value() == 105


def test_the_first_column_of_the_plot_belongs_to_it_and_the_last_of_the_gutter_does_not(
    qtbot: QtBot, canvas: Canvas
) -> None:
    told = []
    canvas.hovered.connect(lambda position, _words: told.append(position))
    for x in (GUTTER, GUTTER - 1):
        canvas._pointer = QPointF(x, 100)
        canvas.grab()
    assert told == [10_000.0, -1.0]
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(GUTTER, 12))
    assert interval(canvas).start == 0
