"""The table of what a model gives that is no probability: each output with its unit and step."""

from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.modelling import OutputSummary

_ROW_HEIGHT = 28
_MOST_ROWS = 8


def output_table(outputs: tuple[OutputSummary, ...]) -> QTableWidget:
    """A row for each output, in the model's order."""
    columns = ("Output", "Unit", "Every")
    table = QTableWidget(len(outputs), len(columns))
    table.setAccessibleName("Outputs of this model")
    table.setHorizontalHeaderLabels(list(columns))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    for row, output in enumerate(outputs):
        for column, text in enumerate((output.name, output.unit, f"{output.step} bp")):
            item = QTableWidgetItem(shown(text))
            item.setToolTip(shown_lines(text))
            table.setItem(row, column, item)
    down, across = table.verticalHeader(), table.horizontalHeader()
    assert down is not None
    assert across is not None
    down.hide()
    down.setDefaultSectionSize(_ROW_HEIGHT)
    across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    across.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.setFixedHeight(34 + _ROW_HEIGHT * min(len(outputs), _MOST_ROWS))
    return table
