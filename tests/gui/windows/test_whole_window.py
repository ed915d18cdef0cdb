"""The window with silent workers: who has the keyboard, what floats over the tracks, and what the menus open."""

from typing import Any

import msgspec
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QTableWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.tracks import DatasetSummary, InspectFile
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.recent import add_recent
from ebert_gui.widgets import theme as themes
from ebert_gui.widgets.theme import LIGHT
from ebert_gui.widgets.verdict_panel import VerdictPanel
from ebert_gui.widgets.wanted_place import ALL
from ebert_gui.windows import main_window
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.workers.state import Condition, WorkerState
from tests.certain import present
from tests.gui.silent import Silent

# The offscreen platform says both of every window.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")


def _press(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    focused = window.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key)


@pytest.mark.parametrize("typed", ["chr3:30,001-40,000", "chr17"])
def test_after_a_jump_the_keys_move_the_view(window: MainWindow, qtbot: QtBot, typed: str) -> None:
    window.edit_locus()
    window.locus_bar.locus.setText("")
    qtbot.keyClicks(window.locus_bar.locus, typed)
    _press(window, qtbot, Qt.Key.Key_Return)
    assert window.canvas.hasFocus()
    before = window.workspace.view.span
    _press(window, qtbot, Qt.Key.Key_Left if typed == "chr17" else Qt.Key.Key_Right)
    assert typed == "chr17" or window.workspace.view.span.start == before.start + 0.1 * before.length


def test_a_wrong_locus_leaves_the_keyboard_with_the_field(window: MainWindow, qtbot: QtBot) -> None:
    window.edit_locus()
    window.locus_bar.locus.setText("chr3:9g")
    _press(window, qtbot, Qt.Key.Key_Return)
    assert window.locus_bar.locus.hasFocus()


def test_escape_gives_up_what_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    window.edit_locus()
    qtbot.keyClicks(window.locus_bar.locus, "chr17:1-")
    _press(window, qtbot, Qt.Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert window.locus_bar.locus.text() == "chr3:10,001-20,000"


def test_a_click_in_the_bars_leaves_the_keyboard_with_the_tracks(window: MainWindow, qtbot: QtBot) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(window.locus_bar.zoom_in, left)
    window.messages.error("One.")
    window.messages.error("Two.", "details")
    qtbot.mouseClick(window.messages._dismiss, left)
    assert window.canvas.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down])
