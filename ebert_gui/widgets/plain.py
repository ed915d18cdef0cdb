"""Shows text from files as it is: the window never takes it for markup, a shortcut or a control character."""

import re

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtWidgets import QLabel, QWidget

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_gui.widgets.watching import ApplicationWatcher

_LONGEST = 5_000
# Qt breaks lines at blanks, and after a slash or a hyphen.
_LONG_WORD = re.compile(r"[^\s/-]{80}(?=[^\s/-])")
_MAY_BREAK = "\u200b"


def literal(text: str) -> str:
    """A name for a button, a box to tick or a line of a menu, where `&` would underline what follows."""
    return shown(text).replace("&", "&&")


def fitting(text: str) -> str:
    """A text that can be laid out in any width, and soon: long words may break, and very long texts end early.

    Names of files reach 255 characters without a blank; a label as wide as one would push buttons out of the window.
    """
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return _LONG_WORD.sub(lambda word: f"{word[0]}{_MAY_BREAK}", shown_lines(cut))


class PlainLabel(QLabel):
    """A label that shows its text as it is, whatever it holds."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str | None) -> None:
        """Show another text, cut after 5,000 characters."""
        super().setText(fitting(text or ""))


class PlainText(ApplicationWatcher):
    """Watches an application: labels and tooltips show plain text unless they were made for markup.

    Qt makes labels of its own, in message boxes and tooltips, and guesses from their text whether it is markup.
    """

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Make a label plain before it is first shown."""
        is_first = event is not None and event.type() == QEvent.Type.Polish
        if is_first and isinstance(watched, QLabel) and watched.textFormat() == Qt.TextFormat.AutoText:
            watched.setTextFormat(Qt.TextFormat.PlainText)
        return False
