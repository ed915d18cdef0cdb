"""The form for a fine-tuning: a person who has never trained a network fills it and knows what to expect."""

from collections.abc import Callable

from msgspec.structs import replace
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.tracks import DatasetSummary, MadeSignal
from ebert_core.protocol.work import JobCheck
from ebert_gui.finetuning import finetune_plan as plan
from ebert_gui.finetuning.pair_table import PairTable
from ebert_gui.widgets.forms import (
    Fold,
    Footer,
    above_footer,
    add_row,
    browse_button,
    form_layout,
    in_columns,
    label,
    path_field,
)
from ebert_gui.widgets.paths import beside, slug
from ebert_gui.widgets.plain import literal
from ebert_gui.widgets.spec_rows import add_field_row, on_change, show_value, value_in, widget_of
from ebert_gui.widgets.spec_settings import SpecSettings
from ebert_gui.widgets.timers import calls_once
from ebert_gui.widgets.wanted_place import Mode, Wanted

# Asks whether a job would start, and hears the answer.
Check = Callable[[FineTune, Callable[[JobCheck], None]], None]

_CHECKING = "Checking …"
_REST_MILLISECONDS = 250
_DEFAULTS = FineTune(dataset="", output="", training=(), validation=())
_FIELDS = {field.name: field for field in fields_of(FineTune)}
_REGIONS = "Chromosomes or regions, separated by commas."
_FIELDS_WIDTH = 600
_LOWEST, _HIGHEST, _FRAME = 660, 960, 60


