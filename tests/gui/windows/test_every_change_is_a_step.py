"""Whatever a person does to what is shown is one step: undone it is as before, done again it is as after."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_gui.browser.scene import GUTTER
from ebert_gui.tracks.track_commands import track_commands
from ebert_gui.widgets.colour_button import ColourButton
from ebert_gui.windows.main_window import MainWindow
from tests.gui.silent import entry

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def predicting(window: MainWindow, checkpoint: ModelSummary) -> MainWindow:
    """A window with tracks of every kind that its dataset and model have, one of them twice, and nothing to undo."""
    workspace = window.workspace
    workspace.open_model(checkpoint)
    offered = [offer.track for _, offers in window.kinds.offers(workspace.scope) for offer in offers]
    shown = {type(track) for track in workspace.setup.tracks}
    others = [track for track in offered if type(track) not in shown]
    workspace.history.change(workspace.setup.with_added(*others, offered[0]), reveals=False)
    workspace.history.restart(workspace.setup)
    window.track_dock.choose(workspace.setup.tracks[1].id)
    return window


def is_one_step(window: MainWindow, gesture: Callable[[], object]) -> None:
    """Let a person do something, and take it back and do it again twice."""
    history = window.workspace.history
    before = history.setup
    assert not history.can_undo
    gesture()
    after = history.setup
    assert after != before
    for _ in range(2):
        history.undo()
        assert (history.setup, history.can_undo) == (before, False)
        history.redo()
        assert (history.setup, history.can_redo) == (after, False)


def choose_other(box: QComboBox) -> None:
    other = next(place for place in range(box.count()) if place != box.currentIndex() and box.itemData(place))
    box.setCurrentIndex(other)
    box.activated.emit(other)


def choose_colour(window: MainWindow) -> None:
    button = window.settings_dock.rows["colour"].widget
    assert isinstance(button, ColourButton)
    button.ask()
    dialog = button.findChild(QColorDialog)
    assert dialog is not None
    for colour in ("#102030", "#203040"):
        dialog.setCurrentColor(QColor(colour))
    dialog.accept()


def drag_list(window: MainWindow) -> None:
    rows = window.track_dock.list
    model = rows.model()
    assert model is not None
    assert model.moveRow(rows.rootIndex(), 0, rows.rootIndex(), 3)


def hold_arrow_of_height(window: MainWindow) -> None:
    height = window.settings_dock.rows["height"].widget
    assert isinstance(height, QSpinBox)
    for _ in range(5):
        height.stepUp()


def add_offered(window: MainWindow) -> None:
    group = window.track_dock.offers.topLevelItem(1)
    assert group is not None
    offered = group.child(0)
    assert offered is not None
    window.track_dock.add_chosen(offered)


GESTURES: dict[str, Callable[[MainWindow], object]] = {
    "cell type": lambda window: choose_other(window.locus_bar.cell_type),
    "cell type beside": lambda window: choose_other(window.locus_bar.compared),
    "no cell type beside": lambda window: window.locus_bar.compared.activated.emit(0),
    "factor": lambda window: choose_other(window.locus_bar.factor),
    "layer": lambda window: window.attention_bar.layer.setCurrentIndex(1),
    "head": lambda window: window.attention_bar.head.setCurrentIndex(3),
    "triangle": lambda window: window.attention_bar.triangle.click(),
    "from anchor": lambda window: window.attention_bar.from_anchor.click(),
    "to anchor": lambda window: window.attention_bar.to_anchor.click(),
    "suggested tracks": lambda window: entry(window, "Tracks", "Suggested tracks").trigger(),
    "remove": lambda window: window.track_dock.remove.click(),
    "height": hold_arrow_of_height,
    "order": drag_list,
    "colour": choose_colour,
    "add": add_offered,
}


@pytest.mark.parametrize("name", GESTURES)
def test_a_choice_in_bars_docks_and_menus_is_one_step(predicting: MainWindow, name: str) -> None:
    is_one_step(predicting, lambda: GESTURES[name](predicting))


def test_a_click_and_a_long_drag_on_the_canvas_are_one_step_each(predicting: MainWindow, qtbot: QtBot) -> None:
    canvas, history = predicting.canvas, predicting.workspace.history
    row = next(iter(canvas.scene.rows()))
    plot = QPoint(GUTTER + 200, round(row.top + row.height / 2))
    is_one_step(predicting, lambda: qtbot.mouseClick(canvas, LEFT, pos=plot))
    history.restart(history.setup)
    edge = QPoint(50, round(row.top + row.height + 2))

    def drag() -> None:
        qtbot.mousePress(canvas, LEFT, pos=edge)
        for lower in range(1, 60):
            qtbot.mouseMove(canvas, edge + QPoint(0, lower))
        qtbot.mouseRelease(canvas, LEFT, pos=edge + QPoint(0, 60))

    is_one_step(predicting, drag)


def test_every_command_in_the_menu_of_every_kind_of_track_is_one_step(predicting: MainWindow) -> None:
    history = predicting.workspace.history
    began, done = history.setup, 0
    for track in began.tracks:
        commands = track_commands(history, (track,), lambda: None)
        for command in (line for offered in commands for line in (offered.choices or (offered,))):
            is_value = bool(command.is_on and "Scale" not in command.text)
            if command.text in ("Usual height", "Settings…", "") or is_value:
                continue  # the height or the value is this one already; the panel changes nothing
            assert command.act is not None
            history.restart(began)
            is_one_step(predicting, command.act)
            done += 1
    assert done >= 3 * len(began.tracks) + 1


def test_moving_about_is_no_step_and_undo_stays_where_one_is(predicting: MainWindow, qtbot: QtBot) -> None:
    workspace = predicting.workspace
    shown = workspace.setup.tracks
    predicting.track_dock.remove.click()
    workspace.view.zoom_about(15_000, 2.0)
    workspace.view.pan_by(100)
    where = workspace.view.span
    workspace.history.undo()
    assert (workspace.setup.tracks, workspace.view.span) == (shown, where)
    assert not workspace.history.can_undo
