"""The form for writing predicted binding to a file that every other browser opens."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
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

from ebert_core.protocol.calling import calls_at_precision, calls_of_factor
from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.inputs import CellInputs, input_sentences
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.reliability import calibration_warning
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.widgets.forms import Footer, above_footer, add_row, browse_button, form_layout, label, path_field, row
from ebert_gui.widgets.paths import beside, file_name, is_absolute, slug
from ebert_gui.widgets.plain import literal
from ebert_gui.widgets.spec_rows import on_change, value_in, widget_of
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted
from ebert_gui.widgets.wording import bases, duration, listed

_CALLS, _ROWS = ".bed.gz", ".tsv"
_FORMATS = (
    ("bigWig, for genome browsers", ".bw"),
    ("bedGraph, as text", ".bedgraph"),
    ("BED of what is called bound, indexed", _CALLS),
    ("table as for ENCODE-DREAM, compressed", ".tab.gz"),
    ("table with a row for each region", _ROWS),
)
# What genome browsers draw.
_BROWSED = (".bw", ".bedgraph", _CALLS)
_BED = Kind("BED", (".bed", ".bed.gz", ".narrowPeak", ".narrowPeak.gz"))
_FIELDS = {field.name: field for field in fields_of(Predict)}
_ALONE = _FIELDS["without_inputs"].says.tick


class ExportDialog(QDialog):
    """Asks for what a `Predict` needs; after `accepted`, `spec()` has it.

    `bases_per_second` is how fast this checkpoint predicted both strands here; None while nothing was measured.
    `place_wanted` asks for a place of the host: with a `Wanted`, and with who goes on with what is chosen.
    """

    place_wanted = pyqtSignal(object, object)

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
        self._dataset = dataset
        self._checkpoint = checkpoint
        self._view = view
        self._bases_per_second = bases_per_second
        self._suggested = ""
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

    def _makes_calls(self) -> bool:
        return str(self.format.currentData()) == _CALLS

    def _session(self) -> str:
        """Where the session of IGV lies: beside the file, whose ending it takes the place of."""
        output, ending = self.output.text().strip(), str(self.format.currentData())
        return f"{output.removesuffix(ending)}.igv.xml" if output and ending in _BROWSED else ""

    def _inputs(self) -> CellInputs:
        return self._checkpoint.inputs_of(_name_in(self.cell_type))

    def _build_fields(self, cell_type: str, factor: str) -> None:
        self.factor = _choice(sorted((known.name for known in self._checkpoint.outputs), key=str.casefold), factor)
        self.cell_type = _choice([cell.name for cell in self._dataset.cell_types], cell_type)
        self._build_scopes()
        self.strands = widget_of(_FIELDS["strands"])
        self.format = QComboBox()
        for text, ending in _FORMATS:
            self.format.addItem(f"{text} ({ending})", ending)
        self.wanted_precision = widget_of(_FIELDS["wanted_precision"])
        for field in (self.factor, self.cell_type, self.strands, self.format, self.wanted_precision):
            field.setMinimumWidth(300)
        self.igv_session = QCheckBox(_FIELDS["igv_session"].says.tick)
        self.output = path_field("/path/to/file.bw")
        self._footer = Footer("Start export")
        self._caution = label("", "caution")
        self.without_inputs = QCheckBox(_ALONE)

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
        if self.output.text() in ("", self._suggested):
            self.output.setText(suggested)
        elif self.output.text().endswith(tuple(ending for _text, ending in _FORMATS)):
            self.output.setText(_with_ending(self.output.text(), self.format.currentData()))
        self._suggested = suggested
        self._follow_sentences()

    def _follow_sentences(self) -> None:
        spec = self.spec()
        self._caution.setText(caution(spec, self._dataset, self._checkpoint))
        self._caution.setVisible(bool(self._caution.text()))
        self.without_inputs.setVisible(self._inputs().is_any_cell)
        problem = objection(spec, self._checkpoint, self.some.isChecked(), self.listed.isChecked())
        self._footer.say("" if problem else self._promise(spec), problem)

    def _suggestion(self) -> str:
        if not self._dataset.path:
            return ""
        place = {True: f".{self._view.chromosome}-{self._view.start + 1}-{self._view.end}"}.get(
            self.here.isChecked(), ""
        )
        mark = ".SYNTHETIC" if self._dataset.seed is not None else ""
        stem = slug(f"{_name_in(self.factor)}.{_name_in(self.cell_type)}.predicted{mark}{place}")
        return beside(self._dataset.path, "exports", stem + self.format.currentData())

    def _promise(self, spec: Predict) -> str:
        files = [f"the regions of {file_name(path)}" for path in spec.regions]
        where = listed((*spec.chromosomes, *files), 6) or spec.locus or "the whole genome"
        said = f"Writes predicted {spec.factor} binding in {spec.cell_type} on {where} to {file_name(spec.output)}"
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
        predictions = Kind("Predictions", tuple(ending for _text, ending in _FORMATS))

        def complete(path: str) -> str:
            return _with_ending(path, self.format.currentData())

        wanted = Wanted("Export to", "save", "Choose", self.output.text(), (predictions, ALL), complete=complete)
        self.place_wanted.emit(wanted, lambda paths: self.output.setText(paths[0]))


def objection(spec: Predict, checkpoint: ModelSummary, needs_chromosomes: bool, needs_regions: bool = False) -> str:
    """Why this cannot start, in one sentence; empty when it can."""
    if not checkpoint.outputs:
        return f"{checkpoint.name} predicts no factor yet: fine-tune it first."
    if not spec.cell_type:
        return "This dataset has no cell type: add chromatin states, signals or peaks to it."
    if checkpoint.inputs_of(spec.cell_type).is_any_cell and not spec.without_inputs:
        return f"{checkpoint.name} knows nothing of {spec.cell_type} here. To go on, tick: {_ALONE}."
    if needs_chromosomes and not spec.chromosomes:
        return "Choose at least one chromosome."
    if needs_regions and not all(map(is_absolute, spec.regions or ("",))):
        return "Give the whole path of a BED file with regions."
    if spec.output.endswith(_ROWS) and not (spec.regions or spec.locus):
        return "A row for each region needs regions: name a BED file, or take what the window shows."
    if not spec.output:
        return "Say which file to write."
    if not is_absolute(spec.output):
        return "Give the whole path of the file."
    if not spec.output.endswith(tuple(ending for _text, ending in _FORMATS)):
        return f"The file must end in {', '.join(ending for _text, ending in _FORMATS[:-1])} or {_FORMATS[-1][1]}."
    return _no_calls(spec, checkpoint) if spec.output.endswith(_CALLS) else ""


def _no_calls(spec: Predict, checkpoint: ModelSummary) -> str:
    known = next((factor for factor in checkpoint.outputs if factor.name == spec.factor), None)
    if known is None:
        return ""
    wanted = spec.wanted_precision
    calls = calls_at_precision(known.cell_types, known.reliability, wanted) if wanted else calls_of_factor(known)
    if calls.threshold is not None:
        return ""
    otherwise = "Want a lower precision, or choose" if wanted else "Choose"
    return (
        f"No bin of {spec.factor} is called bound: {calls.reason}. {otherwise} a format that holds its probabilities."
    )


def caution(spec: Predict, dataset: DatasetSummary, checkpoint: ModelSummary) -> str:
    """What weakens this prediction, in a few sentences; empty where nothing is known against it."""
    absent = " ".join(input_sentences([checkpoint.inputs_of(spec.cell_type)], 0))
    return f"{absent} {_caution(spec, dataset, checkpoint)}".strip()


def _caution(spec: Predict, dataset: DatasetSummary, checkpoint: ModelSummary) -> str:
    known = next((factor for factor in checkpoint.outputs if factor.name == spec.factor), None)
    trained = known.cell_types if known else ()
    warning = calibration_warning(known.name, known.reliability, spec.cell_type) if known else ""
    if checkpoint.is_synthetic and dataset.seed is None:
        return f"{checkpoint.name} was made on a synthetic genome: on real DNA its predictions mean nothing."
    if spec.cell_type not in checkpoint.cell_types:
        return (
            f"{checkpoint.name} has never seen {spec.cell_type}: the order of the bins may hold, "
            f"the probabilities may not. {warning}"
        ).strip()
    if spec.cell_type not in trained:
        return (
            f"{spec.factor} was not measured in {spec.cell_type} when {checkpoint.name} was trained: "
            f"nobody can check this prediction against training data. {warning}"
        ).strip()
    return warning


def _with_ending(path: str, ending: str) -> str:
    for _text, known in _FORMATS:
        path = path.removesuffix(known)
    return path + ending


def _choice(names: list[str], chosen: str) -> QComboBox:
    box = QComboBox()
    for name in names:
        box.addItem(shown(name), name)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


def _name_in(box: QComboBox) -> str:
    """The name that is chosen; empty where there is none to choose."""
    return str(box.currentData() or "")
