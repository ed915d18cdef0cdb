"""The table of a folder's entries in the place picker: names, sizes and times of change."""

import time
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QTreeView, QWidget

from ebert_core.protocol.folders import MOST_ENTRIES, Entry, Folder, Order
from ebert_core.protocol.machine.showing import shown

_ORDERS: tuple[Order, ...] = ("name", "largest", "newest")
_HEADINGS = ("Name", "Size", "Changed")
_NOWHERE = QModelIndex()


def size_in_words(size: int) -> str:
    """The size of a file for reading: 812 B, 3.1 MB."""
    if size < 1000:
        return f"{size} B"
    amount, unit = float(size), ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007 - the last one reached is the unit
        amount /= 1000
        if amount < 999.5:
            break
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"


def time_in_words(seconds: float) -> str:
    """A time since 1970 for reading, here and now."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""


def told_of(folder: Folder, narrow: str) -> str:
    """What is said below the list: how many entries there are, and that not all are shown."""
    if folder.count > len(folder.entries):
        return f"{folder.count:,} entries, of which {MOST_ENTRIES:,} are listed: type a part of a name to narrow them."
    if not folder.count:
        return "Nothing here has such a name." if narrow else "Nothing of this kind is in this folder."
    return "1 entry." if folder.count == 1 else f"{folder.count:,} entries."


class EntryModel(QAbstractTableModel):
    """Entries of a folder as rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        style = parent.style()
        assert style is not None
        self._folder = style.standardIcon(QStyle.StandardPixmap.SP_DirIcon)
        self._file = style.standardIcon(QStyle.StandardPixmap.SP_FileIcon)

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """As many as there are entries."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, _parent: QModelIndex = _NOWHERE) -> int:
        """Name, size and time."""
        return len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # Any: as Qt has it
        """What a column holds."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _HEADINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role: int = 0) -> Any:  # Any: as Qt has it
        """What a cell shows, and what is said of it."""
        entry, column = self.entries[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._folder if entry.is_folder else self._file
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return shown(entry.name)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            return f"{'Folder' if entry.is_folder else 'File'} {shown(entry.name)}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, entry: Entry, column: int) -> str:
        if column == 0:
            return shown(entry.name)
        if entry.is_folder or not entry.modified:
            return ""
        return size_in_words(entry.size) if column == 1 else time_in_words(entry.modified)


class EntryList(QTreeView):
    """Lists entries. `opened` is Return or a double click, `left` Backspace, `chosen_changed` another choice.

    `order_wanted` asks for another order, which the host makes: a folder may have more entries than are here.
    """

    opened = pyqtSignal()
    left = pyqtSignal()
    chosen_changed = pyqtSignal()
    order_wanted = pyqtSignal(str)

    def __init__(self, takes_several: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What is in the folder")
        self.setProperty("role", "places")
        self._model = EntryModel(self)
        self.setModel(self._model)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if takes_several else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        assert header is not None
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section, width in ((1, 88), (2, 140)):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(section, width)
        header.setSectionsClickable(True)
        header.setToolTip("Click to list by name, the largest first, or the newest first")
        header.sectionClicked.connect(lambda section: self.order_wanted.emit(_ORDERS[section]))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        selection = self.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self.chosen_changed.emit())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is listed."""
        return self._model.entries

    def show_entries(self, entries: tuple[Entry, ...], current: str = "") -> None:
        """List other entries, none of which is chosen; the keyboard begins at the one called `current`."""
        self._model.show(entries)
        self.chosen_changed.emit()
        row = next((number for number, entry in enumerate(entries) if entry.name == current), 0)
        selection = self.selectionModel()
        if entries and selection is not None:
            index = self._model.index(row, 0)
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)

    def chosen(self) -> tuple[Entry, ...]:
        """What is chosen, in the order of the list."""
        selection = self.selectionModel()
        rows = [] if selection is None else sorted(index.row() for index in selection.selectedRows())
        return tuple(self._model.entries[row] for row in rows)

    def choose(self, *names: str) -> None:
        """Choose what has these names."""
        selection = self.selectionModel()
        assert selection is not None
        flags = QItemSelectionModel.SelectionFlag
        selection.clearSelection()
        for number, entry in enumerate(self._model.entries):
            if entry.name in names:
                selection.select(self._model.index(number, 0), flags.Select | flags.Rows)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Return opens, Backspace leads to the folder around; all else is as in every list."""
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            current = self.currentIndex()
            selection = self.selectionModel()
            if current.isValid() and not self.chosen() and selection is not None:
                flags = QItemSelectionModel.SelectionFlag
                selection.select(current, flags.ClearAndSelect | flags.Rows)
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Backspace:
            self.left.emit()
        else:
            super().keyPressEvent(event)