def test_arrows_in_the_docks_do_not_move_the_view(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    window.track_dock.show()
    window.track_dock.offer()
    before = window.workspace.view.span
    for view in (window.track_dock.list, window.track_dock.offers):
        view.setFocus()
        assert view.hasFocus()
        qtbot.keyClick(view, key)
        qtbot.keyClick(view, key, Qt.KeyboardModifier.ShiftModifier)
    assert window.workspace.view.span == before


def test_arrows_unfold_what_the_dock_offers(window: MainWindow, qtbot: QtBot) -> None:
    window.track_dock.show()
    offers = window.track_dock.offers
    offers.setFocus()
    group = offers.topLevelItem(0)
    assert group is not None
    offers.setCurrentItem(group)
    qtbot.keyClick(offers, Qt.Key.Key_Right)
    assert group.isExpanded()
    window.track_dock.offer()
    again = offers.topLevelItem(0)
    assert again is not None
    assert again.isExpanded()


def test_only_keys_that_no_field_wants_work_everywhere(window: MainWindow) -> None:
    everywhere = [
        action.shortcut().toString()
        for menu in window.menus.values()
        for action in menu.actions()
        if action.shortcutContext() == Qt.ShortcutContext.WindowShortcut and not action.shortcut().isEmpty()
    ]
    bare = [keys for keys in everywhere if "Ctrl+" not in keys and "Alt+" not in keys and not keys.startswith("F")]
    assert everywhere
    assert bare == []
    assert QKeySequence("Left").toString() not in everywhere


def test_delete_goes_on_with_the_neighbour(window: MainWindow, qtbot: QtBot) -> None:
    window.track_dock.show()
    tracks = window.workspace.setup.tracks
    window.track_dock.choose(tracks[1].id)
    window.track_dock.list.setFocus()
    for _ in range(2):
        qtbot.keyClick(window.track_dock.list, Qt.Key.Key_Delete)
    assert window.workspace.setup.tracks == (tracks[0], *tracks[3:])


def test_messages_come_and_go_and_nothing_moves(window: MainWindow, qtbot: QtBot) -> None:
    before = (window.canvas.geometry(), window.attention_bar.geometry(), window.size())
    places = []
    for sentence in ("Short.", "A long one. " * 40, "Short again."):
        window.messages.error(sentence, "details")
        qtbot.waitUntil(window.messages.isVisible)
        assert window.canvas.geometry().contains(window.messages.geometry())
        places.append(window.messages._dismiss.mapTo(window, QPoint(0, 0)))
    assert len(set(map(str, places))) == 1
    window.messages.dismiss_all()
    assert (window.canvas.geometry(), window.attention_bar.geometry(), window.size()) == before


def test_a_message_stays_over_the_tracks_when_the_window_is_resized(window: MainWindow, qtbot: QtBot) -> None:
    window.messages.error("A sentence that needs two lines where the window is narrow. " * 3)
    window.resize(900, 500)
    qtbot.waitUntil(lambda: window.canvas.width() < 1000)
    assert window.canvas.geometry().contains(window.messages.geometry())


def test_escape_on_the_tracks_dismisses_the_newest_message(window: MainWindow, qtbot: QtBot) -> None:
    window.messages.error("One.")
    window.messages.error("Two.")
    window.track_dock.show()
    window.track_dock.list.setFocus()
    _press(window, qtbot, Qt.Key.Key_Escape)
    assert window.messages.shown is not None
    assert window.messages.shown.sentence == "Two."
    _press(window, qtbot, Qt.Key.Key_Escape)
    assert window.messages.shown.sentence == "One."


def test_an_added_track_below_the_fold_is_scrolled_to_and_marked(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks([SignalTrack(signal=str(number), height=100) for number in range(20)]),
        reveals=False,
    )
    window.canvas.grab()
    assert window.canvas.scene.scroll == 0
    window.workspace.history.change(window.workspace.setup.with_added(SignalTrack(signal="new", height=100)))
    row = list(window.canvas.scene.rows())[-1]
    assert window.canvas.scene.header_height <= row.top
    assert row.top + row.height <= window.canvas.height()
    marked = window.canvas.grab().toImage().pixelColor(5, round(row.top + 50)).name()
    assert marked != LIGHT.canvas
    qtbot.waitUntil(
        lambda: window.canvas.grab().toImage().pixelColor(5, round(row.top + 50)).name() != marked, timeout=10_000
    )
    window.workspace.history.change(
        window.workspace.setup.with_added(SignalTrack(signal="on top", height=100), index=0)
    )
    assert window.canvas.scene.scroll == 0


def test_a_message_hides_no_track_that_was_scrolled_to(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks([SignalTrack(signal=str(number), height=100) for number in range(20)]),
        reveals=False,
    )
    window.messages.error("One line.")
    qtbot.waitUntil(window.messages.isVisible)
    window.workspace.history.change(window.workspace.setup.with_added(SignalTrack(signal="new", height=100)))
    row = list(window.canvas.scene.rows())[-1]
    lower_edge = window.canvas.mapTo(window, QPoint(0, round(row.top + row.height))).y()
    assert lower_edge <= window.messages.mapTo(window, QPoint(0, 0)).y()


def test_an_undone_removal_is_scrolled_to(window: MainWindow) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks([SignalTrack(signal=str(number), height=100) for number in range(20)]),
        reveals=False,
    )
    window.workspace.history.change(window.workspace.setup.without(window.workspace.setup.tracks[-1].id))
    window.canvas.reveal((window.workspace.setup.tracks[0].id,))
    window.workspace.history.undo()
    row = list(window.canvas.scene.rows())[-1]
    assert row.top + row.height <= window.canvas.height()


