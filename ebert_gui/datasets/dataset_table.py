"""The table of a dataset to be: its files, what each is used as, and what was found in it or stands in its way."""

from collections.abc import Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PyQt6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.tracks import FileKind
from ebert_gui.browser.shortening import without_folders
from ebert_gui.datasets import dataset_plan as plan
from ebert_gui.widgets.paths import file_name

_COLUMNS = ("File", "Use as", "Cell type", "Factor or signal", "What was found")
_INVITATION = "Drop files here: sequence, genes, chromatin states, signals, peaks."
_FILE, _USE, _CELL, _NAME, _FOUND = range(len(_COLUMNS))
_LOOKING = "looking…"
_LEAST_HEIGHT = 150


class FileTable(QTableWidget):
    """Lists files; `changed` says that a person or an answer changed what is listed."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(0, len(_COLUMNS))
        self._is_filling = False
        self._kinds: dict[str, FileKind] = {}
        self._set_up()
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove_chosen)
        self.itemChanged.connect(lambda _item: self._announce())

    def paths(self) -> list[str]:
        """The listed files, from top to bottom."""
        return [self._path(number) for number in range(self.rowCount())]

    def entries(self) -> list[plan.Entry]:
        """The listed files and what each is used for."""
        return [self._entry(number) for number in range(self.rowCount())]

    def add(self, path: str) -> None:
        """List a file of which nothing is known yet."""
        self._is_filling = True
        number = self.rowCount()
        self.insertRow(number)
        for column in range(len(_COLUMNS)):
            item = QTableWidgetItem()
            if column not in (_CELL, _NAME):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.setItem(number, column, item)
        self._write(number, _FILE, file_name(path), path)
        self._item(number, _FILE).setData(Qt.ItemDataRole.UserRole, path)
        self._write(number, _FOUND, _LOOKING)
        choice = QComboBox()
        choice.setAccessibleName(f"What {file_name(path)} is used as")
        for use, words in plan.USE_WORDS.items():
            choice.addItem(words, use)
        choice.currentIndexChanged.connect(lambda _index: self._announce())
        self.setCellWidget(number, _USE, choice)
        self._is_filling = False

    def fill(self, path: str, kind: FileKind) -> None:
        """Say what a listed file is, and guess what it is for."""
        self._kinds[path] = kind
        self._is_filling = True
        for number in (number for number, listed in enumerate(self.paths()) if listed == path):
            use, guess = plan.guess_use(kind.kind, path), plan.guess_names(path)
            self._write(number, _FOUND, kind.sentence, kind.sentence)
            if use in plan.NEEDS_CELL:
                self._write(number, _CELL, guess.cell_type)
            if use in plan.NEEDS_NAME:
                self._write(number, _NAME, guess.name)
            self.choose_use(number, use)
        self._is_filling = False
        self._announce()

    def say(self, objections: Mapping[str, str]) -> None:
        """Say beside each file why it cannot serve; beside the others, what they are."""
        self._is_filling = True
        error, plain = (
            self.palette().color(QPalette.ColorRole.BrightText),
            self.palette().color(QPalette.ColorRole.Text),
        )
        for number, path in enumerate(self.paths()):
            objection = objections.get(path, "")
            kind = self._kinds.get(path)
            usual = kind.sentence if kind else _LOOKING
            self._write(number, _FOUND, without_folders(objection) or usual, objection or usual)
            self._item(number, _FOUND).setForeground(error if objection else plain)
        self._is_filling = False

    def remove_chosen(self) -> None:
        """Take the chosen files off the list."""
        chosen = {index.row() for index in self.selectedIndexes()}
        self._is_filling = True
        for number in sorted(chosen, reverse=True):
            self.removeRow(number)
        self._is_filling = False
        self._announce()

    def clear_files(self) -> None:
        """Take all files off the list."""
        self._is_filling = True
        self.setRowCount(0)
        self._kinds.clear()
        self._is_filling = False
        self._announce()

    def choose_use(self, number: int, use: plan.Use) -> None:
        """Say what a listed file is used as."""
        choice = self._choice(number)
        choice.setCurrentIndex(choice.findData(use))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the rows, or what to do with the table while it is empty."""
        super().paintEvent(event)
        viewport = self.viewport()
        if self.rowCount() == 0 and viewport is not None:
            painter = QPainter(viewport)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(viewport.rect(), Qt.AlignmentFlag.AlignCenter, _INVITATION)
            painter.end()

    def _set_up(self) -> None:
        self.setHorizontalHeaderLabels(list(_COLUMNS))
        self.setAccessibleName("Files of the dataset")
        self.setProperty("role", "pairs")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        down, across = self.verticalHeader(), self.horizontalHeader()
        assert down is not None
        assert across is not None
        down.hide()
        down.setDefaultSectionSize(34)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.setSectionResizeMode(_FOUND, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_FILE, 210), (_USE, 190), (_CELL, 92), (_NAME, 124)):
            self.setColumnWidth(column, width)

    def _announce(self) -> None:
        if not self._is_filling:
            self.changed.emit()

    def _entry(self, number: int) -> plan.Entry:
        use: plan.Use = self._choice(number).currentData()
        return plan.Entry(
            self._path(number), use, self._item(number, _CELL).text().strip(), self._item(number, _NAME).text().strip()
        )

    def _path(self, number: int) -> str:
        return str(self._item(number, _FILE).data(Qt.ItemDataRole.UserRole) or "")

    def _choice(self, number: int) -> QComboBox:
        choice = self.cellWidget(number, _USE)
        assert isinstance(choice, QComboBox)
        return choice

    def _item(self, number: int, column: int) -> QTableWidgetItem:
        item = self.item(number, column)
        assert item is not None
        return item

    def _write(self, number: int, column: int, text: str, hint: str = "") -> None:
        item = self._item(number, column)
        item.setText(shown(text))
        item.setToolTip(shown_lines(hint))
