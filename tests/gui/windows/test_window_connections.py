"""What a worker or a gesture tells one part of the window is seen in another."""

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QApplication, QDialog, QLabel, QMenu
from pytestqt.qtbot import QtBot

from ebert_core.protocol.messages import Hello
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.sources import MeasuredSignal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.widgets.theme import DARK
from ebert_gui.windows.desk import Parts
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.screens import first_size
from ebert_gui.workers.state import Condition, WorkerState
from tests.gui.asked import as_read, is_of
from tests.gui.silent import Silent, window_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
DELETED = QEvent.Type.DeferredDelete


def picture(window: MainWindow) -> bytes:
    image = window.canvas.grab().toImage()
    bits = image.constBits()
    assert bits is not None
    return bits.asstring(image.sizeInBytes())


@pytest.mark.parametrize("tells", [lambda loader: loader.arrived.emit(False), lambda loader: loader.idle.emit()])
def test_what_has_come_is_drawn(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tells) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks((SignalTrack(id="s", signal="DNase", cell_type="K562", height=100),)),
        reveals=False,
    )
    picture(window)
    failed = TrackContent(sentence="It is damaged.", is_error=True)
    monkeypatch.setattr(window.loader, "content", lambda _track: failed)
    with qtbot.waitSignal(window.canvas.painted):
        tells(window.loader)
    (row,) = window.canvas.scene.rows()
    assert window.canvas.scene.at(row, 600).full == "It is damaged."


def test_a_click_on_what_a_row_offers_reads_once_more_what_a_worker_had_ended_on(
    window: MainWindow, data: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    avoided = TrackContent(sentence="The worker ended.", link="Read it again", offer="again", avoided="/lab/x.bw")
    monkeypatch.setattr(window.loader, "content", lambda _track: avoided)
    window.canvas.linked.emit(window.workspace.setup.tracks[0])
    assert data.forgiven == [("/lab/x.bw",)] * 2


def test_tracks_in_sight_are_asked_for_before_those_below(window: MainWindow, data: Silent, qtbot: QtBot) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks(
            tuple(SignalTrack(signal=str(n), cell_type="K562", height=200) for n in range(9))
        ),
        reveals=False,
    )
    window.canvas.grab()
    window.canvas.reveal((window.workspace.setup.tracks[-1].id,))
    window.canvas.grab()
    data.asked.clear()
    window.workspace.view.show(Interval("chr3", 30_000, 40_000))
    qtbot.waitUntil(lambda: any(is_of(as_read(body), MeasuredSignal) for body in data.asked))
    asked = [as_read(body).source.signal for body in data.asked if is_of(as_read(body), MeasuredSignal)]
    assert asked[0] in ("6", "7", "8")


def test_what_an_opener_says_is_a_message_and_a_window_in_which_nothing_opened_offers_what_can_be(
    qtbot: QtBot, data: Silent
) -> None:
    window = window_of(qtbot, data)
    assert not window.offering.page.isVisibleTo(window)
    window.opener.problem.emit("There is no such file.", "details")
    window.opener.settled.emit()
    assert window.offering.page.isVisibleTo(window)
    assert window.messages.shown is not None
    assert (window.messages.shown.sentence, window.messages.shown.details) == ("There is no such file.", "details")
    assert window.windowTitle() == "EBERT Browser"


def test_in_an_empty_window_nothing_can_be_chosen_and_there_is_no_way_back(qtbot: QtBot, data: Silent) -> None:
    bar = window_of(qtbot, data).locus_bar
    parts = (bar.back, bar.forward, bar.cell_type, bar.compared, bar.factor)
    assert not any(part.isEnabled() for part in parts)


def test_nothing_is_offered_while_something_is_being_opened(qtbot: QtBot, data: Silent) -> None:
    window = window_of(qtbot, data)
    window.opener.open_dataset("/d/DATASET.toml")
    window.choose_page()
    assert not window.offering.page.isVisibleTo(window)


def test_a_worker_says_where_it_computes(window: MainWindow, checkpoint: ModelSummary) -> None:
    window.workspace.open_model(checkpoint)
    hello = Hello(1, "1.0", "model", 7, "box", device="cuda")
    window.show_worker("model", WorkerState(Condition.READY, hello=hello))
    assert window.worker_states["model"].text() == "● model ready on cuda"
    window.show_worker("data", WorkerState(Condition.READY, hello=Hello(1, "1.0", "data", 7, "box")))
    assert window.worker_states["data"].text() == "● data ready"


def test_what_is_dropped_is_read_although_a_worker_ended_on_it(window: MainWindow, data: Silent) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a.bw")])
    nothing = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, nothing))
    assert data.forgiven == [("/a.bw",)] * 2


def test_other_colours_reach_the_checkpoint(window: MainWindow) -> None:
    window.set_theme(DARK)
    assert window.model_dock._theme is DARK


def test_a_new_window_takes_a_good_part_of_its_screen(qtbot: QtBot, data: Silent) -> None:
    window = window_of(qtbot, data, size=(0, 0))
    sessions = window.desk.sessions
    parts = Parts(window.workspace, window.loader, window.opener, window.navigator, window.jobs, window.kinds, sessions)
    fresh = MainWindow(parts, DARK)
    qtbot.addWidget(fresh)
    assert fresh.size() == first_size(fresh)


def test_what_was_opened_for_a_track_is_gone_once_it_is_closed(window: MainWindow) -> None:
    window.canvas.explained.emit(window.workspace.setup.tracks[0])
    (details,) = window.findChildren(QDialog)
    details.close()
    window.canvas.menu_wanted.emit(window.workspace.setup.tracks[0], window.mapToGlobal(QPoint(300, 300)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts[-2:] == ["", "Tracks"]
    left = len(window.findChildren(QMenu)) - 1 - len(menu.findChildren(QMenu))
    menu.close()
    QCoreApplication.sendPostedEvents(None, DELETED)
    assert window.findChildren(QDialog) == []
    assert len(window.findChildren(QMenu)) == left


def test_the_bar_of_attention_goes_with_the_checkpoint(
    window: MainWindow, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    window.workspace.open_model(checkpoint)
    bar = window.attention_bar
    assert (bar.layer.count(), bar.head.count(), bar.isVisible()) == (6, 9, True)
    window.workspace.open_dataset(dataset)
    window.workspace.history.change(
        window.workspace.setup.with_tracks((AttentionTrack(cell_type="K562"),)), reveals=False
    )
    assert not bar.isVisible(), "there is no network to choose a layer of"
    assert (bar.layer.count(), bar.head.count()) == (0, 0)


def test_a_checkpoint_is_described_only_while_it_is_open(
    window: MainWindow, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    window.model_dock.show()

    def said() -> list[str]:
        return [label.text() for label in window.model_dock.findChildren(QLabel) if label.isVisible()]

    window.workspace.open_model(checkpoint)
    assert "small" in said()
    window.workspace.open_dataset(dataset)
    assert "small" not in said()
    assert "No checkpoint is open" in said()