def test_the_undo_of_a_choice_is_seen_in_the_bar_and_on_the_tracks(window: MainWindow, qtbot: QtBot) -> None:
    before = window.canvas.grab().toImage()
    chosen, beside = window.locus_bar.cell_type.currentText(), window.locus_bar.compared.currentText()
    other = next(cell for cell in ("GM12878", "HepG2", "K562") if cell not in (chosen, beside))
    window.workspace.choose_cell_type(other)
    assert window.canvas.grab().toImage() != before
    qtbot.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.locus_bar.cell_type.currentText() == chosen
    assert window.canvas.grab().toImage() == before


def test_what_was_opened_last_is_opened_again_together(window: MainWindow, data: Silent) -> None:
    add_recent(("/d/old/DATASET.toml",))
    add_recent(("/f/a&b.bw", "/f/gone.bw"))
    menu = window.actions_by_id["recent.open"].menu()
    assert menu is not None
    menu.aboutToShow.emit()
    first, second = menu.actions()[:2]
    assert first.text() == "a&&b.bw and gone.bw"
    first.trigger()
    assert data.asked[-1].paths == ("/f/a&b.bw", "/f/gone.bw")
    assert second.text() == "old"


def test_all_files_that_were_chosen_are_opened_and_the_dialog_shows_what_can_be(
    window: MainWindow, data: Silent, files: dict[str, Any]
) -> None:
    add_recent(("/f/a.bw",))
    files["answer"] = ("/b.bw", "/a.bed.gz")
    window.actions_by_id["files.open"].trigger()
    assert [body.path for body in data.asked if isinstance(body, InspectFile)] == ["/b.bw", "/a.bed.gz"]
    [(wanted, folder)] = files["asked"]
    assert (wanted.mode, folder) == ("files", "/f")
    shown = {".bw", ".bed", ".bed.gz", ".narrowpeak", ".gtf.gz", ".fa", ".2bit", ".vcf", ".bedpe"}
    assert shown <= set(wanted.kinds[0].endings)
    assert wanted.kinds[-1] == ALL


def test_what_is_dropped_and_is_no_file_and_no_address_is_a_sentence(window: MainWindow, data: Silent) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a.bw"), QUrl("https://h/x.bw"), QUrl("ftp://ann:pw@h/y.bw")])
    nothing = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, nothing))
    assert [body.path for body in data.asked if isinstance(body, InspectFile)] == ["/a.bw", "https://h/x.bw"]
    assert window.messages.shown is not None
    assert window.messages.shown.sentence.startswith("ftp://ann@h/y.bw is neither a file of")


def test_no_letter_opens_two_things(window: MainWindow) -> None:
    """Of two parts with one letter Qt gives the keyboard to neither at the first press."""
    menus = [action.text() for action in present(window.menuBar()).actions()]
    labels = [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None]
    buttons = [button.text() for button in window.findChildren(QAbstractButton)]
    letters = [QKeySequence.mnemonic(text).toString() for text in (*menus, *labels, *buttons)]
    used = [letter for letter in letters if letter]
    assert sorted(used) == sorted(set(used))
    assert {"Alt+C", "Alt+A", "Alt+L", "Alt+D"} <= set(used)


def test_the_model_is_ready_only_with_a_checkpoint(window: MainWindow, checkpoint: ModelSummary) -> None:
    said = window.worker_states["model"]
    window.show_worker("model", WorkerState(Condition.STARTING))
    assert said.text() == "○ model starting"
    window.show_worker("model", WorkerState(Condition.READY))
    assert said.text() == "○ model: no checkpoint open"
    window.show_worker("model", WorkerState(Condition.BUSY))
    assert said.text() == "◐ model busy"
    window.show_worker("model", WorkerState(Condition.READY))
    window.workspace.open_model(checkpoint)
    assert said.text() == "● model ready"
    dataset = window.workspace.dataset
    assert dataset is not None
    window.workspace.open_dataset(dataset)
    assert said.text() == "○ model: no checkpoint open"


