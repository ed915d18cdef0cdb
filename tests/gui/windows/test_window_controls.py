"""What every menu, key, button and bar of the window does, and where its answer is seen."""

import pytest
from layouts import place_of
from msgspec.structs import replace
from PyQt6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QGuiApplication, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QApplication,
    QColorDialog,
    QDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QStatusBar,
    QToolBar,
)
from pytestqt.qtbot import QtBot
from silent import Silent, entry

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary, OpenCheckpoint
from ebert_core.protocol.tracks import DatasetSummary, FindPlace, InspectFile
from ebert_gui.browser.content import TrackContent
from ebert_gui.state.tracks import AttentionTrack, PeaksTrack, SignalTrack
from ebert_gui.windows.attention_bar import AttentionBar
from ebert_gui.windows.locus_bar import LocusBar
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.messages import MessageBar
from ebert_gui.windows.theme import DARK, LIGHT
from ebert_gui.workers.state import Condition, WorkerState

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("menu", "text", "shown"),
    [
        ("Go", "Left", (9_000, 19_000)),
        ("Go", "Right", (11_000, 21_000)),
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

    before = window.workspace.tracks.tracks
    assert states() == (False, False)
    entry(window, "Edit", "Redo").trigger()
    window.workspace.tracks.remove(before[0].id)
    assert states() == (True, False)
    entry(window, "Edit", "Undo").trigger()
    assert window.workspace.tracks.tracks == before
    assert states() == (False, True)
    entry(window, "Edit", "Redo").trigger()
    assert window.workspace.tracks.tracks == before[1:]


def test_every_menu_has_its_lines_in_their_order_with_keys_and_hints(window: MainWindow) -> None:
    assert list(window.menus) == ["File", "Edit", "Go", "Model", "View", "Help"]
    bar = [action.text() for action in window.menuBar().actions()]
    assert bar == ["&File", "&Edit", "&Go", "&Model", "&View", "&Help"]
    view = [action.text().replace("&", "") for action in window.menus["View"].actions()]
    assert view == ["Suggested tracks", "Dark or light", "Jobs", "Full screen", "", "Tracks", "Checkpoint"]
    assert [action.isSeparator() for action in window.menus["View"].actions()] == [False] * 4 + [True] + [False] * 2
    assert [action.shortcut().toString() for action in window.menus["View"].actions()] == [
        *("", "Ctrl+D", "Ctrl+3", "F11", "", "Ctrl+1", "Ctrl+2"),
    ]
    for menu in window.menus.values():
        assert menu.toolTipsVisible()
        for action in menu.actions():
            if not action.isSeparator() and action.menu() is None and action.property("entry") is not None:
                assert action.toolTip() == action.statusTip() != ""
    recent = next(action for action in window.menus["File"].actions() if action.menu() is not None)
    assert recent.toolTip() == recent.statusTip() == "Datasets and files that were open before"
    assert recent.menu().toolTipsVisible()
    recent.menu().aboutToShow.emit()
    recent.menu().aboutToShow.emit()
    assert [action.text() for action in recent.menu().actions()] == ["Nothing has been opened yet"]
    assert not recent.menu().actions()[0].isEnabled()


def test_copying_the_locus_puts_it_on_the_clipboard(window: MainWindow) -> None:
    entry(window, "Edit", "Copy locus").trigger()
    assert QGuiApplication.clipboard().text() == "chr3:10,001-20,000"


def test_going_to_the_locus_chooses_all_of_it(window: MainWindow) -> None:
    entry(window, "Go", "Locus or gene").trigger()
    assert window.locus_bar.locus.hasFocus()
    assert window.locus_bar.locus.selectedText() == "chr3:10,001-20,000"


def test_other_colours_are_asked_for_and_drawn_everywhere(window: MainWindow, qtbot: QtBot, checkpoint) -> None:
    window.workspace.open_checkpoint(checkpoint)
    with qtbot.waitSignal(window.theme_wanted) as asked:
        entry(window, "View", "Dark or light").trigger()
    assert asked.args == [DARK]
    window.set_theme(DARK)
    assert window.canvas.scene.palette is DARK
    with qtbot.waitSignal(window.theme_wanted) as asked:
        window.toggle_theme()
    assert asked.args == [LIGHT]
    chip = window.track_dock.list.item(0).icon().pixmap(10, 10).toImage().pixelColor(5, 5).name()
    assert chip == window.canvas.scene.colour_of(window.workspace.tracks.tracks[0])


def test_the_window_fills_the_screen_and_stops_filling_it(window: MainWindow) -> None:
    entry(window, "View", "Full screen").trigger()
    assert window.isFullScreen()
    entry(window, "View", "Full screen").trigger()
    assert not window.isFullScreen()


def test_the_docks_come_and_go_with_their_keys(window: MainWindow, qtbot: QtBot) -> None:
    for text, dock, area in (
        ("Tracks", window.track_dock, Qt.DockWidgetArea.LeftDockWidgetArea),
        ("Checkpoint", window.checkpoint_dock, Qt.DockWidgetArea.RightDockWidgetArea),
    ):
        assert not dock.isVisible()
        assert window.dockWidgetArea(dock) == area
        entry(window, "View", text).trigger()
        assert dock.isVisible()
    assert place_of(window.track_dock, window).left() == 0
    assert place_of(window.checkpoint_dock, window).right() == window.width() - 1
    jobs = window.job_desk.dock()
    entry(window, "View", "Jobs").trigger()
    assert jobs.isVisible()
    entry(window, "View", "Jobs").trigger()
    assert not jobs.isVisible()


def test_the_window_is_laid_out_without_gaps(window: MainWindow, qtbot: QtBot, checkpoint: CheckpointSummary) -> None:
    body = window.centralWidget()
    canvas = place_of(window.canvas, body)
    assert (canvas.left(), canvas.top(), canvas.width()) == (0, 0, body.width())
    assert canvas.bottom() == body.height() - 1
    assert not window.attention_bar.isVisible()
    window.workspace.open_checkpoint(checkpoint)
    qtbot.waitUntil(lambda: window.canvas.height() < canvas.height())
    bar = place_of(window.attention_bar, body)
    assert (bar.left(), bar.top(), bar.bottom()) == (0, place_of(window.canvas, body).bottom() + 1, body.height() - 1)
    assert bar.height() < 80
    (tools,) = [each for each in window.findChildren(QToolBar) if not each.isHidden()]
    assert not tools.isMovable()
    assert tools.objectName() == "locus-bar"
    assert not tools.toggleViewAction().isVisible()
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
    window.say(ended.sentence)
    window.show_worker("data", ended)
    assert window.worker_states["data"].text() == "○ data restarting"
    assert window.worker_states["data"].toolTip() == "The data worker ended."
    window.show_worker("data", WorkerState(Condition.READY))
    assert window.messages.shown.sentence == "The data worker had ended and is back."
    assert window.messages.shown.details == "last words"
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
    window: MainWindow, checkpoint: CheckpointSummary, change, field: dict[str, object]
) -> None:
    window.workspace.open_checkpoint(checkpoint)
    before = window.workspace.tracks.tracks
    change(window.attention_bar)
    expected = [replace(each, **field) if isinstance(each, AttentionTrack) else each for each in before]
    assert window.workspace.tracks.tracks == tuple(expected)
    window.workspace.undo()
    assert window.workspace.tracks.tracks == before
    (track,) = [each for each in before if isinstance(each, AttentionTrack)]
    window.workspace.tracks.remove(track.id)
    assert not window.attention_bar.isVisible()


