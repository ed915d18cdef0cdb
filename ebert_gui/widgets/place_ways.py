"""The ways to other folders in the place picker: the folders around this one, and those that are one click away."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from ebert_core.protocol.machine.showing import shown
from ebert_gui.widgets.flow import FlowLayout
from ebert_gui.widgets.paths import file_name
from ebert_gui.widgets.plain import literal
from ebert_gui.widgets.wanted_place import Shortcut

_LONGEST_NAME = 28


class Crumbs(QWidget):
    """The folders from the root to the one that is shown, as buttons."""

    went = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, gap=2)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self.buttons: list[QPushButton] = []

    def show_parents(self, parents: Sequence[str]) -> None:
        """Show other folders; the last is the one that is listed."""
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        self.buttons = [self._button(path, path == parents[-1]) for path in parents]
        for button in self.buttons:
            self._flow.addWidget(button)
            button.show()

    def _button(self, path: str, is_here: bool) -> QPushButton:
        name = file_name(path) or path
        cut = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        button = QPushButton(literal(cut), self)
        button.setFlat(True)
        button.setAutoDefault(False)
        button.setProperty("role", "crumb")
        button.setProperty("here", is_here)
        button.setToolTip(shown(path))
        button.setAccessibleName(f"Folder {shown(name)}{', which is listed' if is_here else ''}")
        button.clicked.connect(lambda: self.went.emit(path))
        return button


class ShortcutList(QListWidget):
    """Folders that are one click or Return away."""

    went = pyqtSignal(str)

    def __init__(self, shortcuts: Sequence[Shortcut], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Home, the dataset's folder and recent folders")
        self.setProperty("role", "places")
        self.setFixedWidth(176)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for shortcut in shortcuts:
            item = QListWidgetItem(shown(shortcut.name), self)
            item.setToolTip(shown(shortcut.path))
            item.setData(Qt.ItemDataRole.UserRole, shortcut.path)
            item.setSizeHint(QSize(0, 28))
        if shortcuts:
            self.setCurrentRow(0)
            self.clearSelection()
        self.itemClicked.connect(self._go)
        self.itemActivated.connect(self._go)

    def _go(self, item: QListWidgetItem) -> None:
        self.went.emit(str(item.data(Qt.ItemDataRole.UserRole)))
