"""The palette finds every command by its words, runs it from the keyboard, and says why one is off."""

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.commands.command import Command, always
from ebert_gui.state.recent import add_recent
from ebert_gui.widgets.theme import DARK
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.palette import Entry, Palette, found
from ebert_gui.windows.table import COMMANDS
from tests.certain import present
from tests.gui.dialogs import is_gone, only
from tests.gui.silent import Silent, window_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


@pytest.fixture
def palette(window: MainWindow, qtbot: QtBot) -> Palette:
    window.actions_by_id["window.palette"].trigger()
    palette: Palette = only(window, Palette)
    return palette


def texts(palette: Palette) -> list[str]:
    items = [present(palette.list.topLevelItem(row)) for row in range(palette.list.topLevelItemCount())]
    return [item.text(0) for item in items]


def test_entries_that_begin_with_the_words_come_first_then_those_with_them_in_their_names() -> None:
    entries = [
        Entry("Zoom in", "Go", tip="Half as much"),
        Entry("Save session", "File", tip="Also in a file that is half new"),
        Entry("Half of it", "Go"),
    ]
    assert [each.text for each in found(entries, "")] == ["Zoom in", "Save session", "Half of it"]
    assert [each.text for each in found(entries, " HALF ")] == ["Half of it", "Zoom in", "Save session"]
    assert [each.text for each in found(entries, "session save")] == ["Save session"]
    assert [each.text for each in found(entries, "go zoom")] == ["Zoom in"]
    assert found(entries, "no such") == []


def test_every_command_is_listed_with_its_menu_and_keys(palette: Palette) -> None:
    assert len(texts(palette)) == len(COMMANDS) - 1
    entry = next(each for each in palette.entries if each.text == "Save session")
    assert (entry.place, entry.keys, entry.tip) == ("File", "Ctrl+S", COMMANDS["session.save"].tip)
    assert all("&" not in text for text in texts(palette))
    assert (palette.line.accessibleName(), palette.list.accessibleName()) == ("Words of a command", "Commands")


def test_words_and_enter_run_a_command_after_the_palette_has_gone(
    window: MainWindow, palette: Palette, qtbot: QtBot
) -> None:
    assert palette.line.hasFocus()
    qtbot.keyClicks(palette.line, "dark")
    assert texts(palette) == ["Dark or light"]
    with qtbot.waitSignal(window.theme_wanted) as heard:
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert heard.args == [DARK]
    assert is_gone(window, Palette)


def test_arrows_choose_while_words_are_typed(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.line, "zoom")
    assert texts(palette)[:2] == ["Zoom in", "Zoom out"]
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert present(palette.list.currentItem()).text(0) == "Zoom out"
    assert palette.note.text() == COMMANDS["zoom.out"].tip
    assert palette.line.text() == "zoom"
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert present(palette.list.currentItem()).text(0) == "Zoom in"


def test_a_command_that_is_off_says_why_and_is_not_run(qtbot: QtBot, data: Silent, dataset: DatasetSummary) -> None:
    window = window_of(qtbot, data)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.actions_by_id["window.palette"].trigger()
    palette = only(window, Palette)
    qtbot.keyClicks(palette.line, "fine-tune")
    assert palette.note.text().endswith("Open a dataset first; files alone are not enough.")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClicks(palette.line, " no such")
    assert palette.note.text() == "No command has these words."
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert [window.desk.workspace.dataset, data.asked] == [None, []]


def test_a_command_with_choices_lists_them_and_escape_leads_back(palette: Palette, qtbot: QtBot) -> None:
    add_recent(("/lab/a.bw",))
    qtbot.keyClicks(palette.line, "open recent")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert texts(palette) == ["a.bw", "Forget these"]
    assert palette.line.text() == ""
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert len(texts(palette)) == len(COMMANDS) - 1
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_a_switch_says_that_it_is_on(window: MainWindow, palette: Palette) -> None:
    assert "Tracks" in texts(palette)
    palette.reject()
    window.actions_by_id["tracks.dock"].trigger()
    window.actions_by_id["window.palette"].trigger()
    assert "Tracks (on)" in texts(next(each for each in window.findChildren(Palette) if each.isVisible()))


def test_the_palette_opens_once(window: MainWindow, palette: Palette) -> None:
    window.show_palette()
    assert window.findChildren(Palette) == [palette]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.id)
def test_a_command_that_can_be_off_says_why(command: Command) -> None:
    needs = command.is_ready
    assert needs is always or needs.sentence.endswith(".")


def test_the_menu_says_why_a_command_is_off(window: MainWindow) -> None:
    window.menus["Edit"].aboutToShow.emit()
    action = window.actions_by_id["edit.undo"]
    assert action.statusTip() == f"{COMMANDS['edit.undo'].tip}. There is nothing to undo."
    window.workspace.history.change(window.workspace.setup.with_tracks(()))
    window.menus["Edit"].aboutToShow.emit()
    assert action.statusTip() == COMMANDS["edit.undo"].tip
