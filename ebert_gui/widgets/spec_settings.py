"""The settings of a job that most people leave as they are: the fields of its spec that name a group of the form."""

from collections.abc import Callable
from typing import Generic, TypeVar, get_args

import msgspec
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from ebert_core.protocol.specs.fields import Field, Group, fields_of
from ebert_gui.widgets.forms import form_layout, label
from ebert_gui.widgets.spec_rows import add_field_row, on_change, show_value, value_in, widget_of

Spec = TypeVar("Spec", bound=msgspec.Struct)

_FIELD_WIDTH = 200


class SpecSettings(Generic[Spec]):
    """A row for each field of a spec that names a group of a form.

    What nobody touches stays exactly as the spec that it was filled from has it.
    """

    def __init__(self, kind: type[Spec]) -> None:
        self._fields: tuple[Field, ...] = tuple(field for field in fields_of(kind) if field.says.group is not None)
        self._widgets = {field.name: widget_of(field) for field in self._fields}
        self._shown: dict[str, object] = {}

    def show(self, spec: Spec) -> None:
        """Fill all fields from a spec."""
        for name, widget in self._widgets.items():
            show_value(widget, getattr(spec, name))
        self._shown = {name: value_in(widget) for name, widget in self._widgets.items()}

    def into(self, spec: Spec) -> Spec:
        """The spec with what was changed here."""
        chosen = {name: value_in(widget) for name, widget in self._widgets.items()}
        changed = {name: value for name, value in chosen.items() if value != self._shown[name]}
        return msgspec.structs.replace(spec, **changed)

    def widget(self, name: str) -> QWidget:
        """The widget of a field of the spec."""
        return self._widgets[name]

    def names(self) -> frozenset[str]:
        """The fields of the spec that are chosen here."""
        return frozenset(self._widgets)

    def follow(self, spec: Spec) -> None:
        """Grey out what has no effect in this spec, as a size has none where a checkpoint brings its own."""
        for field in self._fields:
            self._widgets[field.name].setEnabled(field.has_effect(spec))

    def connect(self, follow: Callable[[], None]) -> None:
        """Tell of every change: other fields depend on some, and whether the run may start on any."""
        for widget in self._widgets.values():
            on_change(widget, follow)

    def layout_of_fields(self) -> QVBoxLayout:
        """The fields below each other, a heading over each group."""
        column = QVBoxLayout()
        column.setSpacing(10)
        for heading in get_args(Group):
            fields = [field for field in self._fields if field.says.group == heading]
            if not fields:
                continue
            column.addWidget(label(heading, "heading"))
            form = form_layout()
            form.setContentsMargins(0, 0, 0, 8)
            for field in fields:
                add_field_row(form, field, self._widgets[field.name], _FIELD_WIDTH)
            column.addLayout(form)
        return column
