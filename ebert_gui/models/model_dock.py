"""The dock that says what the open checkpoint is, what it has seen, how good it is and where not to trust it."""

from typing import NamedTuple

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDockWidget,
    QFormLayout,
    QFrame,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.calling import calls_of_factor
from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import (
    calibration_warning,
    precision_sentence,
    prevalence_sentence,
    support_sentence,
)
from ebert_core.protocol.terms.verdict import Verdict
from ebert_gui.models.model_bar import ModelBar
from ebert_gui.models.output_table import output_table, table_to_read
from ebert_gui.widgets.forms import form_layout, label, scrolling
from ebert_gui.widgets.plain import PlainLabel
from ebert_gui.widgets.theme import LIGHT, Theme
from ebert_gui.widgets.verdict_panel import VerdictPanel
from ebert_gui.widgets.wording import bases, regions, unbroken

# As the layout of the docks names it.
MODEL_DOCK = "checkpoint-dock"
_CALLED_MEANS = "The probability from which a bin of 200 bp is called bound, chosen on the held-out bins."
_WIDTH, _LEAST_WIDTH = 400, 320
_MOST_ROWS = 12
_MOST_CELLS = 2


class ModelDock(QDockWidget):
    """Shows a ModelSummary; without one it offers to open a checkpoint."""

    open_requested = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__("Checkpoint", parent)
        self._theme = theme
        self._verdict: VerdictPanel | None = None
        self._factor_table: QTableWidget | None = None
        self._factor = ""
        self.setObjectName(MODEL_DOCK)
        self._no_model = label("No checkpoint is open", "title")
        self._problem = label("", "error")
        self._problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem.hide()
        self.pages = _Pages()
        self.pages.addWidget(self._empty_page())
        self.models = ModelBar()
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.models)
        layout.addWidget(self.pages, 1)
        self.setWidget(body)

    def show_model(self, summary: ModelSummary | None, problem: str = "", opening: str = "") -> None:
        """Describe this checkpoint, or none; `problem` says why there is none, `opening` which one is on its way."""
        self._no_model.setText(f"Opening {shown(opening)}…" if opening else "No checkpoint is open")
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if self.pages.count() == 2:
            old = self.pages.widget(1)
            assert old is not None
            self.pages.removeWidget(old)
            old.deleteLater()
            self._verdict = self._factor_table = None
        if summary is not None:
            self.pages.setCurrentIndex(self.pages.addWidget(self._page(summary)))

    def choose_factor(self, factor: str) -> None:
        """Choose the factor in view in both tables."""
        self._factor = factor
        if self._verdict is not None:
            self._verdict.choose_factor(factor)
        table = self._factor_table
        for item in table.findItems(shown(factor), Qt.MatchFlag.MatchExactly) if table is not None else ():
            if table is not None and item.column() == 0:
                table.setCurrentItem(item)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        if self._verdict is not None:
            self._verdict.set_theme(theme)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 24, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self._no_model)
        layout.addWidget(self._problem)
        layout.addWidget(
            label("A checkpoint is a trained EBERT. With one open, predicted binding becomes a track.", "muted")
        )
        layout.addWidget(self._open_button(), alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        return page

    def _page(self, summary: ModelSummary) -> QWidget:
        contents = QWidget()
        layout = QVBoxLayout(contents)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(label(summary.name, "title"))
        if summary.is_synthetic:
            layout.addWidget(label("SYNTHETIC: made on an invented genome, it says nothing about real DNA.", "caution"))
        if summary.limits:
            layout.addWidget(label("Before you trust it", "heading"))
            layout.addWidget(_limits(summary.limits))
        if summary.is_learnt:
            self._add_verdict(layout, summary)
            self._add_factors(layout, summary)
            layout.addWidget(label("What it has seen", "heading"))
            layout.addLayout(_facts(_seen(summary)))
        else:
            layout.addWidget(label("What it scores", "heading"))
            layout.addWidget(output_table(summary.outputs))
            statistics = dict.fromkeys(output.statistic for output in summary.outputs)
            layout.addWidget(label(f"Each value is the {', or the '.join(statistics)}.", "muted"))
        layout.addWidget(label("What it is", "heading"))
        layout.addLayout(_facts(_build(summary)))
        layout.addWidget(_path(summary.path))
        layout.addWidget(self._open_button(), alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        area = scrolling(contents)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(f"{summary.kind.capitalize()} {summary.name}")
        return area

    def _add_verdict(self, layout: QVBoxLayout, summary: ModelSummary) -> None:
        if summary.verdict is None:
            layout.addWidget(label("No verdict", "heading"))
            layout.addWidget(label(why_no_verdict(summary), "muted"))
            return
        self._verdict = VerdictPanel(self._theme)
        self._verdict.choose_factor(self._factor)
        self._verdict.show_verdict(summary.verdict)
        layout.addWidget(self._verdict)

    def _add_factors(self, layout: QVBoxLayout, summary: ModelSummary) -> None:
        """The table, and below it what a call of the chosen factor was worth.

        The factor in view is chosen, or where it is not predicted the first that is doubtful. A factor has one auPRC
        on screen: that of the verdict, or without one the score of the held-out bins.
        """
        factors = tuple(sorted(summary.outputs, key=lambda factor: factor.name.casefold()))
        if not factors:
            layout.addWidget(label("Factors", "heading"))
            layout.addWidget(label("None yet: fine-tune it.", "muted"))
            return
        has_score = summary.verdict is None
        layout.addWidget(label("Factors and their auPRC on held-out bins" if has_score else "Factors", "heading"))
        table, doubt, worth = _factor_table(factors, has_score), label("", "caution"), label("")
        worth.setAccessibleName("What a call of the chosen factor was worth")
        doubt.setAccessibleName("Why not to trust the probabilities of the chosen factor")

        def follow(row: int) -> None:
            factor = factors[max(row, 0)]
            doubt.setText(unbroken(calibration_warning(factor.name, factor.reliability)))
            doubt.setVisible(bool(doubt.text()))
            worth.setText(unbroken(f"{score_of(factor) if has_score else ''} {worth_of(factor)}".strip()))

        table.currentCellChanged.connect(lambda row, *_: follow(row))
        self._factor_table = table
        doubtful = (row for row, known in enumerate(factors) if calibration_warning(known.name, known.reliability))
        in_view = (row for row, known in enumerate(factors) if known.name == self._factor)
        table.setCurrentCell(next(in_view, next(doubtful, 0)), 0)
        for widget in (table, doubt, worth):
            layout.addWidget(widget)

    def _open_button(self) -> QPushButton:
        button = QPushButton("Open checkpoint…")
        button.clicked.connect(self.open_requested)
        return button


class _Pages(QStackedWidget):
    """Pages that wish for a width of their own: what wide tables wish for would take half the window."""

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return QSize(max(_LEAST_WIDTH, least.width()), least.height())


def why_no_verdict(summary: ModelSummary) -> str:
    """Why nobody can say whether a checkpoint is better than a simple baseline, and what to do about it."""
    if not summary.outputs:
        return "Pre-trained only: it predicts no factor yet, so there is nothing to compare with a baseline."
    if summary.members > 1:
        return (
            f"The mean of {summary.members} models was not compared with a baseline on held-out loci; what was said of "
            "them does not hold for it. “ebert average” with --dataset and --regions compares it."
        )
    return "It was not compared with a baseline on held-out loci; a fine-tuning does that at its end."


def worth_of(factor: OutputSummary) -> str:
    """What bins that are called bound were worth on held-out data, or why none is."""
    known = factor.reliability
    if known is None:
        return f"What a probability of {factor.name} is worth was not measured on held-out bins."
    calls = calls_of_factor(factor)
    if calls.threshold is None:
        return f"No bin of {factor.name} is called bound: {calls.reason}."
    at = calls.threshold
    said = (precision_sentence(known, at), prevalence_sentence(known, at), support_sentence(known))
    return f"{factor.name} is called bound from {at:.2g}. {' '.join(filter(None, said))}"


def score_of(factor: OutputSummary) -> str:
    """The score of a factor and where it was measured: `auPRC .710 on HepG2, chr5.`; empty where there is none."""
    return f"auPRC {factor.auprc:.3f} on {factor.scored_on}." if factor.auprc is not None else ""


def _limits(sentences: tuple[str, ...]) -> QFrame:
    box = QFrame()
    box.setProperty("role", "caution")
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for sentence in sentences:
        layout.addWidget(label(sentence, "warning"))
    return box


def _seen(summary: ModelSummary) -> list[tuple[str, str]]:
    return [
        ("Genome", summary.assembly),
        ("Cell types", ", ".join(summary.cell_types) or "none"),
        ("Seen in training", _extent(summary.training) or "not recorded"),
        *([("Seen before", f"labels of {', '.join(summary.other_assemblies)}")] if summary.other_assemblies else []),
        (
            "Chose epoch",
            f"{_extent(summary.validation)}; held out of the training" if summary.validation else "nothing",
        ),
        *([("Judged on", _judged_on(summary.verdict))] if summary.verdict is not None else []),
        *([("Labels by", f"the rule {summary.label_rule}")] if summary.label_rule else []),
        ("States", f"{len(summary.states)} states" if summary.states else "not used"),
        ("Signals", ", ".join(summary.signals) or "not used"),
    ]


def _judged_on(verdict: Verdict) -> str:
    """The loci of the verdict, and how they stand to those that chose the epoch."""
    if verdict.are_unseen:
        return (
            f"{verdict.regions}: the verdict's loci, at which neither the training nor the choice of the epoch looked"
        )
    return f"{verdict.regions}: the verdict's loci, which also chose the epoch, and so flatter a little"


def _extent(intervals: tuple[Interval, ...]) -> str:
    """How much sequence that is, and where: `3.8 Mb: chr3:42,000,000-44,000,000, chr17 (2 parts, 901 kb)`."""
    return f"{bases(sum(each.length for each in intervals))}: {regions(intervals)}" if intervals else ""


def _build(summary: ModelSummary) -> list[tuple[str, str]]:
    network = [
        ("Network", summary.architecture),
        ("Parameters", f"{summary.parameters / 1e6:.1f} million"),
        ("Sees at once", bases(summary.context)),
    ]
    return [
        *(network if summary.architecture else []),
        *((fact.name, fact.value) for fact in summary.facts),
        ("Runs on", " in ".join(filter(None, (summary.device, summary.precision)))),
    ]


def _path(path: str) -> QLineEdit:
    field = QLineEdit(path)
    field.setReadOnly(True)
    field.setCursorPosition(0)
    field.setToolTip(path)
    field.setAccessibleName("Where the model lies")
    return field


def _facts(pairs: list[tuple[str, str]]) -> QFormLayout:
    layout = form_layout()
    layout.setVerticalSpacing(5)
    layout.setHorizontalSpacing(8)
    for name, value in pairs:
        caption = PlainLabel(name)
        caption.setProperty("role", "muted")
        caption.setFixedWidth(96)
        caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        said = label(value)
        said.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        # A form gives a wrapping label its narrow wish unless the label asks for all there is.
        policy = said.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        said.setSizePolicy(policy)
        layout.addRow(caption, said)
    return layout


def _factor_table(factors: tuple[OutputSummary, ...], has_score: bool) -> QTableWidget:
    columns = ("Factor", "Trained in", "auPRC" if has_score else "Called bound")
    table = table_to_read("Factors that this checkpoint predicts", columns, len(factors), 1, _MOST_ROWS)
    for row, factor in enumerate(factors):
        _fill(table, row, factor, _scored(factor) if has_score else _called(factor))
    across = table.horizontalHeader()
    assert across is not None
    across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    last_header = table.horizontalHeaderItem(2)
    assert last_header is not None
    last_header.setToolTip("" if has_score else _CALLED_MEANS)
    last_header.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return table


class _Cell(NamedTuple):
    text: str
    hint: str


def _scored(factor: OutputSummary) -> _Cell:
    return _Cell("not scored" if factor.auprc is None else f"{factor.auprc:.2f}", score_of(factor))


def _called(factor: OutputSummary) -> _Cell:
    calls = calls_of_factor(factor)
    if calls.threshold is None:
        return _Cell("no calls", f"No bin of {factor.name} is called bound: {calls.reason}.")
    return _Cell(f"from {calls.threshold:.2g}", _CALLED_MEANS)


def _fill(table: QTableWidget, row: int, factor: OutputSummary, last: _Cell) -> None:
    names, count = ", ".join(factor.cell_types), len(factor.cell_types)
    cells = names if count <= _MOST_CELLS else f"{count} cell types"
    for column, (text, hint) in enumerate(((factor.name, factor.name), (cells, names), last)):
        item = QTableWidgetItem(shown(text))
        item.setToolTip(shown_lines(hint))
        if column == 2:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.setItem(row, column, item)
