"""Rows of a form for fields of a spec: label, help, range, step and unit are what the field says of itself."""

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from ebert_core.protocol.specs.fields import Field
from ebert_gui.widgets.colour_button import ColourButton
from ebert_gui.widgets.forms import add_row, compact, label
from ebert_gui.widgets.optional_number import OptionalNumber

# Qt counts no further.
_LARGEST_WHOLE = 2**31 - 1
_LARGEST = 1e9
_DECIMALS = 8
# How near a number gets to a bound that it must not reach, in steps.
_NEAR = 1e-3
_MIXED = "Mixed"


class _Number(QDoubleSpinBox):
    """A number that is written as short as it is: 0.0005, not 0.00050000."""

    def textFromValue(self, value: float) -> str:
        """The value without zeros at its end."""
        return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def widget_of(field: Field) -> QWidget:
    """What a person chooses the value of a field with; it shows the field's default where there is one."""
    widget = _made(field)
    widget.setToolTip(field.says.hint)
    widget.setAccessibleName(field.title.replace("&", ""))
    widget.setAccessibleDescription(field.says.hint)
    if not field.is_needed:
        show_value(widget, field.default)
    return widget


def add_field_row(form: QFormLayout, field: Field, widget: QWidget, width: int) -> QLabel:
    """Add a row with the field's label, and its hint, if any, beside it."""
    hints = [label(field.says.hint, "muted")] if field.says.hint else []
    for hint in hints:
        hint.setWordWrap(False)
    return add_row(form, field.title, compact(widget, width), *hints)


def _made(field: Field) -> QWidget:
    says = field.says
    if field.type is bool:
        return QCheckBox(says.tick)
    if field.choices or says.words:
        return _choice({value: says.words.get(value, str(value)) for value in says.words or field.choices})
    if says.holds == "colour":
        return ColourButton(says.empty)
    if field.type is str:
        return QLineEdit()
    if field.type == float | None:
        return OptionalNumber(says.empty)
    assert field.type in (int, float), f"a form has nothing for {field.name}"
    least, most = _range(field)
    box: QSpinBox | _Number
    if field.type is int:
        box = QSpinBox()
        box.setRange(int(least), int(most))
        box.setSingleStep(int(says.step) or 1)
    else:
        box = _Number()
        box.setDecimals(_DECIMALS)
        box.setRange(least, most)
        box.setSingleStep(says.step or 1.0)
    box.setSuffix(says.unit)
    box.setSpecialValueText(says.empty)
    return box


def _range(field: Field) -> tuple[float, float]:
    if field.says.usual is not None:
        return field.says.usual
    rule = field.rule
    largest = _LARGEST_WHOLE if field.type is int else _LARGEST
    near = 1 if field.type is int else (field.says.step or 1.0) * _NEAR
    least = rule.ge if rule.ge is not None else rule.gt + near if rule.gt is not None else -largest
    most = rule.le if rule.le is not None else rule.lt - near if rule.lt is not None else largest
    return least, min(most, largest)


def _choice(words: dict[Any, str]) -> QComboBox:  # Any: the values of the field
    box = QComboBox()
    for value, text in words.items():
        box.addItem(text, value)
    return box


def show_value(widget: QWidget, value: Any) -> None:  # Any: the fields of a spec are of several types.
    """Show a value, also one that the form would not have proposed."""
    match widget:
        case QCheckBox():
            widget.setChecked(value)
        case QComboBox():
            if widget.findData(value) < 0:
                widget.addItem(str(value), value)
            widget.setCurrentIndex(widget.findData(value))
        case QSpinBox():
            # A larger seed stays as it is unless somebody changes it.
            shown = min(value, _LARGEST_WHOLE)
            widget.setRange(min(widget.minimum(), shown), max(widget.maximum(), shown))
            widget.setValue(shown)
        case QDoubleSpinBox():
            widget.setRange(min(widget.minimum(), value), max(widget.maximum(), value))
            widget.setValue(value)
        case OptionalNumber() | ColourButton():
            widget.show_value(value)
        case QLineEdit():
            if widget.text().strip() != value:
                widget.setText(value)
            widget.setPlaceholderText("")
        case _:
            raise AssertionError(widget)


def value_in(widget: QWidget) -> Any:  # Any: as above.
    """The value that is chosen."""
    match widget:
        case QCheckBox():
            return widget.isChecked()
        case QComboBox():
            return widget.currentData()
        case QSpinBox() | QDoubleSpinBox():
            return widget.value()
        case OptionalNumber() | ColourButton():
            return widget.value
        case QLineEdit():
            return widget.text().strip()
        case _:
            raise AssertionError(widget)


def on_change(widget: QWidget, follow: Callable[[], None]) -> None:
    """Call this whenever another value is chosen."""
    match widget:
        case QCheckBox():
            widget.toggled.connect(follow)
        case QComboBox():
            widget.currentIndexChanged.connect(follow)
        case QSpinBox() | QDoubleSpinBox():
            widget.valueChanged.connect(follow)
        case OptionalNumber() | ColourButton():
            widget.changed.connect(follow)
        case QLineEdit():
            widget.textChanged.connect(follow)


def show_mixed(widget: QWidget) -> None:
    """Show that what is to be changed has several values; the next one that is chosen is for all of it."""
    match widget:
        case QCheckBox():
            widget.setCheckState(Qt.CheckState.PartiallyChecked)
        case QComboBox():
            widget.setPlaceholderText(_MIXED)
            widget.setCurrentIndex(-1)
        case QSpinBox():
            widget.setSpecialValueText(_MIXED)
            widget.setValue(widget.minimum())
        case QDoubleSpinBox():
            widget.setSpecialValueText(_MIXED)
            widget.setValue(widget.minimum())
        case OptionalNumber():
            widget.show_value(None, _MIXED)
        case ColourButton():
            widget.show_value("", _MIXED)
        case QLineEdit():
            widget.clear()
            widget.setPlaceholderText(_MIXED)
        case _:
            raise AssertionError(widget)
