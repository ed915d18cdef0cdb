"""Tables that are read, not written: of what a model gives, and of the outputs that are no probabilities."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.modelling import OutputSummary

_ROW_HEIGHT = 28
_MOST_ROWS = 8


def table_to_read(name: str, columns: Sequence[str], count: int, stretched: int, most_rows: int) -> QTableWidget:
    """A table of `count` empty rows, of which so many are seen at once; the column `stretched` takes the spare room."""
    table = QTableWidget(count, len(columns))
    table.setAccessibleName(name)
    table.setHorizontalHeaderLabels(list(columns))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    down, across = table.verticalHeader(), table.horizontalHeader()
    assert down is not None
    assert across is not None
    down.hide()
    down.setDefaultSectionSize(_ROW_HEIGHT)
    across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    across.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    table.setFixedHeight(34 + _ROW_HEIGHT * min(count, most_rows))
    return table


def output_table(outputs: tuple[OutputSummary, ...]) -> QTableWidget:
    """A row for each output, in the model's order."""
    table = table_to_read("Outputs of this model", ("Output", "Unit", "Every"), len(outputs), 0, _MOST_ROWS)
    for row, output in enumerate(outputs):
        for column, text in enumerate((output.name, output.unit, f"{output.step} bp")):
            item = QTableWidgetItem(shown(text))
            item.setToolTip(shown_lines(text))
            table.setItem(row, column, item)
    return table
