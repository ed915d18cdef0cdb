"""The table of measured pairs: factors down, cell types across, and what each cell type is used for.

The choices of use stand in the header, so that they stay in sight however far the factors are scrolled.
"""

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QPainter, QPalette, QShowEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown
from ebert_gui.finetuning.finetune_plan import Use
from ebert_gui.widgets.plain import PlainLabel

_USES: tuple[tuple[str, Use], ...] = (("train on", "learn"), ("hold out", "check"), ("leave out", "leave out"))
_WORDS: dict[Use, str] = {"learn": "trained on", "check": "held out", "leave out": "left out"}
_ROWS_SHOWN = 5
_ROW_HEIGHT, _NAME_HEIGHT, _USE_HEIGHT = 28, 30, 38


class _UsesHeader(QHeaderView):
    """Names of columns, and below each name a widget that belongs to the column."""

    def __init__(self, widgets: list[QWidget], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._widgets = widgets
        for widget in widgets:
            widget.setParent(self.viewport())
        self.sectionResized.connect(lambda *_: self._place())

    def sizeHint(self) -> QSize:
        """Room for the names and the widgets."""
        return QSize(super().sizeHint().width(), _NAME_HEIGHT + _USE_HEIGHT)

    def updateGeometries(self) -> None:
        """Keep each widget below its name."""
        super().updateGeometries()
        self._place()

    def paintSection(self, painter: QPainter | None, rect: QRect, logicalIndex: int) -> None:
        """Draw the name above the widget."""
        super().paintSection(painter, rect.adjusted(0, 0, 0, _NAME_HEIGHT - rect.height()), logicalIndex)

    def _place(self) -> None:
        for section, widget in enumerate(self._widgets):
            if section < self.count():
                left, width = self.sectionViewportPosition(section), self.sectionSize(section)
                widget.setGeometry(left + 2, _NAME_HEIGHT, width - 4, _USE_HEIGHT - 6)


class PairTable(QTableWidget):
    """Lets a person choose factors (a check box each) and the use of every cell type (a choice each)."""

    changed = pyqtSignal()

    def __init__(self, pairs: dict[str, tuple[str, ...]], checked_cell: str, parent: QWidget | None = None) -> None:
        cells = sorted({cell for measured in pairs.values() for cell in measured})
        super().__init__(len(pairs), len(cells) + 1, parent)
        self._pairs = pairs
        self._cells = cells
        self._factors = list(pairs)
        self._uses = [self._use_of(cell, cell == checked_cell) for cell in cells]
        self._caption = PlainLabel("Use this cell type to")
        self.setHorizontalHeader(_UsesHeader([self._caption, *self._uses], self))
        self._boxes = [self._add_factor(row, factor) for row, factor in enumerate(self._factors)]
        self._dress()
        self.itemChanged.connect(self._follow)
        self._follow()

    def factors(self) -> tuple[str, ...]:
        """The chosen factors."""
        return tuple(
            factor
            for factor, box in zip(self._factors, self._boxes, strict=True)
            if box.checkState() is Qt.CheckState.Checked
        )

    def cells(self, use: Use) -> tuple[str, ...]:
        """The cell types with this use."""
        return tuple(cell for cell, choice in zip(self._cells, self._uses, strict=True) if choice.currentData() == use)

    def choose_factor(self, factor: str, is_chosen: bool) -> None:
        """Take a factor in or leave it out."""
        state = Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked
        self._boxes[self._factors.index(factor)].setCheckState(state)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Scroll to the first chosen factor."""
        super().showEvent(event)
        first = next((box for box in self._boxes if box.checkState() is Qt.CheckState.Checked), None)
        if first is not None and self._boxes.index(first) >= _ROWS_SHOWN:
            self.scrollToItem(first)

    def choose_use(self, cell: str, use: Use) -> None:
        """Decide what a cell type is used for."""
        choice = self._uses[self._cells.index(cell)]
        choice.setCurrentIndex(choice.findData(use))

    def word(self, factor: str, cell: str) -> str:
        """What the table says about a pair."""
        item = self.item(self._factors.index(factor), self._cells.index(cell) + 1)
        return item.text() if item is not None else ""

    def _use_of(self, cell: str, is_checked: bool) -> QComboBox:
        choice = QComboBox()
        for text, use in _USES:
            choice.addItem(text, use)
        choice.setCurrentIndex(1 if is_checked else 0)
        choice.setAccessibleName(f"Use of {cell}")
        choice.currentIndexChanged.connect(self._follow)
        return choice

    def _add_factor(self, row: int, factor: str) -> QTableWidgetItem:
        box = QTableWidgetItem(shown(factor))
        box.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        box.setCheckState(Qt.CheckState.Checked)
        self.setItem(row, 0, box)
        for column in range(1, len(self._cells) + 1):
            self.setItem(row, column, _still(""))
        return box

    def _dress(self) -> None:
        self.setHorizontalHeaderLabels(["Factor", *map(shown, self._cells)])
        self.setAccessibleName("Measured pairs of factor and cell type")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setProperty("role", "pairs")
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        down, across = self.verticalHeader(), self.horizontalHeader()
        assert down is not None
        assert across is not None
        down.hide()
        down.setDefaultSectionSize(_ROW_HEIGHT)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.setMinimumSectionSize(112)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        across.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(0, 164)
        self._caption.setContentsMargins(6, 0, 0, 0)
        rows_shown = min(len(self._factors), _ROWS_SHOWN)
        self.setFixedHeight(_NAME_HEIGHT + _USE_HEIGHT + _ROW_HEIGHT * rows_shown + 2)

    def _follow(self) -> None:
        self.blockSignals(True)
        for row, factor in enumerate(self._factors):
            for column, cell in enumerate(self._cells, start=1):
                self._say(row, column, factor, cell)
        self.blockSignals(False)
        self.changed.emit()

    def _say(self, row: int, column: int, factor: str, cell: str) -> None:
        item = self.item(row, column)
        assert item is not None
        use: Use = self._uses[column - 1].currentData()
        is_chosen = self._boxes[row].checkState() is Qt.CheckState.Checked
        is_measured = cell in self._pairs[factor]
        item.setText((_WORDS[use] if is_chosen else "left out") if is_measured else "not measured")
        is_used = is_measured and is_chosen and use != "leave out"
        role = QPalette.ColorRole.Text if is_used else QPalette.ColorRole.PlaceholderText
        item.setForeground(QBrush(QColor(self.palette().color(role))))


def _still(text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item
