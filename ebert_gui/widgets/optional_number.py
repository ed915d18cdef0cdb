"""A field for a number that need not be given."""

import math

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QWidget

from ebert_gui.widgets.forms import set_property


class OptionalNumber(QLineEdit):
    """Holds a number, or nothing, which `empty` names. While a person types, `changed` tells of what is a number."""

    changed = pyqtSignal()

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value: float | None = None
        self._empty = empty
        self.setPlaceholderText(empty)
        self.textEdited.connect(self._on_edited)

    def show_value(self, value: float | None, placeholder: str = "") -> None:
        """Show a number or, for none, what that means; what is being typed stays where it means the same."""
        self.setPlaceholderText(placeholder or self._empty)
        if value != self.value or not self.hasFocus():
            self.setText("" if value is None else f"{value:g}")
            set_property(self, "invalid", False)
        self.value = value

    def _on_edited(self, text: str) -> None:
        value = _number(text)
        is_wrong = value is None and bool(text.strip())
        set_property(self, "invalid", is_wrong)
        if not is_wrong:
            self.value = value
            self.changed.emit()


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
