"""The message bar shows the newest sentence and loses none."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import QDialog, QFrame, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ebert_gui.widgets.messages import Message, MessageBar, details_window
from ebert_gui.windows.message_list import AllMessages, MessageList
from tests.certain import present


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def button(bar: MessageBar | QDialog, text: str) -> QPushButton:
    return next(found for found in bar.findChildren(QPushButton) if found.text() == text)


def test_a_bar_with_nothing_to_say_is_hidden(bar: MessageBar) -> None:
    assert bar.isHidden()
    bar.info("Saved.")
    assert not bar.isHidden()
    bar.dismiss()
    assert bar.isHidden()


@pytest.mark.parametrize(
    ("said", "order"),
    [
        (["info a", "info b"], ["b", "a"]),
        (["error a", "error b", "info c"], ["c", "b", "a"]),
        (["warning a", "warning a"], ["a"]),
        (["warning a", "info b", "warning a"], ["a", "b"]),
    ],
)
def test_the_newest_message_is_shown_and_older_ones_follow(bar: MessageBar, said: list[str], order: list[str]) -> None:
    for text in said:
        level, sentence = text.split()
        {"info": bar.info, "warning": bar.warning, "error": bar.error}[level](sentence)
    seen = []
    while bar.shown is not None:
        seen.append(bar.shown.sentence)
        bar.dismiss()
    assert seen == order


def test_details_are_written_in_letters_of_one_width_and_a_sentence_alone_needs_little_room(qtbot: QtBot) -> None:
    window = details_window("A long sentence. " * 20, "", None)
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == (720, 120)
    assert window.findChild(QPlainTextEdit).isHidden()
    assert window.findChild(QLabel).wordWrap()
    window = details_window("It stopped.", "line 1\nline 2", None)
    qtbot.addWidget(window)
    text = window.findChild(QPlainTextEdit)
    assert not text.isHidden()
    assert text.font() == QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def test_a_bar_lies_over_what_it_floats_over_wherever_that_goes(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    below = QFrame(window)
    bar = MessageBar(below)
    bar.error("A long sentence. " * 30, "details")
    below.raise_()
    window.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    below.setGeometry(10, 20, 700, 400)
    assert (bar.x(), bar.width(), bar.geometry().bottom()) == (22, 676, 20 + 400 - 1 - 6)
    below.setGeometry(40, 50, 300, 400)
    assert (bar.x(), bar.width(), bar.geometry().bottom()) == (52, 276, 50 + 400 - 1 - 6)
    assert bar.height() > 60, "a narrow bar has more lines"
    bar.error("Another.")
    assert window.childAt(bar.geometry().center()) in (bar, *bar.findChildren(QWidget))
    bar.hide()
    below.setGeometry(0, 0, 800, 400)
    assert bar.width() == 276, "what is hidden needs no place"


def test_waiting_messages_are_counted(bar: MessageBar) -> None:
    for sentence in "abc":
        bar.info(sentence)
    assert "2 more" in [label.text() for label in bar.findChildren(QLabel)]


@pytest.mark.parametrize(("details", "offered"), [("", False), ("Traceback", True)])
def test_details_are_offered_only_where_there_are_some(bar: MessageBar, details: str, offered: bool) -> None:
    bar.say(Message("error", "The worker stopped.", details))
    assert button(bar, "Details…").isVisibleTo(bar) is offered


def test_details_open_as_text_to_copy(bar: MessageBar, qtbot: QtBot) -> None:
    bar.error("The worker stopped.", "Traceback")
    qtbot.mouseClick(button(bar, "Details…"), Qt.MouseButton.LeftButton)
    window = bar.findChild(QDialog)
    assert window is not None
    assert window.findChild(QPlainTextEdit).toPlainText() == "Traceback"


def test_copy_takes_the_sentence_and_the_details(qtbot: QtBot) -> None:
    window = details_window("The worker stopped.", "Traceback", None)
    qtbot.addWidget(window)
    button(window, "Copy").click()
    assert present(QGuiApplication.clipboard()).text() == "The worker stopped.\n\nTraceback"


def test_a_sentence_is_never_read_as_markup(bar: MessageBar) -> None:
    bar.error("<b>chr5</b>")
    label = next(found for found in bar.findChildren(QLabel) if found.text() == "<b>chr5</b>")
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_dismiss_button_click_shows_the_next_message(bar: MessageBar, qtbot: QtBot) -> None:
    bar.info("a")
    bar.info("b")
    qtbot.mouseClick(button(bar, "Dismiss"), Qt.MouseButton.LeftButton)
    assert bar.shown == Message("info", "a")


def test_all_messages_can_be_dismissed_at_once(bar: MessageBar, qtbot: QtBot) -> None:
    bar.info("a")
    assert not button(bar, "Dismiss all").isVisibleTo(bar)
    bar.info("b")
    qtbot.mouseClick(button(bar, "Dismiss all"), Qt.MouseButton.LeftButton)
    assert bar.shown is None
    assert bar.isHidden()


def test_what_no_longer_holds_is_withdrawn_by_what_it_is_about_shown_or_waiting(bar: MessageBar) -> None:
    bar.error("The worker ended.", about="worker")
    bar.error("The worker ended.")
    bar.warning("Another thing.", about="place")
    assert bar.withdraw("place")
    assert bar.withdraw("worker")
    assert not bar.withdraw("worker")
    assert not bar.withdraw("")
    assert (bar.shown, bar.waiting) == (Message("error", "The worker ended."), ())


def test_of_one_thing_the_newest_message_is_kept_whatever_it_says(bar: MessageBar) -> None:
    bar.warning("There is no gene A.", about="place")
    bar.info("Saved.")
    bar.warning("There is no gene B.", about="place")
    assert bar.shown == Message("warning", "There is no gene B.", about="place")
    assert bar.waiting == (Message("info", "Saved."),)
    assert [said.message.sentence for said in bar.history] == ["There is no gene A.", "Saved.", "There is no gene B."]


@pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")
def test_the_list_has_all_that_was_said_newest_first_and_can_be_copied(qtbot: QtBot) -> None:
    bar, window = MessageBar(), QWidget()
    for widget in (bar, window):
        qtbot.addWidget(widget)
    desk = AllMessages(bar, window)
    assert desk.button.isHidden()
    bar.info("Saved.", about="file")
    bar.warning("Little room is left.")
    bar.error("It stopped.", "line 1\nline 2")
    bar.dismiss_all()
    bar.withdraw("file")
    assert not desk.button.isHidden()
    assert desk.button.text() == "3 messages"
    desk.button.click()
    (shown,) = window.findChildren(MessageList)
    button(shown, "Copy all").click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    lines = clipboard.text().splitlines()
    assert [line[10:] for line in lines if line and not line.startswith("    ")] == [
        "Error: It stopped.",
        "Warning: Little room is left.",
        "Note: Saved.",
    ]
    assert lines[1:3] == ["    line 1", "    line 2"]
    bar.info("One more.")
    assert desk.button.text() == "4 messages"
    assert "One more." in shown.findChild(QPlainTextEdit).toPlainText()
    desk.button.click()
    assert len(window.findChildren(MessageList)) == 1
