"""The table of the regions of interest: their names, which can be edited, and their places."""

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt, pyqtSignal

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.locus import format_locus

_HEADINGS = ("Name", "Place")
_NAME, _PLACE = range(len(_HEADINGS))
_NOWHERE = QModelIndex()


class RegionsModel(QAbstractTableModel):
    """Regions as rows; `named` carries a row and its new name."""

    named = pyqtSignal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.regions: Sequence[NamedRegion] = ()

    def show(self, regions: Sequence[NamedRegion]) -> None:
        """Show other regions."""
        self.beginResetModel()
        self.regions = regions
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """How many regions there are."""
        return 0 if parent.isValid() else len(self.regions)

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(_HEADINGS)

    # Any: Qt's values have no type of their own.
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings of the columns."""
        is_heading = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS[section] if is_heading else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says."""
        region = self.regions[index.row()]
        if role == Qt.ItemDataRole.EditRole and index.column() == _NAME:
            return region.name
        name, place = shown(region.name), shown(format_locus(region.interval))
        if role == Qt.ItemDataRole.DisplayRole:
            return name if index.column() == _NAME else place
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{name}\n{place}, {region.interval.length:,} bp".strip()
        return None

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new name."""
        if role != Qt.ItemDataRole.EditRole or index.column() != _NAME:
            return False
        name = " ".join(str(value).split())
        if name != self.regions[index.row()].name:
            self.named.emit(index.row(), name)
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Names can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == _NAME else flags
