"""The slim bar above the tracks that says what happened, one sentence at a time, with details to copy."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontDatabase, QGuiApplication, QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

Level = Literal["info", "warning", "error"]

_WORDS = {"info": "Note", "warning": "Warning", "error": "Error"}
_QUEUE_LIMIT = 100


@dataclass(frozen=True)
class Message:
    """One sentence for the person; `details` may hold a traceback or the last lines of a worker."""

    level: Level
    sentence: str
    details: str = ""


class MessageBar(QFrame):
    """Shows the most serious waiting message until it is dismissed; hidden when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Message] = deque(maxlen=_QUEUE_LIMIT)
        self._shown: Message | None = None
        self._details_window: QDialog | None = None
        self._word = QLabel()
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QLabel()
        self._more.setProperty("role", "muted")
        self._details = _flat_button("Details…", "Show the details of this message")
        self._dismiss = _flat_button("Dismiss", "Dismiss this message")
        self._details.clicked.connect(self.show_details)
        self._dismiss.clicked.connect(self.dismiss)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        for widget in (self._word, self._sentence, self._more, self._details, self._dismiss):
            layout.addWidget(widget, 1 if widget is self._sentence else 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Messages")
        self.hide()

    @property
    def shown(self) -> Message | None:
        """The message on screen."""
        return self._shown

    @property
    def waiting(self) -> tuple[Message, ...]:
        """The messages that follow, in the order in which they come."""
        return tuple(self._waiting)

    def info(self, sentence: str, details: str = "") -> None:
        """Say that something happened."""
        self.say(Message("info", sentence, details))

    def warning(self, sentence: str, details: str = "") -> None:
        """Say what needs care."""
        self.say(Message("warning", sentence, details))

    def error(self, sentence: str, details: str = "") -> None:
        """Say what went wrong."""
        self.say(Message("error", sentence, details))

    def say(self, message: Message) -> None:
        """Show the message now or after those before it; the same message does not queue twice, errors go first."""
        if message == self._shown or message in self._waiting:
            return
        if self._shown is None:
            self._show(message)
        elif message.level == "error" and self._shown.level != "error":
            self._waiting.appendleft(self._shown)
            self._show(message)
        else:
            self._waiting.append(message)
        self._show_count()

    def withdraw(self, sentence: str) -> bool:
        """Take a sentence back that no longer holds; whether it was shown or waiting."""
        waited = [message for message in self._waiting if message.sentence == sentence]
        for message in waited:
            self._waiting.remove(message)
        was_shown = self._shown is not None and self._shown.sentence == sentence
        if was_shown:
            self.dismiss()
        self._show_count()
        return was_shown or bool(waited)

    def dismiss(self) -> None:
        """Put the shown message away and show the next."""
        self._shown = None
        if self._waiting:
            self._show(self._waiting.popleft())
            self._show_count()
        else:
            self.hide()

    def show_details(self) -> None:
        """Open the details of the shown message beside the window, to read and copy."""
        if self._shown is None or not self._shown.details:
            return
        if self._details_window is not None:
            self._details_window.deleteLater()
        self._details_window = details_window(self._shown.sentence, self._shown.details, self)
        self._details_window.show()

    def _show(self, message: Message) -> None:
        self._shown = message
        self.setProperty("message", message.level)
        self._word.setText(_WORDS[message.level])
        self._word.setProperty("level", message.level)
        self._sentence.setText(message.sentence)
        self._details.setVisible(bool(message.details))
        self.setAccessibleDescription(f"{_WORDS[message.level]}: {message.sentence}")
        for widget in (self, self._word):
            _restyle(widget)
        self.show()

    def _show_count(self) -> None:
        self._more.setText(f"{len(self._waiting)} more")
        self._more.setVisible(bool(self._waiting))


def details_window(sentence: str, details: str, parent: QWidget | None) -> QDialog:
    """A window, not yet shown, with a sentence and its details, if there are any, as text to copy."""
    window = QDialog(parent)
    window.setWindowTitle("Details")
    window.resize(720, 360 if details else 120)
    heading = QLabel(sentence)
    heading.setTextFormat(Qt.TextFormat.PlainText)
    heading.setWordWrap(True)
    text = QPlainTextEdit(details)
    text.setReadOnly(True)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.setAccessibleName("Details of the message")
    text.setVisible(bool(details))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(window.close)
    copy = QPushButton("Copy")
    buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
    copy.clicked.connect(lambda: _copy(f"{sentence}\n\n{details}".strip()))
    layout = QVBoxLayout(window)
    for widget in (heading, text, buttons):
        layout.addWidget(widget)
    return window


def _copy(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)


def _flat_button(text: str, description: str) -> QPushButton:
    button = QPushButton(text)
    button.setFlat(True)
    button.setAutoDefault(False)
    button.setAccessibleDescription(description)
    return button


def _restyle(widget: QWidget) -> None:
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
