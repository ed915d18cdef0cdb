"""The panel of settings: its rows come from the settings, for one track and for many, and each gesture is one step."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QCheckBox, QColorDialog, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.kind import Kind
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.table import BUILT_IN, Kinds
from ebert_gui.looks.feature_settings import GeneSettings
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.looks.signals import SignalLook, SignalStyle
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.settings import Settings
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Part, Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.settings_commands import copy_settings, paste_settings, use_usual_settings
from ebert_gui.tracks.settings_dock import SettingsDock
from ebert_gui.widgets.colour_button import ColourButton
from ebert_gui.widgets.optional_number import OptionalNumber
from tests.certain import present


class ToySettings(Settings, frozen=True, kw_only=True):
    """What somebody else's way of drawing can be told."""

    shape: Annotated[
        Literal["dots", "rings"],
        field("what is drawn", title="Shape", words={"dots": "Dots", "rings": "Rings"}, group="Drawing"),
    ] = "dots"
    size: Annotated[int, field("how large", title="Size", ge=1, le=9, unit=" px", group="Drawing")] = 3
    share: Annotated[float, field("how dense", title="Density", ge=0, le=1, step=0.1, group="Drawing")] = 0.5
    ring: Annotated[str, field("what stands in it", title="Ring text", only_with="shape=rings", group="Drawing")] = ""
    is_deep: Annotated[bool, field("whether it is deep", title="Depth", tick="Deep")] = False


class ToyTrack(Track, frozen=True, kw_only=True, tag="toy-rings"):
    """A track of a plug-in."""

    drawn: ToySettings = ToySettings(size=5)


TOY = Kind(ToyTrack, SignalLook(), lambda _track, _scope: SignalStyle(Part("toy", Signal)))
ALL = Kinds((*BUILT_IN, TOY))


@pytest.fixture
def workspace(dataset: DatasetSummary) -> Workspace:
    workspace = Workspace(ALL)
    tracks = (
        SignalTrack(id="a", cell_type="K562", signal="DNase"),
        SignalTrack(id="b", cell_type="HepG2", signal="DNase", height=90, drawn=SignalSettings(high=4.0)),
        GenesTrack(id="g"),
        ToyTrack(id="t"),
    )
    workspace.open_dataset(dataset, Setup(tracks=tracks))
    return workspace


@pytest.fixture
def dock(qtbot: QtBot, workspace: Workspace) -> SettingsDock:
    dock = SettingsDock(workspace, colour_of=lambda track: track.colour or "#00ff00")
    qtbot.addWidget(dock)
    with qtbot.waitActive(dock):
        dock.show()
        dock.activateWindow()
    return dock


def number(dock: SettingsDock, name: str) -> OptionalNumber:
    widget = dock.rows[name].widget
    assert isinstance(widget, OptionalNumber)
    return widget


def drawn(workspace: Workspace, track_id: str) -> Settings:
    return present(workspace.setup.find(track_id)).drawn


def steps(workspace: Workspace) -> int:
    """How many steps can be taken back; they are made again."""
    history, taken = workspace.history, 0
    while history.can_undo:
        history.undo()
        taken += 1
    for _ in range(taken):
        history.redo()
    return taken


def shown_rows(dock: SettingsDock) -> list[str]:
    return [name for name, row in dock.rows.items() if row.widget.isVisible()]


def test_without_a_selected_track_the_panel_says_how_to_select_one(dock: SettingsDock) -> None:
    assert dock.title.text() == "No track is selected"
    assert "click on its name" in dock.subtitle.text()
    assert not dock.rows
    assert not any(button.isEnabled() for button in (dock.copy, dock.paste, dock.usual))


def test_the_rows_are_the_fields_of_the_settings_with_their_titles_and_groups(
    dock: SettingsDock, workspace: Workspace
) -> None:
    workspace.selection.select(("a",))
    assert (dock.title.text(), dock.subtitle.text()) == ("DNase", "K562")
    assert list(dock.rows) == ["height", *SignalSettings.__struct_fields__]
    headings = [label.text() for label in dock.findChildren(QLabel) if label.property("role") == "heading"]
    assert [text for text in headings if text in ("Colours", "Scale")] == ["Colours", "Scale"]
    for row in dock.rows.values():
        assert row.widget.accessibleName()
        assert row.widget.toolTip()
        buddies = [label.text() for label in dock.findChildren(QLabel) if label.buddy() is row.widget]
        assert buddies == [row.field.title]


