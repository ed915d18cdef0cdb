"""The bar of places, the list of tracks, the messages and the attention bar, as parts of the window."""

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary, FindGenes
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.tracks.attention_bar import AttentionBar
from ebert_gui.widgets.messages import MessageBar
from ebert_gui.widgets.theme import LIGHT
from ebert_gui.windows.locus_bar import LocusBar
from ebert_gui.windows.main_window import MainWindow
from tests.certain import present
from tests.gui.silent import Silent

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
LEFT = Qt.MouseButton.LeftButton

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
    assert getattr(window.workspace.setup, which) == wanted
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
        assert [body for body in data.asked if isinstance(body, FindGenes)] == ([FindGenes(typed)] if is_asked else [])
    assert bar.locus.text() == " "


def test_without_genes_no_names_are_asked_for(
    window: MainWindow, bar: LocusBar, data: Silent, qtbot: QtBot, dataset: DatasetSummary
) -> None:
    window.workspace.open_dataset(replace(dataset, has_genes=False))
    window.edit_locus()
    data.asked.clear()
    qtbot.keyClicks(bar.locus, "MY")
    qtbot.waitUntil(lambda: not bar._typing.isActive())
    assert not [body for body in data.asked if isinstance(body, FindGenes)]


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
    names = (dock.list.accessibleName(), dock.offers.accessibleName())
    assert names == ("Tracks on screen", "Tracks that can be added")
    assert dock.remove.toolTip() == "Take the selected tracks off the screen (Delete)"
    assert dock.offers.isHeaderHidden()
    group = present(dock.offers.topLevelItem(0))
    assert present(group.child(0)).toolTip(0) == "Double-click or Enter to add"
    assert [label.text() for label in dock.findChildren(QLabel)][:1] == ["Add by double-click or Enter"]
    assert dock.objectName() == "track-dock"


def test_without_a_chosen_track_nothing_can_be_done_with_one(window: MainWindow) -> None:
    dock = window.track_dock
    parts = (dock.settings, dock.remove)
    assert {part.isEnabled() for part in parts} == {False}
    dock.choose(window.workspace.setup.tracks[2].id)
    assert {part.isEnabled() for part in parts} == {True}
    assert not window.workspace.history.can_undo
    window.workspace.history.change(window.workspace.setup.with_tracks(()), reveals=False)
    assert {part.isEnabled() for part in parts} == {False}


def test_the_last_track_that_goes_leaves_its_neighbour_chosen_and_names_stand_beside_their_colours(
    window: MainWindow,
) -> None:
    dock, history = window.track_dock, window.workspace.history
    dock.choose(history.setup.tracks[-1].id)
    history.change(history.setup.without(history.setup.tracks[-1].id))
    assert dock.list.currentRow() == len(history.setup.tracks) - 1
    history.change(
        history.setup.with_tracks(
            (SignalTrack(id="s", signal="DNase", cell_type="K562"), SignalTrack(id="t", signal="bare"))
        )
    )
    assert [present(dock.list.item(row)).text() for row in range(2)] == ["DNase  K562", "bare"]
    history.change(history.setup.with_tracks((AttentionTrack(id="a", cell_type="K562"),)))
    assert present(dock.list.item(0)).icon().pixmap(10, 10).toImage().pixelColor(5, 5).alpha() == 0


def test_a_track_that_is_dragged_in_the_list_moves_on_screen(window: MainWindow) -> None:
    dock, history = window.track_dock, window.workspace.history
    ids = [track.id for track in history.setup.tracks]
    model = present(dock.list.model())
    assert model.moveRow(dock.list.rootIndex(), 0, dock.list.rootIndex(), 3)
    assert [track.id for track in history.setup.tracks] == [ids[1], ids[2], ids[0], *ids[3:]]
    assert dock.list.dragDropMode() is dock.list.DragDropMode.InternalMove
    window.workspace.history.undo()
    assert [track.id for track in history.setup.tracks] == ids
    assert [present(dock.list.item(row)).data(Qt.ItemDataRole.UserRole) for row in range(len(ids))] == ids


