"""The form for writing predicted binding to a file that every other browser opens."""

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.inputs import CellInputs
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.tracks import DatasetSummary
from ebert_core.protocol.work import JobCheck
from ebert_gui.exporting.export_words import ALONE, CALLS, FORMATS, caution, objection
from ebert_gui.widgets.forms import Footer, above_footer, add_row, browse_button, form_layout, label, path_field, row
from ebert_gui.widgets.paths import beside, file_name, slug
from ebert_gui.widgets.plain import literal
from ebert_gui.widgets.spec_rows import on_change, value_in, widget_of
from ebert_gui.widgets.timers import calls_once
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted
from ebert_gui.widgets.wording import bases, duration, listed

# What genome browsers draw.
_BROWSED = (".bw", ".bedgraph", CALLS)
_BED = Kind("BED", (".bed", ".bed.gz", ".narrowPeak", ".narrowPeak.gz"))
_FIELDS = {field.name: field for field in fields_of(Predict)}
_CHECKING = "Checking …"
_REST_MILLISECONDS = 250
# Asks whether a job would start, and hears the answer.
Check = Callable[[Predict, Callable[[JobCheck], None]], None]


class ExportDialog(QDialog):
    """Asks for what a `Predict` needs; after `accepted`, `spec()` has it.

    `bases_per_second` is how fast this checkpoint predicted both strands here; None while nothing was measured.
    `place_wanted` asks for a place of the host: with a `Wanted`, and with who goes on
    with what is chosen. `unused_wanted` carries a path and its ending, and who hears of one like it that nothing has.
    """

    place_wanted = pyqtSignal(object, object)
    unused_wanted = pyqtSignal(str, str, object)

    def __init__(
        self,
        dataset: DatasetSummary,
        checkpoint: ModelSummary,
        cell_type: str,
        factor: str,
        view: Interval,
        bases_per_second: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = {checkpoint.path: checkpoint}
        self._check: Check | None = None
        self._checked: tuple[Predict, JobCheck] | None = None
        self._resting = calls_once(self, _REST_MILLISECONDS, self._ask)
        self._dataset = dataset
        self._checkpoint = checkpoint
        self._view = view
        self._speeds = {checkpoint.path: bases_per_second}
        self._bases_per_second = bases_per_second
        self._suggested = self._base = ""
        self.setWindowTitle("Export predicted binding")
        self._build_fields(cell_type, factor)
        self._lay_out()
        self._connect()
        self._follow()
        self.resize(660, self.sizeHint().height())

    def spec(self) -> Predict:
        """The export as the form stands."""
        return Predict(
            checkpoint=self._checkpoint.path,
            dataset=self._dataset.path,
            cell_type=_name_in(self.cell_type),
            factor=_name_in(self.factor),
            output=self.output.text().strip(),
            chromosomes=self._chosen() if self.some.isChecked() else (),
            regions=tuple(filter(None, (self.regions.text().strip(),))) if self.listed.isChecked() else (),
            locus=format_locus(self._view) if self.here.isChecked() else "",
            strands=value_in(self.strands),
            wanted_precision=value_in(self.wanted_precision) if self._makes_calls() else 0.0,
            igv_session=self._session() if self.igv_session.isChecked() else "",
            without_inputs=self.without_inputs.isChecked() and self._inputs().is_any_cell,
        )

    def offer(self, others: Sequence[ModelSummary]) -> None:
        """Let a person choose one of these models, too; the name of the chosen one then stands in that of the file."""
        self._models |= {model.path: model for model in others}
        self._list_models()
        self._follow()

    def judge_by(self, check: Check) -> None:
        """Let only what the worker that starts jobs would start be started."""
        self._check = check
        self._follow_sentences()

    def propose(self) -> None:
        """Ask for a name like the one that is suggested which nothing has."""
        if self._suggested and self.output.text() == self._suggested:
            self.unused_wanted.emit(self._base, str(self.format.currentData()), partial(self._take_unused, self._base))

    def _take_unused(self, base: str, path: str) -> None:
        """A name for something else by now, or beside one that a person has written, is not taken."""
        if base == self._base and self.output.text() == self._suggested:
            self._suggested = path
            self.output.setText(path)

    def _makes_calls(self) -> bool:
        return str(self.format.currentData()) == CALLS

    def _session(self) -> str:
        """Where the session of IGV lies: beside the file, whose ending it takes the place of."""
        output, ending = self.output.text().strip(), str(self.format.currentData())
        return f"{output.removesuffix(ending)}.igv.xml" if output and ending in _BROWSED else ""

    def _inputs(self) -> CellInputs:
        return self._checkpoint.inputs_of(_name_in(self.cell_type))

    def _build_fields(self, cell_type: str, factor: str) -> None:
        self.model = QComboBox()
        self._list_models()
        self.factor = QComboBox()
        self._list_factors(factor)
        self.cell_type = _choice([cell.name for cell in self._dataset.cell_types], cell_type)
        self._build_scopes()
        self.strands = widget_of(_FIELDS["strands"])
        self.format = QComboBox()
        for text, ending in FORMATS:
            self.format.addItem(f"{text} ({ending})", ending)
        self.wanted_precision = widget_of(_FIELDS["wanted_precision"])
        for field in (self.model, self.factor, self.cell_type, self.strands, self.format, self.wanted_precision):
            field.setMinimumWidth(300)
        self.igv_session = QCheckBox(_FIELDS["igv_session"].says.tick)
        self.output = path_field("/path/to/file.bw")
        self._footer = Footer("Start export")
        self._caution = label("", "caution")
        self.without_inputs = QCheckBox(ALONE)

    def _list_models(self) -> None:
        with QSignalBlocker(self.model):
            self.model.clear()
            for path, model in self._models.items():
                self.model.addItem(shown(model.name), path)
                self.model.setItemData(self.model.count() - 1, shown_lines(path), Qt.ItemDataRole.ToolTipRole)
        self.model.setEnabled(len(self._models) > 1)

    def _list_factors(self, chosen: str) -> None:
        names = sorted((known.name for known in self._checkpoint.outputs), key=str.casefold)
        _list_names(self.factor, names, chosen)

    def _choose_model(self) -> None:
        self._checkpoint = self._models[str(self.model.currentData())]
        # How fast another one predicts was not measured here.
        self._bases_per_second = self._speeds.get(self._checkpoint.path)
        with QSignalBlocker(self.factor):
            self._list_factors(_name_in(self.factor))
        self._follow()

    def _build_scopes(self) -> None:
        """The parts of the genome that can be predicted, and what names those that are chosen."""
        total = sum(chromosome.length for chromosome in self._dataset.chromosomes)
        self.genome = QRadioButton(f"the whole genome ({bases(total)})")
        self.some = QRadioButton("chosen chromosomes")
        self.here = QRadioButton(literal(f"what the window shows ({format_locus(self._view)})"))
        self.listed = QRadioButton("the regions of a BED file")
        self.regions = path_field("/path/to/regions.bed")
        self.regions.setAccessibleName("BED file of regions")
        self._pick_regions = browse_button("the BED file of regions", self._pick_region_file)
        self._scopes = QButtonGroup(self)
        for button in (self.genome, self.some, self.here, self.listed):
            self._scopes.addButton(button)
        self.some.setChecked(True)
        self.chromosomes = QListWidget()
        self.chromosomes.setAccessibleName("Chromosomes to predict")
        self.chromosomes.setFixedHeight(124)
        for chromosome in self._dataset.chromosomes:
            item = QListWidgetItem(shown(f"{chromosome.name}  ({bases(chromosome.length)})"), self.chromosomes)
            item.setData(Qt.ItemDataRole.UserRole, chromosome.name)
            item.setSizeHint(QSize(0, 24))
            is_chosen = chromosome.name == self._view.chromosome
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            if is_chosen:
                self.chromosomes.setCurrentItem(item)

    def _lay_out(self) -> None:
        form = form_layout()
        add_row(form, "&Model", self.model)
        add_row(form, _FIELDS["factor"].title, self.factor)
        add_row(form, _FIELDS["cell_type"].title, self.cell_type)
        scope = QWidget()
        lines = QVBoxLayout(scope)
        lines.setContentsMargins(0, 4, 0, 0)
        for widget in (self.genome, self.some, self.chromosomes, self.here, self.listed):
            lines.addWidget(widget)
        lines.addLayout(row(self.regions, self._pick_regions))
        add_row(form, "Predict", scope)
        add_row(form, _FIELDS["strands"].title, self.strands)
        add_row(form, "F&ormat", self.format)
        wanted = _FIELDS["wanted_precision"]
        add_row(form, wanted.title, self.wanted_precision, help_text=wanted.says.hint)
        self._form, self._precision_row = form, form.rowCount() - 1
        add_row(form, _FIELDS["output"].title, self.output, browse_button("the file to write", self._pick_file))
        form.addRow("", self.igv_session)
        contents = QVBoxLayout()
        contents.setContentsMargins(16, 16, 16, 8)
        contents.setSpacing(12)
        contents.addLayout(form)
        contents.addStretch(1)
        contents.addWidget(self._caution)
        contents.addWidget(self.without_inputs)
        above_footer(self, contents, self._footer)

    def _connect(self) -> None:
        self._footer.buttons.accepted.connect(self.accept)
        self._footer.buttons.rejected.connect(self.reject)
        self.finished.connect(self._forget_questions)
        self.model.currentIndexChanged.connect(self._choose_model)
        self._scopes.buttonToggled.connect(self._follow)
        self.chromosomes.itemChanged.connect(self._follow)
        for choice in (self.factor, self.cell_type, self.format):
            choice.currentIndexChanged.connect(self._follow)
        on_change(self.strands, self._follow)
        self.regions.textChanged.connect(self._follow_sentences)
        on_change(self.wanted_precision, self._follow_sentences)
        self.output.textChanged.connect(self._follow_sentences)
        self.without_inputs.toggled.connect(self._follow_sentences)

    def _chosen(self) -> tuple[str, ...]:
        items = [self.chromosomes.item(number) for number in range(self.chromosomes.count())]
        return tuple(
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item is not None and item.checkState() is Qt.CheckState.Checked
        )

    def _follow(self) -> None:
        self.chromosomes.setVisible(self.some.isChecked())
        self.regions.setVisible(self.listed.isChecked())
        self._pick_regions.setVisible(self.listed.isChecked())
        self._form.setRowVisible(self._precision_row, self._makes_calls())
        self.igv_session.setVisible(str(self.format.currentData()) in _BROWSED)
        suggested = self._suggestion()
        if self.output.text() in ("", self._suggested) and suggested != self._base:
            self._base = self._suggested = suggested
            self.output.setText(suggested)
            self.propose()
        elif self.output.text() == self._suggested:
            pass  # as it was proposed
        elif self.output.text().endswith(tuple(ending for _text, ending in FORMATS)):
            self.output.setText(_with_ending(self.output.text(), self.format.currentData()))
        self._follow_sentences()

    def _follow_sentences(self) -> None:
        spec = self.spec()
        self._caution.setText(caution(spec, self._dataset, self._checkpoint))
        self._caution.setVisible(bool(self._caution.text()))
        self.without_inputs.setVisible(self._inputs().is_any_cell)
        problem = objection(spec, self._checkpoint, self.some.isChecked(), self.listed.isChecked())
        if not problem and self._check is not None:
            found = self._checked[1] if self._checked is not None and self._checked[0] == spec else None
            problem = _CHECKING if found is None else found.problem
            if found is None:
                self._resting.start()
        self._footer.say("" if problem and problem != _CHECKING else self._promise(spec), problem)

    def _ask(self) -> None:
        """Ask whether the form as it stands would be started."""
        if self._check is None:
            return
        spec = self.spec()

        def answered(found: JobCheck) -> None:
            if self._check is not None:
                self._checked = (spec, found)
                self._follow_sentences()

        self._check(spec, answered)

    def _forget_questions(self) -> None:
        """An answer that comes after the form was closed finds nobody."""
        self._resting.stop()
        self._check = None
        self._base = ""

    def _suggestion(self) -> str:
        if not self._dataset.path:
            return ""
        place = {True: f".{self._view.chromosome}-{self._view.start + 1}-{self._view.end}"}.get(
            self.here.isChecked(), ""
        )
        mark = ".SYNTHETIC" if self._dataset.seed is not None else ""
        model = f".{self._checkpoint.name}" if len(self._models) > 1 else ""
        stem = slug(f"{_name_in(self.factor)}.{_name_in(self.cell_type)}{model}.predicted{mark}{place}")
        return beside(self._dataset.path, "exports", stem + self.format.currentData())

    def _promise(self, spec: Predict) -> str:
        files = [f"the regions of {file_name(path)}" for path in spec.regions]
        where = listed((*spec.chromosomes, *files), 6) or spec.locus or "the whole genome"
        what = f"the binding of {spec.factor} that {self._checkpoint.name} predicts in {spec.cell_type}"
        said = f"Writes {what} on {where} to {file_name(spec.output)}"
        if self._bases_per_second is None or spec.regions:
            return f"{said}. You can go on working meanwhile."
        speed = self._bases_per_second * 2 / spec.strands
        about = duration(self._length(spec) / speed)
        less = "" if spec.locus else ", or less where bases are unknown (N)"
        return f"{said}, in about {about}{less}. You can go on working meanwhile."

    def _length(self, spec: Predict) -> int:
        if spec.locus:
            return self._view.length
        lengths = {chromosome.name: chromosome.length for chromosome in self._dataset.chromosomes}
        return sum(lengths[name] for name in spec.chromosomes or lengths)

    def _pick_region_file(self) -> None:
        start = self.regions.text() or beside(self._dataset.path)
        wanted = Wanted("Regions to predict", "file", "Choose", start, (_BED, ALL))
        self.place_wanted.emit(wanted, lambda paths: self.regions.setText(paths[0]))

    def _pick_file(self) -> None:
        predictions = Kind("Predictions", tuple(ending for _text, ending in FORMATS))

        def complete(path: str) -> str:
            return _with_ending(path, self.format.currentData())

        wanted = Wanted("Export to", "save", "Choose", self.output.text(), (predictions, ALL), complete=complete)
        self.place_wanted.emit(wanted, lambda paths: self.output.setText(paths[0]))


def _with_ending(path: str, ending: str) -> str:
    for _text, known in FORMATS:
        path = path.removesuffix(known)
    return path + ending


def _choice(names: list[str], chosen: str) -> QComboBox:
    box = QComboBox()
    _list_names(box, names, chosen)
    return box


def _list_names(box: QComboBox, names: list[str], chosen: str) -> None:
    box.clear()
    for name in names:
        box.addItem(shown(name), name)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _name_in(box: QComboBox) -> str:
    """The name that is chosen; empty where there is none to choose."""
    return str(box.currentData() or "")