def test_settings_of_a_plug_in_have_rows_that_change_them_without_a_line_of_its_own(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.selection.select(("t",))
    kinds = {name: type(row.widget) for name, row in dock.rows.items()}
    box: type[QWidget] = kinds.pop("share")
    assert issubclass(box, QDoubleSpinBox)
    assert kinds == {
        "height": QSpinBox,
        "colour": ColourButton,
        "shape": QComboBox,
        "size": QSpinBox,
        "ring": QLineEdit,
        "is_deep": QCheckBox,
    }
    shape, size, deep = (dock.rows[name].widget for name in ("shape", "size", "is_deep"))
    assert isinstance(shape, QComboBox)
    assert isinstance(size, QSpinBox)
    assert [shape.itemText(place) for place in range(shape.count())] == ["Dots", "Rings"]
    assert (size.minimum(), size.maximum(), size.value(), size.suffix()) == (1, 9, 5, " px")
    assert "ring" not in shown_rows(dock)
    shape.setCurrentIndex(1)
    assert "ring" in shown_rows(dock)
    qtbot.mouseClick(deep, Qt.MouseButton.LeftButton)
    size.stepUp()
    qtbot.keyClicks(dock.rows["ring"].widget, "x")
    assert drawn(workspace, "t") == ToySettings(shape="rings", size=6, is_deep=True, ring="x")
    use_usual_settings(workspace.history, workspace.selection)
    assert drawn(workspace, "t") == ToySettings(size=5)


def test_settings_of_a_plug_in_are_kept_in_the_session(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    deep = workspace.setup.redrawn(("t",), lambda each: each.changed(is_deep=True, colour="#123456"))
    write_session(path, Session(setup=deep))
    assert read_session(path, ALL.read).session.setup.tracks == deep.tracks


def test_of_several_tracks_the_panel_has_what_all_of_them_have(dock: SettingsDock, workspace: Workspace) -> None:
    workspace.selection.select(("a", "b"))
    assert (dock.title.text(), dock.subtitle.text()) == ("2 tracks", "DNase")
    assert list(dock.rows) == ["height", *SignalSettings.__struct_fields__]
    workspace.selection.select(("a", "g", "t"))
    assert list(dock.rows) == ["height", "colour"]


def test_values_that_differ_are_shown_as_mixed_and_the_next_one_is_for_all(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.selection.select(("a", "b"))
    height = dock.rows["height"].widget
    assert isinstance(height, QSpinBox)
    assert height.text() == "Mixed"
    high = number(dock, "high")
    assert (high.text(), high.placeholderText()) == ("", "Mixed")
    high.setFocus()
    qtbot.keyClicks(high, "7.5")
    assert [drawn(workspace, each) for each in "ab"] == [SignalSettings(high=7.5)] * 2
    height.setFocus()
    height.selectAll()
    qtbot.keyClicks(height, "70")
    qtbot.keyClick(height, Qt.Key.Key_Return)
    assert [present(workspace.setup.find(each)).pixels for each in "ab"] == [70, 70]
    assert height.text() == "70 px"


def test_the_least_value_can_be_typed_for_tracks_that_differ(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.selection.select(("a", "b"))
    height = dock.rows["height"].widget
    assert isinstance(height, QSpinBox)
    height.setFocus()
    height.selectAll()
    qtbot.keyClicks(height, "16")
    qtbot.keyClick(height, Qt.Key.Key_Return)
    assert [present(workspace.setup.find(each)).pixels for each in "ab"] == [16, 16]


def test_a_box_and_a_list_that_differ_are_neither_until_one_is_chosen(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    history = workspace.history
    history.change(history.setup.with_added(ToyTrack(id="u", drawn=ToySettings(is_deep=True, shape="rings"))))
    workspace.selection.select(("t", "u"))
    deep, shape = dock.rows["is_deep"].widget, dock.rows["shape"].widget
    assert isinstance(deep, QCheckBox)
    assert isinstance(shape, QComboBox)
    assert deep.checkState() is Qt.CheckState.PartiallyChecked
    assert (shape.currentIndex(), shape.placeholderText()) == (-1, "Mixed")
    qtbot.mouseClick(deep, Qt.MouseButton.LeftButton)
    shape.setCurrentIndex(0)
    both = [drawn(workspace, each) for each in "tu"]
    assert [(each.changed(colour="").shape, each.is_deep) for each in both if isinstance(each, ToySettings)] == [
        ("dots", True),
        ("dots", True),
    ]


def test_what_is_typed_is_drawn_at_once_and_is_one_step_until_the_field_is_left(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.selection.select(("a",))
    high = number(dock, "high")
    high.setFocus()
    seen = []
    for key in "125":
        qtbot.keyClicks(high, key)
        seen.append(drawn(workspace, "a").like(SignalSettings()).changed(high=number(dock, "high").value))
    assert [each.changed().high for each in seen if isinstance(each, SignalSettings)] == [1.0, 12.0, 125.0]
    assert steps(workspace) == 1
    qtbot.keyClick(high, Qt.Key.Key_Return)
    qtbot.keyClick(high, Qt.Key.Key_Backspace)
    assert drawn(workspace, "a") == SignalSettings(high=12.0)
    assert steps(workspace) == 2
    workspace.history.undo()
    assert (high.text(), high.value) == ("125", 125.0)


def test_choices_are_one_step_each(dock: SettingsDock, workspace: Workspace) -> None:
    workspace.selection.select(("a", "b"))
    shared = dock.rows["shared"].widget
    assert isinstance(shared, QComboBox)
    shared.setCurrentIndex(1)
    shared.setCurrentIndex(2)
    assert steps(workspace) == 2
    workspace.history.undo()
    assert shared.currentText() == "This track alone"
    assert [drawn(workspace, each) for each in "ab"] == [
        SignalSettings(shared="alone"),
        SignalSettings(shared="alone", high=4.0),
    ]


def test_colours_that_are_tried_are_drawn_and_one_step_and_none_when_the_dialog_is_left(
    dock: SettingsDock, workspace: Workspace
) -> None:
    workspace.selection.select(("a", "g"))
    button = dock.rows["colour"].widget
    assert isinstance(button, ColourButton)
    assert button.text() == "Usual"
    for accepts in (False, True):
        button.ask()
        (dialog,) = [each for each in button.findChildren(QColorDialog) if each.isVisible()]
        for colour in ("#102030", "#405060"):
            dialog.setCurrentColor(QColor(colour))
            assert [present(workspace.setup.find(each)).colour for each in "ag"] == [colour, colour]
        if accepts:
            dialog.accept()
        else:
            dialog.reject()
            assert drawn(workspace, "a") == SignalSettings()
    assert (button.text(), drawn(workspace, "a").colour) == ("#405060", "#405060")
    workspace.history.undo()
    assert drawn(workspace, "a").colour == ""
    present(present(button.menu()).actions()[1]).trigger()
    assert drawn(workspace, "g").colour == "#0a62a9"


def test_a_scale_the_wrong_way_round_is_said_and_not_taken(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.selection.select(("a", "b"))
    low = number(dock, "low")
    low.setFocus()
    qtbot.keyClicks(low, "9")
    assert dock.problem.text() == "A scale cannot go from 9 to 4."
    assert drawn(workspace, "a") == SignalSettings()
    qtbot.keyClick(low, Qt.Key.Key_Backspace)
    assert not dock.problem.isVisible()
    qtbot.keyClicks(low, "-")
    assert low.property("invalid") is True
    assert steps(workspace) == 0


def test_settings_are_copied_as_far_as_the_other_track_has_them(dock: SettingsDock, workspace: Workspace) -> None:
    selection, history = workspace.selection, workspace.history
    history.change(history.setup.redrawn(("b",), lambda each: each.changed(colour="#123456", shared="alone")))
    selection.select(("b",))
    assert not dock.paste.isEnabled()
    copy_settings(selection)
    selection.select(("a", "g", "t"))
    assert dock.paste.isEnabled()
    paste_settings(history, selection)
    assert drawn(workspace, "a") == SignalSettings(colour="#123456", shared="alone", high=4.0)
    assert drawn(workspace, "g") == GeneSettings(colour="#123456")
    assert drawn(workspace, "t") == ToySettings(colour="#123456", size=5)
    assert [present(workspace.setup.find(each)).pixels for each in "agt"] == [90, 90, 90]
    assert steps(workspace) == 2
    dock.usual.click()
    assert [present(workspace.setup.find(each)) for each in "agt"] == [
        SignalTrack(id="a", cell_type="K562", signal="DNase"),
        GenesTrack(id="g"),
        ToyTrack(id="t"),
    ]


def test_tracks_of_the_same_settings_are_equal_whatever_was_tried(workspace: Workspace) -> None:
    track = present(workspace.setup.find("a"))
    assert replace(track, drawn=track.drawn.changed(high=3.0, unheard=1).changed(high=None)) == track


def test_fields_begin_and_end_below_each_other_whatever_stands_in_them(
    dock: SettingsDock, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.selection.select(("a",))
    dock.resize(dock.minimumSizeHint())
    boxes = [
        row.widget
        for row in dock.rows.values()
        if isinstance(row.widget, QComboBox | QSpinBox | QLineEdit) and row.widget.isVisible()
    ]
    qtbot.waitUntil(lambda: len({(box.x(), box.width()) for box in boxes}) == 1)
    assert len(boxes) > 6
    area = present(boxes[0].parentWidget())
    assert all(box.geometry().right() <= area.width() for box in boxes)
    assert area.width() <= dock.width()


def test_every_setting_of_a_colour_shows_the_usual_one_where_one_track_alone_is_selected(
    qtbot: QtBot, workspace: Workspace
) -> None:
    below = {"a": "#111111", "b": "#222222"}
    dock = SettingsDock(workspace, None, lambda _track: "#00ff00", lambda track: {"below": below.get(track.id, "")})
    qtbot.addWidget(dock)

    def usual(name: str) -> str:
        widget = dock.rows[name].widget
        assert isinstance(widget, ColourButton)
        return widget.usual

    workspace.selection.select(("a",))
    assert (usual("colour"), usual("below")) == ("#00ff00", "#111111")
    workspace.selection.select(("a", "b"))
    assert (usual("colour"), usual("below")) == ("", "")
