"""The settings of a fine-tuning that most people leave as they are: one table of fields, in three groups."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args

from msgspec.structs import replace
from PyQt6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from ebert_core.protocol.specs import FineTune, Precision, Preset
from ebert_gui.windows.forms import add_row, compact, form_layout, label

_SIZES: dict[Preset, str] = {
    "tiny": "tiny – to try things out",
    "small": "small – for a laptop",
    "base": "base – for a GPU",
    "large": "large – for several GPUs",
}
_PRECISIONS: dict[Precision, str] = {"auto": "as the machine likes", "bf16": "bf16 – fast", "fp32": "fp32 – exact"}
_DEVICES = {"auto": "GPU if there is one", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}
_FIELD_WIDTH = 200
_LONGEST_WORD = 8
_LARGEST = 2**31 - 1


class _Field(NamedTuple):
    """A field of the spec: what it is called, what is used to choose it, and one line about it."""

    name: str
    text: str
    widget: QWidget
    help: str = ""


class FineTuneSettings:
    """Fields for all of a `FineTune` that the dialog's first page leaves out.

    What nobody touches stays exactly as the spec that it was filled from has it.
    """

    def __init__(self) -> None:
        assert set(_SIZES) == set(get_args(Preset))
        self._groups: tuple[tuple[str, tuple[_Field, ...]], ...] = (
            ("What it can find", _finding()),
            ("How it learns", _learning()),
            ("How it runs", _running()),
        )
        self._fields = {field.name: field for _, fields in self._groups for field in fields}
        self._shown: dict[str, object] = {}

    def show(self, spec: FineTune) -> None:
        """Fill all fields from a spec."""
        for name, field in self._fields.items():
            _set(field.widget, getattr(spec, name))
        self._shown = {name: _value(field.widget) for name, field in self._fields.items()}

    def into(self, spec: FineTune) -> FineTune:
        """The spec with what was changed here."""
        chosen = {name: _value(field.widget) for name, field in self._fields.items()}
        return replace(spec, **{name: value for name, value in chosen.items() if value != self._shown[name]})

    def widget(self, name: str) -> QWidget:
        """The widget of a field of the spec."""
        return self._fields[name].widget

    def names(self) -> frozenset[str]:
        """The fields of the spec that are chosen here."""
        return frozenset(self._fields)

    def follow(self, starts_fresh: bool, has_motifs: bool) -> None:
        """Grey out what has no effect: a checkpoint brings its size, and scores need motifs."""
        self.widget("preset").setEnabled(starts_fresh)
        self.widget("layer_decay").setEnabled(not starts_fresh)
        self.widget("motif_head").setEnabled(has_motifs)
        self.widget("hard_negative_rounds").setEnabled(_value(self.widget("further_windows")) != 0)

    def connect(self, follow: Callable[[], None]) -> None:
        """Tell of every change: other fields depend on some, and whether the run may start on any."""
        for field in self._fields.values():
            match field.widget:
                case QCheckBox():
                    field.widget.toggled.connect(follow)
                case QComboBox():
                    field.widget.currentIndexChanged.connect(follow)
                case QSpinBox() | QDoubleSpinBox():
                    field.widget.valueChanged.connect(follow)

    def layout_of_fields(self) -> QVBoxLayout:
        """The fields below each other, a heading over each group."""
        column = QVBoxLayout()
        column.setSpacing(10)
        for heading, fields in self._groups:
            column.addWidget(label(heading, "heading"))
            form = form_layout()
            form.setContentsMargins(0, 0, 0, 8)
            for field in fields:
                _add(form, field)
            column.addLayout(form)
        return column


def _finding() -> tuple[_Field, ...]:
    return (
        _Field("motif_head", "Motif s&cores", QCheckBox("count directly"), "Only for factors that have a matrix."),
        _Field("co_binding", "Co-bindin&g", QCheckBox("factors bear on each other"), "Needs many peaks of partners."),
        _Field(
            "word_length",
            "Short words",
            _whole(0, _LONGEST_WORD, " bases", "none"),
            "6 finds motifs without a matrix, but learns little data by heart.",
        ),
    )


def _learning() -> tuple[_Field, ...]:
    return (
        _Field("preset", "Network &size", _choice(_SIZES), "Only when starting from nothing."),
        _Field("batch_size", "&Windows per step", _whole(1, 4096), "Fewer need less memory."),
        _Field("learning_rate", "Step si&ze", _number(1e-8, 1.0, 1e-4), "The learning rate: smaller is steadier."),
        _Field("warmup_steps", "Warm-&up", _whole(0, 100_000, " steps"), "The step size rises from 0 so long."),
        _Field(
            "layer_decay", "La&yer decay", _number(0.01, 10.0, 0.05), "Below 1, the checkpoint's depths change less."
        ),
        _Field(
            "weight_average", "Weight &average", _number(0.0, 0.99999, 0.01), "0.99: the last hundred steps; 0: none."
        ),
        _Field(
            "further_windows",
            "E&xtra windows",
            _number(0.0, 100.0, 0.5, " x", "none"),
            "About peaks; 1 x is as many again as one pass shows.",
        ),
        _Field(
            "hard_negative_rounds",
            "&Hard negatives",
            _whole(0, 1000, " passes", "none"),
            "Moves half the extra windows to false calls.",
        ),
        _Field(
            "channel_drop", "&Inputs hidden", _number(0.0, 0.99, 0.05), "How often states, signals, motifs are absent."
        ),
        _Field("dropout", "&Dropout", _number(0.0, 0.99, 0.05), "More helps against learning by heart."),
        _Field(
            "label_share", "Share of la&bels", _number(0.001, 1.0, 0.1), "1: all. Less shows what more would bring."
        ),
    )


def _running() -> tuple[_Field, ...]:
    return (
        _Field("seed", "S&eed", _whole(0, _LARGEST), "The same seed gives the same result on the same machine."),
        _Field("device", "Compute o&n", _choice(_DEVICES)),
        _Field("precision", "Precisi&on", _choice(_PRECISIONS)),
    )


def _add(form: QFormLayout, field: _Field) -> None:
    beside = label(field.help, "muted")
    beside.setWordWrap(False)
    add_row(form, field.text, compact(field.widget, _FIELD_WIDTH), beside)
    field.widget.setAccessibleDescription(field.help)
    field.widget.setToolTip(field.help)


class _Number(QDoubleSpinBox):
    """A number that is written as short as it is: 0.0005, not 0.00050000."""

    def textFromValue(self, value: float) -> str:
        """The value without zeros at its end."""
        return f"{value:.8f}".rstrip("0").rstrip(".")


# Any: the keys are literals of several kinds, and Mapping is invariant in them.
def _choice(words: Mapping[Any, str]) -> QComboBox:
    box = QComboBox()
    for value, text in words.items():
        box.addItem(text, value)
    return box


def _whole(least: int, most: int, unit: str = "", nothing: str = "") -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setSuffix(unit)
    box.setSpecialValueText(nothing)
    return box


def _number(least: float, most: float, step: float, unit: str = "", nothing: str = "") -> QDoubleSpinBox:
    box = _Number()
    box.setDecimals(8)
    box.setRange(least, most)
    box.setSingleStep(step)
    box.setSuffix(unit)
    box.setSpecialValueText(nothing)
    return box


def _set(widget: QWidget, value: Any) -> None:  # Any: the fields of a spec are of several types.
    match widget:
        case QCheckBox():
            widget.setChecked(value)
        case QComboBox():
            if widget.findData(value) < 0:
                widget.addItem(str(value), value)
            widget.setCurrentIndex(widget.findData(value))
        case QSpinBox():
            # Qt counts no further; a larger seed stays as it is unless somebody changes it.
            shown = min(value, _LARGEST)
            widget.setRange(min(widget.minimum(), shown), max(widget.maximum(), shown))
            widget.setValue(shown)
        case QDoubleSpinBox():
            widget.setRange(min(widget.minimum(), value), max(widget.maximum(), value))
            widget.setValue(value)
        case _:
            raise AssertionError(widget)


def _value(widget: QWidget) -> Any:  # Any: as above.
    match widget:
        case QCheckBox():
            return widget.isChecked()
        case QComboBox():
            return widget.currentData()
        case QSpinBox() | QDoubleSpinBox():
            return widget.value()
        case _:
            raise AssertionError(widget)
