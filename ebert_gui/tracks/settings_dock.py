"""The panel of settings: how the selected tracks are drawn, whatever they show. Its rows come from their settings."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.specs.fields import Field, field
from ebert_gui.state.settings import shared_fields, value_of
from ebert_gui.state.setup import LARGEST_HEIGHT, SMALLEST_HEIGHT, Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.setting_row import SettingRow
from ebert_gui.tracks.settings_commands import copy_settings, paste_settings, use_usual_settings
from ebert_gui.widgets.colour_button import ColourButton
from ebert_gui.widgets.forms import form_layout, label, scrolling
from ebert_gui.widgets.plain import PlainLabel

# As the layout of the docks names it.
SETTINGS_DOCK = "settings-dock"
_NONE = "Select a track by a click on its name, more of them with Ctrl or Shift."
_HEIGHT = Field(
    "height",
    int,
    int,
    msgspec.NODEFAULT,
    field("the height of the row", title="Height", unit=" px", step=4, usual=(SMALLEST_HEIGHT, LARGEST_HEIGHT)),
)
_CAPTION_WIDTH = 92


class SettingsDock(QDockWidget):
    """Follows the selected tracks.

    `colour_of` tells in which colour a track is drawn, `usual_colours` those of its settings for further colours where
    none is chosen.
    """

    def __init__(
        self,
        workspace: Workspace,
        parent: QWidget | None = None,
        colour_of: Callable[[Track], str] = lambda track: track.colour,
        usual_colours: Callable[[Track], Mapping[str, str]] = lambda _track: {},
    ) -> None:
        super().__init__("Track settings", parent)
        self.setObjectName(SETTINGS_DOCK)
        self.rows: dict[str, SettingRow] = {}
        self.title = PlainLabel()
        self.subtitle = label("", "muted")
        self.problem = label("", "error")
        self.copy, self.paste, self.usual = (QPushButton(text) for text in ("Copy", "Paste", "Usual"))
        self._workspace = workspace
        self._history = workspace.history
        self._colour_of, self._usual_colours = colour_of, usual_colours
        self._fields: tuple[Field, ...] = ()
        self._form = QWidget()
        self._area: QScrollArea = scrolling(self._form)
        self._lay_out()
        for announcer in (workspace.selection.changed, workspace.tracks_changed):
            announcer.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the settings of the selected tracks as they are."""
        tracks = self._workspace.selection.tracks
        drawn = [track.drawn for track in tracks]
        fields = (_HEIGHT, *shared_fields(drawn)) if tracks else ()
        if fields != self._fields:
            self._build(fields)
        self._name(tracks)
        for name, row in self.rows.items():
            if isinstance(row.widget, ColourButton):
                row.widget.usual = self._usual_colour(tracks, name)
            row.show(_height_of(tracks) if name == "height" else value_of(drawn, name))
            has_effect = name == "height" or any(row.field.has_effect(each) for each in drawn)
            self._layouts[name].setRowVisible(row.widget, has_effect)
        for button in (self.copy, self.paste, self.usual):
            button.setEnabled(bool(tracks))
        self.paste.setEnabled(bool(tracks) and self._workspace.selection.copied is not None)

    def _usual_colour(self, tracks: tuple[Track, ...], name: str) -> str:
        """The colour of a setting where none is chosen; empty where there are several."""
        if name == "colour":
            usual = [self._colour_of(track) for track in tracks if not track.colour]
        else:
            usual = [self._usual_colours(track).get(name, "") for track in tracks]
        return usual[0] if len(usual) == 1 else ""

    def take_keyboard(self) -> None:
        """Show the panel and put the keyboard into its first field."""
        self.show()
        self.raise_()
        first = next(iter(self.rows.values()), None)
        (first.widget if first is not None else self._area).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, name: str, value: Any, gesture: str) -> None:  # Any: the values of the field
        ids = self._workspace.selection.ids
        setup = self._with(self._history.setup, ids, name, value)
        problem = next(filter(None, (track.drawn.problem() for track in setup.tracks if track.id in ids)), "")
        self._say(problem and f"{problem}.")
        if not problem:
            self._history.change(setup, gesture)

    def _with(self, setup: Setup, ids: tuple[str, ...], name: str, value: Any) -> Setup:  # Any: as above
        if name != "height":
            return setup.redrawn(ids, lambda drawn: drawn.changed(**{name: value}))
        for each in ids:
            setup = setup.resized(each, value)
        return setup

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _name(self, tracks: tuple[Track, ...]) -> None:
        self._say("")
        one = tracks[0] if len(tracks) == 1 else None
        self.title.setText(one.title if one else f"{len(tracks)} tracks" if tracks else "No track is selected")
        several = ", ".join(dict.fromkeys(track.title for track in tracks))
        self.subtitle.setText(one.subtitle if one else several or _NONE)
        self.subtitle.setVisible(bool(self.subtitle.text()))

    def _build(self, fields: tuple[Field, ...]) -> None:
        """Make a row for each field, those of one group below each other."""
        for row in self.rows.values():
            row.deleteLater()
        self._fields, self._form = fields, QWidget()
        self.rows = {each.name: SettingRow(each, self._choose, self._form) for each in fields}
        self._layouts: dict[str, QFormLayout] = {}
        column = QVBoxLayout(self._form)
        column.setContentsMargins(12, 4, 12, 12)
        column.setSpacing(4)
        for group in dict.fromkeys(each.says.group or "" for each in fields):
            if group:
                heading = label(group, "heading")
                heading.setContentsMargins(0, 10, 0, 2)
                column.addWidget(heading)
            form = _narrow_form()
            for each in fields:
                if (each.says.group or "") == group:
                    self._add_row(form, self.rows[each.name])
            column.addLayout(form)
        column.addStretch(1)
        self._area.setWidget(self._form)

    def _add_row(self, form: QFormLayout, row: SettingRow) -> None:
        caption = PlainLabel(row.field.title)
        caption.setBuddy(row.widget)
        row.widget.setToolTip(row.field.says.hint or _sentence(row.field.plain_meaning))
        row.widget.setAccessibleDescription(row.widget.toolTip())
        caption.setFixedWidth(_CAPTION_WIDTH)
        _fill_the_width(row.widget)
        form.addRow(caption, row.widget)
        self._layouts[row.field.name] = form

    def _lay_out(self) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(4)
        self.title.setProperty("role", "heading")
        head, buttons = QVBoxLayout(), QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 4)
        head.setSpacing(2)
        for widget in (self.title, self.subtitle):
            head.addWidget(widget)
        self.problem.hide()
        self.problem.setContentsMargins(12, 0, 12, 0)
        buttons.setContentsMargins(12, 4, 12, 0)
        selection, history = self._workspace.selection, self._history
        for button, act, tip in (
            (self.copy, lambda: copy_settings(selection), "Copy the settings of the first selected track"),
            (self.paste, lambda: paste_settings(history, selection), "Give the selected tracks the copied settings"),
            (self.usual, lambda: use_usual_settings(history, selection), "Draw the selected tracks as usual again"),
        ):
            button.clicked.connect(act)
            button.setToolTip(tip)
            buttons.addWidget(button)
        layout.addLayout(head)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        body.setMinimumWidth(284)
        self.setWidget(body)


def _fill_the_width(widget: QWidget) -> None:
    """Let a field begin and end where the others do, whatever its longest text."""
    if isinstance(widget, QComboBox):
        widget.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        widget.setMinimumContentsLength(8)
    if isinstance(widget, QComboBox | QAbstractSpinBox | QLineEdit):
        widget.setMinimumWidth(0)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def _narrow_form() -> QFormLayout:
    form = form_layout()
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(6)
    return form


def _height_of(tracks: tuple[Track, ...]) -> Any:  # Any: a height, or MIXED
    return value_of((msgspec.structs.replace(track, height=track.pixels) for track in tracks), "height")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