def test_the_checkpoints_dock_chooses_the_factor_in_view(window: MainWindow, checkpoint: ModelSummary) -> None:
    judged = tuple(
        Judgement(each, ("K562",), 30, 60, "level", f"{each} is level.") for each in ("GABPA", "MAX", "CTCF")
    )
    verdict = Verdict(msgspec.structs.replace(judged[0], factor=""), "motif x accessibility", "chr20", judged)
    window.workspace.open_model(msgspec.structs.replace(checkpoint, verdict=verdict))
    panel = window.model_dock.findChild(VerdictPanel)
    tables = window.model_dock.findChildren(QTableWidget)
    factors = next(table for table in tables if table.accessibleName().startswith("Factors that this"))
    assert panel is not None
    for factor in (window.workspace.factor, "MAX", "CTCF"):
        window.workspace.choose_factor(factor)
        assert panel.chosen.text() == f"{factor} is level."
        assert present(factors.item(factors.currentRow(), 0)).text() == factor


def test_a_checkpoint_leaves_the_tracks_in_view_where_they_are(
    window: MainWindow, checkpoint: ModelSummary, qtbot: QtBot
) -> None:
    window.resize(1280, 400)
    qtbot.waitUntil(lambda: window.canvas.height() < 340)
    shown = len(window.workspace.setup.tracks)
    window.workspace.open_model(checkpoint)
    assert len(window.workspace.setup.tracks) > shown
    assert window.canvas.scene.scroll == 0


@pytest.mark.parametrize(
    ("name", "title"),
    [("toy", "SYNTHETIC · toy (hg19)"), ("SYNTHETIC demonstration", "SYNTHETIC demonstration (hg19)")],
)
def test_the_title_says_once_that_a_genome_is_synthetic(
    window: MainWindow, dataset: DatasetSummary, name: str, title: str
) -> None:
    window.workspace.open_dataset(msgspec.structs.replace(dataset, name=name, seed=3))
    assert window.windowTitle() == f"{title} · EBERT Browser"


@pytest.mark.usefixtures("undressed")
def test_the_window_with_all_its_docks_fits_a_screen_of_1600_by_1000_at_a_scale_of_two(
    window: MainWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    themes.apply(qapp, LIGHT)  # as the program looks, whatever ran before
    for dock in (window.track_dock, window.model_dock, window.shown_jobs.dock()):
        dock.show()
    window.attention_bar.show()
    qtbot.waitUntil(lambda: window.shown_jobs.dock().isVisible())
    least = window.minimumSizeHint()
    assert least.width() <= 790
    assert least.height() <= 470


def test_a_sentence_on_the_factor_goes_when_another_factor_is_chosen(
    window: MainWindow, checkpoint: ModelSummary
) -> None:
    workspace, messages = window.workspace, window.messages
    workspace.open_model(checkpoint)
    workspace.choose_factor("MAX")
    window.opener.told.emit("small does not predict EP300, so the tracks show MAX instead.")
    workspace.choose_cell_type("K562")
    assert messages.shown is not None
    workspace.choose_factor("CTCF")
    assert messages.shown is None
    window.opener.told.emit("small does not predict MAX, so the tracks show CTCF instead.")
    messages.info("Something else.")
    workspace.history.undo()
    assert [messages.shown.sentence if messages.shown else "", *messages.waiting] == ["Something else."]


def test_what_was_wrong_with_a_place_is_forgotten_at_the_next_one(window: MainWindow) -> None:
    bar, messages = window.locus_bar, window.messages
    for typed in ("chr3:9g", "chr3:8g"):
        bar.locus.setText(typed)
        bar.go()
    assert messages.shown is not None
    assert "8g" in messages.shown.sentence
    assert not messages.waiting
    bar.locus.setText("chr3:30,001-40,000")
    bar.go()
    assert messages.shown is None


def test_what_takes_long_is_said_beside_its_worker_until_it_is_done(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = window.worker_states["data"]
    monkeypatch.setattr(main_window, "SHOWN_AFTER", float("inf"))
    window.show_worker("data", WorkerState(Condition.BUSY))
    window.show_work("data", 0.31, "downloading genes.gtf")
    assert label.text() == "◐ data busy", "most answers come before it could be read"
    monkeypatch.setattr(main_window, "SHOWN_AFTER", 0.0)
    window.show_work("data", 0.0, "")
    assert label.text() == "◐ data busy"
    window.show_work("data", 0.31, "downloading genes.gtf")
    assert label.text() == "◐ data: downloading genes.gtf, 31%"
    window.show_worker("data", WorkerState(Condition.READY))
    assert label.text() == "● data ready"
