"""The sheet of keys, mouse and marks says what the window does."""

from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_gui.looks.prediction_arranged import DISAGREEMENTS
from ebert_gui.windows.help_sheet import MARKS, HelpSheet
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.table import COMMANDS


def words_of(sheet: HelpSheet) -> list[str]:
    return [part.text() for part in sheet.findChildren(QLabel)]


def test_the_sheet_names_every_shortcut_once_beside_what_it_does(qtbot: QtBot) -> None:
    sheet = HelpSheet()
    qtbot.addWidget(sheet)
    words = words_of(sheet)
    for command in COMMANDS.values():
        if command.shortcut:
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            assert words[words.index(keys) + 1] == command.text.replace("&", "")
            assert words.count(keys) == 1, keys


def test_the_sheet_explains_the_words_that_stand_in_predictions(qtbot: QtBot) -> None:
    assert set(DISAGREEMENTS) <= {mark for mark, _words in MARKS}


def test_f1_opens_the_sheet_and_escape_closes_it(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_id["help.sheet"].trigger()
    (sheet,) = window.findChildren(HelpSheet)
    assert sheet.isVisible()
    sheet.reject()
    assert not sheet.isVisible()
