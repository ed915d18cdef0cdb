"""What every menu, key, button and bar of the window does, and where its answer is seen."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QGuiApplication, QKeyEvent
from PyQt6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QStatusBar,
    QToolBar,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary, OpenModel
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary, InspectFile
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.widgets.theme import DARK, LIGHT
from ebert_gui.widgets.wanted_place import ALL, DATASETS, Wanted
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.workers.state import Condition, WorkerState
from tests.certain import present
from tests.gui.layouts import place_of
from tests.gui.silent import Silent, entry

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("menu", "text", "shown"),
    [
        ("Go", "Slide left", (9_000, 19_000)),
        ("Go", "Slide right", (11_000, 21_000)),
        ("Go", "A screen left", (1_000, 11_000)),
        ("Go", "A screen right", (19_000, 29_000)),
        ("Go", "Zoom in", (12_500, 17_500)),
        ("Go", "Zoom out", (5_000, 25_000)),
        ("Go", "Whole chromosome", (0, 50_000)),
    ],
)
def test_a_menu_moves_the_view_as_it_says(window: MainWindow, menu: str, text: str, shown: tuple[int, int]) -> None:
    entry(window, menu, text).trigger()
    assert window.workspace.view.interval == Interval("chr3", *shown)
    if text == "Whole chromosome":
        entry(window, "Go", "Back").trigger()
        assert window.workspace.view.interval == Interval("chr3", 10_000, 20_000)
        entry(window, "Go", "Forward").trigger()
        assert window.workspace.view.interval == Interval("chr3", *shown)


def test_undo_and_redo_are_grey_until_there_is_something(window: MainWindow) -> None:
    def states() -> tuple[bool, bool]:
        window.menus["Edit"].aboutToShow.emit()
        found = entry(window, "Edit", "Undo").isEnabled(), entry(window, "Edit", "Redo").isEnabled()
        window.menus["Edit"].aboutToHide.emit()
        assert entry(window, "Edit", "Redo").isEnabled(), "its key is judged when it is pressed"
        return found

    before = window.workspace.setup.tracks
    assert states() == (False, False)
    entry(window, "Edit", "Redo").trigger()
    window.workspace.history.change(window.workspace.setup.without(before[0].id))
    assert states() == (True, False)
    entry(window, "Edit", "Undo").trigger()
    assert window.workspace.setup.tracks == before
    assert states() == (False, True)
    entry(window, "Edit", "Redo").trigger()
    assert window.workspace.setup.tracks == before[1:]


def test_every_menu_has_its_lines_in_their_order_with_keys_and_hints(window: MainWindow) -> None:
    assert list(window.menus) == ["File", "Edit", "Go", "Tracks", "Model", "View", "Help"]
    bar = [action.text() for action in present(window.menuBar()).actions()]
    assert bar == ["&File", "&Edit", "&Go", "Trac&ks", "&Model", "&View", "&Help"]
    view = [action.text().replace("&", "") for action in window.menus["View"].actions()]
    assert view == ["Dark or light", "Jobs", "Messages", "Full screen", "Checkpoint", "Regions"]
    keys = [action.shortcut().toString() for action in window.menus["View"].actions()]
    assert keys == ["Ctrl+D", "Ctrl+3", "Ctrl+4", "F11", "Ctrl+2", "Ctrl+6"]
    tracks = window.menus["Tracks"].actions()
    assert [action.shortcut().toString() for action in tracks] == [
        *("Ctrl+1", "Ctrl+5", "", "", "Ctrl+Down", "Ctrl+Up", "Ctrl+Shift+Down", "Ctrl+Shift+Up", "Ctrl+A", ""),
        *("", "Ctrl+Alt+C", "Ctrl+Alt+V", "Ctrl+Alt+0"),
    ]
    assert [place for place, action in enumerate(tracks) if action.isSeparator()] == [3, 9]
    for menu in window.menus.values():
        assert menu.toolTipsVisible()
        for action in menu.actions():
            if not action.isSeparator() and action.menu() is None and action.property("entry") is not None:
                assert action.toolTip() == action.statusTip() != ""
    recent = next(action for action in window.menus["File"].actions() if action.menu() is not None)
    assert recent.toolTip() == recent.statusTip() == "Datasets, sessions and files that were open before"
    assert present(recent.menu()).toolTipsVisible()
    present(recent.menu()).aboutToShow.emit()
    present(recent.menu()).aboutToShow.emit()
    assert [action.text() for action in present(recent.menu()).actions()] == ["Nothing has been opened yet"]
    assert not present(recent.menu()).actions()[0].isEnabled()


def test_copying_the_locus_puts_it_on_the_clipboard(window: MainWindow) -> None:
    entry(window, "Edit", "Copy locus").trigger()
    assert present(QGuiApplication.clipboard()).text() == "chr3:10,001-20,000"


def test_going_to_the_locus_chooses_all_of_it(window: MainWindow) -> None:
    entry(window, "Go", "Locus or gene").trigger()
    assert window.locus_bar.locus.hasFocus()
    assert window.locus_bar.locus.selectedText() == "chr3:10,001-20,000"


def test_other_colours_are_asked_for_and_drawn_everywhere(
    window: MainWindow, qtbot: QtBot, checkpoint: ModelSummary
) -> None:
    window.workspace.open_model(checkpoint)
    with qtbot.waitSignal(window.theme_wanted) as asked:
        entry(window, "View", "Dark or light").trigger()
    assert asked.args == [DARK]
    window.set_theme(DARK)
    assert window.canvas.scene.palette is DARK
    with qtbot.waitSignal(window.theme_wanted) as asked:
        window.toggle_theme()
    assert asked.args == [LIGHT]
    chip = present(window.track_dock.list.item(0)).icon().pixmap(10, 10).toImage().pixelColor(5, 5).name()
    assert chip == window.canvas.scene.colour_of(window.workspace.setup.tracks[0])


def test_the_window_fills_the_screen_and_stops_filling_it(window: MainWindow) -> None:
    entry(window, "View", "Full screen").trigger()
    assert window.isFullScreen()
    entry(window, "View", "Full screen").trigger()
    assert not window.isFullScreen()


def test_the_docks_come_and_go_with_their_keys(window: MainWindow, qtbot: QtBot) -> None:
    for menu, text, dock, area in (
        ("Tracks", "Tracks", window.track_dock, Qt.DockWidgetArea.LeftDockWidgetArea),
        ("Tracks", "Settings", window.settings_dock, Qt.DockWidgetArea.RightDockWidgetArea),
        ("View", "Checkpoint", window.model_dock, Qt.DockWidgetArea.RightDockWidgetArea),
    ):
        assert not dock.isVisible()
        assert window.dockWidgetArea(dock) == area
        entry(window, menu, text).trigger()
        assert dock.isVisible()
    assert place_of(window.track_dock, window).left() == 0
    assert place_of(window.model_dock, window).right() == window.width() - 1
    jobs = window.shown_jobs.dock()
    entry(window, "View", "Jobs").trigger()
    assert jobs.isVisible()
    entry(window, "View", "Jobs").trigger()
    assert not jobs.isVisible()


def test_the_window_is_laid_out_without_gaps(window: MainWindow, qtbot: QtBot, checkpoint: ModelSummary) -> None:
    body = present(window.centralWidget())
    canvas = place_of(window.canvas, body)
    assert (canvas.left(), canvas.top(), canvas.width()) == (0, 0, body.width())
    assert canvas.bottom() == body.height() - 1
    assert not window.attention_bar.isVisible()
    window.workspace.open_model(checkpoint)
    qtbot.waitUntil(lambda: window.canvas.height() < canvas.height())
    bar = place_of(window.attention_bar, body)
    assert (bar.left(), bar.top(), bar.bottom()) == (
        0,
        place_of(window.canvas, body).bottom() + 1,
        body.height() - 1,
    )
    assert bar.height() < 80
    (tools,) = [each for each in window.findChildren(QToolBar) if not each.isHidden()]
    assert not tools.isMovable()
    assert tools.objectName() == "locus-bar"
    assert not present(tools.toggleViewAction()).isVisible()
    assert tools.isAncestorOf(window.locus_bar)


def test_the_status_bar_says_what_is_under_the_cursor_and_how_the_workers_are(window: MainWindow) -> None:
    status = window.findChild(QStatusBar)
    window.canvas.hovered.emit(15_000.0, "DNase: 3")
    assert window.under_cursor.text() == "chr3:15,001    DNase: 3"
    window.canvas.hovered.emit(-1.0, "")
    assert window.under_cursor.text() == ""
    window.canvas.hovered.emit(-1.0, "only words")
    assert window.under_cursor.text() == "only words"
    window.canvas.hovered.emit(0.0, "word " * 400)
    assert window.under_cursor.text().startswith("chr3:1    word")
    assert window.under_cursor.text().endswith("…")
    assert window.width() == 1280
    left = place_of(window.under_cursor, status)
    for label in window.worker_states.values():
        assert place_of(label, status).left() > left.left()
        assert label.isVisible()
    assert left.width() > 600


def test_a_worker_that_ended_and_came_back_takes_its_message_back(window: MainWindow) -> None:
    ended = WorkerState(Condition.RESTARTING, "The data worker ended.", details="last words")
    window.opener.lost.emit("data", ended.sentence, ended.details)
    window.show_worker("data", ended)
    assert window.worker_states["data"].text() == "○ data restarting"
    assert window.worker_states["data"].toolTip() == "The data worker ended."
    window.show_worker("data", WorkerState(Condition.READY))
    assert present(window.messages.shown).sentence == "The data worker had ended and is back."
    assert present(window.messages.shown).details == "last words"
    assert window.worker_states["data"].text() == "● data ready"
    assert window.worker_states["data"].toolTip() == "The data worker is ready"
    window.messages.dismiss_all()
    window.show_worker("data", ended)
    window.show_worker("data", WorkerState(Condition.READY))
    assert window.messages.shown is None
    window.show_worker("data", WorkerState(Condition.READY))
    assert window.messages.shown is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda bar: bar.layer.setCurrentIndex(1), {"layer": 1}),
        (lambda bar: bar.head.setCurrentIndex(3), {"head": 2}),
        (lambda bar: bar.triangle.click(), {"is_map": True}),
        (lambda bar: bar.from_anchor.click(), {"shows_from": False}),
        (lambda bar: bar.to_anchor.click(), {"shows_to": False}),
    ],
)
def test_the_attention_bar_changes_the_attention_track_and_nothing_else(
    window: MainWindow, checkpoint: ModelSummary, change, field: dict[str, object]
) -> None:
    window.workspace.open_model(checkpoint)
    before = window.workspace.setup.tracks
    change(window.attention_bar)
    expected = [replace(each, **field) if isinstance(each, AttentionTrack) else each for each in before]
    assert window.workspace.setup.tracks == tuple(expected)
    window.workspace.history.undo()
    assert window.workspace.setup.tracks == before
    (track,) = [each for each in before if isinstance(each, AttentionTrack)]
    window.workspace.history.change(window.workspace.setup.without(track.id))
    assert not window.attention_bar.isVisible()


def test_the_menu_of_a_track_does_what_it_says(window: MainWindow, qtbot: QtBot) -> None:
    first = window.workspace.setup.tracks[0]
    window.canvas.menu_wanted.emit(first, window.mapToGlobal(QPoint(300, 300)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions()]
    assert texts[-2:] == ["", "&Tracks"] or texts[-1].replace("&", "") == "Tracks"
    remove = next(action for action in menu.actions() if "emove" in action.text())
    remove.trigger()
    assert first not in window.workspace.setup.tracks
    menu.close()
    window.canvas.menu_wanted.emit(None, window.mapToGlobal(QPoint(300, 300)))
    empty = QApplication.activePopupWidget()
    assert isinstance(empty, QMenu)
    assert [action.text().replace("&", "") for action in empty.actions()] == ["Tracks"]
    empty.close()


def test_what_a_track_could_not_show_opens_beside_the_window(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = TrackContent(sentence="It is damaged.", details="Traceback", is_error=True)
    monkeypatch.setattr(window.loader, "content", lambda _track: content)
    window.canvas.explained.emit(window.workspace.setup.tracks[0])
    (dialog,) = [each for each in window.findChildren(QDialog) if each.windowTitle() == "Details"]
    assert dialog.isVisible()
    assert dialog.findChild(QPlainTextEdit).toPlainText() == "Traceback"
    assert "It is damaged." in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.close()


def test_files_may_be_dropped_and_text_may_not(window: MainWindow) -> None:
    assert window.acceptDrops()
    files, text = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile("/a.bw")])
    text.setText("chr3")
    for mime, is_taken in ((files, True), (text, False)):
        event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
        event.setAccepted(False)
        window.dragEnterEvent(event)
        assert event.isAccepted() is is_taken


def test_a_key_that_means_nothing_goes_on(window: MainWindow) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Q, Qt.KeyboardModifier.NoModifier)
    event.accept()
    window.keyPressEvent(event)
    assert not event.isAccepted()


def test_closing_is_announced_before_the_end(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closing):
        entry(window, "File", "Quit").trigger()
    assert not window.isVisible()


def test_the_title_names_what_is_open(window: MainWindow, dataset: DatasetSummary) -> None:
    assert window.windowTitle() == "slices (hg19) · EBERT Browser"
    window.workspace.open_dataset(replace(dataset, name="", assembly=""))
    assert window.windowTitle() == "Files (no assembly) · EBERT Browser"


def test_the_title_names_the_session_and_a_star_says_that_it_is_not_saved(window: MainWindow, tmp_path: Path) -> None:
    assert window.desk.sessions.save(tmp_path / "a[*].json")
    assert window.windowTitle() == "a[*][*].json[*] · slices (hg19) · EBERT Browser"
    assert not window.isWindowModified()
    window.workspace.history.change(window.workspace.setup.with_tracks(()))
    assert window.isWindowModified()
    window.workspace.history.undo()
    assert not window.isWindowModified()


# What the dialogs of the desktop are asked, and where their answers go


def test_a_dataset_that_is_chosen_is_opened_and_none_is_not(
    window: MainWindow, data: Silent, files: dict[str, Any]
) -> None:
    entry(window, "File", "Open dataset…").trigger()
    assert not [body for body in data.asked if isinstance(body, InspectFile)]
    files["answer"] = "/d/DATASET.toml"
    entry(window, "File", "Open dataset…").trigger()
    assert [body.path for body in data.asked if isinstance(body, InspectFile)] == ["/d/DATASET.toml"]
    assert files["asked"][0] == (Wanted("Open dataset", kinds=(DATASETS, ALL)), "~")
    assert files["asked"][1:] == files["asked"][:1]


def test_a_checkpoint_that_is_chosen_is_opened_although_a_worker_ended_on_it(
    window: MainWindow, data: Silent, files: dict[str, Any]
) -> None:
    entry(window, "Model", "Open checkpoint…").trigger()
    assert not [body for body in data.asked if isinstance(body, OpenModel)]
    files["answer"] = "/c/small"
    entry(window, "Model", "Open checkpoint…").trigger()
    assert [body.path for body in data.asked if isinstance(body, OpenModel)] == ["/c/small"]
    assert ("/c/small",) in data.forgiven
    window.model_dock.open_requested.emit()
    assert len(files["asked"]) == 3


def test_about_says_what_this_is(window: MainWindow) -> None:
    entry(window, "Help", "About EBERT Browser").trigger()
    (box,) = window.findChildren(QMessageBox)
    assert box.isVisible()
    assert box.windowTitle() == "About EBERT Browser"
    assert box.text().startswith("<b>EBERT Browser ")
    assert box.textFormat() is Qt.TextFormat.RichText
    assert "GPL-3.0-or-later" in box.informativeText()
    assert box.iconPixmap().width() >= 48
    box.close()
