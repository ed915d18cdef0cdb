"""The settings of a fine-tuning that most people leave as they are."""

from collections.abc import Mapping
from typing import Any, get_args

from msgspec.structs import replace
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from ebert_core.protocol.specs import FineTune, Precision, Preset
from ebert_gui.windows.forms import add_row, compact, form_layout, label

_DEFAULTS = FineTune(dataset="", output="", training=(), validation=())
_SIZES: dict[Preset, str] = {
    "tiny": "tiny – to try things out",
    "small": "small – for a laptop",
    "base": "base – for a GPU",
    "large": "large – for several GPUs",
}
_PRECISIONS: dict[Precision, str] = {"auto": "as the machine likes", "bf16": "bf16 – fast", "fp32": "fp32 – exact"}
_DEVICES = {"auto": "GPU if there is one", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}


class FineTuneSettings:
    """Fields for network size, step size and the like, filled with the defaults of the spec."""

    def __init__(self) -> None:
        assert set(_SIZES) == set(get_args(Preset))
        self.preset = _choice(_SIZES, _DEFAULTS.preset)
        self.batch_size = _whole(_DEFAULTS.batch_size, 1, 4096)
        self.learning_rate = _fraction(_DEFAULTS.learning_rate, 0.0, 0.1, 5, 0.0001)
        self.layer_decay = _fraction(_DEFAULTS.layer_decay, 0.1, 1.0, 2, 0.05)
        self.warmup_steps = _whole(_DEFAULTS.warmup_steps, 0, 100_000)
        self.channel_drop = _fraction(_DEFAULTS.channel_drop, 0.0, 0.9, 2, 0.05)
        self.seed = _whole(_DEFAULTS.seed, 0, 2**31 - 1)
        self.device = _choice(_DEVICES, _DEFAULTS.device)
        self.precision = _choice(_PRECISIONS, _DEFAULTS.precision)

    def into(self, spec: FineTune) -> FineTune:
        """The spec with these settings."""
        return replace(
            spec,
            preset=self.preset.currentData(),
            batch_size=self.batch_size.value(),
            learning_rate=self.learning_rate.value(),
            layer_decay=self.layer_decay.value(),
            warmup_steps=self.warmup_steps.value(),
            channel_drop=self.channel_drop.value(),
            seed=self.seed.value(),
            device=self.device.currentData(),
            precision=self.precision.currentData(),
        )

    def offer_size(self, is_offered: bool) -> None:
        """Let the size be chosen; a checkpoint to start from brings its own."""
        self.preset.setEnabled(is_offered)

    def layout_of_fields(self) -> QFormLayout:
        """A form with all of them."""
        form = form_layout()
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("Network &size", self.preset, "Only when starting from nothing."),
            ("&Windows per step", self.batch_size, "Fewer need less memory."),
            ("Step si&ze", self.learning_rate, "Smaller is slower and steadier."),
            ("La&yer decay", self.layer_decay, "Below 1, layers near the sequence change less."),
            ("War&m-up steps", self.warmup_steps, ""),
            ("C&hannel drop", self.channel_drop, "How often states or signals are hidden in learning."),
            ("See&d", self.seed, "The same seed gives the same result on the same machine."),
            ("Co&mpute on", self.device, ""),
            ("Precisi&on", self.precision, ""),
        )
        for text, field, help_text in rows:
            beside = label(help_text, "muted")
            beside.setWordWrap(False)
            add_row(form, text, compact(field, 200), beside)
            field.setAccessibleDescription(help_text)
        return form


# Any: the keys are literals of several kinds, and Mapping is invariant in them.
def _choice(words: Mapping[Any, str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value, text in words.items():
        box.addItem(text, value)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _whole(value: int, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    return box


def _fraction(value: float, least: float, most: float, decimals: int, step: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(decimals)
    box.setRange(least, most)
    box.setSingleStep(step)
    box.setValue(value)
    return box
