"""The sheet of keys, mouse and marks: what a person looks up while the window is in front of them."""

from collections.abc import Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ebert_gui.commands.desk import Desk
from ebert_gui.widgets.forms import label, scrolling
from ebert_gui.windows.table import COMMANDS, LINE, MENUS

MOUSE = (
    ("Drag", "pan"),
    ("Wheel", "zoom, at the cursor"),
    ("Shift and wheel", "pan"),
    ("Double-click", "zoom in"),
    ("Drag on the ruler, or Shift and drag", "zoom into a stretch"),
    ("Point", "the status bar says what is there"),
    ("Click", "ask about this position: its bases, what attention it has, what a value is worth"),
    ("Click on the ideogram", "jump along the chromosome"),
    ("Click a name", "select its track; Ctrl adds one, Shift a stretch"),
    ("Right-click a track", "its settings"),
    ("Drag the lower edge of a name", "the track's height"),
    ("Wheel over the names", "scroll the tracks"),
    ("Drop files", "add them as tracks, or open a dataset or checkpoint"),
)
MARKS = (
    ("Dashed line", "the probability from which bins are called bound"),
    ("Dark bars", "bins that are called bound; pale ones are not"),
    ("Ticks above a prediction", "peaks that were measured here"),
    ("miss", "a measured peak that the model does not call"),
    ("no peak", "a call where no peak was measured"),
    (
        "Line below a prediction",
        "whether the model knew this place and cell type; its words say which",
    ),
    ("Attention up, down", "what the clicked position attends to, and what attends to it"),
    ("SYNTHETIC", "invented data, which say nothing about real DNA"),
)
_WIDTH, _HEIGHT = 900, 960
_MENUS_AT_LEFT = 4


class HelpSheet(QDialog):
    """Keys as the menus have them, what the mouse does, and what marks mean, in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys, mouse and marks")
        self.resize(_WIDTH, _HEIGHT)
        contents = QWidget()
        columns = QHBoxLayout(contents)
        columns.setContentsMargins(20, 16, 20, 16)
        columns.setSpacing(40)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(6)
            columns.addLayout(column, 1)
        _add(right, "Mouse", MOUSE)
        _add(right, "Marks", MARKS)
        for number, (title, ids) in enumerate(MENUS.items()):
            _add(left if number < _MENUS_AT_LEFT else right, title.replace("&", ""), _keys(ids))
        for column in (left, right):
            column.addStretch(1)
        area = scrolling(contents)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(self.windowTitle())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


def show_help(desk: Desk) -> None:
    """Open the sheet beside what it explains."""
    sheet = HelpSheet(desk.window)
    sheet.finished.connect(lambda _result: sheet.deleteLater())
    sheet.show()


def _keys(ids: Iterable[str]) -> list[tuple[str, str]]:
    commands = [COMMANDS[each] for each in ids if each != LINE and COMMANDS[each].shortcut]
    native = QKeySequence.SequenceFormat.NativeText
    return [(QKeySequence(each.shortcut).toString(native), each.text.replace("&", "")) for each in commands]


def _add(column: QVBoxLayout, title: str, rows: Iterable[tuple[str, str]]) -> None:
    listed = list(rows)
    if not listed:
        return
    column.addWidget(label(title, "heading"))
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 10)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for number, (what, words) in enumerate(listed):
        name, meaning = label(what), label(words, "muted")
        name.setMinimumWidth(130)
        for place, part in enumerate((name, meaning)):
            part.setWordWrap(True)
            grid.addWidget(part, number, place, Qt.AlignmentFlag.AlignTop)
    column.addLayout(grid)
