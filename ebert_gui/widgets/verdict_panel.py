"""What to think of a fine-tuned model, by its job or checkpoint: a sentence, a row per factor, what to bear in mind."""

from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QPalette, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.terms.verdict import BEHIND, Judgement, Outcome, Verdict
from ebert_gui.widgets.forms import label, set_role
from ebert_gui.widgets.theme import LIGHT, Theme
from ebert_gui.widgets.wording import unbroken

_ROW_HEIGHT = 24
_HEADER_HEIGHT = 28
_MOST_ROWS = 14
_BASELINE, _TREES, _INTERVAL, _VERDICT = 3, 4, 5, 6
# Columns that give way, and below which width of the panel; the sentence of the chosen factor still has their figures.
_GIVES_WAY = {_INTERVAL: 575, _TREES: 420, _BASELINE: 360}
_WORDS: dict[Outcome, str] = {
    "better": "better",
    "worse": "worse",
    "level": "level",
    "cannot be told": "cannot tell",
    "too few peaks": "few peaks",
    "far behind": "far behind",
    "no baseline": "no baseline",
}


class VerdictPanel(QWidget):
    """Shows a Verdict; everything in it can be selected, and copied as text."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._factor = ""
        self.heading = label("", "heading")
        bold = self.heading.font()
        bold.setWeight(QFont.Weight.DemiBold)
        self.heading.setFont(bold)
        self.sentence = _selectable("")
        self.units = _selectable("muted")
        self.table = _table()
        self.table.currentCellChanged.connect(lambda row, *_: self._follow(row))
        self.chosen = _selectable("")
        self.chosen.setAccessibleName("Verdict on the chosen factor")
        self.notes = _selectable("muted")
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the whole verdict as text")
        self.copy.setAccessibleDescription("Copy the whole verdict as text")
        self.copy.clicked.connect(self._copy)
        self._lay_out()

    def show_verdict(self, verdict: Verdict) -> None:
        """Show this verdict, and of its factors the one in view, or the first."""
        if verdict == self._verdict:
            return
        self._verdict = verdict
        overall = verdict.overall
        self.heading.setText(verdict.headline)
        self.sentence.setText(unbroken(overall.sentence))
        self.units.setText(f"Model and baseline: auPRC on the held-out loci of {verdict.regions}")
        self.notes.setText(unbroken("\n".join(f"• {note}" for note in verdict.notes)))
        many = len(verdict.factors) > 1
        self.units.setVisible(many)
        self.table.setVisible(many)
        self.chosen.setVisible(many)
        self._fill()
        self._choose_row()

    def choose_factor(self, factor: str) -> None:
        """Choose the factor in view; of one that was not judged, say so."""
        self._factor = factor
        self._choose_row()

    def _choose_row(self) -> None:
        names = [judged.factor for judged in self._verdict.factors] if self._verdict is not None else []
        if len(names) < 2:
            return
        row = names.index(self._factor) if self._factor in names else -1 if self._factor else 0
        self.table.setCurrentCell(row, 0)
        if row < 0:
            self.chosen.setText(f"{self._factor} is not in this verdict.")

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Leave out of the table what would push the verdicts out of sight."""
        super().resizeEvent(event)
        self._hide_columns()

    def _hide_columns(self) -> None:
        has_trees = self._verdict is not None and any(each.trees is not None for each in self._verdict.factors)
        for column, room in _GIVES_WAY.items():
            self.table.setColumnHidden(column, self.width() < room or (column == _TREES and not has_trees))

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._fill()

    def text(self) -> str:
        """The verdict as text, a sentence a line."""
        return "\n".join(self._verdict.lines()) if self._verdict else ""

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.copy)
        column.addLayout(head)
        for widget in (self.sentence, self.units, self.table, self.chosen, self.notes):
            column.addWidget(widget)
        column.addStretch(1)

    def _fill(self) -> None:
        if self._verdict is None:
            return
        is_better = self._verdict.overall.outcome == "better"
        set_role(self.heading, "error" if self._verdict.is_behind else "success" if is_better else "heading")
        factors = self._verdict.factors
        short = "Baseline" if len(self._verdict.baseline) > 14 else self._verdict.baseline
        self.table.setRowCount(len(factors))
        names = ("Factor", "Peaks", "Model", short, "Trees", "Difference, 95 %", "Verdict")
        self.table.setHorizontalHeaderLabels(names)
        for number in range(1, _VERDICT):
            head = self.table.horizontalHeaderItem(number)
            assert head is not None
            head.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        baseline_head = self.table.horizontalHeaderItem(_BASELINE)
        assert baseline_head is not None
        baseline_head.setToolTip(self._verdict.baseline)
        for column, text in ((_TREES, "boosted trees"), (_INTERVAL, "of the model and the best of the baselines")):
            if (head := self.table.horizontalHeaderItem(column)) is not None:
                head.setToolTip(text)
        self._hide_columns()
        for row, factor in enumerate(factors):
            for column, text in enumerate(cells(factor)):
                self.table.setItem(row, column, self._item(column, text, factor))
        self.table.setFixedHeight(_HEADER_HEIGHT + 2 + _ROW_HEIGHT * min(len(factors), _MOST_ROWS))

    def _item(self, column: int, text: str, factor: Judgement) -> QTableWidgetItem:
        item = QTableWidgetItem(shown(text))
        item.setToolTip(shown_lines(factor.sentence))
        if 0 < column < _VERDICT:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if column == _VERDICT:
            item.setForeground(QColor(outcome_colour(factor.outcome, self._theme)))
        return item

    def _follow(self, row: int) -> None:
        if self._verdict is not None and 0 <= row < len(self._verdict.factors):
            self.chosen.setText(unbroken(self._verdict.factors[row].sentence))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.text())


class _KeepsColour(QStyledItemDelegate):
    """Writes an item of the chosen row in the item's own colour, as in every other row."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        """Take the item's colour for the chosen row, too."""
        super().initStyleOption(option, index)
        if option is not None:
            own = option.palette.color(QPalette.ColorRole.Text)
            option.palette.setColor(QPalette.ColorRole.HighlightedText, own)


def outcome_colour(outcome: Outcome, theme: Theme) -> str:
    """The colour in which an outcome is written; read on the table's plain and chosen rows alike."""
    if outcome in BEHIND:
        return theme.error
    return {"better": theme.success, "level": theme.text}.get(outcome, theme.muted)


def cells(factor: Judgement) -> tuple[str, ...]:
    """What a row says of a factor."""
    difference = ""
    if factor.difference is not None and factor.low is not None and factor.high is not None:
        difference = f"{factor.difference:+.2f} ({factor.low:+.2f} to {factor.high:+.2f})"
    return (
        factor.factor,
        f"{factor.peaks:,}",
        _score(factor.model),
        _score(factor.baseline),
        _score(factor.trees),
        difference,
        _WORDS[factor.outcome],
    )


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _selectable(role: str) -> QLabel:
    result = label("", role)
    result.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return result


def _table() -> QTableWidget:
    table = QTableWidget(0, 7)
    table.setAccessibleName("Verdict by factor")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    down, across = table.verticalHeader(), table.horizontalHeader()
    assert down is not None
    assert across is not None
    down.hide()
    down.setDefaultSectionSize(_ROW_HEIGHT)
    across.setFixedHeight(_HEADER_HEIGHT)
    across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    across.setSectionResizeMode(_VERDICT, QHeaderView.ResizeMode.Stretch)
    table.setItemDelegateForColumn(_VERDICT, _KeepsColour(table))
    across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
