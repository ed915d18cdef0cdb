"""The list of all messages of this window, newest first, to read again and to copy."""

from collections.abc import Sequence
from datetime import datetime

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from ebert_core.protocol.machine.showing import shown_lines
from ebert_gui.widgets.messages import LEVEL_WORDS, MessageBar, Said
from ebert_gui.widgets.plain import PlainLabel

_NOTHING = "Nothing has been said yet."


class MessageList(QDialog):
    """A window beside the tracks; `follow` shows what has been said since."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Messages")
        self.resize(760, 420)
        self._count = PlainLabel()
        self._count.setProperty("role", "muted")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Messages, newest first")
        self._copy = QPushButton("Copy all")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._copy_all)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        for widget in (self._count, self._text, buttons):
            layout.addWidget(widget)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def follow(self, history: Sequence[Said]) -> None:
        """Show these messages, the newest of which comes last."""
        self._count.setText(f"{len(history)} message{'' if len(history) == 1 else 's'}, newest first")
        self._text.setPlainText(shown_lines("\n\n".join(map(text_of, reversed(history))) or _NOTHING))
        self._copy.setEnabled(bool(history))

    def _copy_all(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self._text.toPlainText())


def text_of(said: Said) -> str:
    """A message with its time and details, as in `14:03:59  Warning: …`; details are indented."""
    when = datetime.fromtimestamp(said.seconds).strftime("%H:%M:%S")
    details = "".join(f"\n    {line}" for line in said.message.details.splitlines())
    return f"{when}  {LEVEL_WORDS[said.message.level]}: {said.message.sentence}{details}"


class AllMessages(QObject):
    """`button`, in the status bar, opens the list; it is there once something has been said."""

    def __init__(self, bar: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._bar, self._window = bar, window
        self._list: MessageList | None = None
        self.button = QToolButton()
        self.button.setAutoRaise(True)
        self.button.setToolTip("All messages, newest first (Ctrl+4)")
        self.button.clicked.connect(self.show_list)
        self.button.hide()
        bar.changed.connect(self._follow)

    def show_list(self) -> None:
        """Open the list, or bring it to the front."""
        if self._list is None:
            self._list = MessageList(self._window)
            self._list.destroyed.connect(self._forget)
        self._follow()
        self._list.show()
        self._list.raise_()
        self._list.activateWindow()

    def _forget(self) -> None:
        self._list = None

    def _follow(self) -> None:
        history = self._bar.history
        self.button.setText(f"{len(history)} message{'' if len(history) == 1 else 's'}")
        self.button.setVisible(bool(history))
        if self._list is not None:
            self._list.follow(history)
