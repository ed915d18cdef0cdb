"""The dock that lists the regions of interest: to go to, name and remove them."""

from msgspec.structs import replace
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.regions.regions_model import RegionsModel
from ebert_gui.state.regions import around
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.plain import PlainLabel

# As the layout of the docks names it.
REGIONS_DOCK = "regions-dock"
# Room for a name beside a place of a large chromosome.
_LEAST_WIDTH = 300
_NONE = "No regions yet. Ctrl+R marks the place on screen; Go > Import regions… reads a BED file."


class RegionsDock(QDockWidget):
    """Follows the regions of a workspace. Enter or a double-click goes to one, F2 names it, Delete removes it.

    `place_wanted` carries where to go.
    """

    place_wanted = pyqtSignal(Interval)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("Regions", parent)
        self.setObjectName(REGIONS_DOCK)
        self._workspace = workspace
        self.model = RegionsModel()
        self.table = QTableView()
        self.empty = PlainLabel(_NONE)
        self.go = QPushButton("Go there")
        self.remove = QPushButton("Remove")
        self._lay_out()
        self.model.named.connect(self._name)
        self.table.activated.connect(lambda index: self._show_row(index.row()))
        self.go.clicked.connect(lambda: self._show_row(self.table.currentIndex().row()))
        self.remove.clicked.connect(self._remove_chosen)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_chosen)
        workspace.regions_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """List the regions as they are; the chosen row stays chosen."""
        row = self.table.currentIndex().row()
        regions = self._workspace.setup.regions
        self.model.show(regions)
        self.empty.setVisible(not regions)
        self.table.setVisible(bool(regions))
        if regions:
            self._choose(min(max(row, 0), len(regions) - 1))
        for button in (self.go, self.remove):
            button.setEnabled(bool(regions))

    def name_last(self) -> None:
        """Let a person name the region that was marked last."""
        if self._workspace.setup.regions:
            self._choose(len(self._workspace.setup.regions) - 1)
            self.table.setFocus()
            self.table.edit(self.table.currentIndex())

    def take_keyboard(self) -> None:
        """Show the dock, with the keyboard in its table."""
        self.show()
        self.raise_()
        self.table.setFocus()

    def _choose(self, row: int) -> None:
        self.table.setCurrentIndex(self.model.index(row, 0))

    def _show_row(self, row: int) -> None:
        if 0 <= row < len(self.model.regions):
            where = self.model.regions[row].interval
            length = self._workspace.view.chromosome_lengths.get(where.chromosome)
            if length is not None:
                self.place_wanted.emit(around(where, length))

    def _name(self, row: int, name: str) -> None:
        regions = list(self.model.regions)
        regions[row] = replace(regions[row], name=name)
        self._change(regions)

    def _remove_chosen(self) -> None:
        selection = self.table.selectionModel()
        assert selection is not None
        gone = {index.row() for index in selection.selectedRows()}
        self._change([region for row, region in enumerate(self.model.regions) if row not in gone])

    def _change(self, regions: list[NamedRegion]) -> None:
        history = self._workspace.history
        history.change(history.setup.with_regions(regions))

    def _lay_out(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Regions of interest")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        rows, header = table.verticalHeader(), table.horizontalHeader()
        assert rows is not None
        assert header is not None
        rows.hide()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setMinimumWidth(_LEAST_WIDTH)
        header.setHighlightSections(False)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.go.setToolTip("Show the chosen region (Enter); F2 names it")
        self.remove.setToolTip("Remove the chosen regions (Delete)")
        buttons = QHBoxLayout()
        buttons.addWidget(self.go)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.addWidget(self.empty, 1)
        layout.addWidget(table, 1)
        layout.addLayout(buttons)
        self.setWidget(body)
