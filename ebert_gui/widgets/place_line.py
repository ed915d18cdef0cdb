"""The line in which a path or an address is typed or pasted, and completed with the Tab key as in a shell."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget

from ebert_gui.widgets.wanted_place import common_beginning


class PlaceLine(QLineEdit):
    """`descended` is the Down key. Tab writes on what all `completions` share, and else leaves the line as ever."""

    descended = pyqtSignal()

    def __init__(self, completions: Callable[[str], list[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._completions = completions
        self.setAccessibleName("Path or address")
        self.setAccessibleDescription("Tab completes what is typed; Down leads to the list")

    def event(self, event: QEvent | None) -> bool:
        """Take the Tab key where there is something to write on."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab and self._complete():
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Down leads to what is listed."""
        if event is not None and event.key() == Qt.Key.Key_Down:
            self.descended.emit()
        else:
            super().keyPressEvent(event)

    def _complete(self) -> bool:
        text = self.text()
        longer = common_beginning(self._completions(text)) if text and self.cursorPosition() == len(text) else ""
        if len(longer) <= len(text):
            return False
        self.setText(longer)
        self.textEdited.emit(longer)
        return True