class FineTuneDialog(QDialog):
    """Asks for what a `FineTune` needs; after `accepted`, `spec()` has it.

    `begun` fills the form with an earlier fine-tuning; what the form does not show stays as that one has it.
    `factor` is the one that is looked at. `check` asks the worker that starts jobs whether it would start this one, and
    only then can a person; without it the form is judged by what the window knows. `place_wanted` asks for a
    place of the host: with a `Wanted`, and with who goes on with what is chosen.
    """

    place_wanted = pyqtSignal(object, object)

    def __init__(
        self,
        dataset: DatasetSummary,
        checkpoint: ModelSummary | None,
        parent: QWidget | None = None,
        begun: FineTune | None = None,
        factor: str = "",
        check: Check | None = None,
    ) -> None:
        super().__init__(parent)
        self._factor = factor
        self._check = check
        self.proposed_output = ""
        self._checked: tuple[FineTune, JobCheck] | None = None
        self._resting = calls_once(self, _REST_MILLISECONDS, self._ask)
        self._dataset = dataset
        self._checkpoint = checkpoint
        self._begun = begun or _DEFAULTS
        self._pairs = plan.assayed_pairs(dataset)
        self.setWindowTitle("Fine-tune on measured peaks")
        self._build_fields()
        if begun is not None:
            self._fill(begun)
        self._lay_out()
        self._connect()
        room = parent.height() - _FRAME if parent is not None else 0
        self.resize(820, min(max(_LOWEST, room), _HIGHEST))
        self.pairs.setFocus()
        for field in (self.training, self.validation):
            field.setCursorPosition(0)  # so that the beginning of long lists is seen
        self._follow()

    def spec(self) -> FineTune:
        """The fine-tuning as the form stands."""
        return self._settings.into(
            replace(
                self._begun,
                dataset=self._dataset.path,
                output=self.output.text().strip(),
                training=plan.split_regions(self.training.text()),
                validation=plan.split_regions(self.validation.text()),
                start_from=self._start_from(),
                factors=self.pairs.factors(),
                cell_types=self.pairs.cells("learn"),
                validation_cell_types=self.pairs.cells("check"),
                use_states=self.use_states.isChecked(),
                use_motifs=self.use_motifs.isChecked(),
                signals=self._chosen_signals(),
                epochs=value_in(self.epochs),
            )
        )

    def propose_output(self, path: str) -> None:
        """Propose another place for the result, unless a person has chosen one by now."""
        if self.proposed_output and self.output.text() == self.proposed_output:
            self.proposed_output = path
            self.output.setText(path)

    def _chosen_signals(self) -> tuple[str, ...]:
        offered = self.signals | self.made_signals
        # Signals that this dataset does not tell of are left for the training to judge.
        others = [name for name in self._begun.signals if name not in offered]
        return (*(name for name, box in offered.items() if box.isChecked()), *others)

    def _build_fields(self) -> None:
        split = plan.propose_split(self._dataset, self._checkpoint)
        starts_from_open = plan.propose_start(self._dataset, self._checkpoint, split)
        self._build_starts(starts_from_open)
        seen = self._checkpoint.seen_cell_types if self._checkpoint is not None and starts_from_open else ()
        self.pairs = PairTable(self._pairs, plan.propose_checked_cell(self._pairs, seen))
        for factor in set(self._pairs) - set(plan.propose_factors(self._pairs, self._factor)):
            self.pairs.choose_factor(factor, False)
        self.training = QLineEdit(", ".join(split.training))
        self.validation = QLineEdit(", ".join(split.validation))
        self._proposed_split = (self.training.text(), self.validation.text())
        self.training.setToolTip(_REGIONS)
        self.validation.setToolTip(_REGIONS)
        self._build_inputs()
        self.epochs = widget_of(_FIELDS["epochs"])
        meaning = _FIELDS["epochs"].plain_meaning
        self.epochs.setToolTip(f"{meaning[0].upper()}{meaning[1:]}.")
        self.output = path_field("/path/to/result")
        if self._dataset.path:
            first = "-".join(list(self.pairs.factors())[:3])
            self.proposed_output = beside(self._dataset.path, "checkpoints", slug(f"{self._dataset.name}-{first}"))
            self.output.setText(self.proposed_output)
        self._settings = SpecSettings(FineTune)
        self._settings.show(self._begun)
        self._footer = Footer("Start fine-tuning")

    def _build_starts(self, from_open: bool) -> None:
        name = self._checkpoint.name if self._checkpoint is not None else ""
        words = f"the open checkpoint, {name}" if name else "the open checkpoint (none is open)"
        self.from_open = QRadioButton(literal(words))
        self.from_nothing = QRadioButton("nothing: random weights, needs far more data")
        self.from_folder = QRadioButton("another checkpoint folder:")
        self._starts = QButtonGroup(self)
        for button in (self.from_open, self.from_nothing, self.from_folder):
            self._starts.addButton(button)
        self.from_open.setEnabled(self._checkpoint is not None)
        (self.from_open if from_open else self.from_nothing).setChecked(True)
        self.folder = path_field("/path/to/checkpoint")
        self.folder.setAccessibleName("Checkpoint folder to start from")

    def _build_inputs(self) -> None:
        self.use_sequence = QCheckBox("sequence (always)")
        self.use_sequence.setChecked(True)
        self.use_sequence.setEnabled(False)
        self.use_states = QCheckBox(_FIELDS["use_states"].says.tick)
        self.use_states.setEnabled(any(cell.has_states for cell in self._dataset.cell_types))
        self.use_states.setChecked(self.use_states.isEnabled())
        self.use_motifs = QCheckBox(_FIELDS["use_motifs"].says.tick)
        self.use_motifs.setChecked(True)
        self.signals = {name: QCheckBox(literal(name)) for name in self._offered_signals()}
        self.made_signals = {signal.name: _explained(signal) for signal in self._dataset.made_signals}
        # What the checkpoint has learnt to read is worth keeping.
        for signal, box in (self.signals | self.made_signals).items():
            box.setChecked(self._checkpoint is not None and signal in self._checkpoint.signals)

    def _offered_signals(self) -> list[str]:
        return sorted({signal for cell in self._dataset.cell_types for signal in cell.signals})

    def _fill(self, begun: FineTune) -> None:
        """Show an earlier fine-tuning."""
        if self._checkpoint is not None and begun.start_from == self._checkpoint.path:
            self.from_open.setChecked(True)
        else:
            (self.from_folder if begun.start_from else self.from_nothing).setChecked(True)
            self.folder.setText(begun.start_from)
        for factor in self._pairs:
            self.pairs.choose_factor(factor, not begun.factors or factor in begun.factors)
        for cell in {cell for measured in self._pairs.values() for cell in measured}:
            self.pairs.choose_use(cell, plan.use_of(cell, begun))
        self.training.setText(", ".join(begun.training))
        self.validation.setText(", ".join(begun.validation))
        self.use_states.setChecked(begun.use_states and self.use_states.isEnabled())
        self.use_motifs.setChecked(begun.use_motifs)
        for signal, box in (self.signals | self.made_signals).items():
            box.setChecked(signal in begun.signals)
        show_value(self.epochs, begun.epochs)
        self.output.setText(begun.output)
        self.proposed_output = begun.output

    def _lay_out(self) -> None:
        form = form_layout()
        form.setContentsMargins(0, 0, 0, 0)
        starts = QWidget()
        lines = QVBoxLayout(starts)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.from_open)
        lines.addWidget(self.from_nothing)
        another = QHBoxLayout()
        browse = browse_button("checkpoint folder", lambda: self._pick_folder("Checkpoint folder", self.folder))
        for widget in (self.from_folder, self.folder, browse):
            another.addWidget(widget, 1 if widget is self.folder else 0)
        lines.addLayout(another)
        add_row(form, _FIELDS["start_from"].title, starts)
        add_row(form, _FIELDS["training"].title, self.training)
        held_out = _FIELDS["validation"]
        add_row(form, held_out.title, self.validation, help_text=held_out.says.hint)
        add_row(form, "Look at", self.use_sequence, self.use_states, self.use_motifs)
        if self.signals:
            add_row(form, _FIELDS["signals"].title, in_columns(list(self.signals.values()), _FIELDS_WIDTH))
        add_field_row(form, _FIELDS["epochs"], self.epochs, 84)
        browse = browse_button("result", lambda: self._pick_folder("Result", self.output))
        add_row(form, _FIELDS["output"].title, self.output, browse)
        contents = QWidget()
        layout = QVBoxLayout(contents)
        layout.setContentsMargins(16, 14, 16, 8)
        layout.setSpacing(12)
        layout.addLayout(self._heading())
        layout.addWidget(self.pairs)
        layout.addLayout(form)
        layout.addWidget(self._more())
        layout.addStretch(1)
        above_footer(self, contents, self._footer)

    def _heading(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(label("What was measured, and what it is used for", "heading"), 1)
        for text, is_chosen in (("All factors", True), ("No factor", False)):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked, is_chosen=is_chosen: self._choose_all(is_chosen))
            line.addWidget(button)
        return line

    def _choose_all(self, is_chosen: bool) -> None:
        for factor in self._pairs:
            self.pairs.choose_factor(factor, is_chosen)

    def _more(self) -> Fold:
        """What most people leave as it is, folded in."""
        column = QVBoxLayout()
        column.setSpacing(10)
        if self.made_signals:
            form = form_layout()
            add_row(form, "Derived signals", in_columns(list(self.made_signals.values()), _FIELDS_WIDTH))
            column.addLayout(form)
        column.addLayout(self._settings.layout_of_fields())
        return Fold("&More settings", column)

    def _connect(self) -> None:
        self.finished.connect(self._forget_questions)
        self._footer.buttons.accepted.connect(self.accept)
        self._footer.buttons.rejected.connect(self.reject)
        self._starts.buttonToggled.connect(self._follow)
        self.pairs.changed.connect(self._follow)
        for box in (self.use_states, self.use_motifs, *(self.signals | self.made_signals).values()):
            box.toggled.connect(self._follow)
        on_change(self.epochs, self._follow)
        self._settings.connect(self._follow)
        self.folder.textEdited.connect(lambda: self.from_folder.setChecked(True))
        for field in (self.folder, self.training, self.validation, self.output):
            field.textChanged.connect(self._follow)

    def _start_from(self) -> str:
        if self.from_open.isChecked() and self._checkpoint is not None:
            return self._checkpoint.path
        return self.folder.text().strip() if self.from_folder.isChecked() else ""

    def _start_in_words(self) -> str:
        if self.from_open.isChecked() and self._checkpoint is not None:
            return self._checkpoint.name
        return "the chosen checkpoint" if self.from_folder.isChecked() else "random weights"

    def _follow(self) -> None:
        spec = self.spec()
        problem = plan.objection(spec, self._dataset, self._checkpoint)
        if self.from_folder.isChecked() and not spec.start_from:
            problem = problem or "Name the checkpoint folder to start from."
        self._settings.follow(spec)
        told: tuple[str, ...] = ()
        if not problem:
            told = (plan.promise(spec, self._dataset, self._start_in_words(), self._checkpoint),)
            if self._check is not None:
                found = self._checked[1] if self._checked is not None and self._checked[0] == spec else None
                problem = _CHECKING if found is None else found.problem
                told += plan.told_beforehand(found) if found is not None else ()
                if found is None:
                    self._resting.start()
        unknown = plan.unknown_names(self._begun, self._dataset)
        self._footer.say(" ".join(filter(None, (*told, unknown))), problem)

    def _ask(self) -> None:
        """Ask whether the form as it stands would be started."""
        spec = self.spec()
        assert self._check is not None

        def answered(found: JobCheck) -> None:
            if self._check is not None:
                self._checked = (spec, found)
                self._propose_split(found.usable)
                self._follow()

        self._check(spec, answered)

    def _propose_split(self, usable: tuple[str, ...]) -> None:
        """Propose regions among the chromosomes on which something can be learnt, until a person has chosen some."""
        fields = (self.training, self.validation)
        if not usable or tuple(field.text() for field in fields) != self._proposed_split:
            return
        split = plan.propose_split(plan.on_usable(self._dataset, usable), self._checkpoint)
        self._proposed_split = (", ".join(split.training), ", ".join(split.validation))
        for field, text in zip(fields, self._proposed_split, strict=True):
            field.setText(text)
            field.setCursorPosition(0)

    def _forget_questions(self) -> None:
        """An answer that comes after the form was closed finds nobody."""
        self._resting.stop()
        self._check = None
        self.proposed_output = ""

    def _pick_folder(self, title: str, field: QLineEdit) -> None:
        is_result = field is self.output
        mode: Mode = "save" if is_result else "folder"

        def take(paths: tuple[str, ...]) -> None:
            field.setText(paths[0])
            if not is_result:
                self.from_folder.setChecked(True)

        self.place_wanted.emit(Wanted(title, mode, "Choose", field.text().strip(), saves_folder=is_result), take)


def _explained(signal: MadeSignal) -> QCheckBox:
    box = QCheckBox(literal(signal.name))
    box.setToolTip(signal.meaning)
    box.setAccessibleDescription(signal.meaning)
    return box