def test_the_menu_of_a_track_does_what_it_says(window: MainWindow, qtbot: QtBot) -> None:
    tracks = window.workspace.tracks
    first = tracks.tracks[0]
    window.canvas.menu_wanted.emit(first, window.mapToGlobal(QPoint(300, 300)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions()]
    assert texts[-2:] == ["", "&Tracks"] or texts[-1].replace("&", "") == "Tracks"
    remove = next(action for action in menu.actions() if "emove" in action.text())
    remove.trigger()
    assert first not in tracks.tracks
    menu.close()
    window.canvas.menu_wanted.emit(None, window.mapToGlobal(QPoint(300, 300)))
    empty = QApplication.activePopupWidget()
    assert isinstance(empty, QMenu)
    assert [action.text().replace("&", "") for action in empty.actions()] == ["Tracks"]
    empty.close()


def test_what_a_track_could_not_show_opens_beside_the_window(window: MainWindow, monkeypatch) -> None:
    content = TrackContent(sentence="It is damaged.", details="Traceback", is_error=True)
    monkeypatch.setattr(window.loader, "content", lambda _track: content)
    window.canvas.explained.emit(window.workspace.tracks.tracks[0])
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


# What the dialogs of the desktop are asked, and where their answers go


def test_a_dataset_that_is_chosen_is_opened_and_none_is_not(window: MainWindow, data: Silent, files) -> None:
    entry(window, "File", "Open dataset…").trigger()
    assert not [body for body in data.asked if isinstance(body, InspectFile)]
    files["answer"] = "/d/DATASET.toml"
    entry(window, "File", "Open dataset…").trigger()
    assert [body.path for body in data.asked if isinstance(body, InspectFile)] == ["/d/DATASET.toml"]
    assert files["asked"] == [("Open dataset", "", "Datasets (*.toml);;All files (*)")] * 2


def test_a_checkpoint_that_is_chosen_is_opened_although_a_worker_ended_on_it(window: MainWindow, data, files) -> None:
    entry(window, "Model", "Open checkpoint…").trigger()
    assert not [body for body in data.asked if isinstance(body, OpenCheckpoint)]
    files["answer"] = "/c/small"
    entry(window, "Model", "Open checkpoint…").trigger()
    assert [body.path for body in data.asked if isinstance(body, OpenCheckpoint)] == ["/c/small"]
    assert ("/c/small",) in data.forgiven
    window.checkpoint_dock.open_requested.emit()
    assert len(files["asked"]) == 3


def test_an_earlier_fine_tuning_fills_the_form_and_a_damaged_one_is_a_sentence(
    window: MainWindow, files, tmp_path
) -> None:
    entry(window, "Model", "Fine-tune again from a spec…").trigger()
    assert window.messages.shown is None
    assert files["asked"] == [("Settings of a fine-tuning", "/data/DATASET.toml", "Specs (*.toml)")]
    spec = tmp_path / "spec.toml"
    spec.write_text("no = ")
    files["answer"] = str(spec)
    entry(window, "Model", "Fine-tune again from a spec…").trigger()
    assert str(spec) in window.messages.shown.sentence


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


# The bar of places


@pytest.fixture
def bar(qtbot: QtBot, window: MainWindow) -> LocusBar:
    return window.locus_bar


def test_the_buttons_of_the_bar_move_and_say_what_they_do(window: MainWindow, bar: LocusBar, qtbot: QtBot) -> None:
    view = window.workspace.view
    qtbot.mouseClick(bar.zoom_in, LEFT)
    assert view.interval == Interval("chr3", 12_500, 17_500)
    qtbot.mouseClick(bar.zoom_out, LEFT)
    assert view.interval == Interval("chr3", 10_000, 20_000)
    view.show(Interval("chr17", 0, 100))
    assert (bar.back.isEnabled(), bar.forward.isEnabled()) == (True, False)
    qtbot.mouseClick(bar.back, LEFT)
    assert view.interval == Interval("chr3", 10_000, 20_000)
    assert bar.forward.isEnabled()
    qtbot.mouseClick(bar.forward, LEFT)
    assert view.interval == Interval("chr17", 0, 100)
    for button, text, tip in (
        (bar.back, "‹", "Back to the place before (Alt+Left)"),
        (bar.forward, "›", "Forward again (Alt+Right)"),
        (bar.zoom_out, "−", "Zoom out (Ctrl+-)"),
        (bar.zoom_in, "+", "Zoom in (Ctrl++)"),
    ):
        assert (button.text(), button.toolTip(), button.accessibleName()) == (text, tip, tip)


def test_the_fields_of_the_bar_say_what_they_are_for(bar: LocusBar) -> None:
    assert bar.locus.placeholderText() == "chr5:124.5m, a locus or a gene"
    assert bar.locus.isClearButtonEnabled()
    assert bar.locus.accessibleName() == "Locus or gene"
    assert [(box.accessibleName(), box.toolTip()) for box in (bar.cell_type, bar.compared, bar.factor)] == [
        ("Cell type", "Tracks of the chosen cell type show this one instead"),
        (
            "The cell type that is shown beside the chosen one",
            "The cell type that is shown beside the chosen one",
        ),
        ("Factor", "Tracks of the chosen factor show this one instead"),
    ]
    captions = {label.text(): label.buddy() for label in bar.findChildren(QLabel) if label.buddy() is not None}
    assert captions == {"&Cell type": bar.cell_type, "&Beside": bar.compared, "F&actor": bar.factor}
    assert {label.property("role") for label in bar.findChildren(QLabel) if label.text() in captions} == {"muted"}
    for box in (bar.cell_type, bar.compared, bar.factor):
        assert box.maximumWidth() == 240
        assert 64 <= box.minimumSizeHint().width() <= 124


@pytest.mark.parametrize("which", ["cell_type", "compared", "factor"])
def test_a_choice_in_the_bar_is_a_choice_of_the_workspace(window: MainWindow, bar: LocusBar, which: str) -> None:
    box = getattr(bar, which)
    other = next(place for place in range(box.count()) if place != box.currentIndex() and box.itemData(place))
    wanted = box.itemData(other)
    box.setCurrentIndex(other)
    box.activated.emit(other)
    assert getattr(window.workspace, which) == wanted
    assert box.currentData() == wanted


def test_without_cell_types_nothing_can_be_chosen(window: MainWindow, bar: LocusBar, dataset: DatasetSummary) -> None:
    window.workspace.open_dataset(replace(dataset, cell_types=()))
    for box in (bar.cell_type, bar.compared, bar.factor):
        assert (box.count(), box.isEnabled(), box.currentIndex()) == (0, False, -1)
    window.workspace.open_dataset(replace(dataset, cell_types=dataset.cell_types[:1]))
    assert bar.cell_type.isEnabled()
    assert (bar.compared.count(), bar.compared.isEnabled()) == (0, False)


def test_names_are_asked_for_while_somebody_types_a_gene_and_not_a_place(
    window: MainWindow, bar: LocusBar, data: Silent, qtbot: QtBot
) -> None:
    window.edit_locus()
    for typed, is_asked in (("MY", True), ("chr3:1", False), (" ", False)):
        bar.locus.setText("")
        data.asked.clear()
        qtbot.keyClicks(bar.locus, typed)
        assert bar._typing.isActive()
        qtbot.waitUntil(lambda: not bar._typing.isActive())
        assert [body for body in data.asked if isinstance(body, FindPlace)] == ([FindPlace(typed)] if is_asked else [])
    assert bar.locus.text() == " "


def test_without_genes_no_names_are_asked_for(window: MainWindow, bar: LocusBar, data, qtbot, dataset) -> None:
    window.workspace.open_dataset(replace(dataset, has_genes=False))
    window.edit_locus()
    data.asked.clear()
    qtbot.keyClicks(bar.locus, "MY")
    qtbot.waitUntil(lambda: not bar._typing.isActive())
    assert not [body for body in data.asked if isinstance(body, FindPlace)]


def test_what_is_being_typed_stays_while_the_view_moves(window: MainWindow, bar: LocusBar, qtbot: QtBot) -> None:
    window.edit_locus()
    bar.locus.setText("")
    qtbot.keyClicks(bar.locus, "chr17")
    window.workspace.view.pan_by(100)
    assert bar.locus.text() == "chr17"
    qtbot.keyClick(bar.locus, Qt.Key.Key_Escape)
    assert bar.locus.text() == "chr3:10,101-20,100"
    assert bar.locus.cursorPosition() == 0
    window.workspace.view.pan_by(100)
    assert bar.locus.text() == "chr3:10,201-20,200"


# The list of tracks


def test_the_dock_says_what_its_parts_are_for(window: MainWindow) -> None:
    dock = window.track_dock
    assert (dock.list.accessibleName(), dock.offers.accessibleName(), dock.height_box.accessibleName()) == (
        *("Tracks on screen", "Tracks that can be added"),
        "Height of the track",
    )
    assert dock.remove.toolTip() == "Take the track off the screen (Delete)"
    assert dock.offers.isHeaderHidden()
    group = dock.offers.topLevelItem(0)
    assert group.child(0).toolTip(0) == "Double-click or Enter to add"
    assert (dock.height_box.minimum(), dock.height_box.maximum(), dock.height_box.suffix()) == (16, 600, " px")
    assert [label.text() for label in dock.findChildren(QLabel)][:2] == ["Height", "Add by double-click or Enter"]
    assert dock.objectName() == "track-dock"


def test_without_a_chosen_track_nothing_can_be_done_with_one(window: MainWindow) -> None:
    dock = window.track_dock
    parts = (dock.height_box, dock.colour, dock.remove)
    assert {part.isEnabled() for part in parts} == {False}
    dock.choose(window.workspace.tracks.tracks[2].id)
    assert {part.isEnabled() for part in parts} == {True}
    assert dock.height_box.value() == window.workspace.tracks.tracks[2].pixels
    assert not window.workspace.can_undo
    window.workspace.tracks.restart(())
    assert {part.isEnabled() for part in parts} == {False}


def test_the_last_track_that_goes_leaves_its_neighbour_chosen_and_names_stand_beside_their_colours(window) -> None:
    dock, tracks = window.track_dock, window.workspace.tracks
    dock.choose(tracks.tracks[-1].id)
    tracks.remove(tracks.tracks[-1].id)
    assert dock.list.currentRow() == len(tracks.tracks) - 1
    tracks.restart((SignalTrack(id="s", signal="DNase", cell_type="K562"), SignalTrack(id="t", signal="bare")))
    assert [dock.list.item(row).text() for row in range(2)] == ["DNase  K562", "bare"]
    tracks.restart((AttentionTrack(id="a", cell_type="K562"),))
    assert dock.list.item(0).icon().pixmap(10, 10).toImage().pixelColor(5, 5).alpha() == 0


def test_a_track_that_is_dragged_in_the_list_moves_on_screen(window: MainWindow) -> None:
    dock, tracks = window.track_dock, window.workspace.tracks
    ids = [track.id for track in tracks.tracks]
    model = dock.list.model()
    assert model.moveRow(dock.list.rootIndex(), 0, dock.list.rootIndex(), 3)
    assert [track.id for track in tracks.tracks] == [ids[1], ids[2], ids[0], *ids[3:]]
    assert dock.list.dragDropMode() is dock.list.DragDropMode.InternalMove
    window.workspace.undo()
    assert [track.id for track in tracks.tracks] == ids
    assert [dock.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(len(ids))] == ids


def test_typing_a_height_is_one_step_when_it_is_done(window: MainWindow, qtbot: QtBot) -> None:
    dock, tracks = window.track_dock, window.workspace.tracks
    window.track_dock.show()
    chosen = tracks.tracks[1]
    dock.choose(chosen.id)
    dock.height_box.setFocus()
    dock.height_box.selectAll()
    qtbot.keyClicks(dock.height_box, "123")
    assert tracks.find(chosen.id) == chosen
    qtbot.keyClick(dock.height_box, Qt.Key.Key_Return)
    assert tracks.find(chosen.id).pixels == 123
    for _ in range(3):
        dock.height_box.stepUp()
    window.workspace.undo()
    assert tracks.find(chosen.id).pixels in (123, chosen.pixels)


def test_a_chosen_colour_is_the_tracks_and_the_dialog_is_of_the_chosen_track(window: MainWindow, qtbot: QtBot) -> None:
    dock, tracks = window.track_dock, window.workspace.tracks
    chosen = next(track for track in tracks.tracks if isinstance(track, PeaksTrack))
    dock.choose(chosen.id)
    dock.colour.click()
    dialog = dock.findChild(QColorDialog)
    assert dialog.isVisible()
    assert dialog.currentColor().name() == LIGHT.peak
    dialog.colorSelected.emit(dialog.currentColor().fromString("#102030"))
    assert tracks.find(chosen.id).colour == "#102030"
    dialog.reject()


def test_offers_follow_the_checkpoint_and_a_group_itself_adds_nothing(window: MainWindow, checkpoint) -> None:
    dock = window.track_dock
    before = window.workspace.tracks.tracks
    dock.add_chosen(dock.offers.topLevelItem(1))
    assert window.workspace.tracks.tracks == before

    def offered() -> list[str]:
        group = dock.offers.topLevelItem(1)
        return [group.child(row).text(0) for row in range(group.childCount())]

    assert "CTCF predicted" not in offered()
    window.workspace.open_checkpoint(checkpoint)
    assert offered()[-3:] == ["CTCF predicted", "MAX predicted", "Attention"]
    attention = dock.offers.topLevelItem(1).child(len(offered()) - 1).data(0, Qt.ItemDataRole.UserRole)
    assert attention.layer == 5


# Messages and attention


def test_a_message_says_its_kind_to_eyes_and_screen_readers(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert bar.accessibleName() == "Messages"
    for say, word in ((bar.info, "Note"), (bar.warning, "Warning"), (bar.error, "Error")):
        say("Something.")
        assert bar._word.text() == word
        assert bar.accessibleDescription() == f"{word}: Something."
        assert bar.property("message") == bar._word.property("level") == {"Note": "info"}.get(word, word.lower())
    buttons = {button.text(): button for button in bar.findChildren(QPushButton)}
    assert {text: button.accessibleDescription() for text, button in buttons.items()} == {
        "Details…": "Show the details of this message",
        "Dismiss all": "Dismiss all messages",
        "Dismiss": "Dismiss this message (Escape)",
    }
    assert all(button.isFlat() and not button.autoDefault() for button in buttons.values())
    assert bar._sentence.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert bar._more.property("role") == "muted"
    for number in range(120):
        bar.info(str(number))
    assert len(bar.waiting) == 99
    bar.dismiss_all()
    bar.show_details()
    assert bar.findChildren(QDialog) == []


def test_the_details_can_be_read_and_copied_and_not_changed(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.error("One.", "first")
    bar.show_details()
    bar.error("Two.", "second")
    bar.show_details()
    QTest.qWait(20)
    (details,) = bar.findChildren(QDialog)
    assert (details.width(), details.height(), details.windowTitle()) == (720, 360, "Details")
    text = details.findChild(QPlainTextEdit)
    assert (text.toPlainText(), text.isReadOnly(), text.accessibleName()) == ("second", True, "Details of the message")
    next(button for button in details.findChildren(QPushButton) if "Close" in button.text()).click()
    assert not details.isVisible()


def test_a_message_leaves_the_keyboard_to_the_tracks_when_it_goes(window: MainWindow, qtbot: QtBot) -> None:
    window.messages.error("One.")
    window.messages._dismiss.setFocus()
    assert window.messages._dismiss.hasFocus()
    window.messages.dismiss()
    assert window.canvas.hasFocus()
    window.messages.error("Wide.")
    canvas = window.canvas.parentWidget().geometry()
    bar = window.messages.geometry()
    assert (bar.left() - canvas.left(), canvas.right() - bar.right(), canvas.bottom() - bar.bottom()) == (12, 12, 6)


def test_the_attention_bar_says_what_its_parts_mean(qtbot: QtBot) -> None:
    bar = AttentionBar()
    qtbot.addWidget(bar)
    bar.set_network(3, 2)
    assert [bar.layer.itemText(place) for place in range(3)] == ["1 (first)", "2", "3 (last)"]
    assert [bar.head.itemText(place) for place in range(3)] == ["mean", "1", "2"]
    assert [bar.head.itemData(place) for place in range(3)] == [None, 0, 1]
    assert [each.toolTip() for each in (bar.from_anchor, bar.to_anchor, bar.triangle)] == [
        "What the clicked position looks at",
        "What looks at the clicked position",
        "All pairs of positions, under the axis",
    ]
    assert "says nothing about DNA that touches" in bar.caption.toolTip()
    assert (bar.layer.accessibleName(), bar.head.accessibleName()) == ("Attention layer", "Attention head")
    buddies = {label.text(): label.buddy() for label in bar.findChildren(QLabel) if label.buddy() is not None}
    assert buddies == {"&Layer": bar.layer, "Hea&d": bar.head}
    for field in (bar.layer, bar.head, bar.from_anchor, bar.to_anchor, bar.triangle):
        assert field.focusPolicy() is Qt.FocusPolicy.TabFocus
    bar.set_network(1, 0)
    assert ([bar.layer.itemText(0)], bar.head.count()) == (["1 (last)"], 0)
    bar.follow(AttentionTrack(cell_type="a", head=0))
    bar.set_network(0, 0)
    assert (bar.layer.count(), bar.isEnabled()) == (0, False)
