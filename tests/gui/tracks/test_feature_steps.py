"""Keys that go from feature to feature of a track."""

import msgspec
import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QCursor
from pytestqt.qtbot import QtBot

from ebert_core.protocol.sources import FindBeside, FoundBeside, GeneModels, MeasuredPeaks, Read, Source
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.windows.main_window import MainWindow
from tests.gui.asked import Asked, as_read
from tests.gui.silent import Silent, window_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
FIRST, SECOND = Interval("chr3", 30_000, 30_400), Interval("chr3", 35_000, 44_000)


@pytest.fixture
def stepping(qtbot: QtBot, dataset: DatasetSummary, data: Silent) -> MainWindow:
    window = window_of(qtbot, data)
    window.workspace.open_dataset(dataset)
    window.show()
    tracks = (
        SignalTrack(id="s", signal="DNase", cell_type="K562"),
        GenesTrack(id="g"),
        PeaksTrack(id="p", path="/data/x.bed", name="x.bed"),
    )
    window.workspace.history.change(window.workspace.setup.with_tracks(tracks), reveals=False)
    window.workspace.view.show(Interval("chr3", 10_000, 12_000))
    window.canvas.grab()
    QCursor.setPos(window.mapToGlobal(QPoint(-50, -50)))
    return window


def press(window: MainWindow, data: Silent, command: str = "go.next-feature") -> FindBeside:
    data.asked.clear()
    window.actions_by_id[command].trigger()
    (asked,) = (body for body in data.asked if isinstance(body, FindBeside))
    return asked


def source_of(asked: FindBeside) -> dict[str, object]:
    return msgspec.msgpack.decode(bytes(asked.source), type=dict[str, object])


def test_steps_begin_at_the_middle_of_the_screen_and_go_on_from_the_feature(stepping: MainWindow, data: Silent) -> None:
    view = stepping.workspace.view
    asked = press(stepping, data)
    assert (asked.place, asked.is_forward) == (Interval("chr3", 11_000, 11_000), True)
    assert asked.length == view.chromosome_lengths["chr3"]
    data.answer(FindBeside, FoundBeside(FIRST))
    assert (view.span.start, view.span.end) == (29_200, 31_200)
    assert press(stepping, data).place == FIRST
    # A feature that is longer than the screen is shown whole, with room at both sides.
    data.answer(FindBeside, FoundBeside(SECOND))
    assert view.span.start < SECOND.start < SECOND.end < view.span.end
    assert SECOND.length / view.span.length == pytest.approx(0.8)
    back = press(stepping, data, "go.previous-feature")
    assert (back.place, back.is_forward) == (SECOND, False)
    # After the view has moved its middle counts again.
    view.pan_by(-5_000)
    moved = press(stepping, data).place
    assert moved.start == moved.end == int((view.span.start + view.span.end) / 2)


def test_where_nothing_follows_that_is_said_and_the_view_stays(stepping: MainWindow, data: Silent) -> None:
    before = stepping.workspace.view.span
    press(stepping, data)
    data.answer(FindBeside, FoundBeside())
    assert stepping.workspace.view.span == before
    assert stepping.messages.shown is not None
    assert stepping.messages.shown.sentence == "Genes has nothing after this place on chr3."


def test_the_selected_track_is_stepped_through_else_the_one_pointed_at_else_the_first_with_features(
    stepping: MainWindow, data: Silent, qtbot: QtBot
) -> None:
    def is_of(source: Source) -> bool:
        return source_of(press(stepping, data))["source"] == source.tag()

    assert is_of(GeneModels())
    rows = {row.track.id: row for row in stepping.canvas.scene.rows()}
    QCursor.setPos(stepping.canvas.mapToGlobal(QPoint(600, round(rows["p"].top + 5))))
    assert is_of(MeasuredPeaks())
    stepping.workspace.selection.select(("g",))
    assert is_of(GeneModels())
    # A signal has no features to go to.
    stepping.workspace.selection.select(("s",))
    assert is_of(MeasuredPeaks())


def test_without_features_the_commands_are_grey(stepping: MainWindow) -> None:
    action = stepping.actions_by_id["go.next-feature"]
    for tracks, is_ready in ((stepping.workspace.setup.tracks, True), ((SignalTrack(id="s", signal="x"),), False)):
        stepping.workspace.history.change(stepping.workspace.setup.with_tracks(tracks), reveals=False)
        stepping.menus["Go"].aboutToShow.emit()
        assert action.isEnabled() is is_ready
        stepping.menus["Go"].aboutToHide.emit()


def test_the_record_of_the_feature_that_was_gone_to_is_shown_by_a_key(stepping: MainWindow, data: Silent) -> None:
    record = stepping.actions_by_id["go.feature-record"]
    record.trigger()
    assert stepping.messages.shown is not None
    assert stepping.messages.shown.sentence == "Go to a feature first, with Ctrl+Right or Ctrl+Left."
    press(stepping, data)
    data.answer(FindBeside, FoundBeside(FIRST))
    data.asked.clear()
    record.trigger()
    (asked,) = (as_read(body) for body in data.asked if isinstance(body, Read) and body.interval == FIRST)
    assert asked == Asked((GeneModels(says_all=True),), FIRST, 2000)
