"""One setting in the panel: its field, what it shows of the selected tracks, and where one gesture ends."""

from collections.abc import Callable
from itertools import count
from typing import Any

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QWidget

from ebert_core.protocol.specs.fields import Field
from ebert_gui.state.settings import MIXED
from ebert_gui.widgets.colour_button import ColourButton
from ebert_gui.widgets.spec_rows import on_change, show_mixed, show_value, value_in, widget_of

_NUMBERS = count(1)
# Any: the values of fields, which are of several types.
Choose = Callable[[str, Any, str], None]


class SettingRow(QObject):
    """Calls `choose` with the field's name, every value that is tried, and the gesture that it belongs to.

    Typing, or holding an arrow, is one gesture until the field is left or Enter is pressed; so is a dialog of colours.
    What is typed into a box of numbers counts when it is complete: its first digit is another number.
    """

    def __init__(self, field: Field, choose: Choose, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.widget = widget_of(field)
        self._choose = choose
        self._gesture = next(_NUMBERS)
        self._is_showing = False
        self._is_mixed = self._is_typed = False
        self._connect()

    def show(self, value: Any) -> None:
        """Show the value of the selected tracks, or that they have several."""
        self._is_showing = True
        self._is_mixed, self._is_typed = value is MIXED, False
        if isinstance(self.widget, QAbstractSpinBox) and self.widget.specialValueText() != self.field.says.empty:
            self.widget.setSpecialValueText(self.field.says.empty)
        if isinstance(self.widget, QCheckBox):
            self.widget.setTristate(False)
        if value is MIXED:
            show_mixed(self.widget)
        elif value_in(self.widget) != value or not self.widget.hasFocus():
            show_value(self.widget, value)
        self._is_showing = False

    def _connect(self) -> None:
        if isinstance(self.widget, QCheckBox):
            # A box that was neither ticked nor not tells of its next state by a click alone.
            self.widget.clicked.connect(self._take)
        else:
            on_change(self.widget, self._take)
        match self.widget:
            case ColourButton():
                self.widget.settled.connect(self._end)
            case QAbstractSpinBox():
                self.widget.setKeyboardTracking(False)
                self.widget.editingFinished.connect(self._leave)
                line = self.widget.lineEdit()
                assert line is not None
                line.textEdited.connect(self._note_typing)
            case QLineEdit():
                self.widget.editingFinished.connect(self._end)

    def _take(self) -> None:
        if self._is_showing:
            return
        self._is_mixed = self._is_typed = False
        self._choose(self.field.name, value_in(self.widget), f"setting {self._gesture}")
        if isinstance(self.widget, QComboBox | QCheckBox):
            self._end()

    def _note_typing(self) -> None:
        self._is_typed = True

    def _leave(self) -> None:
        if self._is_mixed and self._is_typed:
            # The least value was typed, which stood there under the word that there are several.
            self._take()
        self._end()

    def _end(self) -> None:
        self._gesture = next(_NUMBERS)
