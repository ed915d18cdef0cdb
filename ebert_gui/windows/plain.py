"""Text from files is text: nowhere in the window is it read as markup, as a shortcut or as a control character."""

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtWidgets import QLabel, QWidget

from ebert_core.protocol.showing import shown, shown_lines
from ebert_gui.windows.watching import ApplicationWatcher


def literal(text: str) -> str:
    """A name for a button, a box to tick or a line of a menu, where `&` would underline what follows."""
    return shown(text).replace("&", "&&")


class PlainLabel(QLabel):
    """A label that shows its text as it is, whatever it holds."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str | None) -> None:
        """Show another text."""
        super().setText(shown_lines(text or ""))


class PlainText(ApplicationWatcher):
    """Watches an application: labels are plain unless they were made for markup, and so are tooltips.

    Qt makes labels of its own, of message boxes and tooltips, and guesses from their first words whether they hold
    markup.
    """

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Make a label plain before it is first shown."""
        is_first = event is not None and event.type() == QEvent.Type.Polish
        if is_first and isinstance(watched, QLabel) and watched.textFormat() == Qt.TextFormat.AutoText:
            watched.setTextFormat(Qt.TextFormat.PlainText)
        return False