def _height_box(window: MainWindow) -> QSpinBox:
    box = window.settings_dock.rows["height"].widget
    assert isinstance(box, QSpinBox)
    return box


def test_typing_a_height_is_one_step_when_it_is_done(window: MainWindow, qtbot: QtBot) -> None:
    history = window.workspace.history
    chosen = history.setup.tracks[1]
    window.track_dock.choose(chosen.id)
    window.track_dock.settings.click()
    box = _height_box(window)
    assert box.hasFocus()
    assert (box.minimum(), box.maximum(), box.suffix(), box.value()) == (16, 600, " px", chosen.pixels)
    box.selectAll()
    qtbot.keyClicks(box, "123")
    assert history.setup.find(chosen.id) == chosen
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert present(history.setup.find(chosen.id)).pixels == 123
    for _ in range(3):
        box.stepUp()
    window.workspace.history.undo()
    assert present(history.setup.find(chosen.id)).pixels == 123


def test_a_click_on_a_name_selects_tracks_and_their_settings_are_those_of_the_panel(
    window: MainWindow, qtbot: QtBot
) -> None:
    canvas, tracks = window.canvas, window.workspace.setup.tracks
    none, ctrl, shift = (
        *(Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier),
        Qt.KeyboardModifier.ShiftModifier,
    )

    def click(number: int, keys: Qt.KeyboardModifier) -> tuple[str, ...]:
        row = list(canvas.scene.rows())[number]
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, keys, QPoint(80, round(row.top + row.height / 2)))
        return window.workspace.selection.ids

    ids = [track.id for track in tracks]
    assert click(1, none) == (ids[1],)
    assert click(3, ctrl) == (ids[1], ids[3])
    assert click(3, none) == (ids[3],)
    assert click(1, shift) == tuple(ids[1:4])
    assert not window.workspace.history.can_undo
    row = list(canvas.scene.rows())[2]
    window._show_track_menu(row.track, QPoint(0, 0))
    assert window.workspace.selection.ids == tuple(ids[1:4])
    window._show_track_menu(next(iter(canvas.scene.rows())).track, QPoint(0, 0))
    assert window.workspace.selection.ids == (ids[0],)
    canvas.setFocus()
    for _ in range(2):
        window.actions_by_id["tracks.next"].trigger()
    assert window.workspace.selection.ids == (ids[2],)
    window.actions_by_id["settings.dock"].trigger()
    assert _height_box(window).hasFocus()
    assert window.settings_dock.title.text() == tracks[2].title


def test_the_names_of_selected_tracks_are_tinted(window: MainWindow) -> None:
    canvas = window.canvas
    row = list(canvas.scene.rows())[1]
    place = QPoint(100, round(row.top + 1))
    seen = []
    for ids in ((), (row.track.id,), ()):
        window.workspace.selection.select(ids)
        seen.append(canvas.grab().toImage().pixelColor(place).name())
    assert seen[0] == seen[2] == LIGHT.canvas
    assert seen[1] != LIGHT.canvas


def test_offers_follow_the_checkpoint_and_a_group_itself_adds_nothing(
    window: MainWindow, checkpoint: ModelSummary
) -> None:
    dock = window.track_dock
    before = window.workspace.setup.tracks
    dock.add_chosen(dock.offers.topLevelItem(1))
    assert window.workspace.setup.tracks == before

    def offered() -> list[str]:
        group = present(dock.offers.topLevelItem(1))
        return [present(group.child(row)).text(0) for row in range(group.childCount())]

    assert "CTCF predicted" not in offered()
    window.workspace.open_model(checkpoint)
    assert offered()[-3:] == ["CTCF predicted", "MAX predicted", "Attention"]
    attention = present(present(dock.offers.topLevelItem(1)).child(len(offered()) - 1)).data(
        0, Qt.ItemDataRole.UserRole
    )
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
    assert all(button.isFlat() for button in buttons.values())
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
    canvas = present(window.canvas.parentWidget()).geometry()
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
