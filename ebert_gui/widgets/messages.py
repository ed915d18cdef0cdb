"""The messages that float over the tracks: the newest in full, how many more there are, and details to copy."""

import time
from collections import deque
from dataclasses import dataclass
from typing import Literal, NamedTuple

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown_lines
from ebert_gui.widgets.plain import PlainLabel

Level = Literal["info", "warning", "error"]

LEVEL_WORDS = {"info": "Note", "warning": "Warning", "error": "Error"}
_MOST_KEPT = 100
_MOST_SAID = 500
_MARGIN = 12


@dataclass(frozen=True)
class Message:
    """One sentence for the person; `details` may hold a traceback or the last lines of a worker.

    `about` is what the message speaks of, where it can be taken back: of one thing only the newest message holds.
    """

    level: Level
    sentence: str
    details: str = ""
    about: str = ""


class Said(NamedTuple):
    """A message and when it was said, in seconds since 1970."""

    message: Message
    seconds: float


class MessageBar(QFrame):
    """Shows the newest message until it is dismissed, then the one before it; hidden when there is none.

    It floats at the lower edge of the widget that it is laid over, so that nothing moves when it comes and goes; its
    buttons stand where they stood when another message follows.
    """

    changed = pyqtSignal()
    """Something has been said."""

    def __init__(self, over: QWidget | None = None) -> None:
        super().__init__(over.parentWidget() if over is not None else None)
        self._over = over
        self._messages: list[Message] = []
        self._history: deque[Said] = deque(maxlen=_MOST_SAID)
        self._details_window: QDialog | None = None
        self._word = PlainLabel()
        self._sentence = PlainLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = PlainLabel()
        self._more.setProperty("role", "muted")
        self._details = _flat_button("Details…", "Show the details of this message")
        self._dismiss_all = _flat_button("Dismiss all", "Dismiss all messages")
        self._dismiss = _flat_button("Dismiss", "Dismiss this message (Escape)")
        self._details.clicked.connect(self.show_details)
        self._dismiss_all.clicked.connect(self.dismiss_all)
        self._dismiss.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        for widget in (self._word, self._sentence, self._more, self._details, self._dismiss_all, self._dismiss):
            layout.addWidget(widget, 1 if widget is self._sentence else 0)
        for button in (self._details, self._dismiss_all, self._dismiss):
            layout.setAlignment(button, Qt.AlignmentFlag.AlignBottom)
        self.setAccessibleName("Messages")
        self.hide()
        if over is not None:
            over.installEventFilter(self)

    @property
    def shown(self) -> Message | None:
        """The message on screen."""
        return self._messages[-1] if self._messages else None

    @property
    def waiting(self) -> tuple[Message, ...]:
        """The older messages that are not dismissed, the newest first."""
        return tuple(reversed(self._messages[:-1]))

    @property
    def history(self) -> tuple[Said, ...]:
        """All that was said, also what is dismissed or taken back, the newest last."""
        return tuple(self._history)

    def info(self, sentence: str, details: str = "", about: str = "") -> None:
        """Say that something happened."""
        self.say(Message("info", sentence, details, about))

    def warning(self, sentence: str, details: str = "", about: str = "") -> None:
        """Say what needs care."""
        self.say(Message("warning", sentence, details, about))

    def error(self, sentence: str, details: str = "", about: str = "") -> None:
        """Say what went wrong."""
        self.say(Message("error", sentence, details, about))

    def say(self, message: Message) -> None:
        """Show the message now, above those that are not dismissed.

        One that is said again is not kept twice, nor is an older one about the same.
        """
        others = [each for each in self._without(message.about) if each != message]
        self._messages = [*others, message][-_MOST_KEPT:]
        self._history.append(Said(message, time.time()))
        self._show()
        self.changed.emit()

    def withdraw(self, about: str) -> bool:
        """Take back what was said about something, which no longer holds; whether it was shown or waiting."""
        kept = self._without(about)
        was_there = len(kept) < len(self._messages)
        if was_there:
            self._messages = kept
            self._show()
        return was_there

    def dismiss(self) -> None:
        """Put the shown message away and show the one before it."""
        self._messages = self._messages[:-1]
        self._show()

    def dismiss_all(self) -> None:
        """Put all messages away."""
        self._messages = []
        self._show()

    def show_details(self) -> None:
        """Open the details of the shown message beside the window, to read and copy."""
        if self.shown is None or not self.shown.details:
            return
        if self._details_window is not None:
            self._details_window.deleteLater()
        self._details_window = details_window(self.shown.sentence, self.shown.details, self)
        self._details_window.show()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay at the lower edge of what this floats over."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _without(self, about: str) -> list[Message]:
        return [message for message in self._messages if not about or message.about != about]

    def _show(self) -> None:
        message = self.shown
        if message is None:
            self._leave()
            return
        self.setProperty("message", message.level)
        self._word.setText(LEVEL_WORDS[message.level])
        self._word.setProperty("level", message.level)
        self._sentence.setText(message.sentence)
        self._details.setVisible(bool(message.details))
        older = len(self._messages) - 1
        self._more.setText(f"{older} more")
        self._more.setVisible(older > 0)
        self._dismiss_all.setVisible(older > 0)
        self.setAccessibleDescription(f"{LEVEL_WORDS[message.level]}: {message.sentence}")
        for widget in (self, self._word):
            _restyle(widget)
        self.show()
        if self._over is not None:
            self.raise_()
        self._place()

    def _leave(self) -> None:
        """Hide, and give the keyboard back to what lies below."""
        focused = QGuiApplication.focusObject()
        had_keyboard = isinstance(focused, QWidget) and self.isAncestorOf(focused)
        self.hide()
        if had_keyboard and self._over is not None:
            self._over.setFocus()

    def _place(self) -> None:
        layout = self.layout()
        if self._over is None or layout is None or self.isHidden():
            return
        below = self._over.geometry()
        width = max(0, below.width() - 2 * _MARGIN)
        layout.activate()
        height = max(layout.heightForWidth(width), layout.minimumSize().height())
        self.setGeometry(below.left() + _MARGIN, below.bottom() + 1 - _MARGIN // 2 - height, width, height)


def details_window(sentence: str, details: str, parent: QWidget | None) -> QDialog:
    """A window, not yet shown, with a sentence and its details, if there are any, as text to copy."""
    window = QDialog(parent)
    window.setWindowTitle("Details")
    window.resize(720, 360 if details else 120)
    heading = PlainLabel(sentence)
    heading.setWordWrap(True)
    text = QPlainTextEdit(shown_lines(details))
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
    # A click must not take the keyboard from the tracks.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleDescription(description)
    return button


def _restyle(widget: QWidget) -> None:
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
