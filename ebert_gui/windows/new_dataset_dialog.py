"""The dialog that makes a dataset of a person's own files, so that nobody must write TOML."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.tracks import DatasetDraft, FileKind
from ebert_gui.windows import dataset_plan as plan
from ebert_gui.windows.forms import (
    Footer,
    above_footer,
    add_row,
    compact,
    form_layout,
    label,
    path_field,
    row,
    set_role,
)
from ebert_gui.windows.paths import beside, file_name
from ebert_gui.windows.wording import listed

Inspect = Callable[[str, Callable[[FileKind], None]], None]

_COLUMNS = ("File", "Use as", "Cell type", "Factor or signal", "What was found")
_INVITATION = "Drop files here: sequence, genes, chromatin states, signals, peaks."
_FILE, _USE, _CELL, _NAME, _FOUND = range(len(_COLUMNS))


class _FileTable(QTableWidget):
    """A table that says what to do with it while it is empty."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the rows, or the invitation."""
        super().paintEvent(event)
        viewport = self.viewport()
        if self.rowCount() == 0 and viewport is not None:
            painter = QPainter(viewport)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(viewport.rect(), Qt.AlignmentFlag.AlignCenter, _INVITATION)
            painter.end()


class NewDatasetDialog(QDialog):
    """Takes files by drop or choice, says what each is, and lets the person correct it.

    `inspect` is asked about every path and calls back with its kind, at once or later; a file that cannot be read
    comes back with an empty kind and a sentence. After `accepted`, `draft()` has the dataset.
    """

    def __init__(self, inspect: Inspect, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspect = inspect
        self._is_filling = False
        self._is_finished = False
        self._suggested = ("", "", "")
        self.setWindowTitle("New dataset")
        self.setAcceptDrops(True)
        self._build_table()
        self.name = QLineEdit()
        self.assembly = QLineEdit()
        self.assembly.setPlaceholderText("hg38")
        self.path = path_field("/path/to/DATASET.toml")
        self._missing = label("", "caution")
        self._footer = Footer("Create dataset")
        self._lay_out()
        self._connect()
        self.resize(1040, 620)
        self._follow()

    def add_files(self, paths: Sequence[str]) -> None:
        """Ask what these files are and list them; a file that is listed already stays as it is."""
        known = {self._text(number, _FILE, Qt.ItemDataRole.UserRole) for number in range(self.table.rowCount())}
        for path in dict.fromkeys(paths):
            if path not in known:
                self._add_row(path)
                self._inspect(path, partial(self._take, path))
        self._suggest()
        self._follow()

    def draft(self) -> DatasetDraft:
        """The dataset as the form stands."""
        name, assembly, path = (field.text().strip() for field in (self.name, self.assembly, self.path))
        return plan.draft_of(path, name, assembly, self.entries())

    def entries(self) -> list[plan.Entry]:
        """The listed files and what each is used for."""
        return [self._entry(number) for number in range(self.table.rowCount())]

    def done(self, result: int) -> None:
        """Close; answers about files that come later are dropped."""
        self._is_finished = True
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Welcome files."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """List the dropped files."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.add_files([url.toLocalFile() for url in data.urls() if url.isLocalFile()])

    def remove_chosen(self) -> None:
        """Take the chosen files off the list."""
        chosen = {index.row() for index in self.table.selectedIndexes()}
        self._is_filling = True
        for number in sorted(chosen, reverse=True):
            self.table.removeRow(number)
        self._is_filling = False
        self._follow()

    def choose_use(self, number: int, use: plan.Use) -> None:
        """Say what a listed file is used as."""
        choice = self._choice(number)
        choice.setCurrentIndex(choice.findData(use))

    def _build_table(self) -> None:
        self.table = _FileTable(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.setAccessibleName("Files of the dataset")
        self.table.setProperty("role", "pairs")
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        down, across = self.table.verticalHeader(), self.table.horizontalHeader()
        assert down is not None
        assert across is not None
        down.hide()
        down.setDefaultSectionSize(34)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.setSectionResizeMode(_FOUND, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_FILE, 250), (_USE, 186), (_CELL, 110), (_NAME, 124)):
            self.table.setColumnWidth(column, width)

    def _lay_out(self) -> None:
        self.add = QPushButton("Add files…")
        self.remove = QPushButton("Remove")
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        form = form_layout()
        add_row(form, "&Name", compact(self.name, 280))
        add_row(form, "&Assembly", compact(self.assembly, 120))
        self.browse = QPushButton("Browse…")
        self.browse.setAutoDefault(False)
        self.browse.setAccessibleName("Browse for the dataset's file")
        add_row(form, "&Save as", self.path, self.browse)
        contents = QVBoxLayout()
        contents.setContentsMargins(16, 14, 16, 8)
        contents.setSpacing(10)
        contents.addWidget(label("The files of the dataset, and what each is used as", "heading"))
        contents.addWidget(self.table, 1)
        contents.addLayout(row(self.add, self.remove, stretch_last=True))
        contents.addLayout(form)
        contents.addWidget(self._missing)
        above_footer(self, contents, self._footer)

    def _connect(self) -> None:
        self._footer.buttons.accepted.connect(self.accept)
        self._footer.buttons.rejected.connect(self.reject)
        self.add.clicked.connect(self._pick_files)
        self.browse.clicked.connect(self._pick_place)
        self.remove.clicked.connect(self.remove_chosen)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove_chosen)
        self.table.itemChanged.connect(self._follow)
        self.table.itemSelectionChanged.connect(self._follow)
        for field in (self.name, self.assembly, self.path):
            field.textChanged.connect(self._follow)

    def _add_row(self, path: str) -> None:
        self._is_filling = True
        number = self.table.rowCount()
        self.table.insertRow(number)
        for column in range(len(_COLUMNS)):
            item = QTableWidgetItem()
            if column not in (_CELL, _NAME):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.table.setItem(number, column, item)
        self._write(number, _FILE, file_name(path), path)
        self._item(number, _FILE).setData(Qt.ItemDataRole.UserRole, path)
        self._write(number, _FOUND, "looking…")
        choice = QComboBox()
        choice.setAccessibleName(f"What {file_name(path)} is used as")
        for use, words in plan.USE_WORDS.items():
            choice.addItem(words, use)
        choice.currentIndexChanged.connect(self._follow)
        self.table.setCellWidget(number, _USE, choice)
        self._is_filling = False

    def _take(self, path: str, kind: FileKind) -> None:
        if self._is_finished:
            return
        for number in range(self.table.rowCount()):
            if self._text(number, _FILE, Qt.ItemDataRole.UserRole) == path:
                self._fill(number, path, kind)
        self._suggest()
        self._follow()

    def _fill(self, number: int, path: str, kind: FileKind) -> None:
        self._is_filling = True
        use, guess = plan.guess_use(kind.kind, path), plan.guess_names(path)
        self._write(number, _FOUND, kind.sentence, kind.sentence)
        if use in plan.NEEDS_CELL:
            self._write(number, _CELL, guess.cell_type)
        if use in plan.NEEDS_NAME:
            self._write(number, _NAME, guess.name)
        self._is_filling = False
        self.choose_use(number, use)

    def _suggest(self) -> None:
        paths = [entry.path for entry in self.entries()]
        if not paths:
            return
        home = next((entry.path for entry in self.entries() if entry.use == "reference"), paths[0])
        toml = beside(home, "DATASET.toml")
        suggested = (file_name(beside(home)) or "dataset", plan.guess_assembly(paths), toml)
        for field, old, new in zip((self.name, self.assembly, self.path), self._suggested, suggested, strict=True):
            if field.text() in ("", old):
                field.setText(new)
        self._suggested = suggested

    def _follow(self) -> None:
        if self._is_filling:
            return
        entries = self.entries()
        self.remove.setEnabled(bool(self.table.selectedIndexes()))
        self._missing.setText(plan.missing(entries))
        self._missing.setVisible(bool(self._missing.text()))
        problem = plan.objection(self.path.text().strip(), self.name.text().strip(), entries)
        cells = sorted({entry.cell_type for entry in entries if entry.use in plan.NEEDS_CELL})
        used = sum(bool(entry.use) for entry in entries)
        files = "1 file" if used == 1 else f"{used} files"
        of_cells = f", {listed(cells)}" if cells else ""
        summary = f"Describes {files}{of_cells}. The files stay where they are."
        set_role(self._footer.problem, "error" if entries else "muted")
        self._footer.say("" if problem else summary, problem)

    def _entry(self, number: int) -> plan.Entry:
        use: plan.Use = self._choice(number).currentData()
        path = self._text(number, _FILE, Qt.ItemDataRole.UserRole)
        return plan.Entry(path, use, self._text(number, _CELL).strip(), self._text(number, _NAME).strip())

    def _choice(self, number: int) -> QComboBox:
        choice = self.table.cellWidget(number, _USE)
        assert isinstance(choice, QComboBox)
        return choice

    def _item(self, number: int, column: int) -> QTableWidgetItem:
        item = self.table.item(number, column)
        assert item is not None
        return item

    def _text(self, number: int, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
        return str(self._item(number, column).data(role) or "")

    def _write(self, number: int, column: int, text: str, hint: str = "") -> None:
        item = self._item(number, column)
        item.setText(text)
        item.setToolTip(hint)

    def _pick_place(self) -> None:
        start = self.path.text() or str(Path.home() / "DATASET.toml")
        chosen, _filter = QFileDialog.getSaveFileName(self, "Save dataset", start, "Datasets (*.toml)")
        if chosen:
            self.path.setText(chosen if chosen.endswith(".toml") else f"{chosen}.toml")

    def _pick_files(self) -> None:
        paths, _filter = QFileDialog.getOpenFileNames(self, "Add files", str(Path.home()))
        self.add_files(paths)
